# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What compiled operations give, for all dtypes and special values, against NumPy.

The operations come from the op table. One program holds all of a dtype: few compilations.
"""

import itertools
import math

import ml_dtypes
import nabla as nb
import numpy as np
import pytest
from ops_matrix.arrays import DTYPES, KIND_OF
from ops_matrix.table import OPS, of_family


def values(element):
    """Numbers of a type where operations are most likely to go wrong."""
    dtype = DTYPES[element]
    if element == "i1":
        return np.array([False, True])
    if KIND_OF[element] != "float":
        info = np.iinfo(dtype)
        small = [v for v in (-7, -2, -1, 0, 1, 2, 3, 10, 100) if v >= info.min]
        return np.array([info.min, info.min + 1, *small, info.max - 1, info.max], dtype)
    info = ml_dtypes.finfo(dtype)
    sizes = [0.0, float(info.smallest_subnormal), float(info.tiny), 0.3, 0.5, 1, 1.5, 2.5, 3, 7,
             100.25, float(info.max), math.inf]  # fmt: skip
    return np.array([*sizes, *(-s for s in sizes), math.nan]).astype(dtype)


def wide(x):
    """Arithmetic on 16-bit floats is that of f32, rounded once."""
    return x.astype(np.float32) if x.dtype in (np.float16, ml_dtypes.bfloat16) else x


def is_float(x):
    return not np.issubdtype(x.dtype, np.integer) and x.dtype != np.bool_


def integers(function):
    """A function of Python integers, wrapped around to the type."""

    def of_arrays(x, y):
        bits = x.dtype.itemsize * 8
        results = [function(int(a), int(b)) % (1 << bits) for a, b in zip(x, y, strict=True)]
        return np.array(results, f"uint{bits}").view(x.dtype)

    return of_arrays


def truncated(x, y):
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


def divide(x, y):
    if is_float(x):
        return x / y
    return integers(lambda a, b: truncated(a, b) if b else -1)(x, y)


def remainder(x, y):
    if is_float(x):
        return np.fmod(x, y)
    return integers(lambda a, b: a - truncated(a, b) * b if b else a)(x, y)


def sign(x):
    return np.where(x == 0, np.zeros_like(x), np.sign(x))


def multiply_zero(t, d):
    return np.where((t == 0) | (d == 0), np.zeros_like(t), t * d)


def divide_zero(t, y):
    return np.where(t == 0, np.zeros_like(t), t / y)


# Approximated functions are in test_math_precision.py.
REFERENCES = {
    "abs": np.abs, "add": np.add, "and": np.bitwise_and, "ceil": np.ceil, "div": divide,
    "floor": np.floor, "is_finite": np.isfinite, "is_inf": np.isinf, "is_nan": np.isnan,
    "max": np.maximum, "min": np.minimum, "mul": np.multiply, "neg": np.negative,
    "not": np.invert, "or": np.bitwise_or, "rem": remainder, "round": np.round, "sign": sign,
    "sqrt": np.sqrt, "stop_gradient": lambda x: x, "sub": np.subtract, "trunc": np.trunc,
    "shift_left": np.left_shift, "shift_right": np.right_shift,
    "xor": np.bitwise_xor, "mul_zero": multiply_zero, "div_zero": divide_zero,
}  # fmt: skip
APPROXIMATED = {
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf",
    "exp", "exp2", "expm1", "log", "log10", "log1p", "log2", "logistic", "pow",
    "rsqrt", "sin", "sinh", "tan", "tanh",
}  # fmt: skip
OWN_TEST = {"compare", "convert", "integer_pow", "select"}


def run(arguments, lines, results, *arrays):
    """Runs the lines on arrays; `results` has names and types."""
    names, types = zip(*results, strict=True)
    signature = ", ".join(f"%{name}: {type}" for name, type in arguments)
    body = "\n".join(f"  {line}" for line in lines)
    text = (
        f"func.func @main({signature}) -> ({', '.join(types)}) {{\n{body}\n"
        f"  return {', '.join('%' + n for n in names)} : {', '.join(types)}\n}}"
    )
    out = nb.run_mlir(text, *arrays)
    return [np.asarray(r) for r in (out if isinstance(out, tuple) else (out,))]


def assert_same(got, want, what, signed_zeros=True):
    assert got.dtype == want.dtype, what
    assert got.shape == want.shape, what
    if not is_float(want):
        np.testing.assert_array_equal(got, want, err_msg=str(what))
        return
    got, want = (x.astype(np.float64) for x in (got, want))
    np.testing.assert_array_equal(got, want, err_msg=str(what))
    if signed_zeros:
        zeros = want == 0
        np.testing.assert_array_equal(np.signbit(got)[zeros], np.signbit(want)[zeros], str(what))


def test_every_elementwise_op_is_tested() -> None:
    assert set(of_family("elementwise")) == set(REFERENCES) | APPROXIMATED | OWN_TEST


@pytest.mark.parametrize("element", DTYPES)
def test_elementwise_ops(element) -> None:
    x, y = (a.ravel() for a in np.meshgrid(values(element), values(element)))
    tensor = f"tensor<{len(x)}x{element}>"
    bools = f"tensor<{len(x)}xi1>"
    lines, results, expected = [], [], []
    for name in of_family("elementwise"):
        op = OPS[name]
        if name not in REFERENCES or KIND_OF[element] not in op["operands"][0]["kinds"]:
            continue
        operands = [(wide(x), "%x"), (wide(y), "%y")][: len(op["operands"])]
        lines.append(f"%{name} = {op['name']} {', '.join(o[1] for o in operands)} : {tensor}")
        results.append((name, bools if name.startswith("is_") else tensor))
        with np.errstate(all="ignore"):
            want = REFERENCES[name](*(o[0] for o in operands))
            expected.append(want if want.dtype == np.bool_ else want.astype(x.dtype))
    for i, predicate in enumerate(("eq", "ne", "lt", "le", "gt", "ge")):
        lines.append(f"%c{i} = nabla.compare {predicate} %x, %y : {tensor}")
        results.append((f"c{i}", bools))
        function = (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)[i]
        expected.append(function(wide(x), wide(y)))
    lines.append(f"%select = nabla.select %c2, %x, %y : {tensor}")
    results.append(("select", tensor))
    expected.append(np.where(wide(x) < wide(y), x, y))
    if element != "i1":
        for exponent in (0, 1, 2, 3, 5, *((-1, -2) if KIND_OF[element] == "float" else ())):
            name = f"pow{exponent}".replace("-", "m")
            lines.append(f"%{name} = nabla.integer_pow %x, {exponent} : {tensor}")
            results.append((name, tensor))
            with np.errstate(all="ignore"):
                expected.append(power(wide(x), exponent).astype(x.dtype))
    got = run([("x", tensor), ("y", tensor)], lines, results, x, y)
    for (name, _), g, w in zip(results, got, expected, strict=True):
        assert_same(g, w, name, signed_zeros=name not in ("max", "min"))


def power(x, exponent):
    """By squaring: the products that the lowering makes."""
    result, square = np.ones_like(x), x
    left = abs(exponent)
    while left:
        if left & 1:
            result = result * square
        square = square * square
        left >>= 1
    return 1 / result if exponent < 0 else result


def rounded(number, element):
    """The float of few bits nearest to an integer, ties to even."""
    mantissa = {"bf16": 8, "f16": 11, "f32": 24, "f64": 53}[element]
    size = abs(number)
    shift = max(size.bit_length() - mantissa, 0)
    quotient, rest = size >> shift, size & ((1 << shift) - 1)
    half = 1 << shift >> 1
    if shift and (rest > half or (rest == half and quotient & 1)):
        quotient += 1
    return math.copysign(math.ldexp(quotient, shift), number)


def nearest(x, dtype):
    """NumPy's rounding, but for f64 to bf16, where ml_dtypes rounds to f32 first."""
    result = x.astype(dtype)
    if (x.dtype, dtype) != (np.float64, ml_dtypes.bfloat16):
        return result
    bits = result.view(np.uint16)
    for i in np.flatnonzero(np.isfinite(x) & (bits & 0x7FFF > 0) & (bits & 0x7FFF < 0x7F7F)):
        near = (bits[i] + np.array([0, 1, -1])).astype(np.uint16)
        distance = np.abs(near.view(dtype).astype(np.float64) - x[i])
        closest = near[distance == distance.min()]
        bits[i] = next((b for b in closest if b % 2 == 0), closest[0])
    return result


