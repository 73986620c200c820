"""A lexicon: the terms that an operator looks for, and how.

A term's life: proposed, approved by one person, active by two, retired. Only active terms are scanned: approval by one
person alone changes nothing that a user could notice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from seawall.records.errors import BadLexicon, UnknownVersion
from seawall.records.run import SCHEMA_VERSION

MAX_CHARACTERS = 60


class Status(StrEnum):
    """Where a term stands between a proposal and retirement."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"


class Match(StrEnum):
    """Where a term may stand. Phrases and sequences of emoji are told from the term's own text.

    `WORD`: a whole token or phrase. `HASHTAG`: also glued to other words inside a hashtag. Scripts that write no spaces
    match inside a run of their letters under both.
    """

    WORD = "word"
    HASHTAG = "hashtag"


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `together`: it counts only where one of these words or emoji stands in the same text."""

    text: str
    severity: int = 2
    category: str = ""
    language: str = ""
    status: Status = Status.ACTIVE
    match: Match = Match.HASHTAG
    together: tuple[str, ...] = ()
    proposed_by: str = ""
    proposed_at: str = ""
    approved_by: tuple[str, ...] = ()
    approved_at: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise BadLexicon("A term is empty. Give it a text, or remove its row.")
        if len(self.text) > MAX_CHARACTERS:
            raise BadLexicon(
                f"A term has {len(self.text)} characters; at most {MAX_CHARACTERS} are scanned. Shorten it to its core."
            )
        if self.severity not in {1, 2, 3}:
            raise BadLexicon(f"A term has severity {self.severity!r}; give 1 (weak), 2, or 3 (blocks a search).")

    @property
    def scanned(self) -> bool:
        return self.status is Status.ACTIVE


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms in a fixed order (a term's id is its position) and the innocent words that never count."""

    terms: tuple[Term, ...] = ()
    innocent: tuple[str, ...] = ()
    version: int = 0

    @classmethod
    def of(cls, texts: Iterable[str], **common: Any) -> "Lexicon":
        """A lexicon of these texts, all with the same remaining fields."""
        return cls(tuple(Term(text, **common) for text in texts))

    def __len__(self) -> int:
        return len(self.terms)

    def joined(self, other: "Lexicon") -> "Lexicon":
        """Both lexicons; of a text that both hold, the first one's term stays."""
        known = {term.text for term in self.terms}
        added = tuple(term for term in other.terms if term.text not in known)
        innocent = tuple(dict.fromkeys(self.innocent + other.innocent))
        return replace(self, terms=self.terms + added, innocent=innocent)


_FIELDS = tuple(field.name for field in fields(Term))


def term_to_dict(term: Term) -> dict[str, Any]:
    """The term as JSON takes it, fields that hold their default left out."""
    bare = Term("x")
    values = {name: getattr(term, name) for name in _FIELDS}
    return {name: value for name, value in values.items() if name == "text" or value != getattr(bare, name)}


def term_from_dict(row: Mapping[str, Any]) -> Term:
    """The term that `term_to_dict` wrote."""
    unknown = set(row) - set(_FIELDS)
    if unknown:
        raise BadLexicon(f"A term has unknown fields {sorted(unknown)}; known: {', '.join(_FIELDS)}.")
    values = dict(row)
    for name in ("together", "approved_by"):
        values[name] = tuple(values.get(name, ()))
    values["status"] = choice(Status, values.get("status", Status.ACTIVE), "status")
    values["match"] = choice(Match, values.get("match", Match.HASHTAG), "match")
    return Term(**values)


E = TypeVar("E", bound=StrEnum)


def choice(options: type[E], value: str, what: str) -> E:
    """The member of `options` that `value` names, in any case."""
    try:
        return options(str(value).strip().lower())
    except ValueError:
        raise BadLexicon(f"A term has {what} {value!r}; give one of {', '.join(options)}.") from None


def lexicon_to_dict(lexicon: Lexicon) -> dict[str, Any]:
    """The lexicon as its JSON file holds it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "version": lexicon.version,
        "innocent": list(lexicon.innocent),
        "terms": [term_to_dict(term) for term in lexicon.terms],
    }


def lexicon_from_dict(document: Mapping[str, Any]) -> Lexicon:
    """The lexicon that `lexicon_to_dict` wrote; an unknown schema version is refused."""
    if document.get("schema_version") != SCHEMA_VERSION:
        raise UnknownVersion.of("The lexicon", document.get("schema_version"), SCHEMA_VERSION)
    terms = tuple(term_from_dict(row) for row in document.get("terms", ()))
    return Lexicon(terms, tuple(document.get("innocent", ())), int(document.get("version", 0)))
