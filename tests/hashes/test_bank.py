"""Columns of hashes against hash lists."""

import hashlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.hashes.bank import KnownMedia
from seawall.hashes.entries import hash_list
from seawall.records.errors import BadHashList


def md5(number: int) -> str:
    return hashlib.md5(str(number).encode()).hexdigest()


def test_an_empty_list_matches_nothing():
    assert KnownMedia.of().match_columns(md5=pa.array([md5(1), None])).num_rows == 0


def test_a_match_tells_row_kind_distance_and_category():
    known = KnownMedia.of(hash_list([{"kind": "pdq", "value": "AB" * 32, "category": "c1", "source": "s"}]))
    rows = known.match_columns(pdq=pa.array([None, "ab" * 32])).to_pylist()
    assert rows == [
        {
            "row": 1,
            "kind": "pdq",
            "distance": 0,
            "entry": 0,
            "category": "c1",
            "opinion": "positive",
            "source": "s",
        }
    ]


@given(st.lists(st.integers(0, 8)), st.lists(st.none() | st.integers(0, 12)))
def test_digests_match_exactly_the_equal_pairs(listed, asked):
    known = KnownMedia.of(hash_list([{"kind": "md5", "value": md5(n)} for n in listed]))
    column = pa.array([None if n is None else md5(n) for n in asked], pa.string())
    found = known.match_columns(md5=column)
    pairs = list(zip(found["row"].to_pylist(), found["entry"].to_pylist(), strict=True))
    wanted = [(i, j) for i, a in enumerate(asked) for j, b in enumerate(listed) if a == b]
    assert sorted(pairs) == sorted(wanted)


def test_a_hash_that_is_no_hash_is_refused_by_entry():
    with pytest.raises(BadHashList, match="entry 0 of kind sha1"):
        KnownMedia.of(hash_list([{"kind": "sha1", "value": "12"}]))
