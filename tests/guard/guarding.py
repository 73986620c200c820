"""A small index for tests: accounts of every standing, invented words, and a guard of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from seawall.guard.contents import Contents
from seawall.guard.library import Guard
from seawall.guard.policy import Subject
from seawall.guard.publish import publish
from seawall.records.ids import IdKey
from seawall.terms.lexicon import Lexicon, Term

KEY, OTHER_KEY = IdKey(bytes(range(32))), IdKey(b"k" * 32)
BLOCKED, STRONG, WEAK = "flombrixa", "grenduvalo", "tesmirolka"
LEXICON = Lexicon((Term(BLOCKED, severity=3), Term(STRONG, severity=2), Term(WEAK, severity=1)))
PEOPLE = {
    "seller": (Subject.SELLS, 0, 1),
    "buyer": (Subject.BUYS, 0, 1),
    "victim": (Subject.AT_RISK_CHILD, 0, 1),
    "suspect": (Subject.WATCHED, 0, 0),
    "looker": (Subject.SEEKS, 0, 0),
    "child": (Subject.OTHER, 1, 0),
    "teen": (Subject.OTHER, 2, 0),
    "adult": (Subject.OTHER, 3, 0),
    "beside": (Subject.OTHER, 3, 1),
    "besides": (Subject.OTHER, 3, 1),
    "elsewhere": (Subject.OTHER, 3, 2),
}
"""Name → what it is, age, risky neighbourhood. Any other name is in no index."""


def account(name: str) -> int:
    return KEY.one("account", name)


def keyed(kind: str, *texts: str) -> np.ndarray:
    return KEY.column(kind, pa.array(texts, pa.string()))


def accounts(*names: str) -> np.ndarray:
    return keyed("account", *names)


def contents(**changes: object) -> Contents:
    subjects, ages, hoods = zip(*PEOPLE.values(), strict=True)
    whole = Contents(
        accounts=accounts(*PEOPLE),
        subjects=np.array(subjects, np.uint8),
        ages=np.array(ages, np.uint8),
        hoods=np.array(hoods, np.uint32),
        connections=(accounts("child", "child"), accounts("friend", "seller")),
        tags=keyed("hashtag", "closedtag"),
        links=keyed("link", "bad.example/x"),
        lexicon=LEXICON,
        media={"known": keyed("media", "ab" * 16), "innocent": keyed("media", "cd" * 16)},
    )
    return replace(whole, **changes)


def make(folder: Path, **changes: object) -> Path:
    """A published index in a new folder."""
    publish(folder, KEY, contents(**changes))
    return folder


def open_guard(folder: Path, **options: object) -> Guard:
    return Guard.open(folder, KEY, **options)
