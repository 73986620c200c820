"""What another policy or another index would change."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from seawall.guard.index import Index
from seawall.guard.policy import RANK, SURFACES, Policy, Subject, Viewer
from seawall.guard.standing import HOOD, ROLE, SEEKS, subjects_of_rows
from seawall.guard.table import Table, Words

_ABSENT = "not held"


@dataclass(frozen=True, slots=True)
class Side:
    """An index with the policy that it is, or would be, served with."""

    index: Index
    policy: Policy


def differences(before: Side, after: Side) -> Iterator[str]:
    """What changes: accounts by what they are, things, terms, lines of the policy and how many they touch."""
    yield f"index {before.index.version} → {after.index.version}"
    changes = [
        *_accounts(before.index, after.index),
        *_connections(before.index, after.index),
        *_things(before.index, after.index),
        *_hashes(before.index, after.index),
        *_terms(before.index, after.index),
        *_policy(before, after),
    ]
    same = before.index.version == after.index.version
    yield from changes or ["nothing changes" if same else "nothing that is counted here changes; some PDQ hashes may"]


def _accounts(before: Index, after: Index) -> Iterator[str]:
    words = before.secrets.words["account"]
    old, new = _rows(before.accounts, after.accounts, words)
    moves = Counter(zip(_roles(old), _roles(new), strict=True))
    for (one, other), count in sorted(moves.items(), key=lambda move: -move[1]):
        if one != other:
            yield f"accounts: {count} from {one} to {other}"
    both = (old >= 0) & (new >= 0)
    moved = int(((old >> HOOD) != (new >> HOOD))[both].sum())
    if moved:
        yield f"accounts: {moved} in another neighbourhood"


def _connections(before: Index, after: Index) -> Iterator[str]:
    words = before.secrets.words["pair"]
    old, new = (side.pairs.entries(words)[0] for side in (before, after))
    for what, count in (("new", len(np.setdiff1d(new, old))), ("no more", len(np.setdiff1d(old, new)))):
        if count:
            yield f"connections of children: {count} {what}"


def _hashes(before: Index, after: Index) -> Iterator[str]:
    one, other = (len(side.media.hashes) if side.media else 0 for side in (before, after))
    if one != other:
        yield f"PDQ hashes: {one} → {other}"


def _things(before: Index, after: Index) -> Iterator[str]:
    old, new = _rows(before.things, after.things, before.secrets.words["hashtag"])
    moves = Counter(zip(_subjects(old), _subjects(new), strict=True))
    for (one, other), count in sorted(moves.items(), key=lambda move: -move[1]):
        if one != other:
            yield f"tags, links and files: {count} from {one} to {other}"


def _terms(before: Index, after: Index) -> Iterator[str]:
    one = dict(zip(before.wording.marks.tolist(), before.wording.severity.tolist(), strict=True))
    other = dict(zip(after.wording.marks.tolist(), after.wording.severity.tolist(), strict=True))
    counts = {
        "no more": len(one.keys() - other.keys()),
        "new": len(other.keys() - one.keys()),
        "of another severity": sum(one[mark] != other[mark] for mark in one.keys() & other.keys()),
    }
    for what, count in counts.items():
        if count:
            yield f"terms: {count} {what}"


def _policy(before: Side, after: Side) -> Iterator[str]:
    """Each answer that differs, with how many accounts of the new index it touches where it is about accounts."""
    held = after.index.accounts.entries(after.index.secrets.words["account"])[1]
    roles = subjects_of_rows(held)
    counts = np.bincount(roles, minlength=len(Subject))
    counts[Subject.SEEKS] = int(((roles == Subject.WATCHED) & (held & np.uint32(SEEKS) > 0)).sum())
    for surface, subject, viewer in zip(*np.nonzero(before.policy.table != after.policy.table), strict=True):
        name, what, who = SURFACES[surface], Subject(int(subject)), Viewer(int(viewer))
        one, other = (RANK[int(side.policy.table[surface, subject, viewer])] for side in (before, after))
        line = after.policy.line(name, what, who).name
        count = counts[what] - (counts[Subject.SEEKS] if (name, what) == ("recommend", Subject.WATCHED) else 0)
        touched = f", {count} accounts" if Subject.OTHER < what <= Subject.SELLS or what is Subject.SEEKS else ""
        yield f"{name}: {what.name.lower()} to {who.name.lower()}: {one} → {other} ({line}{touched})"
    old, new = _settings(before.policy), _settings(after.policy)
    for key, value in old.items():
        if value != new[key]:
            yield f"{key}: {value} → {new[key]}"


def _settings(policy: Policy) -> dict[str, str]:
    """What a policy sets beside its lines, as the file spells it."""
    defaults = msgspec.to_builtins(policy.children)
    return {
        "search.probes": str(policy.probes),
        "recommend.most_alike": str(policy.most_alike),
        "index.stale_hours": str(policy.stale_hours),
        **{f"children.{name}": str(value).lower() for name, value in defaults.items()},
    }


def _rows(before: Table, after: Table, words: Words) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The row of every id that either holds, on both sides, -1 where it is not held."""
    (old_ids, old_rows), (new_ids, new_rows) = before.entries(words), after.entries(words)
    every = np.union1d(old_ids, new_ids)
    old, new = np.full(len(every), -1, np.int64), np.full(len(every), -1, np.int64)
    old[np.searchsorted(every, old_ids)] = old_rows
    new[np.searchsorted(every, new_ids)] = new_rows
    return old, new


def _roles(rows: npt.NDArray[np.int64]) -> list[str]:
    return [_ABSENT if row < 0 else Subject(row & ROLE).name.lower() for row in rows.tolist()]


def _subjects(rows: npt.NDArray[np.int64]) -> list[str]:
    return [_ABSENT if row < 0 else Subject(row).name.lower() if row else "innocent" for row in rows.tolist()]
