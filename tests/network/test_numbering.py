"""Where ids stand among the ids of all accounts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seawall.network.numbering import places_of

ids = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 50))


@given(st.sets(ids), st.lists(ids))
def test_ids_stand_where_a_search_finds_them(accounts, wanted):
    ordered = np.array(sorted(accounts), np.uint64)
    asked = np.array(wanted, np.uint64)
    np.testing.assert_array_equal(places_of(ordered, asked), np.searchsorted(ordered, asked))


def test_every_account_stands_at_its_own_number():
    accounts = np.unique(np.random.default_rng(1).integers(0, 2**64, 5000, np.uint64))
    np.testing.assert_array_equal(places_of(accounts, accounts), np.arange(len(accounts)))
