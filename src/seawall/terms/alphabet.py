"""What each Unicode character reads as.

Every code point has one 32-bit entry: the symbol it reads as (21 bits), the kind of character (4 bits), the disguise
that reading it so undoes (4 bits) and the group whose change may part two words (3 bits). Symbols are lower-case code
points without marks; a ligature's entry points to several symbols. Sources: Unicode's own decompositions and case
folding, the TR39 confusables in `lookalikes.txt`, and the substitutions of digits and punctuation for letters below.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Entries = npt.NDArray[np.uint32]


class Kind(IntEnum):
    """What a character does in a text."""

    SEPARATOR = 0  # punctuation and symbols: ends a word
    SPACE = 1
    LETTER = 2
    DIGIT = 3
    SIGN = 4  # punctuation that stands for a letter between letters: $ @ !
    INVISIBLE = 5  # zero width, bidirectional controls, variation selectors, skin tones
    MARK = 6  # combining marks of scripts that are read without them
    HASH = 7
    EMOJI = 8
    SEVERAL = 9  # a ligature: the symbol field is a row of `Alphabet.several`
    UNSPACED = 10  # a letter of a script that writes no spaces
    BESIDE = 11  # reads as Latin next to Latin letters: a row of `Alphabet.several` holds both readings
    MASK = 12  # a separator that often stands in place of a letter: * _ ?


class Group(IntEnum):
    """Two words may meet where the group changes: twoWords, word12."""

    SMALL = 0
    CAPITAL = 1
    DIGIT = 2
    SIGN = 3
    FLAG = 4  # the letters that flags are made of
    UNSPACED = 5
    EMOJI = 6


class Disguise(IntEnum):
    """What was done to a letter so that a plain search misses it."""

    NONE = 0
    CASE = 1
    WIDTH = 2
    MARKS = 3
    STYLED = 4
    LOOKALIKE = 5
    DIGIT = 6
    SIGN = 7
    INVISIBLE = 8
    SEPARATORS = 9
    REPEATS = 10
    GLUED = 11
    EDIT = 12
    PHONETIC = 13


DIGIT_LETTERS = dict(zip("0123456789", "oizeasgtbg", strict=True))
SIGN_LETTERS = {
    "$": "s", "@": "a", "!": "i", "|": "i", "¡": "i", "€": "e", "£": "l", "¢": "c", "¥": "y", "§": "s", "+": "t",
    "(": "c", "<": "c", "[": "c", "{": "c", "×": "x", "µ": "u", "¿": "j", "†": "t", "‡": "t", "°": "o", "¶": "p",
    "¦": "i",
}  # fmt: skip
FLIPPED = {
    "ƃ": "g", "ᵷ": "g", "ɥ": "h", "ᴉ": "i", "ɾ": "j", "ʞ": "k", "ꞁ": "l", "ɯ": "m", "ɹ": "r", "ʇ": "t", "ʌ": "v",
    "ʍ": "w", "ʎ": "y", "∀": "a", "ᗺ": "b", "Ɔ": "c", "ᗡ": "d", "Ǝ": "e", "Ⅎ": "f", "⅁": "g", "˥": "l", "Ԁ": "p",
    "ᴚ": "r", "⊥": "t", "∩": "u", "Λ": "v", "⅄": "y", "ɟ": "f", "ɔ": "c", "ǝ": "e", "ɐ": "a",
}  # fmt: skip
ALIKE = {
    **{sign: letter for sign, letter in SIGN_LETTERS.items() if sign.isascii()},
    "l": "i", "0": "o", "1": "i", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
}  # fmt: skip
"""Symbols below 128 that one spelling cannot tell apart; folding reads each as the second."""
MASKS = "*_?•·"
PLANES = 0x110000 >> 8
_READ_WITH_MARKS = ("LATIN", "GREEK", "CYRILLIC")
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x30FF),
    (0x31C0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
_DROPPED_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x06D6, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x08D3, 0x08FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
    (0x20D0, 0x20F0), (0xFE20, 0xFE2F),
)  # fmt: skip
_EMOJI = ((0x2190, 0x21FF), (0x2300, 0x23FF), (0x2600, 0x27BF), (0x2900, 0x297F), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF))
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0\ufeff\u0640"


@dataclass(frozen=True, slots=True)
class Alphabet:
    """`page` [0x1100] and `entry` [pages * 256] form a two-level table; `several` [n, 4] symbols, `count` [n]."""

    page: npt.NDArray[np.uint16]
    entry: Entries
    several: Entries
    count: npt.NDArray[np.uint8]

    def of(self, char: str) -> int:
        """The entry of one character."""
        code = ord(char)
        return int(self.entry[(int(self.page[code >> 8]) << 8) | (code & 255)])

    def with_emoji(self, wanted: str) -> "Alphabet":
        """The same table where only the wanted emoji are symbols; the others separate words."""
        entry = self.entry.copy()
        entry[(entry >> 21) & 15 == Kind.EMOJI] = 0
        page = self.page.copy()
        rows = [entry.reshape(-1, 256)]
        for high in sorted({ord(char) >> 8 for char in wanted}):
            row = rows[0][page[high]].copy()
            for char in wanted:
                if ord(char) >> 8 == high:
                    row[ord(char) & 255] = packed(ord(char), Kind.EMOJI)
            page[high] = len(rows[0]) + len(rows) - 1
            rows.append(row[None, :])
        return Alphabet(page, np.concatenate(rows).reshape(-1), self.several, self.count)


def packed(symbol: int, kind: Kind, disguise: Disguise = Disguise.NONE) -> int:
    """One table entry."""
    group = _GROUPS.get(kind, Group.CAPITAL if disguise is Disguise.CASE else Group.SMALL)
    return symbol | (int(kind) << 21) | (int(disguise) << 25) | (int(group) << 29)


_GROUPS = {Kind.DIGIT: Group.DIGIT, Kind.SIGN: Group.SIGN, Kind.UNSPACED: Group.UNSPACED, Kind.EMOJI: Group.EMOJI}


@cache
def lookalikes() -> tuple[dict[str, str], dict[str, str]]:
    """The TR39 look-alikes: those read as Latin anywhere, and those only beside Latin letters."""
    found: dict[str, dict[str, str]] = {"always": {}, "beside": {}}
    for line in (Path(__file__).parent / "lookalikes.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            where, target, chars = line.split(" ")
            found[where] |= dict.fromkeys(chars, target)
    return found["always"], found["beside"]


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _reading(char: str) -> str:
    """The letters that a character reads as: compatibility forms, marks, case and look-alikes undone."""
    always = lookalikes()[0]
    out = []
    for part in unicodedata.normalize("NFKD", char):
        if part in always and not part.isascii():
            out.append(always[part])
        elif not _within(ord(part), _DROPPED_MARKS):
            folded = unicodedata.normalize("NFKD", part.casefold())
            out += [always.get(c, c) for c in folded if not _within(ord(c), _DROPPED_MARKS)]
    return "".join(out)


def _disguise(char: str, reading: str) -> Disguise:
    """The disguise that `reading` undoes."""
    code = ord(char)
    if reading == char:
        return Disguise.NONE
    if 0xFF00 <= code <= 0xFFEF:
        return Disguise.WIDTH
    if char.casefold() == reading:
        return Disguise.CASE
    if _within(code, ((0x2070, 0x24FF), (0x1D400, 0x1D7FF), (0x1F100, 0x1F1FF))) or char in "ªº":
        return Disguise.STYLED
    if unicodedata.decomposition(char) and unicodedata.normalize("NFD", char) != char:
        return Disguise.MARKS
    return Disguise.LOOKALIKE


def _invisible(char: str, category: str) -> bool:
    code = ord(char)
    hidden = _within(code, ((0xFE00, 0xFE0F), (0xE0000, 0xE0FFF), (0x1F3FB, 0x1F3FF)))
    return hidden or category == "Cf" or char in _INVISIBLE


def _plain_entry(char: str, category: str) -> tuple[Kind, str, Disguise]:
    """Kind, reading and disguise of a character that is neither dropped nor a sign."""
    if category[0] == "Z" or char in "\t\n\r\x0b\x0c\x85":
        return Kind.SPACE, "", Disguise.NONE
    beside = lookalikes()[1].get(char)
    if beside is not None and len(beside) == 1:
        return Kind.BESIDE, char.casefold()[:1] + beside, Disguise.NONE
    reading = _reading(char)
    if category[0] in "LNM" or (category[0] == "S" and reading.isascii() and reading.isalnum()):
        return _letter_kind(ord(char), reading), reading, _disguise(char, reading)
    if _within(ord(char), _EMOJI):
        return Kind.EMOJI, char, Disguise.NONE
    return Kind.SEPARATOR, "", Disguise.NONE


def _letter_kind(code: int, reading: str) -> Kind:
    if len(reading) > 1:
        return Kind.SEVERAL
    if reading.isascii() and reading.isdigit():
        return Kind.DIGIT
    if _within(code, _UNSPACED) or _within(ord(reading[:1] or " "), _UNSPACED):
        return Kind.UNSPACED
    return Kind.LETTER


_STYLED_LETTERS = {
    **{chr(0x1F1E6 + i): chr(97 + i) for i in range(26)},
    **{chr(base + i): chr(97 + i) for base in (0x249C, 0x1F110, 0x1F130, 0x1F150, 0x1F170) for i in range(26)},
    "🆎": "ab",
    "🆑": "cl",
    "🆗": "ok",
}


def character(char: str) -> tuple[Kind, str, Disguise]:
    """How folding treats one character: its kind, what it reads as, and the disguise undone."""
    category = unicodedata.category(char)
    if char in _STYLED_LETTERS:
        reading = _STYLED_LETTERS[char]
        return (Kind.SEVERAL if len(reading) > 1 else Kind.LETTER), reading, Disguise.STYLED
    if char in "#＃﹟":
        return Kind.HASH, "", Disguise.NONE
    if char in MASKS:
        return Kind.MASK, "", Disguise.NONE
    sign = SIGN_LETTERS.get(char) or SIGN_LETTERS.get(unicodedata.normalize("NFKC", char))
    if sign:
        return Kind.SIGN, char if char.isascii() else sign, Disguise.SIGN
    if char in FLIPPED:
        return Kind.LETTER, FLIPPED[char], Disguise.LOOKALIKE
    if _invisible(char, category):
        return Kind.INVISIBLE, "", Disguise.NONE
    if _within(ord(char), _DROPPED_MARKS):
        return Kind.MARK, "", Disguise.NONE
    return _plain_entry(char, category)


def _assigned() -> Iterator[tuple[int, str]]:
    for code in range(0x110000):
        char = chr(code)
        if unicodedata.category(char) not in {"Cn", "Co", "Cs"} and not 0xAC00 <= code <= 0xD7A3:
            yield code, char


@cache
def alphabet() -> Alphabet:
    """The whole table, every emoji a separator (`with_emoji` admits those that a lexicon uses)."""
    flat = np.zeros(0x110000, np.uint32)
    several: list[str] = []
    for code, char in _assigned():
        kind, reading, disguise = character(char)
        symbol = ord(reading) if len(reading) == 1 else 0
        if kind in {Kind.SEVERAL, Kind.BESIDE}:
            symbol = len(several)
            several.append(reading[:4])
        elif kind is Kind.LETTER and not reading:
            kind = Kind.INVISIBLE
        flat[code] = packed(symbol, kind, disguise)
        if kind is Kind.SEVERAL and _within(code, _UNSPACED):  # voiced kana are two symbols, and letters of a run
            flat[code] |= np.uint32(Group.UNSPACED << 29)
    flat[0x1F1E6:0x1F200] |= np.uint32(Group.FLAG << 29)
    flat[0xAC00:0xD7A4] = np.arange(0xAC00, 0xD7A4, dtype=np.uint32) | np.uint32(Kind.LETTER << 21)
    symbols = np.zeros((len(several), 4), np.uint32)
    for row, reading in enumerate(several):
        symbols[row, : len(reading)] = [ord(c) for c in reading]
    rows, page = np.unique(flat.reshape(PLANES, 256), axis=0, return_inverse=True)
    count = np.array([len(reading) for reading in several], np.uint8)
    return Alphabet(page.reshape(-1).astype(np.uint16), rows.reshape(-1).copy(), symbols, count)
