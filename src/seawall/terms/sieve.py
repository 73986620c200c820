"""Which texts need reading whole: most hold only known, clean words.

Words repeat (Zipf), and nearly all are innocent. A text is cut at white space into pieces; a piece's bytes are hashed
sixteen at a time, and a memory of bits tells whether such a piece held anything that may be a term. Only pieces that
are new are folded and searched, many at once; only texts that hold a suspicious piece are read whole by `terms.scan`.
What a match may span beyond one piece is looked for as well: letters spaced out, and pieces that begin a phrase. The
hash is keyed by a secret of the process, so that nobody can make a term that the memory takes for a known word.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var,call-arg,unreachable"

import secrets
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from seawall.terms.engine import find, find_words, first_pattern, lowest_bit
from seawall.terms.fold import CHUNK, fold_rows, power
from seawall.terms.reading import TERM, search
from seawall.terms.sound import find_sounds

SLOTS = 1 << 17
"""Half a megabyte: it stays in cache. A word that was never seen passes for a clean one once in 10^8 words."""
VOLUME = 1 << 14
"""Bytes of new pieces that are searched at once, and the longest text's at most: what they fold to stays in cache."""
LONGEST = 96
"""A longer piece is searched every time: it is a text without spaces, and does not come again."""
SPACED_OUT = 3
"""So many letters that stand alone, with at most one longer piece between any two, may be a word that is spaced out."""
CLEAN, DIRTY = np.uint32(1), np.uint32(2)
_STATE = np.uint32(3)
_TAG = np.uint32(0xFFFFFFFC)
_EACH, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_AFTER_SPACE = np.uint64(0x2121212121212121)
_SPIN = np.uint64(0x9FB21C651E98DF25)
first_bytes = np.array([(1 << (8 * size)) - 1 for size in range(9)], np.uint64)
alone = np.array([chr(byte).isprintable() and not chr(byte).isalnum() for byte in range(128)] + [False] * 128)
"""Second bytes of pieces whose first letter stands alone: punctuation, and the leads of combining marks."""
alone[[0xCC, 0xCD]] = True
closing = np.array([chr(byte) in ".,!:;)?" for byte in range(256)])
"""Punctuation that ends a piece and leaves its word what it is; * may stand for a letter."""


class Pieces(NamedTuple):
    """Pieces that wait to be searched: bytes [begin, end), the text that holds it, its hash (0: not remembered)."""

    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    key: npt.NDArray[np.uint64]
    symbol_at: npt.NDArray[np.int32]
    dirty: npt.NDArray[np.bool_]


def new_memory() -> npt.NDArray[np.uint32]:
    """An empty memory, shape (`SLOTS` + 2,); the last two words are its secret."""
    memory = np.zeros(SLOTS + 2, np.uint32)
    memory[SLOTS:] = secrets.randbits(32), secrets.randbits(32)
    return memory


@nb.njit(inline="always")
def _slot(key, memory):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The first of the two slots of a hash, and what stands there, its lowest two bits left for the state."""
    return (key >> np.uint64(8)) & np.uint64(len(memory) - 4), np.uint32(key >> np.uint64(32)) & _TAG | np.uint32(4)


@nb.njit(cache=True)
def new_pieces(room):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Room for so many pieces."""
    return Pieces(
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.uint64),
        np.empty(room + 1, np.int32),
        np.empty(room, np.bool_),
    )


@intrinsic
def _word_at(_context, data, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
    """Eight bytes of an array from any byte on, in one load."""

    def code(context, builder, signature, arguments):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        return builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)

    return types.uint64(data, types.int64), code


@nb.njit(cache=True, error_model="numpy")
def _last_word(data, i):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """As `_word_at` near the end of the array, zeros after it."""
    word = np.uint64(0)
    for k in range(min(8, len(data) - i)):
        word |= np.uint64(data[i + k]) << np.uint64(8 * k)
    return word


@nb.njit(inline="always")
def _hashed(key, word):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    mixed = (key ^ word) * _SPIN
    return mixed ^ (mixed >> np.uint64(29))


