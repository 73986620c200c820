"""Personal data in free text: handles, mail, numbers, addresses.

A statement of reasons is published: what is found here keeps it from leaving. The check would rather refuse a harmless
sentence, which its writer rephrases, than let a name through. A plain word that is somebody's handle cannot be told
from a word: give what the case knows as `known`.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_DOT, _AT = r"(?:\.|\s*[\[({]\s*(?:dot|\.)\s*[\])}]\s*|\s+dot\s+)", r"(?:@|\s*[\[({]\s*(?:at|@)\s*[\])}]\s*)"
_MAIL = re.compile(rf"[\w.+%-]+\s?{_AT}\s?[\w-]+(?:{_DOT}[\w-]+)*", re.IGNORECASE)
_SPOKEN_MAIL = re.compile(r"\b[\w.+-]+\s+at\s+[\w-]+\s+dot\s+\w{2,}", re.IGNORECASE)
_LINK = re.compile(rf"\b(?:https?://|www\.)\S+|\b[\w-]{{2,}}{_DOT}[a-z]{{2,}}\b|\bdid:[a-z]+:\S+", re.IGNORECASE)
_AT_HANDLE = re.compile(r"(?<!\w)@\w[\w.-]*")
_SLASH_HANDLE = re.compile(r"(?<!\w)(?:u|user|users|profile|r)/\w[\w.-]+", re.IGNORECASE)
_MADE_UP = re.compile(r"(?<![\w-])(?=\w*[^\W\d_])(?:\w+_\w*|_\w+|[^\W\d_]{2,}\d{2,}\w*|\d+[^\W\d_]{3,}\w*)(?![\w])")
_NAMED = re.compile(
    r"\b(?:handle|username|user name|screen name|nickname|user id|account id)\s*[:=]\s*\S+", re.IGNORECASE
)
_V4 = re.compile(rf"(?<![\d.])\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}(?![\d])", re.IGNORECASE)
_V6 = re.compile(r"(?<![0-9A-Fa-f:])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_NUMBER = re.compile(r"(?<![\w.,/-])(?:\+|00)?[\s(]*\d(?:(?:[\s()\-/‐-―]{0,3}|\.)\d)+")
_LONG = re.compile(r"\b(?=[0-9A-Za-z-]*\d)[0-9A-Za-z]{8,}(?:-[0-9A-Za-z]{4,})+\b|\b(?=\w*\d)(?=\w*[A-Za-z])\w{16,}\b")
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d{2}"
_DATE = re.compile(
    rf"(?<![\d+.(/-])(?:{_YEAR}-{_MONTH}-{_DAY}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}})?Z?)?|{_DAY}([./-]){_MONTH}\1{_YEAR}|"
    rf"{_YEAR}\s?[-/‐-―]\s?{_YEAR}|{_YEAR}/\d{{1,4}}|\d{{1,4}}/{_YEAR})(?![\d)]|[./-]\d)"
)
_FINE = re.compile(
    r"(?:sha|md|utf|iso|iec|rfc|pdq|mp|h|base|aes|part|art|article|section|version|v)[- ]?\d{1,5}|[A-Z]+(?:_[A-Z]+)+",
    re.IGNORECASE,
)
_FEWEST, _MOST = 7, 18
"""Digits in a row, give or take separators, that look like a telephone number or an account's."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that looks like somebody's: its kind and where it stands."""

    kind: str
    start: int
    end: int


def find_personal(text: str, known: Iterable[str] = ()) -> list[Found]:
    """Everything in a text that looks like personal data; `known` are the case's own handles, ids and names."""
    plain = _plain(text)
    return [*_patterns(plain), *_numbers(plain), *_addresses(plain), *_known(plain, known)]


def _plain(text: str) -> str:
    """One spelling for look-alike digits and signs, and nothing invisible."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")


def _patterns(text: str) -> Iterator[Found]:
    for kind, pattern in (
        ("mail address", _MAIL),
        ("mail address", _SPOKEN_MAIL),
        ("link", _LINK),
        ("handle", _AT_HANDLE),
        ("handle", _SLASH_HANDLE),
        ("handle", _NAMED),
        ("identifier", _LONG),
        ("handle", _MADE_UP),
    ):
        for match in pattern.finditer(text):
            if not _fine(match[0]):
                yield Found(kind, *match.span())


def _fine(token: str) -> bool:
    """Standards, articles and constants, which only look made up."""
    return bool(_FINE.fullmatch(token)) and (token.isupper() or "_" not in token)


def _numbers(text: str) -> Iterator[Found]:
    bare = _DATE.sub(lambda match: " " * 2 + "x" * (len(match[0]) - 4) + " " * 2, text)
    for match in _NUMBER.finditer(bare):
        digits = sum(letter.isdigit() for letter in match[0])
        if _FEWEST <= digits <= _MOST:
            yield Found("telephone number", *match.span())


def _addresses(text: str) -> Iterator[Found]:
    for match in _V4.finditer(text):
        parts = re.findall(r"\d+", match[0])
        if all(int(part) <= 255 for part in parts):
            yield Found("IP address", *match.span())
    for match in _V6.finditer(text):
        shown = match[0].rstrip(".")
        if any(_is_v6(one) for one in (shown, shown.removeprefix(":"), shown.removesuffix(":"))):
            yield Found("IP address", *match.span())


def _is_v6(text: str) -> bool:
    try:
        return bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False


def _known(text: str, known: Iterable[str]) -> Iterator[Found]:
    for name in known:
        plain = _plain(name).strip()
        if len(plain) < 3:
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(plain)}(?!\w)", text, re.IGNORECASE):
            yield Found("name of the case", *match.span())
