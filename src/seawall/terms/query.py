"""What a person types into search: prefixes and typos of terms.

A query is read like any text first. Its last word may be the beginning of a term (suggestions come while people type),
and every word may hold one wrong or extra letter, which a post is not granted: a query is short, and a refused search
does less harm than an accusation.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.fold import BASE, WINDOW, Letters, alike, mix
from seawall.terms.patterns import Forms

MIN_PREFIX, PREFIX_SHARE = 4, 0.6
MIN_TYPO = 6


@dataclass(frozen=True, slots=True)
class QueryReader:
    """Sorted hashes of the terms' beginnings, wholes, and wholes with one letter out (`at`)."""

    letters: Letters
    begun: npt.NDArray[np.uint64]
    begun_term: npt.NDArray[np.int32]
    whole: npt.NDArray[np.uint64]
    whole_term: npt.NDArray[np.int32]
    holed: npt.NDArray[np.uint64]
    holed_term: npt.NDArray[np.int32]
    holed_at: npt.NDArray[np.int32]

    @classmethod
    def of(cls, forms: Forms, letters: Letters, terms: int) -> "QueryReader":
        """An index of the first `terms` terms' plain forms."""
        rows = _index(forms, terms, len(forms.entry) + len(forms.term) + 1)
        parts = []
        for kind in range(3):
            chosen = rows[rows["kind"] == kind]
            parts.append(chosen[np.argsort(chosen["hash"], kind="stable")])
        begun, whole, holed = parts
        return cls(
            letters,
            begun["hash"].copy(),
            begun["term"].copy(),
            whole["hash"].copy(),
            whole["term"].copy(),
            holed["hash"].copy(),
            holed["term"].copy(),
            holed["at"].copy(),
        )


@nb.njit(cache=True)
def _shifted(value, places):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for _ in range(places):
        value = value * BASE
    return value


@nb.njit(cache=True)
def _span(hashes, i, j):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return hashes[j] - _shifted(hashes[i], j - i)


@nb.njit(cache=True)
def _holed(hashes, i, j):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Hashes of symbols [i, j) with each one left out in turn."""
    out = np.empty(j - i, np.uint64)
    for k in range(i, j):
        out[k - i] = _shifted(_span(hashes, i, k), j - k - 1) + _span(hashes, k + 1, j)
    return out


_ROW = np.dtype([("hash", np.uint64), ("term", np.int32), ("at", np.int32), ("kind", np.int32)], align=True)
_row_type = nb.from_dtype(_ROW)


@nb.njit(cache=True)
def _index(forms, terms, least):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Rows of the three indexes: beginnings (kind 0), wholes (1), wholes with a hole (2)."""
    room = 3 * least
    rows = np.zeros(room, _row_type)
    hashes = np.zeros(WINDOW + 1, np.uint64)
    n = 0
    for f in range(len(forms.term)):
        if not forms.plain[f] or forms.term[f] >= terms:
            continue
        m = forms.at[f + 1] - forms.at[f]
        for k in range(m):
            symbol = forms.entry[forms.at[f] + k] & np.uint32(0x1FFFFF)
            hashes[k + 1] = hashes[k] * BASE + mix(alike[symbol] if symbol < 128 else symbol)
        for size in range(max(MIN_PREFIX, int(np.ceil(PREFIX_SHARE * m))), m + 1):
            rows[n].hash, rows[n].term, rows[n].kind = hashes[size], forms.term[f], 1 if size == m else 0
            n += 1
        if m >= MIN_TYPO:
            holed = _holed(hashes, 0, m)
            for k in range(m):
                rows[n].hash, rows[n].term, rows[n].at, rows[n].kind = holed[k], forms.term[f], k, 2
                n += 1
    return rows[:n].copy()
