"""What a run's activity adds to its cases: sealed texts and ties."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction
from scipy.sparse import triu

from seawall.cases.activity_reading import KIND_OF, Around, Said, names_of, read_around
from seawall.cases.actor import SYSTEM
from seawall.cases.audit import record
from seawall.cases.models import Case, Item, Member, Shared
from seawall.cases.run_reading import read_run
from seawall.cases.sealing import seal_text, text_digest
from seawall.cases.ties import keep_ties
from seawall.cases.turns import one_at_a_time
from seawall.records.ids import IdKey
from seawall.records.roles import SELLER_SIDE, Role

SHARED_KEPT = 60
"""Things of each kind that a case keeps, those of most members."""
_PIECE = 500
_KEYED = re.compile("[0-9a-f]{16}")


@dataclass(slots=True)
class Added:
    """What was added, counted."""

    cases: int = 0
    texts: int = 0
    ties: int = 0
    shared: int = 0


def platform_ids(activity: Path, key: IdKey) -> dict[str, str]:
    """The platform's own id of every account of an activity, by the id that runs give it."""
    return names_of(activity, key)


def add_activity(run: Path, activity: Path, key: IdKey) -> Added:
    """Add what the activity says to the cases of its run; texts that are there already stay as they are."""
    digest = read_run(run).digest
    cases = list(Case.objects.filter(run=digest, state=Case.State.OPEN))
    members = Member.objects.filter(case__in=cases, present=True)
    keyed = {account: _keyed(account, key) for account in set(members.values_list("account_id", flat=True))}
    around = read_around(activity, key, np.array(sorted(set(keyed.values())), np.uint64))
    said: dict[int, list[Said]] = {}
    for text in around.texts:
        said.setdefault(text.account, []).append(text)
    added = Added()
    with one_at_a_time(settings.HOME / "cases.lock", "another run is being taken up"):
        for case in cases:
            with transaction.atomic():
                _add(case, keyed, around, said, key, added)
    return added


def _keyed(account: str, key: IdKey) -> int:
    """The keyed id of an account as a run spells it: hex digits, or its own id where ids are plain."""
    return int(account, 16) if _KEYED.fullmatch(account) else key.one("account", account)


def _add(
    case: Case, keyed: dict[str, int], around: Around, said: dict[int, list[Said]], key: IdKey, added: Added
) -> None:
    members = list(case.members.filter(present=True))
    ids = np.array([keyed[member.account_id] for member in members], np.uint64)
    known = np.isin(ids, around.accounts)
    members = [member for member, there in zip(members, known.tolist(), strict=True) if there]
    places = np.searchsorted(around.accounts, ids[known])
    items = [item for member in members for item in _items(case, member, said.get(keyed[member.account_id], []))]
    Item.objects.bulk_create(items, batch_size=_PIECE, ignore_conflicts=True)
    ties = triu(around.ties[places][:, places], k=1).tocoo()
    accounts = [member.account_id for member in members]
    keep_ties(case, accounts, np.stack([ties.row, ties.col], axis=1), ties.data)
    shared = list(_shared(case, accounts, places, around, key))
    case.shared.all().delete()
    Shared.objects.bulk_create(shared, batch_size=_PIECE)
    locales = Counter(around.locales.get(keyed[account]) or "" for account in accounts)
    del locales[""]
    case.language = next((locale for locale, _ in locales.most_common(1)), "")
    case.save(update_fields=["language"])
    record(SYSTEM, "added texts", case, case=case, details={"texts": len(items), "ties": ties.nnz})
    added.cases, added.texts = added.cases + 1, added.texts + len(items)
    added.ties, added.shared = added.ties + int(ties.nnz), added.shared + len(shared)


def _items(case: Case, member: Member, texts: Sequence[Said]) -> Iterator[Item]:
    for text in texts:
        yield Item(
            case=case,
            account_id=member.account_id,
            kind=text.kind,
            digest=text_digest(text.text),
            severity=_severity(member, text.kind),
            sealed=seal_text(text.text),
            at=text.at,
        )


def _severity(member: Member, kind: str) -> int:
    """How hard a text may be to read: posts of whoever offers or may be a child are severe; names are not."""
    if kind in {Item.Kind.HANDLE, Item.Kind.NAME}:
        return 1
    child = member.probabilities.get(Role.AT_RISK_CHILD, 0.0) >= 0.5
    if kind == Item.Kind.POST and (child or member.role in SELLER_SIDE):
        return 3 if child or any(signal["what"] == "terms.in_offer" for signal in member.signals) else 2
    return 2 if member.role in SELLER_SIDE else 1


def _shared(case: Case, accounts: Sequence[str], places: np.ndarray, around: Around, key: IdKey) -> Iterator[Shared]:
    """Things that at least two members use, those of most members first; named by their keyed ids."""
    for thing, (texts, uses) in around.things.items():
        inside = uses[places].tocsc()
        users = np.diff(inside.indptr)
        best = np.argsort(-users, kind="stable")[:SHARED_KEPT]
        for place in best[users[best] > 1].tolist():
            rows = inside.indices[inside.indptr[place] : inside.indptr[place + 1]]
            name = f"{key.one(KIND_OF[thing], texts[place].as_py()):016x}"
            yield Shared(
                case=case,
                kind=thing,
                subject_id=name,
                risk=round(len(rows) / max(len(accounts), 1), 4),
                accounts=sorted(accounts[row] for row in rows.tolist()),
            )
