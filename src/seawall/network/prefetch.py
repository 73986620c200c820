"""Ask the processor for an element before it is read."""

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

_READ, _KEEP_NEAR, _DATA = 0, 3, 1


def _prefetch(_typing: Any, array: Any, _index: Any) -> Any:
    """Code for `prefetch(array, index)` in a kernel: start loading `array[index]`; the index must lie inside.

    A gather from a vector larger than the cache waits for memory at every element; asking some 32 elements
    ahead hides most of the wait (LLVM language reference, `llvm.prefetch`).
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        make: Any = make_array
        data = make(signature.args[0])(context, builder, arguments[0]).data
        address = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [address.type, *[ir.IntType(32)] * 3])
        function = builder.module.declare_intrinsic("llvm.prefetch", [address.type], kind)
        builder.call(function, [address, *(ir.Constant(ir.IntType(32), hint) for hint in (_READ, _KEEP_NEAR, _DATA))])
        return context.get_dummy_value()

    return types.void(array, types.uint64), generate


prefetch: Any = intrinsic(_prefetch)
