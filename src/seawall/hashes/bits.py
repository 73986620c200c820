"""Machine instructions that numba does not name: popcount, prefetch."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def popcount(_typing: Any, value: Any) -> Any:
    """Number of one bits of an unsigned integer, in its own width, so that loops over arrays vectorise."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    if not isinstance(value, types.Integer) or value.signed:
        return None
    return value(value), generate


@intrinsic
def prefetch(_typing: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line of `array[index]` (one dimension, contiguous) before it is read."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        line = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [line.type, *[ir.IntType(32)] * 3])
        function = builder.module.declare_intrinsic("llvm.prefetch.p0", (), kind)
        read, keep, data_cache = (ir.Constant(ir.IntType(32), flag) for flag in (0, 3, 1))
        builder.call(function, [line, read, keep, data_cache])
        return context.get_dummy_value()

    return types.void(array, index), generate


LANES = 32
"""How many 16-bit values `within_mask` compares at once."""

_COUNT = f"llvm.ctpop.v{LANES}i16"


@intrinsic
def within_mask(_typing: Any, array: Any, start: Any, value: Any, limit: Any) -> Any:
    """Bit k says whether uint16 `array[start + k]` differs from `value` in at most `limit` bits, for 32 k's.

    Written as vector code because loops that compress hits are not vectorised by LLVM; it lowers to two AVX-512 or
    a few AVX2 instructions, and to something slower but right on other machines.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = ir.VectorType(ir.IntType(16), LANES)
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), vector.as_pointer())
        differing = builder.xor(builder.load(place, align=2), _splat(builder, arguments[2], vector))
        known = builder.module.globals
        kind = ir.FunctionType(vector, [vector])
        count = known[_COUNT] if _COUNT in known else ir.Function(builder.module, kind, _COUNT)
        ones = builder.call(count, [differing])
        near = builder.icmp_unsigned("<=", ones, _splat(builder, arguments[3], vector))
        return builder.bitcast(near, ir.IntType(32))

    return types.uint32(array, types.uint64, types.uint16, types.uint16), generate


def _splat(builder: Any, scalar: Any, vector: Any) -> Any:
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), lanes)


@intrinsic
def lowest_bit(_typing: Any, value: Any) -> Any:
    """Index of the lowest one bit of an unsigned integer that is not zero."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    if not isinstance(value, types.Integer) or value.signed:
        return None
    return value(value), generate
