# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of mathematics against 80-bit or 64-bit references, in units in the last place.

docs/precision.md holds the bounds. All functions of a dtype are one program.
"""

from __future__ import annotations

import ml_dtypes
import nabla as nb
import numpy as np
import precision
import pytest
from precision import UNARY, reference, samples, ulps

INF, NAN = np.inf, np.nan
L = np.longdouble
SPECIALS = [0.0, -0.0, INF, -INF, NAN, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1e-300, -1e-300]
DTYPES = {"f32": np.float32, "f64": np.float64}


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


def test_the_page_is_of_all_functions_and_within_two_units() -> None:
    errors = precision.written()
    for dtype in DTYPES:
        assert list(errors[dtype]) == list(UNARY)
        assert all(0 < error <= 2 for error in errors[dtype].values()), errors[dtype]


@pytest.mark.parametrize("element", DTYPES)
def test_unary_functions_are_as_precise_as_the_page_says(element) -> None:
    dtype = DTYPES[element]
    inputs = {name: samples(name, dtype) for name in UNARY}
    if element == "f32":  # a few of each exponent
        few = np.concatenate(list(precision.every_f32(65521)))
        inputs = {name: np.concatenate([x, few, -few]) for name, x in inputs.items()}
    size = max(len(x) for x in inputs.values()) | 1  # with a tail
    rows = [np.resize(x, size) for x in inputs.values()]
    arguments = ", ".join(f"%x{i}: tensor<{size}x{element}>" for i in range(len(rows)))
    body = "\n".join(
        f"  %{name} = nabla.{name} %x{i} : tensor<{size}x{element}>" for i, name in enumerate(UNARY)
    )
    values = ", ".join(f"%{name}" for name in UNARY)
    types = ", ".join([f"tensor<{size}x{element}>"] * len(rows))
    text = f"func.func @main({arguments}) -> ({types}) {{\n{body}\n  return {values} : {types}\n}}"
    bounds, worst = precision.written()[element], {}
    for name, x, got in zip(UNARY, rows, run(text, *rows), strict=True):
        error = ulps(got, reference(name, x))
        worst[name] = (error.max(), x[error.argmax()], got[error.argmax()])
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
        error = ulps(got, reference(name, x))
        assert error.max() <= 2, (name, x[error.argmax()])


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
