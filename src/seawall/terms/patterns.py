"""From terms to patterns: the forms in which each may stand in a text.

A form is a term folded like any text: as written, in capitals (Greek and Cyrillic capitals look like other Latin
letters than their small ones), with look-alike pairs (rn for m, vv for w, cl for d), and with doubled letters kept
apart. The edit table holds each form with one letter dropped or two neighbours swapped: the deletion neighbourhood of
Mor and Fraenkel (CACM 1982), restricted to one edit.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"
# ruff: noqa: SIM109

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.alphabet import Alphabet, Kind
from seawall.terms.engine import Table, build
from seawall.terms.fold import BASE, GAP, WINDOW, Letters, alike, fold_rows, mix, new_stream

VISUAL_Q = 5
AS_IS, DROPPED, DROPPED_PAIR, SWAPPED = 0, 1, 2, 3
"""What was done to a form: nothing; one letter dropped at `pos`; two, as the drop made equal neighbours; swapped."""
MIN_DROP, MIN_SWAP = 6, 5
APART, MERGED = 1, 2
PAIRS = (("m", "rn"), ("w", "vv"), ("d", "cl"))
PAIR_COST = 0.4


class Forms(NamedTuple):
    """Every form of every term; `at` [forms + 1] cuts `entry`, `code` and `run` into forms."""

    at: npt.NDArray[np.int32]
    entry: npt.NDArray[np.uint32]
    code: npt.NDArray[np.int32]
    run: npt.NDArray[np.uint8]
    gap: npt.NDArray[np.uint64]  # bit k: a gap stands before symbol k
    term: npt.NDArray[np.int32]
    cost: npt.NDArray[np.float32]
    plain: npt.NDArray[np.uint8]  # 1: the term as written


class Patterns(NamedTuple):
    """What each pattern of a table stands for."""

    form: npt.NDArray[np.int32]
    op: npt.NDArray[np.uint8]
    pos: npt.NDArray[np.uint8]


def spellings(texts: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, float]]:
    """(term, text, cost) of everything that the exact and visual lanes look for."""
    for number, text in texts:
        yield number, text, 0.0
        if not text.isascii():
            yield number, text.upper(), 0.0
            yield number, text.title(), 0.0
        for letter, pair in PAIRS:
            if letter in text:
                yield number, text.replace(letter, pair), PAIR_COST


def letters_of(alphabet: Alphabet) -> Letters:
    """The alphabet as the kernels take it."""
    return Letters(alphabet.page, alphabet.entry, alphabet.several.reshape(-1), alphabet.count)


def forms_of(rows: list[tuple[int, str, float]], letters: Letters) -> Forms:
    """Fold spellings into forms; those that fold to nothing or to more than 64 symbols are left out."""
    encoded = [text.encode("utf-8", "replace") for _, text, _ in rows]
    offsets = np.cumsum([0, *map(len, encoded)])
    data = np.frombuffer(b"".join(encoded) + b" ", np.uint8)
    terms = np.array([term for term, _, _ in rows], np.int32)
    costs = np.array([cost for _, _, cost in rows], np.float32)
    return Forms(*_forms(data, offsets, terms, costs, letters))


@nb.njit(cache=True)
def _read_alike(one, other):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether two different letters become one run when written as digits or signs (li as 11)."""
    a = one & np.uint32(0x1FFFFF)
    b = other & np.uint32(0x1FFFFF)
    return a != b and a < 128 and b < 128 and alike[a] == alike[b]


