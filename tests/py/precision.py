# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Errors of functions of mathematics, in units in the last place (ULP).

Usage: python tests/py/precision.py [--stride N]

Tries each f32, or every N-th, and samples of f64, and writes docs/precision.md. A whole run takes
an hour.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import nabla as nb
import numpy as np

Array = np.ndarray[Any, Any]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "precision.md"
L = np.longdouble


def _erf(x: Array) -> Array:
    values = np.frompyfunc(math.erf, 1, 1)(x.astype(np.float64))
    return np.asarray(values, np.float64)


def _logistic(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))  # type: ignore[no-any-return]


class Function(NamedTuple):
    """A function of one number: its reference, where something happens, how it is symmetric."""

    reference: Callable[[Array], Array]
    interval: tuple[float, float]
    symmetry: Literal["", "odd", "even"] = ""


#: The references of f32 compute in f64, those of f64 with 80 bits, but for erf.
UNARY = {
    "exp": Function(np.exp, (-104, 89)),
    "exp2": Function(np.exp2, (-150, 129)),
    "expm1": Function(np.expm1, (-20, 89)),
    "log": Function(np.log, (0, 1e5)),
    "log1p": Function(np.log1p, (-1, 1e5)),
    "log2": Function(np.log2, (0, 1e5)),
    "log10": Function(np.log10, (0, 1e5)),
    "sin": Function(np.sin, (-1e4, 1e4), "odd"),
    "cos": Function(np.cos, (-1e4, 1e4), "even"),
    "tan": Function(np.tan, (-1e3, 1e3), "odd"),
    "tanh": Function(np.tanh, (-10, 10), "odd"),
    "erf": Function(_erf, (-4.5, 4.5), "odd"),
    "asin": Function(np.arcsin, (-1, 1), "odd"),
    "acos": Function(np.arccos, (-1, 1)),
    "atan": Function(np.arctan, (-50, 50), "odd"),
    "sinh": Function(np.sinh, (-89, 89), "odd"),
    "cosh": Function(np.cosh, (-89, 89), "even"),
    "asinh": Function(np.arcsinh, (-1e4, 1e4), "odd"),
    "acosh": Function(np.arccosh, (1, 1e4)),
    "atanh": Function(np.arctanh, (-1, 1), "odd"),
    "logistic": Function(_logistic, (-80, 80)),
    "sqrt": Function(np.sqrt, (0, 1e6)),
    "cbrt": Function(np.cbrt, (-1e6, 1e6), "odd"),
    "rsqrt": Function(lambda x: 1 / np.sqrt(x), (0, 1e6)),
}


def reference(name: str, x: Array) -> Array:
    """The function of x, exact enough to measure an error of the dtype of x."""
    wide = x.astype(np.float64 if x.dtype == np.float32 else L)
    with np.errstate(all="ignore"):
        return UNARY[name].reference(wide)


def ulps(got: Array, want: Array) -> Array:
    """The distance in units in the last place of the dtype of `got`; 0 if both are NaN or the
    same infinity, and NaN if one of both is NaN."""
    info = np.finfo(got.dtype)
    with np.errstate(all="ignore"):
        rounded = want.astype(got.dtype)
        ulp = np.maximum(np.spacing(np.abs(rounded)), info.smallest_subnormal).astype(want.dtype)
        ulp = np.where(np.isinf(ulp) | np.isnan(ulp), np.spacing(info.max).astype(want.dtype), ulp)
        distance = np.abs(got.astype(want.dtype) - want) / ulp
    same = (got == rounded) | (np.isnan(got) & np.isnan(rounded))
    return np.where(same, np.where(np.isfinite(distance), np.minimum(distance, 0.5), 0), distance)


def samples(name: str, dtype: type, seed: int = 7) -> Array:
    """Dense where something happens, near the ends of that and near 0, and over all exponents."""
    low, high = UNARY[name].interval
    rng = np.random.default_rng(seed)
    tiny = np.finfo(dtype).smallest_subnormal
    line = np.linspace(low, high, 20001) if seed == 7 else rng.uniform(low, high, 20001)
    exponents = np.exp(rng.uniform(np.log(np.float64(tiny) + 1e-310), np.log(max(high, 1)), 8000))
    signed = np.where(rng.random(8000) < 0.5, exponents, -exponents)
    near = [e + s * np.exp(rng.uniform(-30, 0, 2000)) for e in (low, high, 1, -1) for s in (1, -1)]
    all_samples = np.concatenate([line, signed, *near]).astype(dtype)
    return np.unique(all_samples[(all_samples >= low) & (all_samples <= high)])


