# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions made of ops, against the functions of NumPy that have their names.

Each case is computed in float64 and float32, compiled, batched by `nb.vmap`, and differentiated
where a derivative is meant to be.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import nabla as nb
import numpy as np
import pytest
from differences import check_gradient

RNG = np.random.default_rng(0)
INF, NAN = np.inf, np.nan


class Case(NamedTuple):
    """A call: its arguments, arrays first; how NumPy says it; which arrays have derivatives."""

    name: str
    args: tuple[Any, ...]
    options: dict[str, Any]
    reference: Callable[..., Any]
    wrt: tuple[int, ...]


def floats(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.normal(size=shape)


def positive(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.uniform(0.3, 2.5, size=shape)


def ints(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.integers(-5, 9, shape).astype(np.int32)


def holes(*shape: int) -> np.ndarray[Any, Any]:
    """Floats with NaN among them."""
    x = floats(*shape)
    x.flat[:: max(x.size // 4, 2)] = NAN
    return x


def case(name: str, *args: Any, wrt: Any = 0, ref: Any = None, **options: Any) -> Case:
    places = () if wrt is None else (wrt,) if isinstance(wrt, int) else wrt
    return Case(name, args, options, ref or getattr(np, name), places)


def stacked(function: Any) -> Any:
    """A function of NumPy that gives a list, as one array."""
    return lambda *args, **options: np.stack(function(*args, **options))


X, V, M = floats(3, 4), floats(5), floats(4, 4)
SPECIAL = np.array([0.0, -0.0, INF, -INF, NAN, 1.0, -2.5])
PAIRS = np.meshgrid(SPECIAL, SPECIAL)

ELEMENTWISE = [
    case("reciprocal", positive(3, 4)),
    case("deg2rad", X * 100), case("rad2deg", X), case("degrees", X), case("radians", X),
    case("hypot", X, floats(4), wrt=(0, 1)), case("hypot", X * 1e300, X * 1e300, wrt=None),
    case("hypot", X * 1e-300, X * 1e-300, wrt=None), case("hypot", *PAIRS, wrt=None),
    case("hypot", np.array([1e38, 1e-40, 3e-45]), np.array([1e38, 1e-40, 0.0]), wrt=None),
    case("sinc", X), case("sinc", np.array([0.0, 1.0, -2.0, 0.3, 1e-9, 5.5])),
    case("logaddexp", X, floats(4), wrt=(0, 1)), case("logaddexp", *PAIRS, wrt=None),
    case("logaddexp", np.array([0.0, -40.0]), np.array([-40.0, 0.0])),
    case("logaddexp2", X, floats(4), wrt=(0, 1)), case("logaddexp2", *PAIRS, wrt=None),
    case("positive", X), case("fabs", X), case("signbit", SPECIAL[[0, 1, 2, 3, 5, 6]], wrt=None),
    case("copysign", X, floats(4)), case("copysign", X, np.array([0.0, -0.0, 1.0, -INF])),
    case("heaviside", SPECIAL, 0.5, wrt=None), case("heaviside", X, floats(4), wrt=(0, 1)),
    case("fmax", X, floats(4), wrt=(0, 1)), case("fmax", *PAIRS, wrt=None),
    case("fmin", X, floats(4), wrt=(0, 1)), case("fmin", *PAIRS, wrt=None),
    case("isposinf", SPECIAL, wrt=None), case("isneginf", SPECIAL, wrt=None),
    case("nan_to_num", SPECIAL, wrt=None),
    case("nan_to_num", SPECIAL, nan=3.0, posinf=7.0, neginf=-9.0, wrt=None),
    case("absolute", X), case("power", positive(3), floats(3), wrt=(0, 1)),
    case("arctan2", X, floats(4), wrt=(0, 1)), case("remainder", X, positive(4), wrt=None),
    case("subtract", X, V[:4], wrt=(0, 1)), case("divide", X, positive(4), wrt=(0, 1)),
    case("isnan", SPECIAL, wrt=None), case("isfinite", SPECIAL, wrt=None),
    case("rint", X * 3, wrt=None), case("invert", ints(4), wrt=None),
]  # fmt: skip

OF_WHAT_IS_NOT_NAN = (
    "nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd", "nanmedian",
)  # fmt: skip
REDUCTIONS = [
    case(name, holes(3, 4, 2), axis=axis, keepdims=keepdims)
    for name in OF_WHAT_IS_NOT_NAN
    for axis, keepdims in ((None, False), (1, False), ((0, -1), True))
] + [
    case("nanargmax", holes(3, 4), axis=1, wrt=None), case("nanargmin", holes(3, 4), wrt=None),
    case("nanvar", holes(3, 4), ddof=1, axis=0), case("nancumsum", holes(3, 4), axis=1),
    case("nancumprod", holes(3, 4), axis=0), case("nanmax", np.array([NAN, NAN]), wrt=None),
    case("nanmean", np.array([NAN, NAN]), wrt=None), case("nansum", ints(3, 4), wrt=None),
    case("nanmax", np.array([-INF, NAN]), wrt=None), case("nanmin", ints(3, 4), axis=0, wrt=None),
    case("cumprod", X, axis=1), case("cumprod", X, axis=0), case("cumprod", X, axis=None),
    case("cumprod", np.array([1.0, 0.0, 3.0, 0.0, 2.0]), axis=0),
    case("cumprod", ints(3, 4), axis=-1, wrt=None), case("cumprod", floats(3, 0), axis=1),
    case("cumprod", floats(0, 3), axis=0), case("cumprod", floats(1), axis=0),
    *[case("cumprod", RNG.uniform(0.8, 1.2, shape), axis=axis)
      for shape, axis in (((17,), 0), ((49,), 0), ((2, 40), 1), ((0, 40), 1), ((33, 2, 3), 0))],
    case("cummax", floats(2, 50), ref=lambda x: np.maximum.accumulate(x, -1)),
    case("cumprod", RNG.uniform(0.8, 1.2, 37), reverse=True, ref=lambda x, reverse: np.flip(
        np.cumprod(np.flip(x)))),
    case("cummax", X, ref=lambda x: np.maximum.accumulate(x, -1)),
    case("cummin", X, axis=0, ref=lambda x, axis: np.minimum.accumulate(x, axis)),
    case("cummax", np.array([1.0, NAN, 3.0]), wrt=None,
         ref=lambda x: np.maximum.accumulate(x, -1)),
    case("cumlogsumexp", X, axis=1, ref=lambda x, axis: np.logaddexp.accumulate(x, axis)),
    case("cumprod", X, axis=0, reverse=True,
         ref=lambda x, axis, reverse: np.flip(np.cumprod(np.flip(x, axis), axis), axis)),
    *[case("median", x, axis=axis) for x in (floats(5, 4), floats(1, 3))
      for axis in (None, 0, (0, 1))],
    *[case("quantile", floats(5, 6), [0.0, 0.3, 0.5, 1.0], axis=axis, method=method)
      for axis, method in ((0, "linear"), (1, "linear"), (None, "lower"), (-1, "higher"),
                           (0, "midpoint"), (0, "nearest"))],
    case("quantile", floats(5, 6), 0.2, axis=(0, 1), keepdims=True),
    case("quantile", floats(5, 6, 2), [[0.2, 0.7]], axis=(0, 2), keepdims=True),
    case("quantile", np.array([-INF, 0.0, 1.0, INF, INF]), [0.0, 0.1, 0.5, 0.8, 0.9, 1.0],
         wrt=None, ref=lambda x, q: np.array([-INF, -INF, 1.0, INF, INF, INF], x.dtype)),
    case("quantile", holes(5, 3), 0.5, axis=1, wrt=None),
    case("percentile", V, [10, 50, 99.5]), case("median", ints(3, 5), axis=1, wrt=None,
         ref=lambda x, axis: np.median(x, axis).astype(np.float32)),
    case("nanquantile", holes(5, 6), [0.1, 0.6], axis=1),
    case("nanpercentile", holes(5, 6), 30, axis=0),
    case("nanmedian", np.array([[NAN, NAN], [1.0, NAN]]), axis=1, wrt=None),
    case("ptp", X, axis=1), case("ptp", ints(3, 4), wrt=None),
    case("average", X, axis=0), case("average", X, weights=positive(3, 4)),
    case("average", X, axis=1, weights=positive(4)),
    case("cov", X), case("cov", X, rowvar=False, ddof=0), case("cov", V, floats(5), wrt=(0, 1)),
    case("cov", X, bias=True), case("corrcoef", floats(3, 6)), case("cov", V),
    case("corrcoef", V, floats(5)),
    case("count_nonzero", ints(3, 4), axis=0, wrt=None),
]  # fmt: skip

DIFFERENCES = [
    case("diff", X), case("diff", X, n=2, axis=0), case("diff", X, n=0), case("diff", X, n=7),
    case("diff", X, axis=1, prepend=0.5, append=floats(3, 2)), case("diff", ints(4), wrt=None),
    case("diff", np.array([True, False, False]), wrt=None), case("ediff1d", X),
    case("trapezoid", X), case("trapezoid", X, dx=0.3, axis=0),
    case("trapezoid", X, np.sort(floats(4)), wrt=(0, 1)),
    case("gradient", V), case("gradient", V, 0.25), case("gradient", X, axis=1),
    case("gradient", X, ref=stacked(np.gradient)),
    case("gradient", V, np.cumsum(positive(5)), wrt=(0, 1)),
    case("gradient", X, 0.5, 2.0, ref=stacked(np.gradient)), case("gradient", floats(2)),
]  # fmt: skip

MATRICES = [
    *[case("diagonal", x, offset=k) for x in (X, M, floats(4, 3)) for k in (0, 1, -2)],
    case("diagonal", X, offset=9), case("diagonal", X, offset=-9),
    case("diagonal", floats(2, 3, 4), 1, -1, 0), case("diagonal", floats(0, 3)),
    case("trace", X), case("trace", floats(2, 3, 4), 1, 1, 2), case("trace", ints(3, 3), wrt=None),
    *[case("diag", V, k) for k in (0, 2, -1)], case("diag", X, 1), case("diag", ints(3), wrt=None),
    case("diag", floats(0)), case("diagflat", X, -1),
    case("dot", X, floats(4, 2), wrt=(0, 1)), case("dot", V, V), case("dot", X, V[:4]),
    case("dot", floats(2, 3, 4), floats(2, 4, 3)), case("dot", X, 2.0), case("dot", V, ints(5)),
    case("inner", X, floats(2, 4), wrt=(0, 1)), case("inner", V, floats(5)), case("inner", X, 3.0),
    case("vdot", X, floats(4, 3), wrt=(0, 1)), case("vecdot", X, V[:4], wrt=(0, 1),
         ref=lambda x, y: (x * y).sum(-1)),
    case("vecdot", X, floats(3, 1), axis=0, ref=lambda x, y, axis: (x * y).sum(0)),
    case("kron", X, floats(2, 3), wrt=(0, 1)), case("kron", V, floats(2, 2)),
    case("kron", floats(2, 2), V), case("kron", ints(2, 2), ints(3), wrt=None),
    case("cross", floats(4, 3), floats(3), wrt=(0, 1)), case("cross", floats(3, 4), floats(3, 4),
         axis=0, wrt=(0, 1)),
    case("cross", floats(4, 2), floats(4, 2),
         ref=lambda x, y: x[:, 0] * y[:, 1] - x[:, 1] * y[:, 0]),
    case("cross", floats(2), floats(3), ref=lambda x, y: np.cross([*x, 0], y)),
    case("cross", floats(5, 3), floats(2), wrt=(0, 1), ref=lambda x, y: np.cross(x, [*y, 0])),
    case("convolve", V, floats(3), wrt=(0, 1)),
    *[case(name, floats(m), floats(n), mode, wrt=(0, 1)) for name in ("convolve", "correlate")
      for mode in ("full", "same", "valid") for m, n in ((6, 3), (3, 6), (5, 4), (4, 4), (1, 3))],
    case("convolve", ints(4), ints(2), wrt=None),
    case("polyval", floats(4), X, wrt=(0, 1)), case("polyval", floats(1), X),
    case("polyval", floats(0), X), case("polyadd", V, floats(3)), case("polysub", floats(3), V),
    case("polymul", V, floats(3)), case("polyder", V), case("polyder", V, 2), case("polyint", V),
    case("polyint", floats(3), 2, 1.5), case("polyder", floats(1)),
    case("vander", floats(4)), case("vander", floats(3), 5, increasing=True),
    case("vander", floats(3), 0), case("vander", floats(3), 1),
]  # fmt: skip

SHAPES = [
    case("atleast_2d", V), case("atleast_3d", V),
    case("atleast_3d", X), case("atleast_2d", X), case("atleast_3d", floats(2, 3, 4)),
    case("append", X, V), case("append", X, floats(3, 2), 1), case("delete", V, 1),
    case("delete", X, [0, -1], 1), case("delete", X, 2), case("insert", V, 2, 9.0),
    case("insert", X, -1, floats(3), 1), case("insert", X, 3, floats(1, 4), 0),
    case("insert", V, 5, 1.0),
    case("flipud", X), case("fliplr", X), case("ravel", X),
    *[case("rot90", X, k) for k in (0, 1, 2, 3, -1)], case("rot90", floats(2, 3, 4), 1, (1, 2)),
    *[case("pad", x, pairs, mode=mode) for mode in ("edge", "reflect", "symmetric", "wrap")
      for x, pairs in ((V, 2), (X, [(1, 0), (3, 9)]), (floats(1, 2), 3), (floats(0, 2), (0, 0)))],
    case("expand_dims", X, 1), case("swapaxes", X, 0, 1), case("permute_dims", floats(2, 3, 4),
         (2, 0, 1)),
    case("put_along_axis", X, np.array([[0], [2], [1]]), 7.0, 1, ref=lambda *a: put(*a)),
    case("put_along_axis", X, np.array([[0, 3], [2, 1], [1, 0]]), floats(3, 2), 1,
         wrt=(0, 2), ref=lambda *a: put(*a)),
    case("put_along_axis", X, np.array([3, -1, 0]), floats(3), None, wrt=(0, 2),
         ref=lambda *a: put(*a)),
]  # fmt: skip

SEARCHES = [
    *[case("searchsorted", np.sort(floats(n)), floats(3, 4), side=side, wrt=None)
      for n in (0, 1, 7, 8, 33) for side in ("left", "right")],
    case("searchsorted", np.array([1, 2, 2, 2, 5]), np.array([0, 1, 2, 3, 5, 6]), wrt=None),
    case("searchsorted", np.array([1, 2, 2, 2, 5]), np.array([0, 1, 2, 3, 5, 6]), side="right",
         wrt=None),
    case("searchsorted", np.array([0.0, 1.0, NAN, NAN]), np.array([NAN, INF, 0.5]), wrt=None),
    case("searchsorted", np.array([0.0, 1.0, NAN, NAN]), np.array([NAN, INF]), side="right",
         wrt=None),
    *[case("digitize", floats(6) * 2, bins, right, wrt=None)
      for bins in (np.arange(-2.0, 3.0), np.arange(2.0, -3.0, -1)) for right in (False, True)],
    case("digitize", np.array([1, 2, 3, 5]), np.array([1, 3, 5]), wrt=None),
    case("interp", floats(3, 4), np.cumsum(positive(5)) - 3, floats(5), wrt=(0, 1, 2)),
    case("interp", floats(6) * 4, np.arange(3.0), floats(3), left=-9.0, right=9.0, wrt=(0, 2)),
    case("interp", floats(6) * 9, np.array([3.0, 1.0, 2.5]), floats(3), period=4.0, wrt=(0, 2)),
    case("interp", floats(3), np.array([0.5]), floats(1), wrt=2),
    case("interp", np.array([0.0, 1.0, 2.0]), np.arange(3.0), floats(3), wrt=2),
    case("isin", ints(3, 4), ints(5), wrt=None), case("isin", X, X[0, :2], wrt=None),
    case("isin", ints(4), np.array([], np.int32), wrt=None),
    case("isin", np.array([NAN, 1.0]), np.array([NAN]), wrt=None),
    case("isin", ints(3, 4), ints(5), invert=True, wrt=None),
    *[case("lexsort", (a, b), axis=axis, wrt=None) for a, b in [ints(2, 3, 9) % 3]
      for axis in (-1, 0)],
    case("lexsort", (V,), wrt=None),
    case("select", [X < 0, X > 1], [X, X * 10], 5.0, wrt=None),
    case("array_equal", X, X, wrt=None), case("array_equal", X, V, wrt=None),
    case("array_equal", holes(3), holes(3), True, wrt=None),
]  # fmt: skip


def put(x: Any, indices: Any, values: Any, axis: Any) -> Any:
    result = np.array(x)
    np.put_along_axis(result, indices, values, axis)
    return result


CASES = ELEMENTWISE + REDUCTIONS + DIFFERENCES + MATRICES + SHAPES + SEARCHES
IDS = [f"{c.name}-{i}" for i, c in enumerate(CASES)]


def arrays_of(args: Any) -> list[int]:
    return [i for i, arg in enumerate(args) if isinstance(arg, np.ndarray)]


def called(c: Case) -> Callable[..., Any]:
    """The call as a function of its arrays."""
    places = arrays_of(c.args)

    def call(*arrays: Any) -> Any:
        args = list(c.args)
        for place, array in zip(places, arrays, strict=True):
            args[place] = array
        found = getattr(nb, c.name)(*args, **c.options)
        return nb.stack(found) if isinstance(found, list) else found

    return call


def expected_of(c: Case, args: Any) -> Any:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(c.reference(*args, **c.options))


def assert_close(found: Any, expected: Any, tolerance: float) -> None:
    assert tuple(found.shape) == expected.shape
    if expected.dtype.kind in "biu":
        np.testing.assert_array_equal(found.numpy(), expected)
    else:
        np.testing.assert_allclose(found.numpy(), expected, tolerance, tolerance)


@pytest.mark.parametrize("c", CASES, ids=IDS)
def test_values(c: Case) -> None:
    arrays = [c.args[i] for i in arrays_of(c.args)]
    expected = expected_of(c, c.args)
    found = nb.compile(called(c))(*arrays)
    assert_close(found, expected, 1e-13)
    if expected.dtype.kind in "fb":
        assert found.dtype == expected.dtype


@pytest.mark.parametrize("c", [c for c in CASES if arrays_of(c.args)])
def test_float32_and_vmap(c: Case) -> None:
    def narrow(item: Any) -> Any:
        is_wide = isinstance(item, np.ndarray) and item.dtype == np.float64
        with np.errstate(over="ignore"):
            return item.astype(np.float32) if is_wide else item

    args = [narrow(arg) for arg in c.args]
    c = c._replace(options={key: narrow(item) for key, item in c.options.items()})
    expected = expected_of(c, args)
    arrays = [args[i] for i in arrays_of(args)]
    found = called(c)(*arrays)
    assert_close(found, expected, 2e-5)
    assert not any(a.dtype == np.float32 for a in arrays) or found.dtype != "float64"
    batched = nb.vmap(called(c))(*[np.stack([a, a]) for a in arrays])
    assert_close(batched, np.stack([found.numpy()] * 2), 1e-5)


@pytest.mark.parametrize("c", [c for c in CASES if c.wrt], ids=lambda c: c.name)
def test_gradients(c: Case) -> None:
    arrays = [c.args[i] for i in arrays_of(c.args)]
    for i in c.wrt:
        place = arrays_of(c.args).index(i)

        def of_one(x: Any, place: int = place) -> Any:
            return called(c)(*[x if j == place else a for j, a in enumerate(arrays)])

        check_gradient(of_one, arrays[place], 1e-6)
