"""The phonetic lane: words that sound like a term.

A word is written in Latin letters (tables below, one sound a letter), then as sound codes: spellings of one sound share
a code (ph f, c k q, x ks, z s, w v, y i ee ea, u oo ou), doubles and silent h fall away. The idea is Philips' Metaphone
(Computer Language 7(12), 1990); here vowels stay, coarsely, because a list of thousands of terms needs the precision.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var,call-arg,unreachable"
# ruff: noqa: SIM109

import unicodedata
from functools import cache

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.engine import Table, build, first_pattern, lowest_bit
from seawall.terms.fold import BASE, mix
from seawall.terms.lexicon import Lexicon

SCRIPTS = {
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя": "a b v g d e e zh z i i k l m n o p r s t u f h ts ch sh sh - i - e u a",
    "іїєґўјљњћђџ": "i i e g u j l n ch j j",
    "αβγδεζηθικλμνξοπρσςτυφχψω": "a v g d e z i t i k l m n x o p r s s t i f h ps o",
    "אבגדהוזחטיכךלמםנןסעפףצץקרשת": "a b g d h v z h t i k k l m m n n s - p p ts ts k r sh t",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةپچگ": "a b t t j h h d z r z s sh s d t z - g f k k l m n h u i i a p ch g",
    "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौअआइईउऊएओ": (
        "k k g g ch ch j j t t d d n t t d d n p f b b m i r l v sh sh s h a i i u u e e o o a a i i u u e o"
    ),
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ": "a b g d e v z t i k l m n o p zh r s t u p k g k sh ch ts dz ts ch h j h",
    "աբգդեզէըթժիլխծկհձղճմնշոչպջռսվտրցւփքօֆ": (
        "a b g d e z e e t zh i l h ts k h dz g ch m n sh o ch p j r s v t r ts v p k o f"
    ),
}
MIN_SOUNDS = 6
MIN_FOREIGN = 7
"""The fewest sounds of a word that is compared: in Latin letters like the term, or across scripts."""
LIMIT = 0x1100
_WORD = 40
A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U, V, W, X, Y, Z = range(1, 27)  # noqa: E741
_CH, _SH = 27, 28
_plain = np.arange(32, dtype=np.uint8)
_plain[Y] = I
_plain[[C, Q]] = K
_plain[Z] = S
_plain[W] = V
_vowel = np.zeros(32, np.bool_)
_vowel[[A, E, I, O, U, Y]] = True


def _letters(text: str) -> int:
    """Up to three Latin letters, five bits each, the first lowest."""
    return sum((ord(char) - 96) << (5 * at) for at, char in enumerate(text[:3]))


@cache
def romanised() -> npt.NDArray[np.uint16]:
    """The Latin letters of each code point below `LIMIT`; 0 where it has none."""
    table = np.zeros(LIMIT, np.uint16)
    readings: dict[str, str] = {}
    for letters, sounds in SCRIPTS.items():
        readings |= dict(zip(letters, sounds.split(), strict=True))
    for code in range(LIMIT):
        char = unicodedata.normalize("NFKD", chr(code).lower())[:1]
        reading = (readings.get(chr(code).lower()) or readings.get(char) or char).replace("-", "")
        if reading and reading.isascii() and reading.isalpha():
            table[code] = _letters(reading)
    table[[0xDF, 0xE6, 0xC6]] = _letters("ss"), _letters("ae"), _letters("ae")
    return table


@nb.njit(cache=True, error_model="numpy")
def _spell(codes, i, j, latin, word):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write symbols [i, j) as Latin letters into `word`; -1 where one has none or the word is too long."""
    size = 0
    for s in range(i, j):
        code = codes[s]
        if code >= LIMIT or size + 3 >= _WORD:
            return -1
        read = latin[code]
        if read == 0 and code < 128:
            return -1
        while read:
            word[size] = read & 31
            read >>= 5
            size += 1
    word[size] = 0
    return size


@nb.njit(cache=True, error_model="numpy")
def _sound(word, k, size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901
    """The code of the sound at letter `k`, a second code or 0, and how many letters it takes."""
    c = word[k]
    after = word[k + 1]
    if c == C:
        if after == H:
            return _CH, 0, 2
        return (S if after == E or after == I or after == Y else K), 0, (2 if after == K else 1)
    if c == S:
        if after == C and word[k + 2] == H and k + 2 < size:
            return _SH, 0, 3
        return (_SH, 0, 2) if after == H else (S, 0, 1)
    if c == P and after == H:
        return F, 0, 2
    if (c == T or c == G or c == D or c == K or c == R or c == W or c == Z) and after == H:
        return np.int64(_plain[c]), 0, 2
    if c == E and (after == E or after == A):
        return I, 0, 2
    if c == O and (after == O or after == U):
        return U, 0, 2
    if c == Q and after == U:
        return K, V, 2
    if c == X:
        return K, S, 1
    if c == H and k > 0 and (k + 1 == size or not _vowel[after]):
        return 0, 0, 1
    return np.int64(_plain[c]), 0, 1


@nb.njit(cache=True, error_model="numpy")
def word_sound(codes, i, j, latin, word):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Hash and number of the sounds of symbols [i, j); a number of 0 where they have none."""
    size = _spell(codes, i, j, latin, word)
    whole = np.uint64(0)
    count = 0
    before = 0
    k = 0
    while k < size:
        one, two, taken = _sound(word, k, size)
        for code in (one, two):
            if code and code != before:
                whole = whole * BASE + mix(np.uint64(code))
                before = code
                count += 1
        k += taken
    return whole, count


@nb.njit(cache=True, error_model="numpy")
def find_sounds(codes, edge, n, keep, latin, table, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """As `engine.find_words`, by the sound of each word."""
    wholes, windows, heads = table.wholes, table.window, table.head
    word_letters = np.zeros(_WORD + 4, np.uint8)
    count = 0
    i = 0
    for word in range((n >> 6) + 1):
        places = edge[word]
        while places:
            j = (word << 6) + lowest_bit(places)
            places &= places - np.uint64(1)
            if MIN_SOUNDS - 1 <= j - i < _WORD and i < keep:
                key, sounds = word_sound(codes, i, j, latin, word_letters)
                pattern = first_pattern(key, wholes, windows, heads) if sounds >= MIN_SOUNDS else np.int64(-1)
                if pattern >= 0 and count < len(found):
                    found[count, 0], found[count, 1], found[count, 2] = i, j, pattern
                    count += 1
            i = j
    return count


def sound_table(lexicon: Lexicon) -> tuple[Table, npt.NDArray[np.int32]]:
    """The table of the terms' sounds, and the term of each pattern; -1 - term where the term is not Latin."""
    latin = romanised()
    word = np.zeros(_WORD + 4, np.uint8)
    terms: list[int] = []
    keys: list[np.uint64] = []
    for number, term in enumerate(lexicon.terms):
        codes = np.array([ord(char) for char in term.text.lower() if char.isalpha()], np.int32)
        if term.scanned and len(codes) >= 4:
            key, sounds = word_sound(codes, 0, len(codes), latin, word)
            if sounds >= MIN_SOUNDS:
                terms.append(number if codes[0] < 0x250 else -1 - number)
                keys.append(np.uint64(key))
    whole = np.array(keys, np.uint64)
    return build(0, whole, whole, np.full(len(whole), MIN_SOUNDS)), np.array(terms, np.int32)
