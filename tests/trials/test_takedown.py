"""Whole networks fall apart where single removals leave them standing."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from seawall.trials.takedown import DAYS, simulate


@pytest.fixture
def ties():
    """Four networks of thirty, tied at random."""
    rng = np.random.default_rng(0)
    dense = np.zeros((120, 120))
    for start in range(0, 120, 30):
        dense[start : start + 30, start : start + 30] = rng.random((30, 30)) < 0.2
    return csr_matrix(np.maximum(dense, dense.T))


def test_network_removal_leaves_fewer_and_for_longer(ties):
    found = np.random.default_rng(1).random(120) < 0.9
    one = simulate(ties, found, 0.9, whole_networks=False)
    whole = simulate(ties, found, 0.9, whole_networks=True)
    assert whole.survivors.value < one.survivors.value
    assert whole.ties_kept.value < 0.5 * one.ties_kept.value
    assert whole.forms_again.value >= one.forms_again.value


def test_who_is_not_found_stays(ties):
    nothing = simulate(ties, np.zeros(120, bool), 1.0, whole_networks=True)
    assert nothing.survivors.value == 1
    assert nothing.ties_kept.value == 1
    assert nothing.forms_again.value == 0


def test_returns_that_nobody_recognises_tie_up_again(ties):
    found = np.ones(120, bool)
    blind, seeing = (simulate(ties, found, known, whole_networks=True) for known in (0.0, 1.0))
    assert seeing.ties_kept.value == 0
    assert seeing.forms_again.value == DAYS
    assert blind.survivors.value > 0.3
