"""The compiled parts of the door, held to plain Python."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.intake.keyset import ABSENT, COLLIDES, PRESENT, KeySet
from seawall.intake.times import parse_times

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)), ZONES)  # noqa: DTZ001
def test_a_time_is_read_as_python_reads_it(moment, zone):
    aware = moment.replace(tzinfo=zone)
    read, bad = parse_times(pa.array([aware.isoformat(), moment.isoformat(" ")]))
    assert not bad.any()
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    expected = [(at - epoch) // timedelta(microseconds=1) for at in (aware, moment.replace(tzinfo=UTC))]
    assert read.cast(pa.int64()).to_pylist() == expected


@pytest.mark.parametrize("text", ["2026-07-04", "2026-07-04T00:00", "2026-07-04t00:00:00z", "2026-07-04 02:00:00+0200"])
def test_short_spellings_are_read(text):
    assert parse_times(pa.array([text]))[0].to_pylist() == [datetime(2026, 7, 4, tzinfo=UTC)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026",
        "2026-13-01",
        "2026-02-29",
        "2026-07-04T",
        "2026-07-04T24:00",
        "2026-07-04T10:00:00.",
        "2026-07-04T1",
        "2026-07-04T10:00:61",
        "2026-07-04T10:00+15:00",
        "2026-07-04T10:00+1",
        "2026-07-04T10:00:00 Z",
        "0000-01-01",
    ],
)
def test_what_is_no_time_is_told(text):
    read, bad = parse_times(pa.array([text, None]))
    assert bad.tolist() == [True, False]
    assert read.null_count == 2


@given(st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_answered(text):
    read, bad = parse_times(pa.array(["2026-01-01", text, "2026-01-01"]))
    assert bad[0] == bad[2] == False  # noqa: E712
    assert read[1].is_valid != bad[1]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(1, 30), max_size=20), max_size=5))
def test_a_key_set_answers_as_a_set_does(batches):
    ours, theirs = KeySet(), set()
    for batch in batches:
        keys = np.array(batch, np.uint64)
        expected = []
        for key in batch:
            expected.append(PRESENT if key in theirs else ABSENT)
            theirs.add(key)
        assert ours.add(keys, keys).tolist() == expected
    assert len(ours) == len(theirs)
    every = np.arange(1, 40, dtype=np.uint64)
    assert ours.find(every, every).tolist() == [PRESENT if key in theirs else ABSENT for key in range(1, 40)]


def test_a_key_set_tells_a_collision_and_skips_masked_rows():
    keys, checks = np.array([5, 6], np.uint64), np.array([1, 1], np.uint64)
    known = KeySet()
    known.add(keys, checks, np.array([True, False]))
    assert known.find(keys, np.array([2, 1], np.uint64)).tolist() == [COLLIDES, ABSENT]


def test_a_key_set_grows():
    keys = np.random.default_rng(1).integers(1, 2**63, 50_000).astype(np.uint64)
    known = KeySet()
    for part in np.split(keys, 10):
        known.add(part, part)
    assert (known.find(keys, keys) == PRESENT).all()
    assert (known.find(keys + np.uint64(1), keys) == ABSENT).all()