@nb.njit(inline="always")
def _ends_in(word, left):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The lowest bit set is that of the first byte that is no part of a piece: white space, or the end of the text."""
    bounds = (word - _AFTER_SPACE) & ~word & _HIGH
    return bounds | (np.uint64(0x80) << np.uint64(8 * left)) if left < 8 else bounds


@nb.njit(inline="always")
def _singles(word, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """How many letters that stand alone a piece may hold: v is one, v.e two; a word has none."""
    continued = (word >> np.uint64(7)) & ~(word >> np.uint64(6)) & _EACH
    letters = length - np.int64((continued * _EACH) >> np.uint64(56))
    second = (word >> np.uint64(8)) & np.uint64(255)
    marked = alone[second] & (length > 1) & (length < 16)
    return np.int64((length < 8) & (letters <= 1)) | (np.int64(marked) << 1)


@nb.njit(cache=True, error_model="numpy")
def sift(data, offsets, in_tag, lanes, compiled, memory, stream, text, places, suspect):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Mark in `suspect` [rows] every text that may hold a term; the others hold none."""
    pieces = new_pieces(min(offsets[-1] - offsets[0], 2 * CHUNK) + 2)
    row = 0
    while row < len(suspect):
        row, count = _cut(data, offsets, row, in_tag, memory, pieces, suspect)
        if count:
            _settle(data, count, in_tag, lanes, compiled, memory, stream, text, places, pieces, suspect)


@nb.njit(cache=True, error_model="numpy")
def _cut(data, offsets, row, in_tag, memory, pieces, suspect):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901
    """Cut texts from `row` on into pieces and list the unknown ones; returns the next row and how many there are."""
    seed = np.uint64(memory[len(memory) - 1]) << np.uint64(32) | np.uint64(memory[len(memory) - 2])
    seed ^= np.uint64(in_tag)
    begins, ends_at, of, keys, _, _ = pieces
    size = len(data)
    count = 0
    volume = np.int64(0)
    while row < len(suspect) and volume < VOLUME:
        i = offsets[row]
        stop = offsets[row + 1]
        marked = stop - i > CHUNK
        chain = np.int64(-1)
        chain_end = np.int64(-1)
        before = np.int64(-1)
        singles = 0
        loose = False
        while i < stop and not marked:
            begin = i
            key = seed
            low = np.uint64(0)
            while True:
                left = stop - i
                inside = i + 16 <= size
                low = _word_at(data, i) if inside else _last_word(data, i)
                high = _word_at(data, i + 8) if inside else _last_word(data, i + 8)
                low_ends = _ends_in(low, left)
                high_ends = _ends_in(high, left - 8)
                if low_ends | high_ends:
                    break
                key = _hashed(_hashed(key, low), high)
                i += 16
            in_low = low_ends != 0
            short = np.uint64(lowest_bit(low_ends) >> 3) if in_low else np.uint64(8)
            rest = np.uint64(0) if in_low else np.uint64(lowest_bit(high_ends) >> 3)
            end = i + np.int64(short + rest)
            last = np.int64(0)
            while end - last > i + 1 and closing[data[end - last - 1]]:
                last += 1
            if last:
                held = np.uint64(end - last - i)
                short = min(held, np.uint64(8))
                rest = held - short
            low &= first_bytes[short]
            key = _hashed(_hashed(key, low), high & first_bytes[rest])
            end -= last
            length = end - begin
            alone_here = _singles(low, length)
            slot, tag = _slot(key, memory)
            state = memory[slot] ^ tag
            if state > _STATE:
                state = memory[slot | np.uint64(1)] ^ tag
                if state <= _STATE:  # seen before: it takes the place that newcomers leave alone
                    memory[slot | np.uint64(1)] = memory[slot]
                    memory[slot] = tag | state
                else:
                    state = np.uint32(0)
            if state != CLEAN and length:
                marked = state == DIRTY
                if state == 0:
                    begins[count], ends_at[count], of[count] = begin, end, row
                    keys[count] = key if length <= LONGEST else np.uint64(0)
                    count += 1
                    volume += length
            i = end + last
            if (alone_here or chain >= 0) and length:
                over = False
                if alone_here:
                    chain = (before if before >= 0 else begin) if chain < 0 else chain
                    chain_end = i
                    singles += alone_here
                    loose = False
                else:
                    over = loose
                    chain_end = chain_end if loose else i
                    loose = True
                if i == stop or over:
                    if singles >= SPACED_OUT:
                        begins[count], ends_at[count], of[count], keys[count] = chain, chain_end, row, 0
                        count += 1
                        volume += chain_end - chain
                    chain = np.int64(-1)
                    singles = 0
            before = begin if length else before
            if i < stop:
                marked |= data[i] != 32 and not 9 <= data[i] <= 13
                i += 1
        if chain >= 0 and singles >= SPACED_OUT:  # the text ends with white space
            begins[count], ends_at[count], of[count], keys[count] = chain, chain_end, row, 0
            count += 1
            volume += chain_end - chain
        suspect[row] = marked
        row += 1
    return row, count


