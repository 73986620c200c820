"""What people decided since the run, as the kernels read it.

Small tables of the same make as the index's, which are looked at before it. They are made anew at every change and
never altered, so that a request sees all of a decision or nothing of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from seawall.effects.overlay_entries import OverlayAction, OverlayEntry
from seawall.guard.contents import Ids
from seawall.guard.policy import Subject
from seawall.guard.secrets import Secrets, all_again
from seawall.guard.standing import CLEARED
from seawall.guard.table import Rows, Table, frozen
from seawall.guard.texts import column
from seawall.guard.wording import Wording
from seawall.hashes.hexadecimal import decode, words
from seawall.records.ids import IdKey
from seawall.records.seal import unseal
from seawall.terms.lexicon import Lexicon, Term

OPENED = 1 << 8
"""The row of a tag, a link or a digest that people opened again."""

_ACCOUNTS: Mapping[OverlayAction, int] = {
    OverlayAction.REMOVE: int(Subject.SELLS),
    OverlayAction.PROTECT: int(Subject.AT_RISK_CHILD),
    OverlayAction.CLEAR: CLEARED,
}
_THINGS: Mapping[OverlayAction, tuple[str, int]] = {
    OverlayAction.CLOSE_TAG: ("hashtag", int(Subject.TAG_CLOSED)),
    OverlayAction.OPEN_TAG: ("hashtag", OPENED),
    OverlayAction.BLOCK_LINK: ("link", int(Subject.LINK_REFUSED)),
    OverlayAction.UNBLOCK_LINK: ("link", OPENED),
    OverlayAction.BLOCK_HASH: ("media", int(Subject.HASH_KNOWN)),
    OverlayAction.UNBLOCK_HASH: ("media", OPENED),
}
_TERMS = frozenset({OverlayAction.BLOCK_TERM, OverlayAction.UNBLOCK_TERM})
_PDQ_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Late:
    """Accounts and things that were decided on, terms that were blocked, and the keyed ids of terms that no more are.

    `pdq` [n, 4] are hashes that were blocked, `spared` [m, 4] those that were unblocked.
    """

    accounts: Table
    things: Table
    wording: Wording | None
    unblocked: Ids
    pdq: Ids
    spared: Ids

    @classmethod
    def nothing(cls) -> Self:
        """No decision yet."""
        empty = Table(frozen(np.zeros(1, np.uint64)), frozen(np.zeros(1, np.uint32)), 0)
        none = np.empty((0, 4), np.uint64)
        return cls(empty, empty, None, np.empty(0, np.uint64), none, none)

    @classmethod
    def of(cls, entries: Iterable[OverlayEntry], key: IdKey, before: "Late") -> Self:
        """The entries that stand, of each subject the last; the compiled terms of `before` are kept where they fit."""
        accounts: dict[int, int] = {}
        things: dict[tuple[str, int], int] = {}
        terms: dict[str, bool] = {}
        pdq: dict[str, bool] = {}
        for entry in entries:
            blocks = entry.action in {OverlayAction.BLOCK_TERM, OverlayAction.BLOCK_HASH}
            if entry.action in _ACCOUNTS:
                accounts[int(entry.subject, 16)] = _ACCOUNTS[entry.action]
            elif entry.action in _TERMS:
                terms[unseal(key, entry.subject)] = blocks
            elif entry.subject.startswith("sealed:"):
                pdq[unseal(key, entry.subject)] = blocks
            else:
                kind, row = _THINGS[entry.action]
                things[kind, int(entry.subject, 16)] = row
        secrets = Secrets.of(key)
        blocked = [text for text, blocks in terms.items() if blocks]
        unblocked = [text for text, blocks in terms.items() if not blocks]
        return cls(
            _accounts(accounts, secrets),
            _things(things, secrets),
            _wording(blocked, key, before),
            key.column("term", column(unblocked)),
            _words_of([value for value, blocks in pdq.items() if blocks]),
            _words_of([value for value, blocks in pdq.items() if not blocks]),
        )


def _accounts(decided: Mapping[int, int], secrets: Secrets) -> Table:
    if not decided:
        return Late.nothing().accounts
    words = secrets.words["account"]
    hashed = all_again(frozen(np.array(list(decided), np.uint64)), words)
    return Table.build(hashed, np.array(list(decided.values()), np.uint32), words)


def _things(decided: Mapping[tuple[str, int], int], secrets: Secrets) -> Table:
    if not decided:
        return Late.nothing().things
    hashed = [all_again(frozen(np.array([keyed], np.uint64)), secrets.words[kind]) for kind, keyed in decided]
    rows: Rows = np.array(list(decided.values()), np.uint32)
    return Table.build(np.concatenate(hashed), rows, secrets.words["hashtag"])


def _wording(blocked: list[str], key: IdKey, before: Late) -> Wording | None:
    if not blocked:
        return None
    marks = frozen(key.column("term", column(blocked)))
    if before.wording is not None and np.array_equal(before.wording.marks, marks):
        return before.wording
    return Wording.compile(Lexicon(tuple(Term(text, severity=3) for text in blocked)), marks)


def _words_of(values: list[str]) -> Ids:
    hashes, _ = decode(column(values), _PDQ_DIGITS)
    return np.ascontiguousarray(words(hashes)).reshape(-1, 4)
