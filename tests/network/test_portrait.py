"""What a network shows: its weeks, its tags, what its members share."""

from datetime import date

import numpy as np
import pyarrow as pa
from small_graph import matrix

from seawall.network.portrait import SHOWN_THINGS, SHOWN_WEEKS, WEEK, leading, sharing, weekly
from seawall.signals.base import SIGNALS


def signals(*seen: tuple[int, str, int | None]) -> pa.Table:
    """(account, detector, week or None)."""
    rows = [
        {
            "subject_kind": "account",
            "subject_id": account,
            "detector": detector,
            "what": detector,
            "strength": 1.0,
            "count": 1,
            "first_at": None if week is None else week * WEEK,
            "evidence": "",
            "version": "1",
        }
        for account, detector, week in seen
    ]
    return pa.Table.from_pylist(rows, SIGNALS)


MEMBERS = np.array([1, 2], np.uint64)


def test_sightings_are_counted_by_week_and_detector_from_the_first_one():
    told = weekly(signals((1, "terms", 10), (2, "terms", 12), (2, "offers", 11), (9, "terms", 3)), MEMBERS)
    assert told.counts == {"offers": (0, 1, 0), "terms": (1, 0, 1)}
    assert told.first == date(1970, 3, 12)


def test_only_the_last_weeks_are_shown():
    told = weekly(signals((1, "terms", 0), (1, "offers", 0), (1, "terms", 500)), MEMBERS)
    assert {name: len(weeks) for name, weeks in told.counts.items()} == {"terms": SHOWN_WEEKS}
    assert sum(told.counts["terms"]) == 1


def test_what_has_no_time_has_no_week():
    assert weekly(signals((1, "reuse", None)), MEMBERS).first is None
    assert weekly(signals(), MEMBERS).counts == {}


def users_of(uses):
    return np.bincount(uses.indices, minlength=uses.shape[1])


def test_the_things_of_most_members_and_few_others_lead():
    uses = matrix([(0, 0), (1, 0), (2, 0), *((i, 1) for i in range(20)), (0, 2), (1, 2)], 20, 3)
    assert leading(uses, users_of(uses), np.array([0, 1, 2])) == ((0, 3), (2, 2), (1, 3))


def test_what_one_member_alone_uses_leads_nothing():
    uses = matrix([(0, 0), (5, 0)], 6, 1)
    assert leading(uses, users_of(uses), np.array([0, 1])) == ()


def test_no_more_things_are_told_than_shown():
    uses = matrix([(account, thing) for account in (0, 1) for thing in range(20)], 2, 20)
    assert len(leading(uses, users_of(uses), np.array([0, 1]))) == SHOWN_THINGS


def test_members_who_share_are_counted_once():
    uses = matrix([(0, 0), (1, 0), (0, 1), (1, 1), (2, 2), (3, 0)], 4, 3)
    assert sharing(uses, np.array([0, 1, 2])) == 2
    assert sharing(uses, np.array([0, 2])) == 0
