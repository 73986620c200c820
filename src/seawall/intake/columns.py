"""Brings one column to its contract type, and marks the rows that fail.

Everything here works on whole Arrow arrays. What is lenient, for every format alike: an integer may name an id, text
may hold a time, a number or a list, hexadecimal may be upper case, an empty text is a null where null is allowed, and
a null or empty item of a list is no item.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.intake.headers import must_have
from seawall.intake.normal import normal_links, normal_tags
from seawall.intake.times import parse_times
from seawall.records.activity import TIME, Column, Type

Mask = npt.NDArray[np.bool_]
AHEAD = timedelta(days=1)
"""How far a clock may run ahead of ours before its time counts as future."""

_NANOS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_YEARS = (-62_135_596_800 * 10**9, 253_402_300_799 * 10**9)
_TEXTS = msgspec.json.Decoder(list[str | None])
_MAY_LIE_AHEAD = frozenset({"expires_at"})
_NORMAL: dict[str, Callable[[pa.Array], pa.Array]] = {"hashtags": normal_tags, "links": normal_links}


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows of a column that cannot be admitted, and why; the reason names the column and never a value."""

    rows: Mask
    reason: str


def to_contract(column: Column, found: pa.Array, now: datetime) -> tuple[pa.Array, list[Fault]]:
    """The column in its raw contract type, shape kept, and its faults; a faulty row's value means nothing."""
    if found.null_count == len(found):
        found = pa.nulls(len(found), pa.string())
    values, wrong = _CONVERT[column.type](column, found)
    faults = [Fault(wrong, f"{column.name} has the wrong type")]
    if must_have(column):
        missing = _mask(pc.is_null(values)) & ~wrong
        faults.append(Fault(missing, f"{column.name} is missing"))
    faults.extend(_bounds(column, values, now))
    return values, [fault for fault in faults if fault.rows.any()]


def _bounds(column: Column, values: pa.Array, now: datetime) -> Iterator[Fault]:
    """What a well-typed value may still break."""
    if column.type is Type.CHOICE:
        known = pc.is_in(values, value_set=pa.array(column.choices, pa.string()), skip_nulls=True)
        yield Fault(_mask(pc.and_not(values.is_valid(), known)), f"{column.name} is none of the known choices")
    elif column.type is Type.HEX:
        fits = pc.match_substring_regex(values, f"^[0-9a-f]{{{column.digits}}}$")
        yield Fault(_mask(pc.invert(fits)), f"{column.name} is not {column.digits} hex digits")
    elif column.type is Type.TIME and column.name not in _MAY_LIE_AHEAD:
        ahead = pc.greater(values, pa.scalar(now + AHEAD, TIME))
        yield Fault(_mask(ahead), f"{column.name} lies in the future")


def _mask(array: pa.Array) -> Mask:
    """A Boolean column as numpy, nulls as False."""
    return np.asarray(pc.fill_null(array, False))


def _none(array: pa.Array) -> Mask:
    return np.zeros(len(array), np.bool_)