def every_f32(stride: int) -> Iterator[Array]:
    """Numbers of f32 without sign, in pieces: every stride-th of them by their bits, infinity and
    the first NaN included."""
    piece = stride << 17
    for start in range(0, 0x7F800002, piece):
        bits = np.arange(start, min(start + piece, 0x7F800002), stride, dtype=np.int64)
        yield bits.astype(np.uint32).view(np.float32)


def worst_error(fn: Callable[[Array], Array], name: str, pieces: Iterator[Array]) -> float:
    """The largest error in ULP at these numbers and their negatives; infinite where only one of
    result and reference is NaN."""
    worst = 0.0
    symmetry = UNARY[name].symmetry
    for x in pieces:
        got, mirrored = fn(x), fn(-x)
        worst = max(worst, _largest(got, reference(name, x)))
        if not symmetry:
            worst = max(worst, _largest(mirrored, reference(name, -x)))
        elif not np.array_equal(mirrored, -got if symmetry == "odd" else got, equal_nan=True):
            worst = np.inf
    return worst


def _largest(got: Array, want: Array) -> float:
    return float(np.nan_to_num(_distance(got, want), nan=np.inf).max(initial=0))


def _distance(got: Array, want: Array) -> Array:
    """As `ulps`, without the places where both are the same infinity or NaN; quick for f32."""
    with np.errstate(all="ignore"):
        rounded = want.astype(got.dtype)
        usual = np.isfinite(rounded) & np.isfinite(got)
        if got.dtype != np.float32 or not usual.all():
            wrong = ~usual & (got != rounded) & ~(np.isnan(got) & np.isnan(rounded))
            if got.dtype != np.float32 or wrong.any():
                return ulps(got, want)
            got, want, rounded = got[usual], want[usual], rounded[usual]
    exponent = (rounded.view(np.uint32) & 0x7F800000).view(np.float32)
    ulp = np.maximum(exponent.astype(np.float64) * 2.0**-23, 2.0**-149)
    return np.abs(got - want) / ulp  # type: ignore[no-any-return]


def compiled(name: str) -> Callable[[Array], Array]:
    fn = nb.compile(getattr(nb, {"logistic": "sigmoid"}.get(name, name)))
    return lambda x: np.asarray(fn(nb.tensor(x)))


def written() -> dict[str, dict[str, float]]:
    """What the page says: dtype, then name, to error."""
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    names = [row[1].strip(" `") for row in rows]
    return {
        dtype: dict(zip(names, [float(row[column]) for row in rows], strict=True))
        for dtype, column in (("f32", 2), ("f64", 3))
    }


HEAD = """# Precision of functions

The largest errors in units in the last place (ULP), written by `tests/py/precision.py`: of all
numbers of f32, against f64; and of {count:,} samples of f64 a function, against 80-bit numbers.
A rounded exact result is off by 0.5 at most. `tests/py/test_math_precision.py` demands that samples
of both stay within. Powers and `atan2` are within 2 ULP on its samples. Results of f16 and bf16 are
those of f32, rounded.

| function | f32 | f64 |
|---|---|---|
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stride", type=int, default=1)
    stride = parser.parse_args().stride
    seeds = range(7, 107)
    lines = []
    count = 0
    for name in UNARY:
        fn = compiled(name)
        doubles = [samples(name, np.float64, seed) for seed in seeds]
        count = max(count, sum(map(len, doubles)))
        errors = [
            worst_error(fn, name, every_f32(stride)),
            worst_error(fn, name, iter(doubles)),
        ]
        shown = " | ".join(f"{math.ceil(100 * error) / 100:.2f}" for error in errors)
        lines.append(f"| `{name}` | {shown} |\n")
        print(lines[-1], end="", flush=True)
    PAGE.write_text(HEAD.format(count=count) + "".join(lines))


if __name__ == "__main__":
    os.environ.setdefault("NABLA_NUM_THREADS", "1")
    main()
