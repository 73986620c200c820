"""Reads ISO 8601 times from text, in one compiled pass."""

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.records.activity import TIME


def parse_times(texts: pa.Array) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """UTC microsecond times of a text column, and where the text is no time.

    Reads `2026-07-04`, `2026-07-04T14:38`, `2026-07-04 14:38:07.396Z`, `…+02:00` and `…+0200`; no zone means UTC.
    """
    texts = texts.cast(pa.large_string())
    nulls = np.asarray(texts.is_null())
    micros = np.zeros(len(texts), np.int64)
    bad = np.zeros(len(texts), np.bool_)
    if len(texts):
        _, offsets, data = texts.buffers()
        starts = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
        empty = data is None or data.size == 0
        _parse_many(np.zeros(1, np.uint8) if empty else np.frombuffer(data, np.uint8), starts, micros, bad)
    bad &= ~nulls
    return pa.array(micros, pa.int64(), mask=nulls | bad).cast(TIME), bad


@nb.njit(cache=True)
def _digits(data, at, stop, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The number in `count` digits, or -1."""
    if at + count > stop:
        return -1
    value = np.int64(0)
    for i in range(at, at + count):
        digit = np.int64(data[i]) - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@nb.njit(cache=True)
def _days(year, month, day):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, days_from_civil), or a low mark."""
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    last = 31
    if month in (4, 6, 9, 11):
        last = 30
    elif month == 2:
        last = 29 if leap else 28
    if year < 1 or month < 1 or month > 12 or day < 1 or day > last:
        return -(1 << 40)
    y = year - (1 if month <= 2 else 0)
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@nb.njit(cache=True)
def _clock(data, at, stop):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """(microseconds of the day, next position); microseconds are -1 for no clock."""
    hour, minute = _digits(data, at, stop, 2), _digits(data, at + 3, stop, 2)
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or data[at + 2] != 58:
        return -1, at
    at += 5
    second, fraction = 0, np.int64(0)
    if at < stop and data[at] == 58:
        second = _digits(data, at + 1, stop, 2)
        if second < 0 or second > 59:
            return -1, at
        at += 3
        if at < stop and (data[at] == 46 or data[at] == 44):
            at += 1
            scale = 100_000
            begin = at
            while at < stop and 48 <= data[at] <= 57:
                fraction += (np.int64(data[at]) - 48) * scale
                scale //= 10
                at += 1
            if at == begin:
                return -1, at
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction, at


@nb.njit(cache=True)
def _zone(data, at, stop):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Minutes east of UTC, or 10,000 for no zone."""
    if at == stop or (at + 1 == stop and (data[at] == 90 or data[at] == 122)):
        return 0
    if data[at] != 43 and data[at] != 45:
        return 10_000
    hours = _digits(data, at + 1, stop, 2)
    rest = at + 3
    if rest < stop and data[rest] == 58:
        rest += 1
    minutes = 0 if rest == stop else _digits(data, rest, stop, 2)
    if hours < 0 or hours > 14 or minutes < 0 or minutes > 59 or (rest != stop and rest + 2 != stop):
        return 10_000
    east = hours * 60 + minutes
    return east if data[at] == 43 else -east


@nb.njit(cache=True)
def _parse(data, at, stop):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """(microseconds since 1970, whether the text is a time)."""
    year, month, day = _digits(data, at, stop, 4), _digits(data, at + 5, stop, 2), _digits(data, at + 8, stop, 2)
    if year < 0 or month < 0 or day < 0 or data[at + 4] != 45 or data[at + 7] != 45:
        return 0, False
    days = _days(year, month, day)
    at += 10
    clock = 0
    zone = 0
    if at < stop:
        if data[at] != 84 and data[at] != 116 and data[at] != 32:
            return 0, False
        clock, at = _clock(data, at + 1, stop)
        zone = _zone(data, at, stop) if clock >= 0 else 10_000
    if days < -(1 << 39) or clock < 0 or zone == 10_000:
        return 0, False
    return days * 86_400_000_000 + clock - zone * 60_000_000, True


@nb.njit(cache=True)
def _parse_many(data, starts, micros, bad):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for row in range(len(micros)):
        micros[row], good = _parse(data, starts[row], starts[row + 1])
        bad[row] = not good
