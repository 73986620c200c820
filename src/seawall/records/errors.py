"""Every error that Seawall raises on purpose, as one tree.

* SeawallError                 something a caller can catch and show: it says what to do
  + BadInput                   what was given cannot be used (exit 2)
    - BadActivity              an activity folder or one of its tables
    - BadLexicon               a lexicon file or a term in it
    - BadHashList              a hash list or a hash in it
    - BadConfiguration         seawall.toml, an option or a key file
    - UnknownVersion           written by a version that this one does not know
  + Refused                    allowed by nobody, or not by this caller (exit 3)
  + Damaged                    our own file does not hold what we wrote (exit 4)
  + Unavailable                an engine, a server or a resource is not there (exit 5)

`SeawallWarning` marks a degraded state: it is counted and shown, never swallowed.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Self


class SeawallError(Exception):
    """Something went wrong that a person can mend; the message says how."""

    exit_code = 1


class BadInput(SeawallError):
    """What was given cannot be used."""

    exit_code = 2


class BadActivity(BadInput):
    """An activity folder, or one of its tables, cannot be read."""

    @classmethod
    def missing_accounts(cls, folder: Path, found: Iterable[str]) -> Self:
        names = ", ".join(sorted(found)) or "nothing"
        return cls(
            f"{folder} holds no accounts table; found: {names}. "
            "Add accounts.parquet, accounts.jsonl or accounts.csv: it is the one table that every run needs."
        )


class BadLexicon(BadInput):
    """A lexicon file, or a term in it, cannot be used."""


class BadHashList(BadInput):
    """A hash list, or a hash in it, cannot be used."""


class BadConfiguration(BadInput):
    """A setting, an option or a key file cannot be used."""

    @classmethod
    def unknown_key(cls, where: str, key: str, known: Iterable[str]) -> Self:
        choices = sorted(known)
        near = get_close_matches(key, choices, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return cls(f"{where} has an unknown key {key!r}; known keys: {', '.join(choices)}.{hint}")


class UnknownVersion(BadInput):
    """A file was written by a version of Seawall that this one does not know."""

    @classmethod
    def of(cls, what: str, found: object, known: int) -> Self:
        return cls(
            f"{what} has schema version {found!r}; this Seawall reads version {known}. "
            "Make it again with `seawall run`, or install the Seawall that wrote it."
        )


class Refused(SeawallError):
    """The action is not allowed, or not by this caller."""

    exit_code = 3


class Damaged(SeawallError):
    """A file of our own does not hold what was written."""

    exit_code = 4


class Unavailable(SeawallError):
    """An engine, a server or a resource is not there."""

    exit_code = 5


class SeawallWarning(UserWarning):
    """A part runs in a degraded state, named in the message."""