def converted(x, target):
    dtype = DTYPES[target]
    if target == "i1":
        return wide(x) != 0
    if is_float(x) and KIND_OF[target] != "float":
        info = np.iinfo(dtype)
        exact = [0 if math.isnan(v) else v for v in x.astype(np.float64)]
        whole = [
            info.max if v > info.max else info.min if v < info.min else math.trunc(v) for v in exact
        ]
        return np.array(whole, dtype)
    if not is_float(x) and KIND_OF[target] == "float":
        with np.errstate(over="ignore"):
            return np.array([rounded(int(v), target) for v in x]).astype(dtype)
    with np.errstate(all="ignore"):
        return nearest(x, dtype) if is_float(x) else x.astype(dtype)


@pytest.mark.parametrize("element", DTYPES)
def test_conversions(element) -> None:
    x = values(element)
    if KIND_OF[element] == "float":
        ends = [127.5, 128, -129, 255.5, 256, 65535.5, 2.0**31, -(2.0**31) - 1, 2.0**32, 9.3e18]
        # Beside the middle between two numbers of fewer bits.
        middles = [65519.9, 65520, 1 + 2**-9, 1 + 2**-8 + 2**-40, 1 + 2**-11, 1 + 2**-11 + 2**-50]
        many = np.array([0.75, -0.75, -9.3e18, 1.9e19, *ends, *middles])
        with np.errstate(all="ignore"):
            x = np.concatenate([x, many.astype(x.dtype)])
    elif x.dtype.itemsize >= 4:
        # Between two bf16, and just above the middle.
        x = np.concatenate([x, np.array([(257 << 8) + 128, (257 << 8) + 129, (1 << 24) + 65537,
                                         (1 << 30) + (1 << 22) + 1], x.dtype)])  # fmt: skip
        if x.dtype.itemsize == 8:
            more = [(1 << 62) + (1 << 54), (1 << 62) + (1 << 54) + 1, (1 << 53) + 1]
            x = np.concatenate([x, np.array(more, x.dtype)])
    source = f"tensor<{len(x)}x{element}>"
    targets = [t for t in DTYPES if t != element]
    types = [f"tensor<{len(x)}x{t}>" for t in targets]
    lines = [f"%r{i} = nabla.convert %x : {source} -> {type}" for i, type in enumerate(types)]
    results = [(f"r{i}", type) for i, type in enumerate(types)]
    for target, got in zip(targets, run([("x", source)], lines, results, x), strict=True):
        assert_same(got, converted(x, target), f"{element} to {target}")


