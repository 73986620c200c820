"""The policy: which answer, on which surface, to whom, about whom.

A policy file holds lines: on a surface, what is asked about, who asks, and the answer. It is compiled into one small
table of numbers, `[surface, subject, viewer]`, which the kernels read; a line's name is its place in the file
(`contact.message.sells.child`), and a decision can always be traced to it. A line that a file leaves out is the shipped
one: what nobody wrote is never an open door. The defaults for children's accounts are
those of Ofcom's illegal content codes for user-to-user services, the six of measure F1, one to one.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np
import numpy.typing as npt

from seawall.guard.answers import ContactKind, Decision
from seawall.records.errors import BadConfiguration, UnknownVersion
from seawall.records.run import SCHEMA_VERSION


class Subject(IntEnum):
    """What is asked about; the first six are accounts, the milder first."""

    OTHER = 0
    CHILD = 1
    WATCHED = 2
    AT_RISK_CHILD = 3
    BUYS = 4
    SELLS = 5
    BRIDGE = 6
    AMPLIFY = 7
    TERM_WEAK = 8
    TERM_STRONG = 9
    TERM_BLOCKS = 10
    TAG_CLOSED = 11
    LINK_REFUSED = 12
    HASH_SEED = 13
    HASH_CLUSTER = 14
    HASH_KNOWN = 15
    UNSEEN = 16
    """Anything, while the guard has no index to look at."""
    UNREAD = 17
    """A query at which the guard failed inside: nobody knows what it holds."""
    SEEKS = 18
    """In recommendations, an account that is suspected of buying; elsewhere it is WATCHED."""


class Viewer(IntEnum):
    """Who asks; in `contact`, whom the sender reaches for."""

    ANYONE = 0
    UNKNOWN = 1
    CHILD = 2
    RISKY = 3


RANK = (
    Decision.ALLOW,
    Decision.LOWER,
    Decision.RESTRICT,
    Decision.REMOVE,
    Decision.HOLD,
    Decision.CLOSE,
    Decision.DETERRENCE,
    Decision.SILENT,
    Decision.REFUSE,
)
"""Decisions from the mildest to the strictest: where two lines apply, the stricter counts. The place is the code."""
CODE = {decision: code for code, decision in enumerate(RANK)}

_ACCOUNTS = frozenset(subject for subject in Subject if subject <= Subject.SELLS)
_TERMS = frozenset({Subject.TERM_WEAK, Subject.TERM_STRONG, Subject.TERM_BLOCKS, Subject.TAG_CLOSED})
_THINGS = frozenset({Subject.LINK_REFUSED, Subject.HASH_SEED, Subject.HASH_CLUSTER, Subject.HASH_KNOWN})
_BLIND = frozenset({Subject.UNSEEN})
_FAILED = frozenset({Subject.UNREAD})
_KEEP = frozenset({Decision.ALLOW, Decision.REMOVE})
_RANKED = _KEEP | {Decision.LOWER}
_PAGE = frozenset({Decision.ALLOW, Decision.RESTRICT, Decision.CLOSE})
_LATER = frozenset({Decision.ALLOW, Decision.HOLD, Decision.REFUSE})
_QUERY = frozenset({Decision.ALLOW, Decision.DETERRENCE, Decision.SILENT})

Choices = Mapping[Subject, frozenset[Decision]]


def _choices(*groups: tuple[frozenset[Subject], frozenset[Decision]]) -> Choices:
    return {subject: answers for subjects, answers in groups for subject in sorted(subjects)}


ALLOWED: Mapping[str, Choices] = {
    "search": _choices((_ACCOUNTS, _KEEP), (_TERMS | _BLIND | _FAILED, _QUERY)),
    "suggest": _choices((_TERMS | _BLIND, _KEEP)),
    "tag": _choices((_TERMS | _BLIND, _PAGE)),
    "recommend": _choices((_ACCOUNTS | _TERMS | _BLIND | {Subject.BRIDGE, Subject.AMPLIFY, Subject.SEEKS}, _RANKED)),
    "profile": _choices((_ACCOUNTS | _BLIND, _PAGE)),
    **{f"contact.{kind}": _choices((_ACCOUNTS | _BLIND, _LATER)) for kind in ContactKind},
    "upload": _choices((_TERMS | _THINGS | _BLIND, _LATER)),
}
"""The subjects that each surface knows, and the answers that each may have there."""
SURFACES = tuple(ALLOWED)
SURFACE = {name: number for number, name in enumerate(SURFACES)}


class Children(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The six defaults for children's accounts (Ofcom, Illegal Content Codes of Practice, ICU F1)."""

    gets_suggestions: bool = False
    is_suggested: bool = False
    listed_in_connections: bool = False
    connections_visible: bool = False
    messages_from_unconnected: bool = False
    location_visible: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a policy: `name` is its place in the file."""

    name: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Policy:
    """A compiled policy: `table` [surfaces, subjects, viewers] of decision codes, and the line behind each cell."""

    children: Children
    probes: int
    most_alike: float
    stale_hours: float
    table: npt.NDArray[np.uint8]
    names: Mapping[tuple[int, int, int], str]

    @property
    def digest(self) -> str:
        """What tells this policy from others: 8 hex digits."""
        told = msgspec.json.encode([self.children, self.probes, self.most_alike, self.stale_hours])
        return hashlib.sha256(told + self.table.tobytes()).hexdigest()[:8]

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The policy of a file, or the one that Seawall ships."""
        if path is None:
            return cls.parse(shipped_text(), "the shipped policy")
        return cls.parse(path.read_text("utf-8"), str(path))

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """The policy that a text holds. Errors: `BadConfiguration` names the line, what was there and what may be."""
        try:
            given = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadConfiguration(f"{where} is no TOML: {error}. Mend that line.") from error
        version = given.pop("schema_version", None)
        if version is None:
            raise BadConfiguration(
                f"{where} has no line `schema_version = {SCHEMA_VERSION}` above its sections. "
                "Begin with what `seawall guard policy` prints."
            )
        if version != SCHEMA_VERSION:
            raise UnknownVersion.of(where, version, SCHEMA_VERSION)
        children = _children(given.pop("children", {}), where)
        probes = _number(given, "search", "probes", 3, where, 0, 1_000)
        most_alike = _number(given, "recommend", "most_alike", 0.1, where, 0.0, 1.0)
        stale_hours = _number(given, "index", "stale_hours", 48, where, 0.0, 1e6)
        _only_numbers(given.pop("index", {}), where)
        contact = given.pop("contact", {})
        given |= {f"contact.{kind}": lines for kind, lines in contact.items()}
        table, names = _compiled(_filled_up(given), where)
        _apply_children(children, table, names)
        table.flags.writeable = False
        return cls(children, int(probes), float(most_alike), float(stale_hours), table, names)

    def line(self, surface: str, subject: Subject, viewer: Viewer) -> Line:
        """The line that decides, and its decision."""
        cell = (SURFACE[surface], int(subject), int(viewer))
        return Line(self.names.get(cell, f"{surface}.{subject.name.lower()} (not named)"), RANK[int(self.table[cell])])

    def of(self, surface: str) -> npt.NDArray[np.uint8]:
        """Decision codes of one surface, shape (subjects, viewers)."""
        codes: npt.NDArray[np.uint8] = self.table[SURFACE[surface]]
        return codes


