"""Traces of accounts that can be compared, by who has them.

A trace is an account and something that it has: a device, a link or payment handle, a name, a picture, pieces of its
bio or handle. Pieces are bands of MinHash signatures (Broder, 1997; Indyk and Motwani, STOC 1998): two texts whose
sets of byte n-grams have Jaccard similarity J agree in each band with probability J squared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.hashes.hexadecimal import Words, decode, words
from seawall.network.numbering import places_of
from seawall.records.ids import hash_strings

Places = npt.NDArray[np.int64]
Hashed = npt.NDArray[np.uint64]

KINDS = ("device", "avatar", "link", "name", "bio", "handle")
"""Kinds of trace that make two accounts worth comparing."""

BANDS = {"bio": (16, 12), "handle": (8, 3)}
"""Bands of the kinds that are compared by pieces, and how many bytes an n-gram has."""

_ROWS = 2  # hashes in a band
_MARKS = r"[0-9$@#/]"  # what sets an address or a payment handle apart from a word
_LEAST_LENGTH = 6
_PREFIX = r"^(https?://)?(www\.)?"


@dataclass(frozen=True, slots=True)
class Traces:
    """(account's place, value) pairs, each once, in order of value."""

    owners: Places
    values: Hashed

    @classmethod
    def of(cls, owners: Places, values: Hashed) -> Self:
        """From pairs in any order."""
        order = np.lexsort((owners, values))
        owners, values = owners[order], values[order]
        fresh = np.append(True, (values[1:] != values[:-1]) | (owners[1:] != owners[:-1]))[: len(values)]
        return cls(owners[fresh], values[fresh])

    @classmethod
    def of_texts(cls, owners: Places, texts: pa.Array | pa.ChunkedArray) -> Self:
        """From texts; nulls and empty ones are no trace."""
        there = np.asarray(pc.fill_null(pc.greater(pc.binary_length(texts), 0), False))
        return cls.of(owners[there], hash_strings(texts, np.uint64(0), np.uint64(0))[there])

    def among(self, chosen: npt.NDArray[np.bool_]) -> Self:
        """The traces of some accounts, shape (accounts,)."""
        kept = chosen[self.owners]
        return type(self)(self.owners[kept], self.values[kept])

    def crowd(self, values: Hashed) -> Places:
        """How many accounts have each of some values."""
        return np.searchsorted(self.values, values, "right") - np.searchsorted(self.values, values, "left")

    def meet(self, other: "Traces") -> tuple[Places, Places, Hashed]:
        """(ours, theirs, value) for every two accounts that have the same value."""
        first = np.searchsorted(other.values, self.values, "left")
        count = np.searchsorted(other.values, self.values, "right") - first
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        theirs = other.owners[np.repeat(first, count) + within]
        return np.repeat(self.owners, count), theirs, np.repeat(self.values, count)


@dataclass(frozen=True, slots=True)
class Profiles:
    """What n accounts can be compared by; times in UTC microseconds, `gone` -1 for those that are there.

    `traces` has every kind of KINDS but avatars, which are `pictures` of `pictured` accounts. `locale` and `age` are
    codes, 0 where nothing is known.
    """

    created: Places
    gone: Places
    traces: Mapping[str, Traces]
    pictured: Places
    pictures: Words
    locale: Hashed
    age: Hashed

    @classmethod
    def of(cls, accounts: pa.Table, devices: pa.Table) -> Self:
        """From the accounts in order of their keyed ids, and (account_id, device_hash) rows."""
        ids, everyone = accounts["account_id"].to_numpy(), np.arange(accounts.num_rows)
        band = accounts["age_band"].cast(pa.string())
        hashes, fine = decode(accounts["avatar_pdq"], 64)
        traces = {
            "device": Traces.of_texts(places_of(ids, devices["account_id"].to_numpy()), devices["device_hash"]),
            "link": _links(accounts),
            "name": Traces.of_texts(everyone, accounts["display_name"]),
            "bio": pieces("bio", accounts["bio"]),
            "handle": pieces("handle", accounts["handle"]),
        }
        return cls(
            accounts["created_at"].cast(pa.int64()).to_numpy(),
            pc.fill_null(accounts["removed_at"].cast(pa.int64()), -1).to_numpy(),
            traces,
            np.flatnonzero(fine),
            words(hashes[fine]),
            hash_strings(accounts["locale"], np.uint64(0), np.uint64(0)),
            hash_strings(pc.if_else(pc.equal(band, "unknown"), None, band), np.uint64(0), np.uint64(0)),
        )


def _links(accounts: pa.Table) -> Traces:
    """Links, and whatever in a bio looks like an address or a payment handle."""
    listed = accounts["links"].combine_chunks()
    said = pc.split_pattern_regex(pc.fill_null(accounts["bio"], "").combine_chunks(), r"\s+")
    owners = [np.asarray(pc.list_parent_indices(one)) for one in (listed, said)]
    texts = [pc.list_flatten(one).cast(pa.string()) for one in (listed, said)]
    text = pc.replace_substring_regex(pc.ascii_rtrim(pa.concat_arrays(texts), "/"), _PREFIX, "")
    told = pc.and_(pc.match_substring_regex(text, _MARKS), pc.greater_equal(pc.utf8_length(text), _LEAST_LENGTH))
    kept = np.asarray(pc.fill_null(told, False))
    return Traces.of_texts(np.concatenate(owners).astype(np.int64)[kept], text.filter(pa.array(kept)))


def pieces(kind: str, texts: pa.Array | pa.ChunkedArray) -> Traces:
    """The bands of each text's MinHash signature; ASCII is folded to lower case, short texts have none."""
    bands, size = BANDS[kind]
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    texts = pc.fill_null(texts, "").cast(pa.large_string())
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    if data is None or data.size == 0 or len(texts) == 0:
        return Traces(np.empty(0, np.int64), np.empty(0, np.uint64))
    owners, values = _bands(np.frombuffer(data, np.uint8), starts, bands, _ROWS, size)
    return Traces.of(owners, values)


@nb.njit(inline="always")
def _mixed(x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@nb.njit(cache=True)
def _bands(data, starts, bands, rows, size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    n = len(starts) - 1
    owners, values = np.empty(n * bands, np.int64), np.empty(n * bands, np.uint64)
    least = np.empty(bands * rows, np.uint64)
    found = 0
    for row in range(n):
        if starts[row + 1] - starts[row] < 2 * size:
            continue
        least[:] = ~np.uint64(0)
        for start in range(starts[row], starts[row + 1] - size + 1):
            gram = np.uint64(0)
            for i in range(start, start + size):
                byte = data[i]
                if np.uint8(65) <= byte <= np.uint8(90):
                    byte |= np.uint8(32)
                gram = (gram ^ np.uint64(byte)) * np.uint64(1099511628211)
            for place in range(bands * rows):
                value = _mixed(gram + np.uint64(place + 1) * np.uint64(0x9E3779B97F4A7C15))
                least[place] = min(least[place], value)
        for band in range(bands):
            value = np.uint64(band)
            for i in range(rows):
                value = _mixed(value ^ least[band * rows + i])
            owners[found], values[found] = row, value
            found += 1
    return owners[:found], values[:found]
