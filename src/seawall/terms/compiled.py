"""A compiled lexicon: all that the kernels read, in one block of words."""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.engine import Table
from seawall.terms.fold import Letters
from seawall.terms.patterns import Forms, Patterns


class Sounds(NamedTuple):
    """The term of each pattern of the phonetic lane, and how code points are written in Latin letters."""

    term: npt.NDArray[np.int32]
    latin: npt.NDArray[np.uint16]


class Compiled(NamedTuple):
    """Everything that the scan kernel reads."""

    letters: Letters
    forms: Forms
    visual: Table
    visual_patterns: Patterns
    phrase: Table
    phrase_patterns: Patterns
    edit: Table
    edit_patterns: Patterns
    sound: Table
    sound_terms: Sounds
    opening: Table
    terms: int


def pack(compiled: Compiled) -> npt.NDArray[np.uint64]:
    """One block of words for all arrays: what the kernel takes in one argument, and what the cache file holds.

    Word 2k is where array k starts, word 2k + 1 its number of items; a number stands for itself.
    """
    leaves = [leaf for part in compiled for leaf in (part if isinstance(part, tuple) else (part,))]
    header = np.zeros(2 * len(leaves), np.uint64)
    blocks = [header]
    at = len(header)
    for k, leaf in enumerate(leaves):
        if isinstance(leaf, int):
            header[2 * k + 1] = leaf
            continue
        raw = np.ascontiguousarray(leaf).reshape(-1)
        words = np.zeros(-(-raw.nbytes // 8), np.uint64)
        words.view(np.uint8)[: raw.nbytes] = raw.view(np.uint8)
        header[2 * k : 2 * k + 2] = at, raw.size
        blocks.append(words)
        at += len(words)
    return np.concatenate(blocks)


@nb.njit(inline="always")
def _words(blob, k, per_word):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    at = np.int64(blob[2 * k])
    return blob[at : at + (np.int64(blob[2 * k + 1]) + per_word - 1) // per_word]


@nb.njit(inline="always")
def _u8(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return _words(blob, k, 8).view(np.uint8)


@nb.njit(inline="always")
def _u32(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return _words(blob, k, 2).view(np.uint32)


@nb.njit(inline="always")
def _i32(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return _words(blob, k, 2).view(np.int32)[: np.int64(blob[2 * k + 1])]


@nb.njit(cache=True)
def _table(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return Table(
        np.int64(blob[2 * k + 1]),
        np.int64(blob[2 * k + 3]),
        np.int64(blob[2 * k + 5]),
        _words(blob, k + 3, 1),
        _words(blob, k + 4, 1),
        _words(blob, k + 5, 1),
        _words(blob, k + 6, 1),
        _words(blob, k + 7, 1),
        _i32(blob, k + 8),
        _i32(blob, k + 9),
    )


@nb.njit(cache=True)
def _patterns(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return Patterns(_i32(blob, k), _u8(blob, k + 1), _u8(blob, k + 2))


@nb.njit(cache=True)
def unpack(blob):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The arrays of a block, as views."""
    page = _words(blob, 0, 4).view(np.uint16)
    letters = Letters(page, _u32(blob, 1), _u32(blob, 2), _u8(blob, 3))
    forms = Forms(
        _i32(blob, 4),
        _u32(blob, 5),
        _i32(blob, 6),
        _u8(blob, 7),
        _words(blob, 8, 1),
        _i32(blob, 9),
        _words(blob, 10, 2).view(np.float32),
        _u8(blob, 11),
    )
    return Compiled(
        letters,
        forms,
        _table(blob, 12),
        _patterns(blob, 22),
        _table(blob, 25),
        _patterns(blob, 35),
        _table(blob, 38),
        _patterns(blob, 48),
        _table(blob, 51),
        Sounds(_i32(blob, 61), _words(blob, 62, 4).view(np.uint16)),
        _table(blob, 63),
        np.int64(blob[147]),
    )
