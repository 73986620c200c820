"""Checksums of a file's blocks, verified on first use.

Each lane of a block is mixed with the round of XXH64 (Collet, 2014): accumulate, rotate, multiply. It detects damage,
not forgery: who can write the file can also write its sums.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

BLOCK = 1 << 16
"""Bytes under one checksum."""

_P1 = np.uint64(0x9E3779B185EBCA87)
_P2 = np.uint64(0xC2B2AE3D27D4EB4F)
_P3 = np.uint64(0x165667B19E3779F9)


class Check(NamedTuple):
    """What a kernel needs to verify the blocks that it is about to read."""

    cold: bool  # whether any block is unverified still
    body: npt.NDArray[np.uint64]  # the file behind its header
    sums: npt.NDArray[np.uint64]  # one a block
    sound: npt.NDArray[np.uint8]  # one a block, 1 once verified
    starts: npt.NDArray[np.uint64]  # byte in the body at which each section starts
    bad: npt.NDArray[np.int64]  # one number: the first damaged block that was met, or -1


@nb.njit(inline="always")
def _mix(sum_, word):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    sum_ += word * _P2
    sum_ = (sum_ << np.uint64(31)) | (sum_ >> np.uint64(33))
    return sum_ * _P1


@nb.njit(cache=True, nogil=True)
def block_sum(words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The checksum of some 64-bit words; their number and order count."""
    a, b, c, d = _P1, _P2, _P3, np.uint64(len(words))
    whole = len(words) // 4 * 4
    for i in range(0, whole, 4):
        a, b = _mix(a, words[i]), _mix(b, words[i + 1])
        c, d = _mix(c, words[i + 2]), _mix(d, words[i + 3])
    for i in range(whole, len(words)):
        a = _mix(a, words[i])
    total = _mix(_mix(_mix(a, b), c), d)
    return total ^ (total >> np.uint64(29))


@nb.njit(cache=True, nogil=True)
def block_sums(body):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The checksum of each block of a body of 64-bit words."""
    each = BLOCK // 8
    sums = np.empty((len(body) + each - 1) // each, np.uint64)
    for block in range(len(sums)):
        sums[block] = block_sum(body[block * each : (block + 1) * each])
    return sums


@nb.njit(cache=True, nogil=True)
def verify(check, first, last):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Verify the blocks from first to last, both included, that are not known to be sound."""
    each = BLOCK // 8
    for block in range(first, last + 1):
        if check.sound[block]:
            continue
        if block_sum(check.body[block * each : (block + 1) * each]) == check.sums[block]:
            check.sound[block] = 1
        else:
            check.bad[0] = block
            return


@nb.njit(cache=True, nogil=True)
def ensure(check, section, start, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Verify the blocks under some bytes of a section before they are read."""
    begin = check.starts[section] + start
    verify(check, np.int64(begin // np.uint64(BLOCK)), np.int64((begin + length - np.uint64(1)) // np.uint64(BLOCK)))
