"""Arrays by address: kernels read there what the arrays hold."""

import gc

import numba as nb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seawall.guard.packed import Packed, bytes_at, rows_at, words_at


@nb.njit
def copied(address):
    return words_at(address, 0).copy(), rows_at(address, 1).copy(), bytes_at(address, 2).copy()


def some(kind):
    return arrays(kind, st.integers(0, 40))


@given(some(np.uint64), some(np.uint32), some(np.uint8))
def test_kernels_read_by_address_what_the_arrays_hold(words, rows, codes):
    packed = Packed.of(words, rows, codes)
    for handed, read in zip((words, rows, codes), copied(packed.address), strict=True):
        assert read.dtype == handed.dtype
        assert read.tolist() == handed.tolist()


def test_what_is_packed_outlives_whoever_made_it():
    packed = Packed.of(np.arange(10**6, dtype=np.uint64), np.ones(1, np.uint32), np.ones(1, np.uint8))
    gc.collect()
    assert copied(packed.address)[0].sum() == 10**6 * (10**6 - 1) // 2


@pytest.mark.parametrize("wrong", [np.arange(8, dtype=np.uint64)[::2], np.zeros(3, np.int64), np.zeros(3)])
def test_what_a_kernel_would_misread_is_not_packed(wrong):
    with pytest.raises(TypeError, match="by its address"):
        Packed.of(wrong)
