"""Machine instructions that numba does not name: popcount, prefetch."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def _popcount(_typing: Any, value: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    if not isinstance(value, types.Integer) or getattr(value, "signed", True):
        return None
    return value(value), generate


def _prefetch(_typing: Any, array: Any, index: Any) -> Any:
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
"""How many 16-bit values `within_1` compares at once."""

_COUNT = f"llvm.ctpop.v{LANES}i16"


def _within(operands: int) -> Any:
    """Code for a comparison of `operands` triples of (array, start, value) against one limit."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = ir.VectorType(ir.IntType(16), LANES)
        known, kind = builder.module.globals, ir.FunctionType(vector, [vector])
        count = known[_COUNT] if _COUNT in known else ir.Function(builder.module, kind, _COUNT)
        total = ir.Constant(vector, [0] * LANES)
        for i in range(1, 1 + 3 * operands, 3):
            data = context.make_array(signature.args[i])(context, builder, arguments[i]).data
            place = builder.bitcast(builder.gep(data, [arguments[i + 1]]), vector.as_pointer())
            differing = builder.xor(builder.load(place, align=2), _splat(builder, arguments[i + 2], vector))
            total = builder.add(total, builder.call(count, [differing]))
        within = builder.icmp_unsigned("<=", total, _splat(builder, arguments[0], vector))
        return builder.bitcast(within, ir.IntType(32))

    return generate


def _within_1(_typing: Any, _limit: Any, array: Any, _start: Any, _value: Any) -> Any:
    one = (array, types.uint64, types.uint16)
    return types.uint32(types.uint16, *one), _within(1)


def _within_3(
    _typing: Any,
    _limit: Any,
    array: Any,
    _start: Any,
    _value: Any,
    array2: Any,
    _start2: Any,
    _value2: Any,
    array3: Any,
    _start3: Any,
    _value3: Any,
) -> Any:
    one, two, three = ((each, types.uint64, types.uint16) for each in (array, array2, array3))
    return types.uint32(types.uint16, *one, *two, *three), _within(3)


def _splat(builder: Any, scalar: Any, vector: Any) -> Any:
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), lanes)


def _lowest_bit(_typing: Any, value: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    if not isinstance(value, types.Integer) or getattr(value, "signed", True):
        return None
    return value(value), generate


popcount: Any = intrinsic(_popcount)
"""`popcount(value)`: one bits of an unsigned integer, in its own width, so that loops over arrays vectorise."""

lowest_bit: Any = intrinsic(_lowest_bit)
"""`lowest_bit(value)`: index of the lowest one bit of an unsigned integer that is not zero."""

prefetch: Any = intrinsic(_prefetch)
"""`prefetch(array, index)`: ask for a cache line of a contiguous one-dimensional array before it is read."""

within_1: Any = intrinsic(_within_1)
"""`within_1(limit, array, start, value)`: a uint32 whose bit k says whether uint16 `array[start + k]` differs from
`value` in at most `limit` bits. Written as vector code because LLVM does not vectorise loops that collect hits; it
lowers to two AVX-512 or a few AVX2 instructions, and to something slower but right on other machines."""

within_3: Any = intrinsic(_within_3)
"""As `within_1` for the sum over three times (array, start, value)."""