def _refuse(array: pa.Array, to: pa.DataType) -> tuple[pa.Array, Mask]:
    """Nulls in place of a column that has another type altogether."""
    return pa.nulls(len(array), to), np.asarray(array.is_valid())


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds text, or bytes that may be text."""
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def utf8(array: pa.Array) -> tuple[pa.Array, Mask]:
    """Text of a text or binary column, and where its bytes are no UTF-8."""
    array = _plain(array)
    bytes_ = array.cast(pa.large_binary() if pa.types.is_large_string(array.type) else pa.binary())
    try:
        return bytes_.cast(pa.string()), _none(array)
    except pa.ArrowInvalid:
        bad = np.array([not _decodes(value) for value in bytes_.to_pylist()], np.bool_)
        return pc.if_else(pa.array(bad), None, bytes_).cast(pa.string()), bad


def _decodes(value: bytes | None) -> bool:
    try:
        return value is None or value.decode() is not None
    except UnicodeDecodeError:
        return False


def _text(column: Column, array: pa.Array) -> tuple[pa.Array, Mask]:
    array = _plain(array)
    if pa.types.is_integer(array.type) and column.keyed:
        return array.cast(pa.string()), _none(array)
    if not is_text(array.type):
        return _refuse(array, pa.string())
    text, wrong = utf8(array)
    if column.nullable or column.type is not Type.TEXT:  # a required free text may be empty, an id may not
        empty = pc.equal(pc.binary_length(text), 0)
        if pc.any(empty).as_py():
            text = pc.if_else(empty, None, text)
    return text, wrong


def _hex(column: Column, array: pa.Array) -> tuple[pa.Array, Mask]:
    text, wrong = _text(column, array)
    return pc.utf8_lower(text), wrong


def _time(column: Column, array: pa.Array) -> tuple[pa.Array, Mask]:
    array = _plain(array)
    if pa.types.is_timestamp(array.type):
        return _timestamps(array)
    if pa.types.is_date(array.type):
        return array.cast(pa.timestamp("us")).cast(TIME), _none(array)
    if not is_text(array.type):
        return _refuse(array, TIME)
    text, wrong = _text(column, array)
    times, unread = parse_times(text)
    return times, wrong | unread


def _timestamps(array: pa.Array) -> tuple[pa.Array, Mask]:
    """Microseconds UTC of any timestamps, those without a zone being UTC; years beyond 1 to 9999 are wrong."""
    ticks = array.cast(pa.int64())
    first, last = (max(-(2**63), min(2**63 - 1, bound // _NANOS[array.type.unit])) for bound in _YEARS)
    wrong = _mask(pc.or_(pc.less(ticks, first), pc.greater(ticks, last)))
    array = pc.if_else(pa.array(wrong), None, array) if wrong.any() else array
    return array.cast(pa.timestamp("us", array.type.tz), safe=False).cast(TIME, safe=False), wrong


def _number(column: Column, array: pa.Array) -> tuple[pa.Array, Mask]:
    array = _plain(array)
    if is_text(array.type):
        text, wrong = _text(column, array)
        digits = _mask(pc.match_substring_regex(text, r"^[+-]?[0-9]{1,18}$"))
        return pc.if_else(pa.array(digits), text, None).cast(pa.int64()), wrong | (
            np.asarray(text.is_valid()) & ~digits
        )
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        whole = _mask(pc.less(pc.abs(array.cast(pa.float64(), safe=False)), 2.0**63))
        whole &= _mask(pc.equal(pc.floor(array), array)) if pa.types.is_floating(array.type) else True
        return pc.if_else(pa.array(whole), array, None).cast(pa.int64()), np.asarray(array.is_valid()) & ~whole
    return _refuse(array, pa.int64())


def _list(column: Column, array: pa.Array) -> tuple[pa.Array, Mask]:
    array = _plain(array)
    if is_text(array.type):
        text, wrong = _text(column, array)
        array, unread = _lists_of_text(text)
        wrong = wrong | unread
    elif pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        wrong = _none(array)
    else:
        return _refuse(array, pa.list_(pa.string()))[0], np.asarray(array.is_valid())
    counts, items = list_parts(array)
    if not (is_text(items.type) or (pa.types.is_integer(items.type) and column.keyed) or len(items) == 0):
        return empty_lists(len(array)), wrong | (counts > 0)
    items, not_text = utf8(items) if is_text(items.type) else (items.cast(pa.string()), _none(items))
    owner = np.repeat(np.arange(len(array)), counts)
    wrong[owner[not_text]] = True
    items = _NORMAL.get(column.name, lambda items: items)(items)
    keep = _mask(pc.greater(pc.binary_length(items), 0))
    return lists(np.bincount(owner[keep], minlength=len(array)), items.filter(pa.array(keep))), wrong


def list_parts(array: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """How many items each row has (a null has none), and all the items."""
    counts = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int64())
    return np.asarray(counts), array.flatten()


def lists(counts: npt.NDArray[np.int64], items: pa.Array) -> pa.Array:
    """The list column of these items, `counts` of them a row."""
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), items)


def empty_lists(rows: int) -> pa.Array:
    """A list column without an item."""
    return lists(np.zeros(rows, np.int64), pa.array([], pa.string()))


def _lists_of_text(text: pa.Array) -> tuple[pa.Array, Mask]:
    """Lists written as text: JSON arrays of text, or items parted by `|`, `;` or white space."""
    json = _mask(pc.starts_with(text, "["))
    parted = pc.split_pattern_regex(pc.utf8_trim_whitespace(text), r"[|;\s]+")
    if not json.any():
        return parted, _none(text)
    decoded, bad = _json_lists(text.filter(pa.array(json)))
    where = np.where(json, np.cumsum(json) - 1 + len(text), np.arange(len(text)))
    wrong = _none(text)
    wrong[np.flatnonzero(json)[bad]] = True
    return pa.concat_arrays([parted, decoded]).take(pa.array(where)), wrong


def _json_lists(text: pa.Array) -> tuple[pa.Array, Mask]:
    kind = pa.list_(pa.string())
    values = text.to_pylist()
    try:  # one call for all rows is an order of magnitude faster
        decoded = _TEXTS.decode_lines("\n".join(values))
        if len(decoded) == len(values):
            return pa.array(decoded, kind), _none(text)
    except (msgspec.DecodeError, UnicodeError):
        pass
    each = [_json_list(value) for value in values]
    return pa.array(each, kind), np.array([value is None for value in each], np.bool_)


def _json_list(value: str) -> list[str | None] | None:
    try:
        return _TEXTS.decode(value)
    except (msgspec.DecodeError, UnicodeError):
        return None


_CONVERT: dict[Type, Callable[[Column, pa.Array], tuple[pa.Array, Mask]]] = {
    Type.ID: _text,
    Type.REFERENCE: _text,
    Type.TEXT: _text,
    Type.CHOICE: _text,
    Type.HEX: _hex,
    Type.TIME: _time,
    Type.NUMBER: _number,
    Type.TEXTS: _list,
    Type.REFERENCES: _list,
}
