"""The queue and case pages over 10,000 cases: server time and queries.

Invented cases of 50 to 2,000 accounts (log-uniform; the first has 2,000) are written into an SQLite database, then the
pages are asked for as a signed-in analyst's browser would, in this process. `python -m bench.cases --json` prints one
object; every time is the median, `_worst` the longest, in milliseconds.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

SMALLEST, LARGEST, SEED = 50, 2000, 3
ROLES = ("seller", "promoter", "buyer", "reseller", "at_risk_child")
SHARES = (0.2, 0.15, 0.55, 0.08, 0.02)
REASONS = (([], 0), (["returned"], 20), (["hot spread"], 40), (["child at risk"], 60))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
EVIDENCE = json.dumps(
    [
        {"family": "terms", "says": "names listed terms in posts", "adds": 2.91},
        {"family": "offers", "says": "posts menus", "adds": 1.42},
        {"family": "contact", "says": "writes to accounts that sell, more than chance explains", "adds": 0.61},
    ]
)
SIGNALS = json.dumps(
    [{"what": "terms.in_post", "strength": 0.5, "count": 3, "first_at": "2026-01-05T10:00:00+00:00", "last_at": None}]
)
PROBABILITIES = json.dumps({"seller": 0.9, "buyer": 0.05, "at_risk_child": 0.01, "bystander": 0.04})


def main() -> None:
    """Build, ask, tell."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--times", type=int, default=15, help="how often each page is asked for")
    options.add_argument("--keep", type=Path, help="a folder for the database; one that is there is used again")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = given.keep or Path(name)
        open_database(home)
        told = {**build(given.cases), **measure(given.times)}
    if given.json:
        print(json.dumps(told))
        return
    for key, value in told.items():
        print(f"{key:24} {value}")


def open_database(home: Path) -> None:
    """Django on an SQLite database in a folder, migrated."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "seawall.console.settings",
        "SEAWALL_HOME": str(home.absolute()),
        "SEAWALL_SECRET": "it signs nothing but a benchmark's own session, and is long enough",
        "SEAWALL_PLAIN_HTTP": "1",
    }
    os.environ.pop("SEAWALL_DATABASE", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def build(count: int) -> dict[str, Any]:
    """Write the cases, unless they are there; returns how many there are."""
    from django.db import connection, transaction

    from seawall.cases.models import Case, Member, Person

    if not Case.objects.exists():
        rng = np.random.default_rng(SEED)
        sizes = np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST), count)).astype(int)
        sizes[0] = LARGEST
        streams = ["networks", "children", "spread"]
        born = NOW - timedelta(days=90)
        Person.objects.create(
            name="ana", pseudonym="reviewer-1", roles=["lead"], streams=streams, created_at=born, second_factor="set up"
        )
        connection.cursor().execute("PRAGMA synchronous=OFF")
        with transaction.atomic():
            Case.objects.bulk_create(_cases(sizes, rng), batch_size=500)
            insert(_members(sizes, rng))
        _ties(Case.objects.get(pk=1), LARGEST, rng)
    return {"cases": Case.objects.count(), "members": Member.objects.count()}


def _cases(sizes: np.ndarray, rng: np.random.Generator) -> Iterator[Any]:
    from seawall.cases.models import Case

    for number, size in enumerate(sizes.tolist(), start=1):
        reasons, points = REASONS[int(rng.choice(4, p=(0.7, 0.15, 0.1, 0.05)))] if number > 1 else REASONS[3]
        yield Case(
            pk=number,
            network_id=f"network-{number:016x}",
            priority=points,
            reasons=reasons,
            risk=float(rng.uniform(0.5, 1)),
            size=size,
            undecided=size,
            language=("en", "pt-BR", "th", "")[number % 4],
            roles={"seller": size // 5, "buyer": size - size // 5},
            first_at=NOW - timedelta(days=200),
            last_at=NOW,
            opened_at=NOW,
            changed_at=NOW,
            run="0" * 64,
        )


def _members(sizes: np.ndarray, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    now = NOW.strftime("%Y-%m-%d %H:%M:%S")
    account = 0
    for number, size in enumerate(sizes.tolist(), start=1):
        roles = rng.choice(len(ROLES), size, p=SHARES).tolist()
        risks = rng.uniform(0.5, 1, size).round(4).tolist()
        for role, risk in zip(roles, risks, strict=True):
            account += 1
            told = (ROLES[role], risk, PROBABILITIES, EVIDENCE, SIGNALS, True, now, now, "", False)
            yield (number, f"{account:016x}", *told)


def insert(rows: Iterator[tuple[Any, ...]]) -> None:
    """Write member rows without making an object of each."""
    from django.db import connection

    columns = "case_id, account_id, role, risk, probabilities, evidence, signals, present, first_seen, last_seen"
    places = ", ".join(["%s"] * 12)
    statement = f"INSERT INTO cases_member ({columns}, action, action_pending) VALUES ({places})"
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _ties(case: Any, size: int, rng: np.random.Generator) -> None:
    """Eight communities with a few ties between them."""
    from seawall.cases.ties import keep_ties

    accounts = list(case.members.order_by("account_id").values_list("account_id", flat=True))
    community = np.arange(size) % 8
    first = rng.integers(0, size, 12 * size)
    near = (first + 8 * rng.integers(1, size // 8, len(first))) % size
    second = np.where(rng.random(len(first)) < 0.97, near, rng.integers(0, size, len(first)))
    apart = first != second
    ends = np.stack([first[apart], second[apart]], axis=1)
    assert (community[ends[:, 0]] == community[ends[:, 1]]).mean() > 0.9
    keep_ties(case, accounts, ends, rng.uniform(0.05, 1, len(ends)).astype(np.float32))


def measure(times: int) -> dict[str, Any]:
    """Ask for each page; returns milliseconds and queries."""
    client = browser()
    told: dict[str, Any] = {}
    pages = {"queue": "/queue/", "case": "/cases/1/", "members": "/cases/1/members/"}
    for name, address in pages.items():
        told |= timed(name, lambda address=address: client.get(address), times)
    client.get("/cases/2/map/")  # loads what draws
    began = time.perf_counter()
    assert client.get("/cases/1/map/").status_code == 200
    told["map_of_2000_s"] = round(time.perf_counter() - began, 2)
    return told


def browser() -> Any:
    """A browser in which the analyst is signed in with both factors."""
    from django.test import Client
    from django.utils import timezone

    from seawall.cases.actor import SECOND_FACTOR_KEY
    from seawall.cases.models import Person

    client, person = Client(headers={"host": "localhost"}), Person.objects.get(name="ana")
    person.set_password("a password of a benchmark")
    person.must_change_password = False
    person.save()
    client.force_login(person)
    session = client.session
    now = timezone.now().isoformat()
    session.update({SECOND_FACTOR_KEY: str(person.pk), "begun_at": now, "used_at": now})
    session.save()
    return client


def timed(name: str, ask: Callable[[], Any], times: int) -> dict[str, Any]:
    """Median and worst milliseconds, and queries, of a page once everything is loaded."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    assert ask().status_code == 200, f"{name} answered {ask().status_code}"
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask()
    queries, took = len(captured), []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return {
        f"{name}_ms": round(statistics.median(took), 1),
        f"{name}_ms_worst": round(max(took), 1),
        f"{name}_queries": queries,
    }


if __name__ == "__main__":
    sys.exit(main())
