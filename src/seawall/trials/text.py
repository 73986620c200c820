"""One machinery for every text of a world, whoever writes it.

A row says how many words, prices, tags and so on its text holds and who writes; `compose` draws the tokens of all
rows at once. Hidden and innocent authors differ in these numbers alone.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seawall.trials.draws import Bools, Floats, Ints, Rng, pick_by, rows_of, starts_of, within, zipf
from seawall.trials.words import COMMUNITY_WORDS, DISGUISES, EVERYDAY, MONTHS, TRADE_WORDS, Words

Part = tuple[Ints, Ints]


@dataclass(slots=True)
class Rows:
    """What each text is to hold; one entry a text, counts unless said otherwise."""

    language: Ints
    life: Ints
    circle: Ints
    words: Ints
    topical: Floats  # share of words that belong to the circle or the community
    trading: Floats  # share of words that belong to trade
    risk: Ints
    dialect: Ints  # row of `Dialects`
    month: Ints
    disguise: Floats
    menu: Ints  # lines with a price
    currency: Ints
    age: Ints
    tags: Ints
    risk_tags: Ints
    emoji: Ints
    emoji_set: Ints  # shape (rows, 3)
    mention: Ints  # token, -1 for none
    link: Ints  # token, -1 for none

    def __len__(self) -> int:
        return len(self.language)


@dataclass(frozen=True, slots=True)
class Dialects:
    """Which risk words a group of people uses, month by month: shape (dialects * MONTHS, words)."""

    weights: Floats

    def draw(self, rng: Rng, words: Words, dialect: Ints, month: Ints, disguise: Floats) -> Ints:
        """A risk word's token for each row, in disguise with that row's probability."""
        word = pick_by(rng, self.weights, dialect * MONTHS + month)
        hidden = rng.random(len(word)) < disguise
        form = rng.integers(0, DISGUISES, len(word))
        return np.where(hidden, words.risk.disguised[word, form], words.risk.token[word])


def _plain_words(rng: Rng, words: Words, rows: Rows, row: Ints) -> Ints:
    """Everyday words, some of them of the circle, the community or trade."""
    language, size = rows.language[row], len(row)
    token = language * EVERYDAY + zipf(rng, size, EVERYDAY)
    kind = rng.random(size)
    topical = kind < rows.topical[row]
    own = (rows.circle[row] * 7919 + rng.integers(0, 12, size) * 104_729) % EVERYDAY
    token = np.where(topical, language * EVERYDAY + own, token)
    named = topical & (rows.life[row] > 0) & (rng.random(size) < 0.7)
    token = np.where(named, words.community[rows.life[row], language, rng.integers(0, COMMUNITY_WORDS, size)], token)
    trading = kind > 1 - rows.trading[row]
    return np.where(trading, words.trade[language, rng.integers(0, TRADE_WORDS, size)], token)


def _body(rng: Rng, words: Words, dialects: Dialects, rows: Rows) -> Part:
    """Words, with risk words and ages put in at random places."""
    counts = rows.words + rows.risk + rows.age
    tokens = _plain_words(rng, words, rows, rows_of(counts))
    start = starts_of(counts)
    for amount, draw in ((rows.risk, True), (rows.age, False)):
        row = rows_of(amount)
        at = start[row] + (rng.random(len(row)) * counts[row]).astype(np.int64)
        if draw:
            tokens[at] = dialects.draw(rng, words, rows.dialect[row], rows.month[row], rows.disguise[row])
        else:
            tokens[at] = rng.choice(words.ages, len(row))
    return counts, tokens


def _menu(rng: Rng, words: Words, rows: Rows) -> Part:
    """Lines of an item, something between, and a price in one currency a text."""
    row = rows_of(rows.menu)
    size = len(row)
    item = words.trade[rows.language[row], rng.integers(0, TRADE_WORDS, size)]
    other = _plain_words(rng, words, rows, row)
    item = np.where(rng.random(size) < 0.5, item, other)
    sign = np.where(rng.random(size) < 0.5, rng.choice(words.between, size), other)
    forms = len(words.prices) // 30
    price = words.prices[(rows.currency[row] % 30) + 30 * rng.integers(0, forms, size)]
    lines = np.stack([np.full(size, words.newline), item, sign, price], axis=1)
    return rows.menu * 4, lines.ravel()


def draw_tags(rng: Rng, words: Words, dialects: Dialects, rows: Rows) -> Part:
    """Hashtags without their sign: the circle's, the community's, everyday ones, risk words."""
    row = rows_of(rows.tags)
    size = len(row)
    language = rows.language[row]
    own = language * EVERYDAY + (rows.circle[row] * 7919 + rng.integers(0, 5, size) * 104_729) % EVERYDAY
    common = language * EVERYDAY + 30 + zipf(rng, size, EVERYDAY - 30)
    named = words.community[rows.life[row], language, rng.integers(0, 8, size)]
    kind = rng.random(size)
    token = np.where(kind < 0.4, own, np.where((kind < 0.75) & (rows.life[row] > 0), named, common))
    risk = within(rows.tags) < rows.risk_tags[row]
    some = row[risk]
    token[risk] = dialects.draw(rng, words, rows.dialect[some], rows.month[some], rows.disguise[some] * 0.5)
    return rows.tags, token


def _emoji(rng: Rng, words: Words, rows: Rows) -> Part:
    row = rows_of(rows.emoji)
    own = rows.emoji_set[row, rng.integers(0, 3, len(row))]
    anything = rng.integers(0, len(words.emoji), len(row))
    return rows.emoji, words.emoji[np.where(rng.random(len(row)) < 0.6, own, anything)]


def _single(tokens: Ints) -> Part:
    there = tokens >= 0
    return there.astype(np.int64), tokens[there]


def compose(rng: Rng, words: Words, dialects: Dialects, rows: Rows, tags: Part | None = None) -> Part:
    """Tokens of every row: (counts, tokens)."""
    parts = [_body(rng, words, dialects, rows), _emoji(rng, words, rows), _menu(rng, words, rows)]
    parts += [_single(rows.mention), _single(rows.link)]
    if tags is not None:
        counts, tokens = tags
        parts.append((counts, tokens + words.tagged))
    return _concatenate(parts)


def _concatenate(parts: list[Part]) -> Part:
    """The parts of each row one after the other."""
    counts = np.sum([part[0] for part in parts], axis=0)
    tokens = np.empty(int(counts.sum()), np.int64)
    at = starts_of(counts)[:-1]
    for amount, some in parts:
        tokens[np.repeat(at, amount) + within(amount)] = some
        at = at + amount
    return counts, tokens


def as_lists(vocabulary: pa.Array, part: Part) -> pa.Array:
    """Rows of tokens as lists of text."""
    counts, tokens = part
    offsets = pa.array(starts_of(counts).astype(np.int32))
    return pa.ListArray.from_arrays(offsets, vocabulary.take(pa.array(tokens)))


def as_texts(vocabulary: pa.Array, part: Part, missing: Bools) -> pa.Array:
    """Rows of tokens as running text, null where `missing` or empty."""
    joined = pc.binary_join(as_lists(vocabulary, part), " ")
    joined = pc.utf8_trim_whitespace(pc.replace_substring(joined, " \n ", "\n"))
    return pc.if_else(pa.array(missing | (part[0] == 0)), pa.scalar(None, pa.string()), joined)
