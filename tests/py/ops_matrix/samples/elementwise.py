# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of elementwise ops: a domain each, and special values of all dtypes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ops_matrix.arrays import DTYPES, KINDS, Operand, bools, fixed, floats, ints, signed
from ops_matrix.references import COMPARISONS
from ops_matrix.sample import Sample, sample, together
from ops_matrix.table import OPS

FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, 1e-3, 20.0, -7.25]
INFINITE = [np.inf, -np.inf, np.nan]


def special(dtype: str) -> list[Any]:
    if dtype == "i1":
        return [True, False]
    if dtype in KINDS["float"]:
        return [*FLOATS, *INFINITE]
    limits = np.iinfo(DTYPES[dtype])
    lowest = [limits.min, limits.min + 1, -1, -3] if limits.min < 0 else []
    return [0, 1, 2, 7, limits.max, limits.max - 1, *lowest]


def domain(low: float, high: float) -> Callable[..., Operand]:
    return lambda *shape: floats(*shape, low=low, high=high)


def shifted(*shape: int) -> Operand:
    return ints(*shape, low=-9, dtype="i32")


def shifts(*shape: int) -> Operand:
    return ints(*shape, low=-2, high=40, dtype="i32")


# Where each op is differentiated: one domain an operand, away from kinks and poles.
DOMAINS: dict[str, tuple[Callable[..., Operand], ...]] = {
    **dict.fromkeys(("abs", "sign", "neg", "stop_gradient"), (signed,)),
    **dict.fromkeys(("exp", "exp2", "expm1", "sin", "cos", "tanh", "erf"), (signed,)),
    **dict.fromkeys(("sinh", "cosh", "asinh", "atan", "logistic"), (signed,)),
    **dict.fromkeys(("is_finite", "is_inf", "is_nan"), (signed,)),
    **dict.fromkeys(("log", "log2", "log10", "sqrt", "cbrt", "rsqrt"), (floats,)),
    "log1p": (domain(-0.6, 2.0),),
    "tan": (domain(-1.2, 1.2),),
    **dict.fromkeys(("asin", "acos", "atanh"), (domain(-0.8, 0.8),)),
    "acosh": (domain(1.3, 3.0),),
    **dict.fromkeys(("floor", "ceil", "round", "trunc"), (domain(0.1, 0.4),)),
    **dict.fromkeys(
        ("add", "sub", "mul", "mul_zero", "div_zero", "atan2", "div"), (signed, signed)
    ),
    **dict.fromkeys(("max", "min"), (signed, domain(-2.0, 2.0))),
    "rem": (domain(2.2, 2.8), domain(0.9, 1.05)),
    "pow": (floats, signed),
    **dict.fromkeys(("and", "or", "xor"), (bools, bools)),
    "not": (bools,),
    **dict.fromkeys(("shift_left", "shift_right"), (shifted, shifts)),
}


def dtypes_of(op: str) -> list[str]:
    kinds = OPS[op]["operands"][0]["kinds"]
    return [dtype for kind in kinds for dtype in KINDS[kind]]


def of_all_dtypes(op: str, **options: Any) -> Sample:
    """Special values, every one with every other for an op of two operands."""
    parts = []
    for dtype in dtypes_of(op):
        values = special(dtype)
        rows = list(itertools.product(values, repeat=len(DOMAINS[op])))
        columns = [fixed(list(column), dtype) for column in zip(*rows, strict=True)]
        parts.append(sample(op, dtype, *columns, **options))
    return together(op, "special values of all dtypes", parts)


def simple(op: str) -> list[Sample]:
    """An op that is all said by its name."""
    constant = op == "stop_gradient"
    options: dict[str, Any] = {"to_derivatives": np.zeros_like} if constant else {}
    domains = DOMAINS[op]
    found = [
        sample(op, "vector", *(d(5) for d in domains), **options),
        sample(op, "matrix", *(d(2, 3) for d in domains), **options),
        sample(op, "scalar", *(d() for d in domains), **options),
        of_all_dtypes(op),
    ]
    kinds = OPS[op]["operands"][0]["kinds"]
    if "signed" in kinds:
        found.append(sample(op, "ints", *(ints(5, low=1, dtype="i64") for _ in domains)))
    return found


def integer_pow() -> list[Sample]:
    found = [sample("integer_pow", f"to the {n}", signed(4), exponent=n) for n in (-2, 0, 1, 2, 5)]
    parts = [
        sample("integer_pow", dtype, fixed(special(dtype), dtype), exponent=n)
        for dtype in dtypes_of("integer_pow")
        for n in (0, 1, 3)
    ]
    return [*found, together("integer_pow", "special values of all dtypes", parts)]


PREDICATE = "#nabla<predicate %s>"


def compare() -> list[Sample]:
    parts = []
    for name in COMPARISONS:
        for dtype in dtypes_of("compare"):
            values = list(itertools.product(special(dtype), repeat=2))
            x, y = (fixed(list(column), dtype) for column in zip(*values, strict=True))
            parts.append(sample("compare", f"{name} {dtype}", x, y, predicate=PREDICATE % name))
    one = sample("compare", "lt", signed(4), signed(4), predicate=PREDICATE % "lt")
    return [one, together("compare", "special values of all dtypes", parts)]


def select() -> list[Sample]:
    parts = [
        sample(
            "select",
            dtype,
            bools(len(special(dtype))),
            fixed(special(dtype), dtype),
            fixed(special(dtype)[::-1], dtype),
        )
        for dtype in dtypes_of("compare")
    ]
    return [
        sample("select", "matrix", bools(2, 3), signed(2, 3), signed(2, 3)),
        sample("select", "scalar", bools(), signed(), signed()),
        sample("select", "ints", bools(4), ints(4), ints(4)),
        together("select", "all dtypes", parts),
    ]


def convert() -> list[Sample]:
    parts = [
        sample(
            "convert", f"{a} to {b}", fixed(special(a), a), result=f"tensor<{len(special(a))}x{b}>"
        )
        for a, b in itertools.product(DTYPES, repeat=2)
    ]
    return [
        sample("convert", "to itself", signed(2, 3), result="tensor<2x3xf64>"),
        sample("convert", "float to int", signed(4, low=2.1, high=2.9), result="tensor<4xi32>"),
        sample("convert", "int to float", ints(4), result="tensor<4xf64>"),
        together("convert", "special values of all pairs of dtypes", parts),
    ]


ROWS: dict[str, Callable[[], list[Sample]]] = {
    **{op: lambda op=op: simple(op) for op in DOMAINS},  # type: ignore[misc]
    "compare": compare,
    "convert": convert,
    "integer_pow": integer_pow,
    "select": select,
}
