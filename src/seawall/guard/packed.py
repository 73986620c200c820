"""Many arrays as one number, for kernels quicker than their arguments.

Handing one array to a compiled function takes about as long as looking an id up, and a decision on contact needs eight.
So a view lists once where its arrays begin and how long they are, and its kernels are given where that list begins.
They check no bounds there, so this is for arrays that never move: views of a mapped file, or made once and then kept.
"""

from dataclasses import dataclass
from typing import Any, Self

import numba as nb
import numpy as np
import numpy.typing as npt
from numba import types
from numba.extending import intrinsic
from numba.np.numpy_support import carray

_KINDS = (np.uint64, np.uint32, np.uint8)


@dataclass(frozen=True, slots=True)
class Packed:
    """Arrays and where they are: the address and the length of each, in order.

    Kernels are given `address` alone, which keeps nothing alive: whoever calls one holds this until it has answered.
    """

    address: int
    places: npt.NDArray[np.uint64]
    arrays: tuple[npt.NDArray[Any], ...]

    @classmethod
    def of(cls, *arrays: npt.NDArray[Any]) -> Self:
        """Arrays of uint64, uint32 or uint8, each in one piece."""
        for array in arrays:
            if array.dtype not in _KINDS or not (array.flags.c_contiguous and array.flags.aligned):
                raise TypeError(
                    f"a kernel cannot read {array.dtype} {array.shape} by its address: copy it in one piece"
                )
        places = np.array([(array.ctypes.data, array.size) for array in arrays], np.uint64).reshape(-1)
        return cls(places.ctypes.data, places, arrays)


def at_once(kernel: Any, signature: Any) -> Any:
    """A kernel that takes numbers alone, called without numba's search for a signature, which costs as much again.

    Nothing but the numbers' range is checked then. The kernel itself must be kept: it owns the compiled code.
    """
    return kernel.get_overload(signature)


def _pointer(kind: Any) -> Any:
    """A number as a pointer to values of a kind."""

    def typed(_typing: Any, _address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        pointer: Any = types.CPointer
        return pointer(kind)(types.uint64), generate

    return typed


_to_words: Any = intrinsic(_pointer(types.uint64))
_to_rows: Any = intrinsic(_pointer(types.uint32))
_to_bytes: Any = intrinsic(_pointer(types.uint8))


@nb.njit(inline="always")
def _place(address, number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Where the array of a number begins, and its length."""
    places = carray(_to_words(address), (2 * number + 2,))
    return places[2 * number], places[2 * number + 1]


@nb.njit(inline="always")
def words_at(address, number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The array of uint64 with a number."""
    begin, size = _place(address, number)
    return carray(_to_words(begin), (size,))


@nb.njit(inline="always")
def rows_at(address, number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The array of uint32 with a number."""
    begin, size = _place(address, number)
    return carray(_to_rows(begin), (size,))


@nb.njit(inline="always")
def bytes_at(address, number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The array of uint8 with a number, its dimensions as one."""
    begin, size = _place(address, number)
    return carray(_to_bytes(begin), (size,))