@nb.njit(cache=True)
def _forms(data, offsets, terms, costs, letters):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    rows = len(terms)
    room = 12 * len(data) + 64
    at = np.zeros(3 * rows + 1, np.int32)
    entry = np.empty(room, np.uint32)
    code = np.empty(room, np.int32)
    run = np.empty(room, np.uint8)
    gap = np.zeros(3 * rows, np.uint64)
    term = np.empty(3 * rows, np.int32)
    cost = np.empty(3 * rows, np.float32)
    plain = np.empty(3 * rows, np.uint8)
    out = new_stream(4 * len(data) + 64)
    row_at = np.empty(1, np.int32)
    f = 0
    for row in range(rows):
        n = fold_rows(data, offsets[row : row + 1], offsets[row + 1 : row + 2], letters, False, True, out, row_at)
        apart = False
        merges = False
        for k in range(n):
            apart |= out.run[k] == 2
            merges |= k > 0 and _read_alike(out.entry[k - 1], out.entry[k])
        for spread in range(3):
            if (spread == APART and not apart) or (spread == MERGED and not merges):
                continue
            w = at[f]
            for k in range(n):
                if k and out.level[k] >= GAP and w - at[f] < WINDOW:
                    gap[f] |= np.uint64(1) << np.uint64(w - at[f])
                if spread == MERGED and w > at[f] and _read_alike(entry[w - 1], out.entry[k]):
                    run[w - 1] += out.run[k]
                    continue
                for _ in range(2 if spread == APART and out.run[k] == 2 else 1):
                    entry[w] = out.entry[k]
                    code[w] = out.code[k]
                    run[w] = 1 if spread == APART else out.run[k]
                    w += 1
            if 0 < w - at[f] <= WINDOW:
                term[f] = terms[row]
                cost[f] = costs[row]
                plain[f] = spread != MERGED and (row == 0 or terms[row - 1] != terms[row])
                f += 1
                at[f] = w
            else:
                gap[f] = 0
    return (
        at[: f + 1].copy(),
        entry[: at[f]].copy(),
        code[: at[f]].copy(),
        run[: at[f]].copy(),
        gap[:f].copy(),
        term[:f].copy(),
        cost[:f].copy(),
        plain[:f].copy(),
    )


