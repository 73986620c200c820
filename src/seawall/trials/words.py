"""A generator of invented words, in ten languages and eight scripts.

No word here means anything: syllables are clusters that are rare in living languages. A world's words are one array
of tokens; every text is a row of token numbers (`text.py`). Drawn per seed: all words; which everyday words belong to
trade and to each community; 70 to 140 risk words, Zipf-weighted, 2 to 12 months in use, the first fifth in use all
year, an eighth of them everyday words put to a new use; 24 disguised forms of each.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Floats, Ints, Rng, one_of

EVERYDAY, TRADE_WORDS, COMMUNITY_WORDS, DISGUISES, MONTHS = 2000, 30, 30, 24, 12


@dataclass(frozen=True, slots=True)
class Language:
    """An invented language: its private BCP 47 tag and its syllables."""

    tag: str
    syllables: tuple[str, ...]
    share: float


def _syllables(onsets: str, vowels: str) -> tuple[str, ...]:
    return tuple(onset + vowel for onset in onsets.split() for vowel in vowels.split())


LANGUAGES = (
    Language("art-Latn-x-zhav", _syllables("zh vr kl gw thr dw skr pl vl zd", "a e o ai oun ild"), 0.30),
    Language("art-Latn-x-quel", _syllables("qu xl tzv br fl ghl ny mv", "é ö ua ir ast ün"), 0.16),
    Language("art-Latn-x-midh", _syllables("dh mbl ngw hl rh tl vh kw", "o u ei ya ern olf"), 0.10),
    Language("art-Cyrl-x-zhdo", _syllables("жв кл др взг тхл мр щв гн", "о ю эй ят ун ил"), 0.10),
    Language("art-Grek-x-xips", _syllables("ξ ψ θρ γν φλ σβ ζμ", "ω ου αι ερν ιξ"), 0.06),
    Language("art-Arab-x-ghaz", _syllables("غز ظل ذر ثق ضف خظ", "و ا ين وض يث"), 0.07),
    Language("art-Deva-x-jhan", _syllables("झ घ ढ ष ठ ङ ण", "ा ो ृ ैं ौ"), 0.07),
    Language("art-Thai-x-thon", _syllables("ฌ ฒ ฆ ฬ ฏ ฐ ฑ", "า อ ี ุ ัน"), 0.05),
    Language(
        "art-Hira-x-nuyo", ("ぬ", "ゆ", "ほ", "むぺ", "ぢゃ", "りゅ", "ぺぬ", "よゆ", "ぽぬ", "づほ", "ゆぺ"), 0.05
    ),
    Language("art-Geor-x-zghv", _syllables("ზღ ჟვ ყრ წკ ჭყ ძგ", "ა ო უნ ეი"), 0.04),
)
LOOK_ALIKES = str.maketrans("aeocpxyi", "аеосрхуі")
LEET = str.maketrans("aeiostоаеи", "43105704ε1")
SEPARATORS = (".", "-", "_", "*", "·", "\u200b")
EMOJI = ("🌙", "⭐", "🌿", "🪁", "🎈", "🧩", "🪵", "🌊", "🍂", "🪨", "🔔", "🧵", "🛶", "🪴", "🧭", "🫧")
SIGNS = ("€", "$", "£", "₹", "¥", "₽", "฿", "₾", "₿", "zł")
CODES = ("eur", "usd", "gbp", "inr", "jpy", "thb", "USD", "EUR")
AMOUNTS = (1, 2, 3, 5, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 75, 80, 100, 120, 150, 200, 250, 300, 500)
NATIVE_DIGITS = ("٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙")
AGES = range(5, 26)
BETWEEN = ("-", ":", "=", "…", "→", "|", "x", "/")


@dataclass(frozen=True, slots=True)
class RiskWords:
    """The invented risk words of a world; arrays have one entry a word."""

    token: Ints
    disguised: Ints  # shape (words, DISGUISES): tokens
    language: Ints
    weight: Floats  # shape (words, MONTHS): how much it is used, 0 where it is not
    category: Ints
    severity: Ints
    everyday: Ints  # 1 where an everyday word was put to a new use


@dataclass(frozen=True, slots=True)
class Words:
    """Every token of a world; numbers below `tagged` also exist as hashtags, `tagged` further on."""

    tokens: list[str]
    tagged: int
    trade: Ints  # shape (languages, TRADE_WORDS)
    community: Ints  # shape (communities, languages, COMMUNITY_WORDS)
    risk: RiskWords
    prices: Ints
    ages: Ints
    emoji: Ints
    between: Ints
    newline: int


def coin(rng: Rng, language: Language, count: int, taken: set[str]) -> list[str]:
    """`count` new words of two to four syllables that are not in `taken`, which they join."""
    coined: list[str] = []
    while len(coined) < count:
        lengths = 2 + one_of(rng, (0.5, 0.35, 0.15), count)
        picks = rng.integers(0, len(language.syllables), (count, 4))
        for length, pick in zip(lengths, picks, strict=True):
            word = "".join(language.syllables[i] for i in pick[:length])
            if word not in taken and len(coined) < count:
                taken.add(word)
                coined.append(word)
    return coined


def disguise(rng: Rng, word: str) -> str:
    """The word as someone writes it who does not want it found."""
    way = rng.integers(0, 6)
    at = int(rng.integers(1, max(len(word), 2)))
    if way == 0:
        return word.translate(LEET) if word.translate(LEET) != word else f"{word[:at]}.{word[at:]}"
    if way == 1:
        return word.translate(LOOK_ALIKES) if word.isascii() else f"{word[:at]}1{word[at:]}"
    if way == 2:
        return str(rng.choice(SEPARATORS)).join(word)
    if way == 3:
        return word[:at] + word[at - 1] * int(rng.integers(1, 4)) + word[at:]
    if way == 4:
        return f"{word[:at]}{rng.choice(SEPARATORS)}{word[at:]}"
    return "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in word) if word.isascii() else f"*{word}*"


def _prices() -> list[str]:
    plain = [form for n in AMOUNTS for s in SIGNS for form in (f"{s}{n}", f"{n}{s}", f"{n}.00{s}")]
    coded = [f"{n}{code}" for n in AMOUNTS for code in CODES]
    native = [f"{''.join(d[int(c)] for c in str(n))}{s}" for n in AMOUNTS for d in NATIVE_DIGITS for s in SIGNS[3:7]]
    return plain + coded + native


def _ages() -> list[str]:
    return [form for age in AGES for form in (f"{age}", f"{age}yo", f"{age}y", f"({age})", f"age{age}", f"{age}歳")]


def _risk(rng: Rng, tokens: list[str], taken: set[str]) -> RiskWords:
    count = int(rng.integers(70, 141))
    language = one_of(rng, [x.share for x in LANGUAGES], count)
    everyday = (rng.random(count) < 1 / 8).astype(np.int64)
    token = np.zeros(count, np.int64)
    for i in range(count):
        if everyday[i]:
            token[i] = language[i] * EVERYDAY + rng.integers(300, EVERYDAY)
        else:
            token[i] = len(tokens)
            tokens += coin(rng, LANGUAGES[language[i]], 1, taken)
    disguised = np.zeros((count, DISGUISES), np.int64)
    for i in range(count):
        disguised[i] = np.arange(len(tokens), len(tokens) + DISGUISES)
        tokens += [disguise(rng, tokens[token[i]]) for _ in range(DISGUISES)]
    category, severity = rng.integers(0, 3, count), 1 + one_of(rng, (0.2, 0.4, 0.4), count)
    severity[everyday == 1] = 1
    return RiskWords(token, disguised, language, _drift(rng, count), category, severity, everyday)


def _drift(rng: Rng, count: int) -> Floats:
    weight = 1 / (1 + rng.permutation(count))
    born = rng.integers(-MONTHS // 2, MONTHS, count)
    last = born + rng.integers(2, MONTHS + 1, count)
    lasting = rng.random(count) < 0.2
    months = np.arange(MONTHS)
    age, left = months - born[:, None], last[:, None] - months
    shape = np.where((age >= 0) & (left > 0), np.minimum(np.minimum(age + 1, left), 3) / 3, 0)
    drift: Floats = weight[:, None] * np.where(lasting[:, None], 1.0, shape)
    return drift


def make_words(rng: Rng, communities: int) -> Words:
    """All words of a world: everyday ones first, language by language."""
    taken: set[str] = set()
    tokens = [word for language in LANGUAGES for word in coin(rng, language, EVERYDAY, taken)]
    base = np.arange(len(LANGUAGES))[:, None] * EVERYDAY
    trade = base + rng.integers(40, EVERYDAY, (len(LANGUAGES), TRADE_WORDS))
    community = base + rng.integers(40, EVERYDAY, (communities, len(LANGUAGES), COMMUNITY_WORDS))
    risk = _risk(rng, tokens, taken)
    tagged = len(tokens)
    tokens += ["#" + token for token in tokens]
    places: list[Ints] = []
    for extra in (_prices(), _ages(), list(EMOJI), list(BETWEEN), ["\n"]):
        places.append(np.arange(len(tokens), len(tokens) + len(extra)))
        tokens += extra
    prices, ages, emoji, between, newline = places
    return Words(tokens, tagged, trade, community, risk, prices, ages, emoji, between, int(newline[0]))
