# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of mathematics against 80-bit or 64-bit references, in units in the last place.

All functions of a dtype are one program; nothing depends on the Python API.
"""

import math

import ml_dtypes
import nabla as nb
import numpy as np
import pytest

INF, NAN = np.inf, np.nan
L = np.longdouble

# Name: reference, range of the arguments, bounds in ULP for f32 and f64. References of f64 are
# 80-bit functions, but for erf.
UNARY = {
    "exp": (np.exp, (-104, 89), 1, 1),
    "expm1": (np.expm1, (-20, 89), 2, 2),
    "log": (np.log, (0, 1e5), 1, 1),
    "log1p": (np.log1p, (-1, 1e5), 2, 2),
    "sin": (np.sin, (-1e4, 1e4), 1.5, 1.5),
    "cos": (np.cos, (-1e4, 1e4), 1.5, 1.5),
    "tan": (np.tan, (-1e3, 1e3), 1, 2.5),
    "tanh": (np.tanh, (-10, 10), 2, 2),
    "erf": (None, (-4.5, 4.5), 2, 2),
    "asin": (np.arcsin, (-1, 1), 1, 2),
    "acos": (np.arccos, (-1, 1), 1, 2),
    "atan": (np.arctan, (-50, 50), 1, 2),
    "sinh": (np.sinh, (-89, 89), 1, 2.5),
    "cosh": (np.cosh, (-89, 89), 1, 2),
    "asinh": (np.arcsinh, (-1e4, 1e4), 1, 3),
    "acosh": (np.arccosh, (1, 1e4), 1, 3),
    "atanh": (np.arctanh, (-1, 1), 1, 3),
    "logistic": (lambda x: 1 / (1 + np.exp(-x)), (-80, 80), 3, 3),
    "sqrt": (np.sqrt, (0, 1e6), 0.5, 0.5),
    "rsqrt": (lambda x: 1 / np.sqrt(x), (0, 1e6), 1.5, 1.5),
}
SPECIALS = [0.0, -0.0, INF, -INF, NAN, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1e-300, -1e-300]
DTYPES = {"f32": np.float32, "f64": np.float64}


def erf(x):
    return np.frompyfunc(math.erf, 1, 1)(x.astype(np.float64)).astype(np.float64)


def reference(name, x):
    """The function of x, exact enough to measure an error of the dtype of x."""
    wide = x.astype(np.float64 if x.dtype == np.float32 else L)
    with np.errstate(all="ignore"):
        return erf(x) if name == "erf" else UNARY[name][0](wide)


def ulps(got, want):
    """The distance in units in the last place of the dtype of `got`; 0 if both are NaN or the
    same infinity."""
    info = np.finfo(got.dtype)
    with np.errstate(all="ignore"):
        rounded = want.astype(got.dtype)
        ulp = np.maximum(np.spacing(np.abs(rounded)), info.smallest_subnormal).astype(want.dtype)
        ulp = np.where(np.isinf(ulp) | np.isnan(ulp), np.spacing(info.max).astype(want.dtype), ulp)
        distance = np.abs(got.astype(want.dtype) - want) / ulp
    same = (got == rounded) | (np.isnan(got) & np.isnan(rounded))
    return np.where(same, np.where(np.isfinite(distance), np.minimum(distance, 0.5), 0), distance)


def program(names, element, size, arity=1):
    arrays = f"tensor<{size}x{element}>"
    arguments = ", ".join(f"%x{i}: {arrays}" for i in range(arity))
    operands = ", ".join(f"%x{i}" for i in range(arity))
    lines = [f"  %{n} = nabla.{n} {operands} : {arrays}" for n in names]
    results = ", ".join(f"%{n}" for n in names)
    types = ", ".join([arrays] * len(names))
    body = "\n".join(lines)
    return f"func.func @main({arguments}) -> ({types}) {{\n{body}\n  return {results} : {types}\n}}"


def run(text, *arrays):
    results = nb.run_mlir(text, *arrays)
    results = results if isinstance(results, (tuple, list)) else [results]
    return [np.asarray(r) for r in results]


def samples(low, high, dtype):
    """Dense in the range, dense near its ends and around 0, and over all exponents."""
    rng = np.random.default_rng(7)
    tiny = np.finfo(dtype).smallest_subnormal
    line = np.linspace(low, high, 20001)
    exponents = np.exp(rng.uniform(np.log(np.float64(tiny) + 1e-310), np.log(max(high, 1)), 8000))
    signed = np.where(rng.random(8000) < 0.5, exponents, -exponents)
    near = [e + s * np.exp(rng.uniform(-30, 0, 2000)) for e in (low, high, 1, -1) for s in (1, -1)]
    all_samples = np.concatenate([line, signed, *near]).astype(dtype)
    return np.unique(all_samples[(all_samples >= low) & (all_samples <= high)])


@pytest.mark.parametrize("element", DTYPES)
def test_unary_functions_are_within_their_bounds(element) -> None:
    dtype = DTYPES[element]
    inputs = {name: samples(*UNARY[name][1], dtype) for name in UNARY}
    size = max(len(x) for x in inputs.values()) | 1  # with a tail
    table = np.stack([np.resize(x, size) for x in inputs.values()])
    slices = "\n".join(
        f"  %s{i} = nabla.slice %x starts = [{i}, 0] limits = [{i + 1}, {size}] strides = [1, 1]"
        f" : tensor<{len(UNARY)}x{size}x{element}> -> tensor<1x{size}x{element}>\n"
        f"  %r{i} = nabla.{name} %s{i} : tensor<1x{size}x{element}>"
        for i, name in enumerate(UNARY)
    )
    result = f"tensor<1x{size}x{element}>"
    types = ", ".join([result] * len(UNARY))
    values = ", ".join(f"%r{i}" for i in range(len(UNARY)))
    text = (
        f"func.func @main(%x: tensor<{len(UNARY)}x{size}x{element}>) -> ({types}) {{\n"
        f"{slices}\n  return {values} : {types}\n}}"
    )
    worst = {}
    for (name, x), got in zip(inputs.items(), run(text, table), strict=True):
        x, got = np.resize(x, size), got[0]
        error = ulps(got, reference(name, x))
        worst[name] = (error.max(), x[error.argmax()], got[error.argmax()])
    bounds = {name: UNARY[name][2 if element == "f32" else 3] for name in UNARY}
    assert {n: w for n, w in worst.items() if not w[0] <= bounds[n]} == {}


@pytest.mark.parametrize("element", DTYPES)
def test_unary_functions_of_special_values(element) -> None:
    dtype = DTYPES[element]
    info = np.finfo(dtype)
    sizes = [info.max, info.tiny, info.smallest_subnormal, 1 - info.epsneg]
    extremes = [*sizes, *(-size for size in sizes), 1 + info.eps]
    with np.errstate(all="ignore"):
        x = np.array([*SPECIALS, *extremes], dtype)
    for name, got in zip(UNARY, run(program(UNARY, element, len(x)), x), strict=True):
        with np.errstate(all="ignore"):
            want = reference(name, x).astype(dtype)
        np.testing.assert_array_equal(np.isnan(got), np.isnan(want), err_msg=name)
        np.testing.assert_array_equal(np.isinf(got), np.isinf(want), err_msg=name)
        assert (ulps(got, reference(name, x)) <= 3).all(), (name, x, got, want)
        zeros = (want == 0) & ~np.isnan(x)
        np.testing.assert_array_equal(np.signbit(got[zeros]), np.signbit(want[zeros]), err_msg=name)


@pytest.mark.parametrize("element", DTYPES)
def test_angles_of_any_size(element) -> None:
    dtype = DTYPES[element]
    rng = np.random.default_rng(3)
    most = 38 if element == "f32" else 300
    x = (10 ** rng.uniform(-3, most, 3001) * rng.choice([-1, 1], 3001)).astype(dtype)
    # Multiples of pi / 2, where the reduction loses most.
    near = (np.arange(1, 3000) * L("1.5707963267948966192313216916398")).astype(dtype)
    x = np.concatenate([x, near])
    names = ("sin", "cos", "tan")
    for name, got in zip(names, run(program(names, element, len(x)), x), strict=True):
        # glibc's functions of f64, correct to 1 ULP, reduce any argument: no 80-bit ones needed.
        want = UNARY[name][0](x.astype(np.float64)) if element == "f32" else reference(name, x)
        error = ulps(got, want)
        assert error.max() <= 2.5, (name, x[error.argmax()])


@pytest.mark.parametrize("element", DTYPES)
def test_binary_functions(element) -> None:
    dtype = DTYPES[element]
    rng = np.random.default_rng(5)
    values = np.array([*SPECIALS[:-2], 3.0, -3.0, 1e20, -1e20, 1e-20, 0.1, -1.5], dtype)
    x, y = (a.ravel() for a in np.meshgrid(values, values))
    base = np.exp(rng.uniform(-8, 8, 8000)).astype(dtype)
    exponent = rng.uniform(-9, 9, 8000).astype(dtype)
    whole = rng.integers(-20, 20, 999).astype(dtype)
    x = np.concatenate([x, base, -base[:999], rng.standard_normal(5000).astype(dtype)])
    y = np.concatenate([y, exponent, whole, rng.standard_normal(5000).astype(dtype)])
    power, angle = run(program(("pow", "atan2"), element, len(x), 2), x, y)
    wide = np.float64 if element == "f32" else L
    with np.errstate(all="ignore"):
        for name, got, want in (
            ("pow", power, np.power(x.astype(wide), y.astype(wide))),
            ("atan2", angle, np.arctan2(x.astype(wide), y.astype(wide))),
        ):
            error = ulps(got, want)
            at = error.argmax()
            assert error.max() <= 2, (name, x[at], y[at], got[at], want[at])
            want = want.astype(dtype)
            zeros = (want == 0) & (got == 0)
            np.testing.assert_array_equal(np.signbit(got[zeros]), np.signbit(want[zeros]))


@pytest.mark.parametrize(("element", "dtype"), [("f16", np.float16), ("bf16", ml_dtypes.bfloat16)])
def test_half_precision_rounds_once(element, dtype) -> None:
    """Every number of the type, through f32: the result is the rounded f32 result."""
    x = np.arange(1 << 16, dtype=np.uint16).view(dtype)
    results = run(program(UNARY, element, len(x)), x)
    wide = run(program(UNARY, "f32", len(x)), x.astype(np.float32))
    for name, got, want in zip(UNARY, results, wide, strict=True):
        with np.errstate(all="ignore"):
            want = want.astype(dtype)
        nans = np.isnan(want)
        np.testing.assert_array_equal(np.isnan(got), nans, err_msg=name)
        np.testing.assert_array_equal(got[~nans], want[~nans], err_msg=name)


def test_lanes_and_scalars_agree() -> None:
    """A number gives the same bits alone, in a vector, and in the tail of one."""
    names = [n for n in UNARY if n not in ("acosh",)]
    x = np.linspace(0.01, 0.99, 67).astype(np.float32)
    together = run(program(names, "f32", 67), x)
    for i in (0, 17, 63, 66):
        alone = run(program(names, "f32", 1), x[i : i + 1])
        for name, many, one in zip(names, together, alone, strict=True):
            assert many[i] == one[0], name
