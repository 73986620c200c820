"""Where ids stand among the sorted ids of all accounts."""

import numba as nb
import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


def places_of(accounts: Ids, wanted: Ids) -> Places:
    """Where each wanted id stands, or would stand, among `accounts` in order: what `numpy.searchsorted` answers.

    Keyed ids are spread evenly, so their first bits nearly tell the place: one probe of a table of beginnings in place
    of a walk through twenty cache misses. Ids that are not spread evenly cost a binary search as ever.
    """
    bits = max(len(accounts), 1).bit_length()
    begins = np.zeros((1 << bits) + 1, np.int32)
    shift = np.uint64(64 - bits)
    _begin(accounts, shift, begins)
    places: Places = _places(accounts, np.ascontiguousarray(wanted), shift, begins)
    return places


@nb.njit(cache=True)
def _begin(accounts, shift, begins):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for account in accounts:
        begins[(account >> shift) + np.uint64(1)] += np.int32(1)
    for bucket in range(1, len(begins)):
        begins[bucket] += begins[bucket - 1]


@nb.njit(cache=True)
def _places(accounts, wanted, shift, begins):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    places = np.empty(len(wanted), np.int64)
    for row in range(len(wanted)):
        bucket = wanted[row] >> shift
        low, high = begins[bucket], begins[bucket + np.uint64(1)]
        while low < high:
            middle = (low + high) >> 1
            if accounts[middle] < wanted[row]:
                low = middle + 1
            else:
                high = middle
        places[row] = low
    return places
