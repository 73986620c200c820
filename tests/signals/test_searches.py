"""Searches: looking for a term is weak evidence."""

import pyarrow as pa

from seawall.signals.searches import Searches
from seawall.signals.term_reading import STRENGTH
from seawall.signals.terms import example_scanner


def searches(*queries: str) -> pa.Table:
    times = pa.array(range(len(queries)), pa.timestamp("us", tz="UTC"))
    return pa.table(
        {"account_id": pa.array([7] * len(queries), pa.uint64()), "query": list(queries), "first_at": times}
    )


def test_a_search_says_half_of_what_a_post_says():
    found = Searches(example_scanner()).detect({"searches": searches("qorvane")})
    assert found["strength"].to_pylist() == [STRENGTH[3] / 2]


def test_searches_add_up_and_others_do_not_count():
    found = Searches(example_scanner()).detect({"searches": searches("qorvane", "pie", "buy QORVANE now")})
    assert found["count"].to_pylist() == [2]


def test_evidence_holds_no_query():
    found = Searches(example_scanner()).detect({"searches": searches("buy qorvane now")})
    assert found["evidence"].to_pylist() == ["term:0"]
