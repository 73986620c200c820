"""Offers: the structure of a sale, without any word of it.

A menu, a price, a handle to pay to or a link elsewhere look alike in every language, so this detector reads shapes:
it needs no lexicon and learns no vocabulary. Artists, traders and shops have the same shapes; that is why an offer
alone never makes a finding.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.signals.base import Example, Sightings, Tables, keyed, merge, micros, same_evidence, signals

_AMOUNT = r"\p{Nd}{1,5}(?:[.,]\p{Nd}{1,3})?"
_CODES = (
    "usd|eur|gbp|jpy|cny|inr|rub|brl|mxn|krw|thb|idr|vnd|pln|czk|huf|sek|nok|dkk|chf|cad|aud|nzd|zar|ngn|kes|egp|uah|"
    "bgn|rsd|ils|aed|pkr|bdt|lkr|myr|sgd|hkd|twd|clp|kzt|azn|btc|eth|ltc|xmr|usdt"
)
"""ISO 4217 and coin codes that are no word of a large language: any three capitals would read `ISO 9001` as a price."""
_UNITS = r"zł|kr|Kč|Ft|lei|лв|грн|руб|円|元|원|บาท|دينار|درهم"
_MONEY = rf"(?:\p{{Sc}}|(?i:{_CODES})|{_UNITS})"
_BEFORE, _AFTER = r"(?:^|[^\p{L}\p{M}\p{Nd}_.-])", r"(?:$|[^\p{L}\p{M}\p{Nd}_])"  # \b knows ASCII alone
_YEARS = r"(?:y/?o?|yrs?|years?|ans|años|anos|anni|jahre?|lat|лет|года?|yaş|साल|歳|岁|세|ปี|سنة)"
SHAPES: Mapping[str, str] = {
    # A currency's sign, code or short name beside an amount, on either side, in any script's digits.
    "price": rf"\p{{Sc}}\s?{_AMOUNT}|{_AMOUNT}\s?\p{{Sc}}|{_BEFORE}{_AMOUNT}\s?{_MONEY}{_AFTER}"
    rf"|{_BEFORE}{_MONEY}\s?{_AMOUNT}{_AFTER}",
    # A handle to pay to ($name), or a short label in front of a handle: one with a sign, a digit or a joint in it.
    "handle": r"(?:^|\s)\p{Sc}\p{L}[\w.-]{2,}"
    r"|(?:^|[\s(|/])\p{L}[\p{L}\p{M}]{1,11}\s?[:=]\s?(?:@[\w.-]{3,}|\p{L}[\w.-]*[\d_.][\w.]*)(?:$|[\s)|/,;])",
    # An address elsewhere.
    "link": r"https?://|\bwww\.|\b[\w-]+\.[a-z]{2,12}/[\w@.-]+",
    # An age beside other things: only counted together with another shape.
    "age": rf"{_BEFORE}(?:\p{{Nd}}{{1,2}}\s?{_YEARS}|age\s?\p{{Nd}}{{1,2}}){_AFTER}",
}
"""What is looked for, as RE2 patterns over the original text."""

# A menu is two entries: a word and an amount, with a sign between them or a price somewhere in the text.
_SIGN = r"(?:[:=–—>→…|×-]+|\sx\s)"
_SIGNED_ENTRY = rf"[\p{{L}}\p{{M}}]\s?{_SIGN}\s?{_MONEY}?\s?{_AMOUNT}"
_ENTRY = rf"[\p{{L}}\p{{M}}](?:\s?{_SIGN}\s?|\s){_MONEY}?\s?{_AMOUNT}"

_BITS = {name: 1 << position for position, name in enumerate((*SHAPES, "menu"))}
PRICE, HANDLE, LINK, AGE, MENU = _BITS.values()
_STRENGTH = {"menu": 0.5, "price": 0.3, "handle": 0.3, "age": 0.4}


def shapes_of(texts: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """Which shapes stand in each text, as bits (PRICE | MENU | HANDLE | LINK | AGE), shape (len(texts),).

    Every shape but a link holds a digit or one of a few signs, so most texts are passed over at once.
    """
    found = np.zeros(len(texts), np.uint8)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    likely = np.flatnonzero(_truth(pc.match_substring_regex(texts, r"[\p{Nd}\p{Sc}:=/]|www\.")))
    some = texts.take(pa.array(likely))
    for name, pattern in SHAPES.items():
        found[likely[_truth(pc.match_substring_regex(some, pattern))]] |= _BITS[name]
    found[likely[_menus(some, (found[likely] & PRICE) > 0)]] |= MENU
    return found


def _menus(texts: pa.Array, priced: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    signed = _count(texts, _SIGNED_ENTRY) >= 2
    signed[priced] |= _count(texts.filter(pa.array(priced)), _ENTRY) >= 2
    return signed


def _count(texts: pa.Array, pattern: str) -> npt.NDArray[np.int64]:
    return np.asarray(pc.fill_null(pc.count_substring_regex(texts, pattern), 0)).astype(np.int64)


def prices_in(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Which texts name a price, shape (len(texts),)."""
    found = _truth(pc.match_substring_regex(texts, r"[\p{Nd}\p{Sc}]"))
    some = np.flatnonzero(found)
    found[some] = _truth(pc.match_substring_regex(texts.take(pa.array(some)), SHAPES["price"]))
    return found