@nb.njit(cache=True, error_model="numpy")
def _settle(data, count, in_tag, lanes, compiled, memory, stream, text, places, pieces, suspect):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Search the waiting pieces, mark the texts of those that hold what may be a term, and remember both."""
    n = fold_rows(
        data, pieces.begin[:count], pieces.end[:count], compiled.letters, in_tag, False, stream, pieces.symbol_at
    )
    pieces.symbol_at[count] = n + 1
    dirty, symbol_at = pieces.dirty[:count], pieces.symbol_at[:count]
    dirty[:] = False
    found = find(stream.hash, stream.cut, stream.space, n, n, compiled.visual, places)
    _mark(dirty, symbol_at, places, found)
    if lanes & 1:
        found = find_words(stream.hash, stream.edge, n, n, compiled.edit, places)
        _mark(dirty, symbol_at, places, found)
    if lanes & 2:
        found = find_sounds(stream.code, stream.edge, n, n, compiled.sound_terms.latin, compiled.sound, places)
        _mark(dirty, symbol_at, places, found)
    if len(compiled.phrase_patterns.form):
        found = find(stream.hash, stream.cut, stream.space, n, n, compiled.phrase, places)
        _mark(dirty, symbol_at, places, found)
    bounds = np.empty(2, np.int64)
    hits = np.empty((16, 7), np.int64)
    for k in np.flatnonzero(dirty):
        bounds[0], bounds[1] = pieces.begin[k], pieces.end[k]
        hits, held, _ = search(data, bounds, in_tag, lanes, compiled, text, places, hits, 0)
        dirty[k] = False
        for hit in range(held):
            dirty[k] |= hits[hit, TERM] < compiled.terms  # innocent words and companions alone accuse nobody
    if len(compiled.phrase_patterns.form):
        _mark_openings(pieces, count, stream, compiled.opening)
    _remember(pieces.row[:count], pieces.key, pieces.dirty, memory, suspect)


@nb.njit(cache=True, error_model="numpy")
def _mark(dirty, symbol_at, places, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Mark the pieces where a pattern was found; all of them where there was no room for every place."""
    if found == len(places):
        dirty[:] = True
    for k in range(found):
        dirty[np.searchsorted(symbol_at, places[k, 0], side="right") - 1] = True


@nb.njit(cache=True, error_model="numpy")
def _remember(rows, keys, dirty, memory, suspect):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Newcomers take the second place of a pair of slots; they move to the first when they come again."""
    for k in range(len(rows)):
        suspect[rows[k]] |= dirty[k]
        if keys[k]:
            slot, tag = _slot(keys[k], memory)
            if memory[slot] & _TAG != tag:
                memory[slot | np.uint64(1)] = tag | (DIRTY if dirty[k] else CLEAN)


@nb.njit(cache=True, error_model="numpy")
def _mark_openings(pieces, count, stream, table):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Mark the pieces that end with what a phrase begins with."""
    for k in range(count):
        stop = pieces.symbol_at[k + 1] - 1
        for i in range(max(pieces.symbol_at[k], stop - len(power) + 1), stop):
            if (stream.cut[i >> 6] >> np.uint64(i & 63)) & np.uint64(1):
                key = stream.hash[stop] - stream.hash[i] * power[stop - i]
                if first_pattern(key, table.wholes, table.window, table.head) >= 0:
                    pieces.dirty[k] = True