def shipped_text() -> str:
    """The shipped policy as it is written."""
    return files("seawall.guard").joinpath("policy.toml").read_text("utf-8")


@cache
def default_policy() -> Policy:
    """The shipped policy, read once."""
    return Policy.load()


def _children(given: Any, where: str) -> Children:
    try:
        return msgspec.convert(given, Children)
    except msgspec.ValidationError as error:
        known = ", ".join(Children.__struct_fields__)
        raise BadConfiguration(f"{where}, [children]: {error}. Known keys, each true or false: {known}.") from error


def _number(given: Any, section: str, key: str, default: float, where: str, low: float, high: float) -> float:
    lines = given.get(section, {})
    value = lines.pop(key, default) if isinstance(lines, dict) else default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadConfiguration(f"{where}, {section}.{key} is {value!r}; give a number from {low} to {high}.")
    return value


def _only_numbers(left: Any, where: str) -> None:
    for key in left:
        raise BadConfiguration.unknown_key(f"{where}, [index]", key, ["stale_hours"])


def _compiled(given: Mapping[str, Any], where: str) -> tuple[npt.NDArray[np.uint8], dict[tuple[int, int, int], str]]:
    table = np.zeros((len(SURFACES), len(Subject), len(Viewer)), np.uint8)
    names: dict[tuple[int, int, int], str] = {}
    for surface, lines in given.items():
        if surface not in ALLOWED:
            raise BadConfiguration.unknown_key(where, surface, ALLOWED)
        if not isinstance(lines, dict):
            raise BadConfiguration(f"{where}: {surface} is {lines!r}; make it a table, [{surface}].")
        for name, answers in lines.items():
            _fill(table, names, surface, name, answers, where)
    return table, names


