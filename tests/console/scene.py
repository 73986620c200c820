"""The scene of the pictures: a house at work, all of it invented."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.utils import timezone
from playwright.sync_api import Page

from console.invented import WORDS, account_id, case, person
from seawall.cases.actor import Actor, Door
from seawall.cases.commands import exposure, queue, work
from seawall.cases.commands.decisions import decide, propose_takedown
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.proposals import propose
from seawall.cases.models import AccountDecision, Appeal, Case, Person, Reveal, SecondReview
from seawall.cases.sealing import seal_text
from seawall.cli.parts import write_states
from seawall.console.rulings import suggestion
from seawall.disclosures.ledger import Identity, Ledger
from seawall.disclosures.models import Disclosure
from seawall.effects.models import Effect
from seawall.guard.contents import Contents
from seawall.guard.policy import Subject
from seawall.guard.publish import publish
from seawall.intake.keyfile import load_or_make
from seawall.records.ids import IdKey
from seawall.records.run import SCHEMA_VERSION, TERMS
from seawall.trials.watch import RATE, STREAMS, begin


@dataclass(frozen=True)
class Place:
    """A page, who opens it, and what is done on it before the picture is taken."""

    name: str
    role: str
    path: str
    then: Callable[[Page], object] | None = None


def preview(page: Page) -> None:
    """Ask for the preview and wait for it."""
    page.get_by_role("button", name="Preview what will happen").click()
    page.wait_for_selector("#preview h3")


PLACES = (
    Place("queue", "analyst", "/queue/"),
    Place("case", "analyst", "/cases/1/", preview),
    Place("account", "analyst", f"/cases/1/accounts/{account_id(1, 0)}/"),
    Place("exposure", "analyst", "/exposure/"),
    Place("preferences", "analyst", "/preferences/"),
    Place("media", "analyst", "/media/"),
    Place("approvals", "lead", "/approvals/"),
    Place("proposal", "lead", "/approvals/1/"),
    Place("appeals", "lead", "/appeals/"),
    Place("appeal", "lead", "/appeals/1/"),
    Place("reports", "lead", "/reports/"),
    Place("review", "lead", "/reviews/1/"),
    Place("terms", "lead", "/terms/"),
    Place("guard", "lead", "/guard/"),
    Place("figures", "lead", "/figures/"),
    Place("audit", "lead", "/audit/", lambda page: page.get_by_role("button", name="Verify").click()),
    Place("people", "admin", "/people/"),
)


def set_scene(home: Path) -> Mapping[str, Person]:
    """People, cases, decisions and a run; returns the people by role."""
    people = {role: person(role, role) for role in ("viewer", "analyst", "lead", "terms", "admin")}
    people["other"] = person("other", "analyst")
    first, other = (Actor(people[who], Door.CONSOLE) for who in ("analyst", "other"))
    urgent = case(420, 1, reasons=["child at risk"], priority=100, severe=True, stream="children")
    small = case(64, 2, reasons=["hot spread"], priority=80, language="pt-BR", returned=1)
    for seed in range(3, 14):
        case(20 + 23 * (seed % 5), seed)
    queue.claim(first, urgent)
    work.add_note(first, urgent, "Two circles share one link; the smaller one came up in the last three weeks.")
    propose_takedown(other, small, _suggested(small), "Menus, prices and one shared link on nine of them.")
    propose(
        Actor(people["terms"], Door.CONSOLE), "lexicon_block", {"terms": ["t003"], **TOUCHED}, "Used by sellers alone."
    )
    _past(people, first, other, case(30, 40))
    run_with_terms(home)
    _drafts(small)
    _watch(home)
    people["other"].competences = ["payments"]
    people["other"].save()
    return people


TOUCHED = {"accounts": 41, "flagged_accounts": 39, "innocent_accounts": 2}


def _suggested(one: Case) -> dict[str, Ruling]:
    return {member.account_id: Ruling(suggestion(member.role), member.role) for member in one.members.all()}


def _past(people: Mapping[str, Person], first: Actor, other: Actor, one: Case) -> None:
    """A case that was decided, an appeal against it, a second review, and looks at texts."""
    one = queue.claim(other, one)
    for item in one.items.filter(severity__lt=3):
        exposure.close(other, exposure.reveal(other, item, "To decide on this account").reveal, 4.0)
    decision = decide(
        other,
        one,
        {a: Ruling("restrict", r.role) for a, r in _suggested(one).items() if r.role == "buyer"},
        "They only follow and write.",
    )
    now = timezone.now()
    Effect.objects.update(state="done", done_at=now)
    decided = AccountDecision.objects.filter(decision=decision).first()
    Appeal.objects.create(
        reference="a-1",
        account_id=decided.account_id,
        decided=decided,
        received_at=now,
        answer_by=now + timedelta(days=7),
        sealed=seal_text("I follow a painter whose account was taken over. I never bought anything."),
    )
    SecondReview.objects.all().delete()
    accounts = [decided.account_id]
    SecondReview.objects.create(pk=1, decision=decision, accounts=accounts, by=people["lead"], asked_at=now)
    one_day = timedelta(days=1)
    item = one.items.first()
    for at in range(9):
        when = now - one_day * (at // 2)
        Reveal.objects.create(
            person=people["analyst"],
            item=item,
            case=one,
            digest=item.digest,
            severity=1 + at % 3,
            purpose="To decide",
            at=when,
            seconds=3.0 + at,
        )


def _drafts(of: Case) -> None:
    """Drafts of reports on a case, and one that was sent."""
    ledger, now = Ledger(IdKey(bytes(range(32)))), timezone.now()
    for kind, authority, about, number in (("cybertip", "ncmec", str(of), 4), ("signals", "harbour", "share:1", 1)):
        for at in range(number):
            identity = Identity(kind, authority, "test", about, account_id(2, at))
            ledger.checked(ledger.draft(identity, at + 1, b"<invented/>", now), ())
    Disclosure.objects.filter(ordinal=4).update(state="acknowledged", reference="4711")


def _watch(home: Path) -> None:
    """A trial watch without an alarm."""
    rng = np.random.default_rng(1)
    shares = [{name: rng.beta(0.3, 30, (40, 9)) for name in STREAMS} for _ in range(2)]
    state = begin(shares[0], "baseline", "everything", RATE)
    state.take(shares[1])
    for at, stream in enumerate(state.streams.values()):
        stream.accounts, stream.exposed = 1440, 61 - 9 * at
    (home / "watch.json").write_bytes(msgspec.json.encode(state))


def run_with_terms(home: Path) -> None:
    """A run folder with proposed terms, all of them invented words."""
    folder = home / "run"
    folder.mkdir()
    rows = [
        {
            "term_id": f"t{at:03}",
            "term": word,
            "kind": ("hashtag", "hashtag", "word")[at % 3],
            "growth": 0.1,
            "near": None,
            "contexts": [],
            "score": 0.97 - 0.06 * at,
            "accounts": 40 + 37 * at,
            "flagged_accounts": 39 + 20 * at,
            "innocent_accounts": 1 + 17 * at,
            "first_at": None,
            "last_at": None,
            "status": "proposed",
        }
        for at, word in enumerate(WORDS)
    ]
    pq.write_table(pa.Table.from_pylist(rows, TERMS), folder / "terms.parquet")
    told = {"seawall_version": "0.1.0", "schema_version": SCHEMA_VERSION, "degraded": ["no searches"]}
    (folder / "summary.json").write_bytes(msgspec.json.encode(told))
    _index(home, folder)


def _index(home: Path, folder: Path) -> None:
    """A published index, and parts that stay up for as long as pictures are taken."""
    key = load_or_make(home / "seawall.key")
    accounts = np.arange(1, 4001, dtype=np.uint64)
    subjects = np.where(accounts < 400, Subject.SELLS, Subject.BUYS).astype(np.uint8)
    subjects[-200:] = Subject.AT_RISK_CHILD
    tags = key.column("hashtag", pa.array(WORDS))
    publish(folder / "guard", key, Contents(accounts=accounts, subjects=subjects, tags=tags))
    write_states(home / "parts.json", {"console": "up", "guard": "up", "executor": "up"})
    told = msgspec.json.decode((home / "parts.json").read_bytes())
    (home / "parts.json").write_bytes(msgspec.json.encode({**told, "at": told["at"] + 3600}))
