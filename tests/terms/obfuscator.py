"""Disguises as people write them, made without a look at the folding tables.

Letters are looked up by their Unicode names or listed here by hand; nothing is imported from the scanner. Each kind
takes a word, a random generator and innocent words to glue it to, and returns the disguised text or None where the kind
does not apply to the word's script.
"""

import unicodedata
from collections.abc import Callable, Mapping

import numpy as np

Rng = np.random.Generator
LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7+", "b": "8", "g": "9", "l": "1|", "z": "2"}
ALIKE = {
    "a": ["CYRILLIC SMALL LETTER A", "LATIN SMALL LETTER ALPHA"],
    "c": ["CYRILLIC SMALL LETTER ES", "LATIN LETTER SMALL CAPITAL C"],
    "d": ["CYRILLIC SMALL LETTER KOMI DE", "LATIN LETTER SMALL CAPITAL D"],
    "e": ["CYRILLIC SMALL LETTER IE", "LATIN LETTER SMALL CAPITAL E"],
    "g": ["LATIN SMALL LETTER SCRIPT G"],
    "h": ["CYRILLIC SMALL LETTER SHHA"],
    "i": ["CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I", "LATIN SMALL LETTER DOTLESS I"],
    "j": ["CYRILLIC SMALL LETTER JE"],
    "k": ["GREEK SMALL LETTER KAPPA", "CYRILLIC SMALL LETTER KA"],
    "m": ["LATIN LETTER SMALL CAPITAL M"],
    "n": ["LATIN LETTER SMALL CAPITAL N", "ARMENIAN SMALL LETTER VO"],
    "o": ["CYRILLIC SMALL LETTER O", "GREEK SMALL LETTER OMICRON", "ARMENIAN SMALL LETTER OH"],
    "p": ["CYRILLIC SMALL LETTER ER", "GREEK SMALL LETTER RHO"],
    "r": ["LATIN LETTER SMALL CAPITAL R"],
    "s": ["CYRILLIC SMALL LETTER DZE"],
    "t": ["LATIN LETTER SMALL CAPITAL T", "CYRILLIC SMALL LETTER TE"],
    "u": ["LATIN LETTER SMALL CAPITAL U", "ARMENIAN SMALL LETTER SEH"],
    "v": ["GREEK SMALL LETTER NU", "CYRILLIC SMALL LETTER IZHITSA"],
    "x": ["CYRILLIC SMALL LETTER HA"],
    "y": ["CYRILLIC SMALL LETTER U"],
    "z": ["LATIN LETTER SMALL CAPITAL Z"],
}
STYLES = [
    "MATHEMATICAL BOLD SMALL {}",
    "MATHEMATICAL SANS-SERIF ITALIC SMALL {}",
    "MATHEMATICAL MONOSPACE SMALL {}",
    "MATHEMATICAL BOLD FRAKTUR SMALL {}",
    "CIRCLED LATIN SMALL LETTER {}",
    "PARENTHESIZED LATIN SMALL LETTER {}",
    "NEGATIVE SQUARED LATIN CAPITAL LETTER {}",
    "REGIONAL INDICATOR SYMBOL LETTER {}",
]
TURNED = dict(zip("abcdefghijklmnopqrstuvwxyz", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz", strict=True))
HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u2066"
RUSSIAN = dict(zip("abvgdezijklmnoprstufh", "абвгдезийклмнопрстуфх", strict=True))
SOUNDS = [("c", "k"), ("k", "c"), ("f", "ph"), ("ph", "f"), ("s", "z"), ("z", "s"), ("ks", "x"), ("i", "y"), ("v", "w")]


def _each(word: str, rng: Rng, table: Mapping[str, list[str] | str], share: float) -> str | None:
    """Replace a share of the letters that the table knows, at least one."""
    known = [k for k, c in enumerate(word) if c in table]
    if not known:
        return None
    chosen = {k for k in known if rng.random() < share} or {int(rng.choice(known))}
    return "".join(str(rng.choice(list(table[c]))) if k in chosen else c for k, c in enumerate(word))


def leet(word: str, rng: Rng, _: list[str]) -> str | None:
    done = _each(word[1:-1], rng, LEET, 0.6)
    return None if done is None else word[0] + done + word[-1]


def digits(word: str, rng: Rng, _: list[str]) -> str | None:
    return _each(word, rng, {k: v[0] for k, v in LEET.items()}, 0.7)


def homoglyph(word: str, rng: Rng, _: list[str]) -> str | None:
    return _each(word, rng, {k: [unicodedata.lookup(name) for name in names] for k, names in ALIKE.items()}, 0.5)


def styled(word: str, rng: Rng, _: list[str]) -> str | None:
    style = str(rng.choice(STYLES))
    if not word.isascii():
        return None
    try:
        return "".join(unicodedata.lookup(style.format(c.upper())) if c.isalpha() else c for c in word)
    except KeyError:
        return None


def turned(word: str, rng: Rng, _: list[str]) -> str | None:
    only = {k: v for k, v in TURNED.items() if not v.isascii()}
    return _each(word, rng, only, 0.5)


def fullwidth(word: str, _: Rng, __: list[str]) -> str | None:
    return "".join(chr(ord(c) + 0xFEE0) for c in word) if word.isascii() and " " not in word else None


def marks(word: str, rng: Rng, _: list[str]) -> str | None:
    if not word.isascii():
        return None
    return "".join(c + "".join(chr(int(m)) for m in rng.integers(0x300, 0x370, int(rng.integers(0, 4)))) for c in word)


def zero_width(word: str, rng: Rng, _: list[str]) -> str | None:
    return "".join(c + (str(rng.choice(list(HIDDEN))) if rng.random() < 0.4 else "") for c in word)


def separators(word: str, rng: Rng, _: list[str]) -> str | None:
    if not word.isalpha() or unicodedata.category(word[-1])[0] == "M":
        return None
    mark = str(rng.choice([".", "-", "_", "*", "·", "~", "/", ","]))
    if rng.random() < 0.5:
        return mark.join(word)
    at = int(rng.integers(1, len(word)))
    return word[:at] + mark + word[at:]


def spaced(word: str, rng: Rng, _: list[str]) -> str | None:
    return str(rng.choice([" ", "  ", " . "])).join(word) if word.isascii() else None


def repeats(word: str, rng: Rng, _: list[str]) -> str | None:
    at = int(rng.integers(0, len(word)))
    return word[:at] + word[at] * int(rng.integers(3, 7)) + word[at + 1 :] if word[at].isalpha() else None


def case(word: str, rng: Rng, _: list[str]) -> str | None:
    done = "".join(c.upper() if rng.random() < 0.5 else c for c in word)
    return done if len(done) == len(word) else None


def glued(word: str, rng: Rng, innocent: list[str]) -> str | None:
    one, two = (str(rng.choice(innocent)) for _ in range(2))
    return "#" + str(rng.choice([one + word, word + two, one + word + two, word + "2024", word + "69"]))


def masked(word: str, rng: Rng, _: list[str]) -> str | None:
    if not word.isascii() or len(word) < 6:
        return None
    at = int(rng.integers(1, len(word) - 1))
    return word[:at] + "*" + word[at + 1 :]


def swapped(word: str, rng: Rng, _: list[str]) -> str | None:
    at = [k for k in range(1, len(word) - 1) if word[k] != word[k + 1]]
    if not word.isascii() or not at:
        return None
    k = int(rng.choice(at))
    return word[:k] + word[k + 1] + word[k] + word[k + 2 :]


def dropped(word: str, rng: Rng, _: list[str]) -> str | None:
    k = int(rng.integers(1, len(word)))
    return word[:k] + word[k + 1 :] if word.isascii() and len(word) > 5 else None


def doubled(word: str, rng: Rng, _: list[str]) -> str | None:
    k = int(rng.integers(0, len(word)))
    return word[: k + 1] + word[k] + word[k + 1 :] if word.isascii() else None


def sound(word: str, rng: Rng, _: list[str]) -> str | None:
    options = [(a, b) for a, b in SOUNDS if a in word and not (a == "c" and word[word.index(a) + 1 :][:1] in "eiyh")]
    if not word.isascii() or not options:
        return None
    a, b = options[int(rng.integers(0, len(options)))]
    return word.replace(a, b, 1)


def other_script(word: str, _: Rng, __: list[str]) -> str | None:
    return "".join(RUSSIAN[c] for c in word) if all(c in RUSSIAN for c in word) else None


def two_at_once(word: str, rng: Rng, innocent: list[str]) -> str | None:
    first, second = (VISUAL[str(rng.choice(["leet", "homoglyph", "case", "zero_width", "repeats"]))] for _ in range(2))
    once = first(word, rng, innocent)
    return None if once is None else second(once, rng, innocent)


Kind = Callable[[str, Rng, list[str]], str | None]
VISUAL: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        leet, digits, homoglyph, styled, turned, fullwidth, marks, zero_width, separators, spaced, repeats, case, glued,
        masked, two_at_once,
    )
}  # fmt: skip
OTHER: dict[str, Kind] = {kind.__name__: kind for kind in (swapped, dropped, doubled, sound, other_script)}


def examples(terms: list[str], innocent: list[str], seed: int, each: int) -> list[tuple[str, int, str]]:
    """(kind, term, text) for `each` examples of every kind, each inside innocent words."""
    rng = np.random.default_rng(seed)
    made = []
    for name, kind in (VISUAL | OTHER).items():
        count = 0
        for _ in range(20 * each):
            term = int(rng.integers(0, len(terms)))
            disguised = kind(terms[term], rng, innocent)
            if disguised is None or disguised == terms[term]:
                continue
            before, after = (str(rng.choice(innocent)) for _ in range(2))
            made.append((name, term, f"{before} {disguised} {after}"))
            count += 1
            if count == each:
                break
    return made