SHAPES = ((), (1,), (0,), (7,), (33,), (130,), (3, 0), (0, 5), (5, 17), (40, 3), (4, 3, 19))


def small_values(shape, element):
    """Numbers whose sums and products are exact."""
    rng = np.random.default_rng(sum(shape))
    if element == "i1":
        return rng.random(shape) < 0.5
    low = 0 if KIND_OF[element] == "unsigned" else -2
    return np.asarray(rng.integers(low, 3, shape)).astype(DTYPES[element])


def reduction_cases(element):
    for shape in SHAPES:
        for count in range(len(shape) + 1):
            for dims in itertools.combinations(range(len(shape)), count):
                if len(shape) < 3 or dims in ((0,), (1,), (2,), (0, 2), (0, 1, 2)):
                    yield shape, dims


def reduced(name, x, dims):
    """NumPy's reduction, with the operation's value of nothing."""
    dtype = x.dtype
    if name in ("sum", "prod"):
        return np.asarray(getattr(np, name)(wide(x), axis=dims, dtype=wide(x).dtype)).astype(dtype)
    function = {"max": np.maximum, "min": np.minimum, "and": np.bitwise_and, "or": np.bitwise_or}
    if name in ("max", "min"):
        if is_float(x):
            neutral = -math.inf if name == "max" else math.inf
        elif dtype == np.bool_:
            neutral = name == "min"
        else:
            neutral = np.iinfo(dtype).min if name == "max" else np.iinfo(dtype).max
    else:
        neutral = -1 if name == "and" and np.issubdtype(dtype, np.signedinteger) else (
            0 if name == "or" else True if dtype == np.bool_ else np.iinfo(dtype).max
        )  # fmt: skip
    result = function[name].reduce(wide(x), axis=dims, initial=np.asarray(neutral, wide(x).dtype))
    return np.asarray(result).astype(dtype)