@cache
def _shipped_lines() -> Mapping[str, Mapping[str, Any]]:
    given = tomllib.loads(shipped_text())
    given |= {f"contact.{kind}": lines for kind, lines in given.pop("contact").items()}
    return {
        surface: {name: line for name, line in given[surface].items() if isinstance(line, dict)} for surface in SURFACES
    }


def _filled_up(given: dict[str, Any]) -> dict[str, Any]:
    """The lines of a file, and the shipped ones that it leaves out."""
    for surface, lines in _shipped_lines().items():
        mine = given.get(surface, {})
        if isinstance(mine, dict):
            if surface == "recommend" and "watched" in mine:  # a file that does not tell them apart
                mine = {"seeks": mine["watched"], **mine}
            given[surface] = {**lines, **mine}
    return given


def _fill(
    table: npt.NDArray[np.uint8],
    names: dict[tuple[int, int, int], str],
    surface: str,
    name: str,
    answers: Any,
    where: str,
) -> None:
    """One line into the table; viewers that it does not name are answered as `anyone`."""
    known = {subject.name.lower(): subject for subject in ALLOWED[surface]}
    if name not in known:
        raise BadConfiguration.unknown_key(f"{where}, [{surface}]", name, known)
    if not isinstance(answers, dict) or "anyone" not in answers:
        raise BadConfiguration(f'{where}: {surface}.{name} is {answers!r}; write {{ anyone = "…" }}, then exceptions.')
    viewers = {viewer.name.lower(): viewer for viewer in Viewer}
    for viewer in answers:
        if viewer not in viewers:
            raise BadConfiguration.unknown_key(f"{where}, {surface}.{name}", viewer, viewers)
    subject = known[name]
    for viewer, number in viewers.items():
        named = viewer if viewer in answers else "anyone"
        cell = (SURFACE[surface], int(subject), int(number))
        table[cell] = CODE[_decision(answers[named], ALLOWED[surface][subject], f"{where}: {surface}.{name}.{named}")]
        names[cell] = f"{surface}.{name}.{named}"


def _decision(value: Any, allowed: frozenset[Decision], line: str) -> Decision:
    if value not in allowed:
        raise BadConfiguration(f"{line} is {value!r}; give one of {', '.join(sorted(allowed))}.")
    return Decision(value)


def _apply_children(children: Children, table: npt.NDArray[np.uint8], names: dict[tuple[int, int, int], str]) -> None:
    """Write the defaults for children's accounts over the lines that they decide."""
    if not children.is_suggested:
        for subject in (Subject.CHILD, Subject.AT_RISK_CHILD):
            for viewer in Viewer:
                _set(table, names, ("recommend", subject, viewer), Decision.REMOVE, "children.is_suggested")
    if not children.messages_from_unconnected:
        for subject in Subject:  # other children too: nobody from outside, whoever it is
            if subject < Subject.BUYS:
                cell = ("contact.message", subject, Viewer.CHILD)
                _set(table, names, cell, Decision.REFUSE, "children.messages_from_unconnected")


def _set(
    table: npt.NDArray[np.uint8],
    names: dict[tuple[int, int, int], str],
    cell: tuple[str, Subject, Viewer],
    decision: Decision,
    name: str,
) -> None:
    surface, subject, viewer = cell
    place = (SURFACE[surface], int(subject), int(viewer))
    table[place] = CODE[decision]
    names[place] = name