def is_offer(shapes: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Whether the shapes make an offer: a menu, or a price, or a way to pay together with a link or an age."""
    return ((shapes & (MENU | PRICE)) > 0) | (((shapes & HANDLE) > 0) & ((shapes & (LINK | AGE)) > 0))


def _truth(column: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(column, False))


class Offers:
    """Menus, prices, payment handles, off-platform handles, and ages beside them."""

    name: ClassVar[str] = "offers"
    version: ClassVar[str] = "1"
    by_row: ClassVar[bool] = True
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "accounts": ("account_id", "bio", "links"),
        "posts": ("account_id", "created_at", "text"),
    }

    def detect(self, tables: Tables) -> pa.Table:
        found = []
        if "posts" in tables:
            posts = tables["posts"]
            found += self._read(posts, shapes_of(posts["text"]), "post", micros(posts, "created_at"))
        if "accounts" in tables:
            accounts = tables["accounts"]
            shapes = shapes_of(accounts["bio"])
            shapes |= np.where(np.asarray(pc.list_value_length(accounts["links"])) > 0, LINK, 0).astype(np.uint8)
            found += self._read(accounts, shapes, "bio", None)
        return merge(found)

    def _read(
        self, table: pa.Table, shapes: npt.NDArray[np.uint8], place: str, times: npt.NDArray[np.int64] | None
    ) -> list[pa.Table]:
        owners = keyed(table, "account_id")
        found = []
        for shape, strength in _STRENGTH.items():
            seen = (shapes & _BITS[shape]) > 0
            if shape in {"age", "handle"}:
                seen &= (shapes & ~np.uint8(_BITS[shape])) > 0
            rows = np.flatnonzero(seen)
            sightings = Sightings(
                owners[rows],
                np.full(len(rows), strength, np.float32),
                None if times is None else times[rows],
                same_evidence(place, len(rows)),
            )
            found.append(signals(self, f"{shape}_in_{place}", sightings))
        return found

    def examples(self) -> Sequence[Example]:
        return (
            Example(
                "a menu in a post",
                {"posts": _posts("zolm 10€\nvret 25€\nkip: @qrel")},
                frozenset({"offers.price_in_post", "offers.menu_in_post", "offers.handle_in_post"}),
            ),
            Example("a price in another script", {"posts": _posts("درمن ٢٠ ₪")}, frozenset({"offers.price_in_post"})),
            Example("an amount of something else", {"posts": _posts("ran 10 of 25 stairs")}),
            Example("a year and a time", {"posts": _posts("since 2019, at 18.30")}),
            Example("no text at all", {"posts": _posts(None)}),
        )


def _posts(text: str | None) -> pa.Table:
    return pa.table(
        {
            "account_id": pa.array([7], pa.uint64()),
            "created_at": pa.array([1], pa.timestamp("us", tz="UTC")),
            "text": pa.array([text], pa.string()),
        }
    )
