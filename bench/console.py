"""The console under load: pages and maps with 10,000 cases. Run `python -m bench.console`.

Cases are small (`--accounts` members in the mean) but for one in a hundred, which has 2,000; what a page costs depends
on the case that it shows and on how many cases there are. Server time is the time inside Django, without the network.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

REPEATS = 7
LARGEST = 2_000


def main() -> None:
    """Fill a database, ask for pages, print a row each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=3, help="how many cases have 2,000 accounts")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        rows = measure(Path(home), given.cases, given.large)
    if given.json:
        print(json.dumps(rows))
        return
    print(f"{'page':<28} {'ms, median':>11} {'ms, worst':>10} {'ms of CPU':>10} {'queries':>8}")
    for row in rows:
        print(f"{row['page']:<28} {row['ms']:>11.0f} {row['worst']:>10.0f} {row['cpu']:>10.0f} {row['queries']:>8}")


def measure(home: Path, cases: int, large: int) -> list[dict[str, object]]:
    """The rows of the table, on a fresh database."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    import databases  # sets Django up

    databases.use(os.environ.get("SEAWALL_BENCH_DATABASE", f"sqlite:///{home}/seawall.db"))
    from django.core.management import call_command
    from django.test import override_settings

    with override_settings(AUDIT_FOLDER=home / "audit", CONFIGURATION=home / "seawall.toml", HOME=home):
        call_command("migrate", verbosity=0)
        return _measured(cases, large)


def _measured(cases: int, large: int) -> list[dict[str, object]]:
    from console.invented import case, person
    from console.signing import sign_in

    big = [case(LARGEST, seed) for seed in range(large)]
    fill(cases - large)
    client = sign_in(person("lead", "lead"))
    number = big[0].pk
    pages = {
        "queue": "/queue/",
        "queue, filtered": "/queue/?accounts=100&language=pt",
        "queue, last page": "/queue/?page=9999",
        "case of 2,000": f"/cases/{number}/",
        "accounts of 2,000, page 40": f"/cases/{number}/members/?page=40",
        "approvals": "/approvals/",
        "media": "/media/",
        "audit log": "/audit/",
    }
    rows = [timed(client, page, address) for page, address in pages.items()]
    maps = [timed(client, f"map of 2,000 ({at + 1})", f"/cases/{one.pk}/map/", 1) for at, one in enumerate(big)]
    return [*rows, *maps]


def fill(cases: int) -> None:
    """So many cases of 50 accounts, from a few that are copied: what differs is what queries sort and filter by."""
    from console.invented import case
    from seawall.cases.models import Case, Member, Shared

    first = case(50, 99_000)
    members, shared = list(first.members.all()), list(first.shared.all())
    fields = [field.attname for field in Case._meta.concrete_fields if field.name != "id"]
    for start in range(0, cases - 1, 500):
        copies = []
        for at in range(start, min(start + 500, cases - 1)):
            told = {name: getattr(first, name) for name in fields} | {"network_id": f"copy{at}", "risk": (at % 97) / 97}
            copies.append(Case(**told | {"language": ("en", "pt-BR", "")[at % 3], "size": 50 + at % 400}))
        made = Case.objects.bulk_create(copies)
        Member.objects.bulk_create(_copies(members, made), batch_size=1000)
        Shared.objects.bulk_create(_copies(shared, made), batch_size=1000)


def _copies(rows, cases):
    """The same rows for other cases; a thing is shared with every fortieth case only."""
    fields = [field.attname for field in type(rows[0])._meta.concrete_fields if field.name not in {"id", "case"}]
    for case in cases:
        for at, row in enumerate(rows):
            told = {name: getattr(row, name) for name in fields} | {"case_id": case.pk}
            if "account_id" in told:
                told["account_id"] = f"{case.pk:08x}{at:08x}"
            if "subject_id" in told:
                told["subject_id"] = f"{told['subject_id']}-{case.pk % 400}"
            yield type(row)(**told)


def timed(client, page: str, address: str, repeats: int = REPEATS) -> dict[str, object]:
    """Median and worst server time of a page, in milliseconds, and its queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times, used, queries = [], [], 0
    for _ in range(repeats):
        with CaptureQueriesContext(connection) as caught:
            start, cpu = time.perf_counter(), time.process_time()
            answer = client.get(address)
            times.append(1000 * (time.perf_counter() - start))
            used.append(1000 * (time.process_time() - cpu))
        assert answer.status_code == 200, (address, answer.status_code)
        queries = len(caught)
    return {
        "page": page,
        "ms": round(median(times), 1),
        "worst": round(max(times), 1),
        "cpu": round(median(used), 1),
        "queries": queries,
    }


if __name__ == "__main__":
    main()