@nb.njit(cache=True)
def place(op, pos, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The symbol of the form that stands at place `k` of the pattern."""
    if op == DROPPED or op == DROPPED_PAIR:
        return k + op * (k >= pos)
    if op == SWAPPED:
        return pos + 1 if k == pos else (pos if k == pos + 1 else k)
    return k


@nb.njit(cache=True)
def _hashes(forms, f, op, pos, length, q):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The hash of the first `q` symbols of a pattern and of all of them."""
    prefix = np.uint64(0)
    whole = np.uint64(0)
    for k in range(length):
        symbol = forms.entry[forms.at[f] + place(op, pos, k)] & np.uint32(0x1FFFFF)
        if symbol < 128:
            symbol = alike[symbol]
        whole = whole * BASE + mix(symbol)
        if k + 1 == q or (k + 1 == length and length < q):
            prefix = whole
    return prefix, whole


@nb.njit(cache=True)
def _visual(forms, form, q, least):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Hashes of the first `q` symbols (of shorter forms the first `least`) and of all symbols of these forms."""
    prefix = np.empty(len(form), np.uint64)
    whole = np.empty(len(form), np.uint64)
    for k, f in enumerate(form):
        length = forms.at[f + 1] - forms.at[f]
        prefix[k], whole[k] = _hashes(forms, f, AS_IS, 0, length, q if length >= q else least)
    return prefix, whole


@nb.njit(cache=True)
def _same(forms, a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return (forms.entry[a] ^ forms.entry[b]) & np.uint32(0x1FFFFF) == 0


@nb.njit(cache=True)
def _edits(forms, f, op, pos):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Fill `op` and `pos` with the edits of form `f`; returns how many."""
    begin = forms.at[f]
    m = forms.at[f + 1] - begin
    n = 0
    for k in range(m):
        if (k > 0 or m >= MIN_DROP + 1) and m >= MIN_DROP:
            inner = 0 < k < m - 1 and _same(forms, begin + k - 1, begin + k + 1)
            for kind in range(DROPPED, DROPPED_PAIR + inner):
                op[n] = kind
                pos[n] = k
                n += 1
        if k + 1 < m and m >= MIN_SWAP:
            joins = (k > 0 and _same(forms, begin + k - 1, begin + k + 1)) or (
                k + 2 < m and _same(forms, begin + k, begin + k + 2)
            )
            if not joins and not _same(forms, begin + k, begin + k + 1):
                op[n] = SWAPPED
                pos[n] = k
                n += 1
    return n


@nb.njit(cache=True)
def _neighbours(forms, editable):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    room = 3 * len(forms.entry) + 1
    form = np.empty(room, np.int32)
    op = np.empty(room, np.uint8)
    pos = np.empty(room, np.uint8)
    whole = np.empty(room, np.uint64)
    length = np.empty(room, np.int64)
    n = 0
    for f in range(len(forms.term)):
        if not editable[f]:
            continue
        added = _edits(forms, f, op[n:], pos[n:])
        for k in range(n, n + added):
            form[k] = f
            shorter = op[k] if op[k] <= DROPPED_PAIR else 0
            length[k] = forms.at[f + 1] - forms.at[f] - shorter
            _, whole[k] = _hashes(forms, f, op[k], pos[k], length[k], 0)
        n += added
    return form[:n].copy(), op[:n].copy(), pos[:n].copy(), whole[:n].copy(), length[:n].copy()


def visual_tables(forms: Forms) -> tuple[Table, Patterns, Table, Patterns]:
    """The patterns of the exact and visual lanes: single words, and phrases."""
    lengths = np.diff(forms.at).astype(np.int64)
    tables: list[Table | Patterns] = []
    for many in (False, True):
        form = np.flatnonzero((forms.gap != 0) == many).astype(np.int32)
        still = np.zeros(len(form), np.uint8)
        prefix, whole = _visual(forms, form, VISUAL_Q, int(lengths[form].min(initial=VISUAL_Q)))
        tables += [build(VISUAL_Q, prefix, whole, lengths[form], many=many), Patterns(form, still, still)]
    return tables[0], tables[1], tables[2], tables[3]  # type: ignore[return-value]


def edit_table(forms: Forms, terms: int) -> tuple[Table, Patterns]:
    """The edit lane's patterns of the first `terms` terms: a letter dropped or two swapped; spaced scripts only."""
    kinds = forms.entry >> 21 & 15
    bad = np.add.reduceat((kinds == Kind.UNSPACED) | (kinds == Kind.EMOJI), forms.at[:-1]) if len(forms.term) else kinds
    form, op, pos, whole, length = _neighbours(forms, (forms.plain != 0) & (bad == 0) & (forms.term < terms))
    return build(0, whole, whole, length, many=bool(np.any(forms.gap))), Patterns(form, op, pos)


def opening_table(forms: Forms, terms: int, patterns: Sequence[Patterns]) -> Table:
    """What the patterns of phrases begin with: the symbols before each one's first gap, of the first `terms` terms."""
    whole = [_openings(forms, some.form, some.op, some.pos, terms) for some in patterns]
    distinct = np.unique(np.concatenate(whole))
    return build(0, distinct, distinct, np.full(len(distinct), 1))


@nb.njit(cache=True)
def _openings(forms, form, op, pos, terms):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    found = [np.uint64(0)]
    for pattern in range(len(form)):
        f = form[pattern]
        if forms.gap[f] == 0 or forms.term[f] >= terms:
            continue
        whole = np.uint64(0)
        for k in range(forms.at[f + 1] - forms.at[f] - 1):
            at = place(op[pattern], pos[pattern], k)
            if k and (forms.gap[f] >> np.uint64(at)) & np.uint64(1):
                found.append(whole)
            symbol = forms.entry[forms.at[f] + at] & np.uint32(0x1FFFFF)
            whole = whole * BASE + mix(alike[symbol] if symbol < 128 else symbol)
    return np.array(found[1:], np.uint64)
