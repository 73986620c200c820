"""Complaints: a reporter's record weighs, numbers alone do not."""

import pyarrow as pa
import pytest

from seawall.signals.complaints import CEILING, Complaints

NONE = pa.table(
    {
        "subject_kind": pa.array([], pa.string()),
        "subject_id": pa.array([], pa.uint64()),
        "verdict": pa.array([], pa.string()),
    }
)


def complaints(*pairs: tuple[int, int | None]) -> pa.Table:
    """(accused, reporter) pairs."""
    return pa.table(
        {
            "account_id": pa.array([accused for accused, _ in pairs], pa.uint64()),
            "reporter_id": pa.array([reporter for _, reporter in pairs], pa.uint64()),
            "first_at": pa.array(range(len(pairs)), pa.timestamp("us", tz="UTC")),
        }
    )


def verdicts(**of: str) -> pa.Table:
    """Verdicts by account, as a7="confirmed"."""
    return pa.table(
        {
            "subject_kind": ["account"] * len(of),
            "subject_id": pa.array([int(name[1:]) for name in of], pa.uint64()),
            "verdict": list(of.values()),
        }
    )


def strengths(rows: pa.Table, decided: pa.Table = NONE) -> dict[int, float]:
    found = Complaints().detect({"complaints": rows, "verdicts": decided})
    return dict(zip(found["subject_id"].to_pylist(), found["strength"].to_pylist(), strict=True))


def test_a_brigade_of_two_hundred_strangers_never_passes_the_ceiling():
    told = strengths(complaints(*[(7, reporter) for reporter in range(100, 300)]))
    assert told[7] == pytest.approx(CEILING)


def test_one_stranger_says_little():
    assert strengths(complaints((7, 100)))[7] == pytest.approx(0.1)


def test_who_was_right_before_is_believed_more():
    rows = complaints((1, 50), (2, 50), (3, 50), (9, 50), (8, 60))
    told = strengths(rows, verdicts(a1="confirmed", a2="confirmed", a3="confirmed"))
    assert told[9] > 2 * told[8]


def test_who_was_wrong_before_is_believed_less():
    rows = complaints((1, 50), (2, 50), (9, 50), (8, 60))
    told = strengths(rows, verdicts(a1="cleared", a2="cleared"))
    assert told[9] < told[8]


def test_verdicts_on_a_hashtag_weigh_no_reporter():
    rows, decided = complaints((1, 50), (9, 50)), verdicts(a1="confirmed")
    other = decided.set_column(0, "subject_kind", pa.array(["hashtag"]))
    assert strengths(rows, other) == strengths(rows)


def test_reports_without_a_reporter_say_nothing():
    assert strengths(complaints((7, None), (7, None))) == {}


def test_every_reporter_counts_once_and_the_span_is_kept():
    found = Complaints().detect({"complaints": complaints((7, 1), (7, 2), (7, 3)), "verdicts": NONE})
    assert found["count"].to_pylist() == [3]
    assert found["first_at"].cast(pa.int64()).to_pylist() == [0]
    assert found["last_at"].cast(pa.int64()).to_pylist() == [2]