@pytest.mark.parametrize("element", DTYPES)
def test_reductions(element) -> None:
    names = [
        name.removeprefix("reduce_")
        for name, op in OPS.items()
        if name.startswith("reduce_") and KIND_OF[element] in op["operands"][0]["kinds"]
    ]
    arguments, arrays, lines, results, expected = [], [], [], [], []
    for shape in SHAPES:
        arguments.append((f"x{len(arrays)}", tensor_type(shape, element)))
        arrays.append(small_values(shape, element))
    for shape, dims in reduction_cases(element):
        i = SHAPES.index(shape)
        rest = tensor_type([n for d, n in enumerate(shape) if d not in dims], element)
        for name in names:
            result = f"r{len(results)}"
            lines.append(
                f"%{result} = nabla.reduce_{name} %x{i} dims = [{', '.join(map(str, dims))}]"
                f" : {arguments[i][1]} -> {rest}"
            )
            results.append((result, rest))
            expected.append((reduced(name, arrays[i], dims), (name, shape, dims)))
    got = run(arguments, lines, results, *arrays)
    for g, (w, what) in zip(got, expected, strict=True):
        assert_same(g, w, what, signed_zeros=False)


def tensor_type(shape, element):
    return f"tensor<{''.join(f'{n}x' for n in shape)}{element}>"


@pytest.mark.parametrize("element", ["f32", "f16", "i32", "ui8"])
def test_extrema_and_their_positions(element) -> None:
    """The first of equals; the first NaN wins."""
    rng = np.random.default_rng(1)
    x = rng.integers(0, 9, (6, 37)).astype(DTYPES[element])
    if KIND_OF[element] == "float":
        x[2, 20] = x[2, 30] = math.nan
        x[4, 3] = -math.inf
    source = tensor_type(x.shape, element)
    lines, results, expected = [], [], []
    for name, function in (("argmax", np.argmax), ("argmin", np.argmin)):
        for dim in (0, 1):
            type = tensor_type([x.shape[1 - dim]], "i64")
            lines.append(f"%{name}{dim} = nabla.{name} %x dim = {dim} : {source} -> {type}")
            results.append((f"{name}{dim}", type))
            expected.append(function(wide(x), axis=dim))
    for dim, reverse in itertools.product((0, 1), (False, True)):
        name = f"s{dim}{int(reverse)}"
        flag = "reverse " if reverse else ""
        lines.append(f"%{name} = nabla.cumsum %x dim = {dim} {flag}: {source}")
        results.append((name, source))
        order = np.flip(wide(x), dim) if reverse else wide(x)
        total = np.cumsum(order, axis=dim, dtype=order.dtype)
        expected.append((np.flip(total, dim) if reverse else total).astype(x.dtype))
    for (name, _), g, w in zip(
        results, run([("x", source)], lines, results, x), expected, strict=True
    ):
        assert_same(g, w, name, signed_zeros=False)


@pytest.mark.parametrize("element", ["i1", "i8", "f16", "f32", "f64"])
@pytest.mark.parametrize("shape", [(9, 43), (70, 131), (40, 150)])
def test_moved_elements(element, shape) -> None:
    """Views with strides, in both directions, as operands of loops of vectors; squares of
    vectors that are transposed in registers."""
    m, n = shape
    x = np.resize(values(element), shape)
    whole, turned, part = (
        tensor_type(s, element) for s in (shape, (n, m), ((m + 1) // 3, (n - 1) // 2))
    )
    lines = [
        f"%a = nabla.transpose %x permutation = [1, 0] : {whole} -> {turned}",
        f"%b = nabla.reverse %x dims = [1] : {whole}",
        f"%c = nabla.slice %x starts = [1, 2] limits = [{m}, {n}] strides = [3, 2]"
        f" : {whole} -> {part}",
        f"%p = nabla.compare ne %a, %a : {turned}",
        f"%q = nabla.compare ne %b, %b : {whole}",
        f"%r = nabla.compare ne %c, %c : {part}",
        f"%d = nabla.select %p, %a, %a : {turned}",
        f"%e = nabla.select %q, %b, %x : {whole}",
        f"%f = nabla.select %r, %c, %c : {part}",
    ]
    results = [("a", turned), ("d", turned), ("e", whole), ("f", part)]
    back = x[:, ::-1]
    want = (x.T, x.T, np.where(wide(back) != wide(back), back, x), x[1::3, 2::2])
    got = run([("x", whole)], lines, results, x)
    for g, w, what in zip(got, want, ("transpose", "select", "reverse", "slice"), strict=True):
        assert_same(g, w, what)
