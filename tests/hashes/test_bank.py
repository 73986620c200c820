"""Columns of hashes against hash lists."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hashmaking import uniform
from hypothesis import given
from hypothesis import strategies as st

from seawall.hashes.bank import KnownMedia, resolve
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


def pdq_list(values, **rest):
    return hash_list([{"kind": "pdq", "value": value, **rest} for value in values])


def flipped(value: str, bits: int) -> str:
    return f"{int(value, 16) ^ ((1 << bits) - 1):064x}"


BASE = "5a" * 32


@pytest.mark.parametrize(("bits", "matches"), [(0, 1), (1, 1), (31, 1), (32, 0), (40, 0)])
def test_pdq_matches_up_to_the_threshold(bits, matches):
    found = KnownMedia.of(pdq_list([BASE])).match_columns(pdq=pa.array([None, flipped(BASE, bits)]))
    assert found["distance"].to_pylist() == [bits] * matches
    assert found["row"].to_pylist() == [1] * matches


def test_a_long_list_matches_as_a_short_one_does():
    rng = np.random.default_rng(1)
    many = ["".join(f"{int(word):016x}" for word in row) for row in uniform(40_000, rng)]
    found = KnownMedia.of(pdq_list(many)).match_columns(pdq=pa.array([flipped(many[7], 30), flipped(many[9], 32)]))
    assert (found["entry"].to_pylist(), found["distance"].to_pylist()) == ([7], [30])


def test_a_negative_entry_as_near_as_the_others_clears_a_file():
    known = KnownMedia.of(
        pdq_list([BASE]), pdq_list([BASE], opinion="negative"), pdq_list([flipped(BASE, 8)], opinion="seed")
    )
    asked = pa.array([BASE, flipped(BASE, 8)])
    resolved = resolve(known.match_columns(pdq=asked))
    assert resolved["opinion"].to_pylist() == ["negative", "seed"]
    assert resolved["row"].to_pylist() == [0, 1]


def test_nothing_matched_resolves_to_nothing():
    assert resolve(KnownMedia.of().match_columns(pdq=pa.array([BASE]))).num_rows == 0
