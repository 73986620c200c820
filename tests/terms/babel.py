"""Invented languages: words, posts and terms from syllables in seventeen ways of writing.

Every language has its own letters, its own syllables drawn from a seed, a vocabulary with the skewed frequencies of
real ones (Zipf), punctuation, hashtags, mentions, links and emoji. No word is anybody's.
"""

from dataclasses import dataclass

import numpy as np

LANGUAGES: dict[str, tuple[str, str, str, int]] = {
    # name: consonants, vowels, codas, letters in a term
    "plain": ("bcdfghjklmnprstvwz", "aeiou", "nrslt", 3),
    "long": ("bdfghklmnprstwz|sch|st|br|kr", "aeiouäöü", "nrslt|ch|ng", 3),
    "soft": ("bcdfglmnpqrstvx|ch|ll", "aeiouáéíóú", "nrsl", 3),
    "nasal": ("bcdfgjlmnprstv|ch|ph", "aeiouéèêàç", "nrst|ns", 3),
    "hard": ("bcdfgjklmnprstwz|sz|cz|rz", "aeiouyąęó", "nrskl|ć|ś", 3),
    "vowelled": ("bcçdfgğhklmnprsştvyz", "aeıioöuü", "nrslkmt", 3),
    "toned": ("bcdghklmnpqrstvx|nh|th|tr", "aăâeêioôơuưạảấầếộ", "ncpt|ng", 3),
    "islands": ("bdfghklmnprstw|ng", "aeiou", "nhkt", 3),
    "cyrillic": ("бвгджзклмнпрстфхцчш", "аеиоуыэюя", "нрлстк", 3),
    "cyrillic2": ("бвгґджзклмнпрстхцчш", "аеиіоуєїя", "нрлстй", 3),
    "greek": ("βγδζθκλμνπρστφχ", "αεηιουωάέό", "ςν", 3),
    "arabic": ("بتثجحخدذرزسشصضطعغفقكلمنه", "اوي", "نرلمت", 3),
    "hebrew": ("בגדהזחטכלמנספצקרשת", "איו", "ןםרלת", 3),
    "devanagari": ("कखगघचजटडतदनपबमयरलवसह", "ािीुूेो", "नरलस", 3),
    "thai": ("กขคงจชซดตถทนบปพมยรลวสหอ", "าิีุูเแโ", "งนมก", 4),
    "hangul": ("", "", "", 4),
    "han": ("", "", "", 4),
    "kana": ("", "", "", 6),
}
UNSPACED = {"thai", "han", "kana"}
EMOJI = "🌞🌻🍀🍎🎈🎉🎧🏡🐢🐝🚲🌊🎨📚🍞🧩"
MARKS = [".", ".", ".", ",", "!", "?", "...", " :)", "!!"]


def _pieces(text: str) -> list[str]:
    head, *pairs = text.split("|")
    return [*head, *pairs]


@dataclass
class Language:
    """A vocabulary with its frequencies, and a source of further words."""

    name: str
    rng: np.random.Generator
    words: list[str]
    weight: np.ndarray

    @classmethod
    def of(cls, name: str, seed: int, size: int = 3000) -> "Language":
        rng = np.random.default_rng([seed, sorted(LANGUAGES).index(name)])
        language = cls(name, rng, [], np.empty(0))
        words: dict[str, None] = {}
        while len(words) < size:
            words.setdefault(language.word(int(rng.choice([1, 2, 2, 3, 3, 4]))))
        language.words = sorted(words, key=lambda word: len(word) + 9 * rng.random())
        weight = 1 / np.arange(2, size + 2)
        language.weight = np.cumsum(weight / weight.sum())
        return language

    def word(self, syllables: int) -> str:
        """A word of this language's sound."""
        if self.name == "hangul":
            return "".join(chr(0xAC00 + int(c)) for c in self.rng.integers(0, 11172, syllables))
        if self.name == "han":
            return "".join(chr(0x4E00 + int(c)) for c in self.rng.integers(0, 3000, syllables))
        if self.name == "kana":
            return "".join(chr(0x3042 + int(c)) for c in self.rng.integers(0, 70, syllables))
        consonants, vowels, codas, _ = LANGUAGES[self.name]
        onset, nucleus, coda = _pieces(consonants), list(vowels), _pieces(codas)
        parts = []
        for _ in range(syllables):
            parts += [str(self.rng.choice(onset)), str(self.rng.choice(nucleus))]
            if self.rng.random() < 0.3:
                parts.append(str(self.rng.choice(coda)))
        return "".join(parts)

    def posts(self, count: int) -> list[str]:
        """Posts of 4 to 30 words."""
        lengths = self.rng.integers(4, 30, count)
        drawn = np.searchsorted(self.weight, self.rng.random(int(lengths.sum())))
        noise = self.rng.random(int(lengths.sum()))
        joint = "" if self.name in UNSPACED else " "
        posts, at = [], 0
        for length in lengths:
            parts = []
            for word, dice in zip(drawn[at : at + length], noise[at : at + length], strict=True):
                parts.append(self._dressed(self.words[min(word, len(self.words) - 1)], dice))
            posts.append(joint.join(parts))
            at += length
        return posts

    def _dressed(self, word: str, dice: float) -> str:
        if dice < 0.03:
            return f" #{word} "
        if dice < 0.04:
            return f" #{word}{self.words[int(dice * 1e6) % len(self.words)]} "
        if dice < 0.05:
            return f" @{word}{int(dice * 1e5) % 100} "
        if dice < 0.055:
            return f" https://{word if word.isascii() else 'site'}.example/{int(dice * 1e7) % 9999} "
        if dice < 0.08:
            return word + EMOJI[int(dice * 1e6) % len(EMOJI)]
        if dice < 0.18:
            return word + MARKS[int(dice * 1e6) % len(MARKS)]
        if dice < 0.24:
            return word.title()
        if dice < 0.25:
            return word.upper()
        if dice < 0.26:
            return str(int(dice * 1e7) % 2100)
        return word

    def terms(self, count: int, known: frozenset[str] = frozenset()) -> list[str]:
        """Words that neither its posts use nor the `known` ones are, long enough to be terms."""
        known = known | frozenset(self.words)
        found: dict[str, None] = {}
        while len(found) < count:
            word = self.word(LANGUAGES[self.name][3] + int(self.rng.integers(0, 2)))
            if word not in known:
                found.setdefault(word)
        return list(found)


def world(seed: int, posts: int, terms: int) -> tuple[list[str], list[str]]:
    """Posts of every language in turn, and terms: half of them in the first language, the rest spread."""
    languages = [Language.of(name, seed) for name in LANGUAGES]
    share = -(-posts // len(languages))
    by_language = [language.posts(share) for language in languages]
    mixed = [post for row in zip(*by_language, strict=True) for post in row][:posts]
    spread = terms // 2 // len(languages)
    everyday = frozenset(word for language in languages for word in language.words)
    found: dict[str, None] = {}
    for language in languages[1:]:
        found |= dict.fromkeys(language.terms(spread, everyday))
    found |= dict.fromkeys(languages[0].terms(terms - len(found), everyday))
    return mixed, list(found)
