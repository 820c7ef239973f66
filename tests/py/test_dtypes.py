# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Dtypes: names, promotion, Python numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla._core import dtypes

NAMES = [d.name for d in dtypes.ALL]

# JAX's table (with 64-bit types on), but for what would be a number of the default width, which
# is int32 or float32 here: `w` and `v` are Python's int and float, which are weak (a Python bool
# is a bool). Columns as rows: bool i8 i16 i32 i64 u8 u16 u32 u64 f16 bf16 f32 f64.
TABLE = """
p  i1 i2 i4 i8 u1 u2 u4 u8 f2 bf f4 f8
i1 i1 i2 i4 i8 i2 i4 i8 f4 f2 bf f4 f8
i2 i2 i2 i4 i8 i2 i4 i8 f4 f2 bf f4 f8
i4 i4 i4 i4 i8 i4 i4 i8 f4 f2 bf f4 f8
i8 i8 i8 i8 i8 i8 i8 i8 f4 f2 bf f4 f8
u1 i2 i2 i4 i8 u1 u2 u4 u8 f2 bf f4 f8
u2 i4 i4 i4 i8 u2 u2 u4 u8 f2 bf f4 f8
u4 i8 i8 i8 i8 u4 u4 u4 u8 f2 bf f4 f8
u8 f4 f4 f4 f4 u8 u8 u8 u8 f2 bf f4 f8
f2 f2 f2 f2 f2 f2 f2 f2 f2 f2 f4 f4 f8
bf bf bf bf bf bf bf bf bf f4 bf f4 f8
f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f8
f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8
"""
WEAK = """
p  i1 i2 i4 i8 u1 u2 u4 u8 f2 bf f4 f8
i4 i1 i2 i4 i8 u1 u2 u4 u8 f2 bf f4 f8
f4 f4 f4 f4 f4 f4 f4 f4 f4 f2 bf f4 f8
"""
LETTERS = dict(
    zip(
        ["p", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "bf", "f4", "f8"],
        NAMES,
        strict=True,
    )
)
SCALARS = [True, 1, 1.0]


def read(table: str) -> list[list[str]]:
    return [[LETTERS[letters] for letters in row.split()] for row in table.strip().splitlines()]


PAIRS = [
    (a, b, expected)
    for a, row in zip(NAMES, read(TABLE), strict=True)
    for b, expected in zip(NAMES, row, strict=True)
]
WEAK_PAIRS = [
    (scalar, a, expected)
    for scalar, row in zip(SCALARS, read(WEAK), strict=True)
    for a, expected in zip(NAMES, row, strict=True)
]


def one(name: str) -> Any:
    return nb.tensor([[1]], name)


def test_promotion_table() -> None:
    for a, b, expected in PAIRS:
        assert nb.promote_types(a, b).name == expected, (a, b)


def is_float(name: str) -> bool:
    return nb.DType[name].is_float


# How ops change what the table says.
OPS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[str], str | None]]] = {
    "add": (lambda x, y: x + y, lambda t: t),
    "mul": (lambda x, y: x * y, lambda t: t),
    "sub": (lambda x, y: x - y, lambda t: None if t == "bool" else t),
    "div": (lambda x, y: x / y, lambda t: t if is_float(t) else "float32"),
    "less": (lambda x, y: x < y, lambda _: "bool"),
    "equal": (lambda x, y: x == y, lambda _: "bool"),
    "where": (lambda x, y: nb.where(True, x, y), lambda t: t),
    "maximum": (nb.maximum, lambda t: t),
    "floor_divide": (lambda x, y: x // y, lambda t: None if t == "bool" else t),
}


@pytest.mark.parametrize("op", OPS)
def test_ops_promote(op: str) -> None:
    """Types are known without running anything."""
    apply, rule = OPS[op]
    for a, b, promoted in [*PAIRS, *WEAK_PAIRS]:
        x = one(a) if isinstance(a, str) else a
        for left, right in ((x, one(b)), (one(b), x)):
            expected = rule(promoted)
            if expected is None:
                with pytest.raises(TypeError, match=f"{op} is not defined on bool"):
                    apply(left, right)
            else:
                assert apply(left, right).dtype == expected, (a, b)


def test_matmul_pow_and_concatenate_promote() -> None:
    for a, b, expected in PAIRS:
        if expected != "bool":
            assert (one(a) ** one(b)).dtype == expected, (a, b)
            assert (one(a) @ one(b)).dtype == expected, (a, b)
            assert nb.concatenate([one(a), one(b)]).dtype == expected, (a, b)
    for scalar, a, expected in WEAK_PAIRS:
        if expected != "bool":
            assert (scalar ** one(a)).dtype == expected, (scalar, a)
            if not isinstance(scalar, bool):
                assert (one(a) ** scalar).dtype == expected, (a, scalar)


def test_promoted_numbers() -> None:
    """The numbers of all pairs, in one program."""
    ones = {name: one(name) for name in NAMES}
    found = nb.compile(lambda t: [t[a] + t[b] for a, b, _ in PAIRS])(ones)
    for (a, b, expected), total in zip(PAIRS, found, strict=True):
        assert total.dtype == expected
        assert total.tolist() == [[True if expected == "bool" else 2]], (a, b)


def test_the_table_is_that_of_jax() -> None:
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    with jax.enable_x64(True):
        for a, b, expected in PAIRS:
            theirs = jnp.promote_types(jnp.dtype(a), jnp.dtype(b)).name
            if "uint64" in (a, b) and {a, b} & {"int8", "int16", "int32", "int64"}:
                theirs = {"float64": "float32"}[theirs]  # of the default width
            assert expected == theirs, (a, b)
        for scalar, a, expected in WEAK_PAIRS:
            theirs = jnp.result_type(jnp.dtype(a), scalar).name
            if (
                not isinstance(scalar, bool)
                and not is_float(a)
                and (isinstance(scalar, float) or a == "bool")
            ):
                theirs = {"int64": "int32", "float64": "float32"}[theirs]
            assert expected == theirs, (scalar, a)


def test_python_numbers_are_weak() -> None:
    weak = nb.grad(lambda x: x * nb.tensor([1.0], "float16")[0])(1.0)
    assert weak.dtype == "float32"
    assert (nb.tensor([1], "int8") + np.int32(1)).dtype == "int32", "NumPy's scalars are not"
    assert (nb.tensor([1.0], "float16") * np.float64(2)).dtype == "float64"
    half = nb.tensor([1.0], "float16")
    for found in (half + 1, 1.0 - half, half * True, nb.maximum(half, 0.0), half**2, 2.0**half):
        assert found.dtype == "float16"
    assert nb.vmap(lambda x: x + 1.0)(half).dtype == "float16"
    assert nb.compile(lambda x, n: x * n)(half, 3.0).dtype == "float16"


def test_float64_is_first_class() -> None:
    """No number passes through float32 on its way."""
    x = np.array([1.0, 1e300, 1 + 2.0**-50])
    t = nb.tensor(x)
    work = (
        (t * 0.1, x * 0.1),
        (nb.sin(t) + 1e-17, np.sin(x) + 1e-17),
        (nb.where(t > 1, t, 1 / 3), np.where(x > 1, x, 1 / 3)),
        (nb.sum(t), np.sum(x)),
        (t @ (t / 1e300), x @ (x / 1e300)),
        (nb.grad(lambda t: nb.sum(t / 3))(t), np.full(3, 1 / 3)),
        (nb.full((2,), 0.1, dtype=nb.float64), np.full(2, 0.1)),
        (nb.tensor([0.1, 1e-300], nb.float64), np.array([0.1, 1e-300])),
        (nb.compile(lambda t: t * 0.1)(t), x * 0.1),
    )
    for found, expected in work:
        assert found.dtype == "float64"
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-14)


def test_what_does_not_fit_raises() -> None:
    x = nb.tensor([1], "int8")
    for wrong in (
        lambda: x + 128,
        lambda: x * -129,
        lambda: nb.tensor([1], "uint8") + -1,
        lambda: nb.where(True, x, 1000),
        lambda: nb.maximum(x, 1 << 40),
        lambda: x.at[0].set(200),
        lambda: nb.tensor(300, "int8"),
        lambda: nb.tensor([1, 300], "uint8"),
        lambda: nb.tensor([-1], "uint64"),
        lambda: nb.tensor(2**63),
        lambda: nb.tensor([2**64]),
        lambda: nb.full((2,), 2**31, dtype="int32"),
        lambda: nb.tensor(10**400, "float64"),
        lambda: nb.zeros((2,)) + 10**400,
    ):
        with pytest.raises(OverflowError, match=r"test_dtypes\.py"):
            wrong()
    assert (x + 127).tolist() == [-128], "sums wrap around"
    assert (nb.tensor([1.0]) * 1e300).tolist() == [np.inf]


def test_defaults() -> None:
    assert nb.tensor(1).dtype == "int32"
    assert nb.tensor([1.0]).dtype == "float32"
    assert nb.tensor([1, 2]).dtype == "int32"
    assert nb.tensor(True).dtype == "bool"
    assert nb.tensor(np.ones(2)).dtype == "float64"
    assert nb.tensor(np.arange(2)).dtype == "int64"
    assert nb.tensor([1, 2], nb.float64).dtype == "float64"
    assert (nb.tensor([1.0]) + np.ones(1)).dtype == "float64"
    assert (nb.tensor([1.0]) + np.float32(1)).dtype == "float32"
    assert nb.tensor(2**40).dtype == nb.tensor([1, 2**40]).dtype == "int64"
    assert nb.tensor([2**63]).dtype == "uint64"
    assert nb.tensor([]).dtype == "float32" and nb.tensor([[], []]).shape == (2, 0)
    assert nb.tensor([True, 1]).dtype == "int32" and nb.tensor([1, 2.5]).dtype == "float32"
    for make in (nb.array, nb.asarray, nb.constant):
        assert make(1.0).dtype == make([1.0]).dtype == make(((1.0,),)).dtype == "float32"
        assert make(1).dtype == make([1]).dtype == "int32" and make([False]).dtype == "bool"
        assert make(np.float64(1)).dtype == make(np.ones(2)).dtype == "float64"
        assert make(np.ones(2), dtype="float16").dtype == "float16"


def test_lists_of_tensors_are_stacked() -> None:
    x = nb.tensor([1.0, 2.0])
    assert nb.tensor([x, x * 2]).tolist() == [[1.0, 2.0], [2.0, 4.0]]
    assert nb.tensor([[x[0], 3.0], [np.float64(5), 6]]).tolist() == [[1.0, 3.0], [5.0, 6.0]]
    assert nb.tensor([np.ones(2), np.zeros(2)]).dtype == "float64"
    assert nb.tensor([x, x], "int32").dtype == "int32"
    assert nb.compile(lambda x: nb.tensor([x, x * x, 1.0]))(3.0).tolist() == [3.0, 9.0, 1.0]
    assert nb.jacrev(lambda x: nb.tensor([x[1], x[0] * x[1]]))(x).tolist() == [[0, 1], [2, 1]]
    with pytest.raises(ValueError, match=r"shapes \[2\] and \[\]"):
        nb.tensor([x, 1.0])
    with pytest.raises(ValueError, match="inhomogeneous"):
        nb.tensor([[1], [1, 2]])
    for wrong in ("x", ["x"], 1j, [1j]):
        with pytest.raises(TypeError, match=r"no tensors of .*\n  at file .*test_dtypes"):
            nb.tensor(wrong)
    for wrong in (None, {}, [None, 1.0]):
        with pytest.raises(TypeError, match=r"is not a number\n  at file .*test_dtypes"):
            nb.tensor(wrong)


def test_dtype_arguments() -> None:
    for dtype in (nb.int16, np.int16, np.dtype("int16"), "int16", "i2", np.dtype(">i2")):
        assert nb.zeros((1,), dtype=dtype).dtype == "int16"
        assert nb.tensor([1], dtype).dtype == nb.int16
        assert nb.tensor([1.0]).astype(dtype).dtype == np.int16
    for python, name in ((bool, "bool"), (int, "int32"), (float, "float32")):
        assert nb.zeros((1,), dtype=python).dtype == name
    for wrong in ("nonsense", "complex64", object(), 7):
        with pytest.raises(TypeError, match=r"test_dtypes\.py"):
            nb.zeros((1,), dtype=wrong)


def test_names() -> None:
    x = nb.ones((2,))
    assert x.dtype == np.float32 and x.dtype == np.dtype("float32") and x.dtype == "float32"
    assert np.float32 == x.dtype and np.dtype("float32") == x.dtype
    assert x.dtype != np.float64 and x.dtype is not None and x.dtype != "nonsense"
    assert str(x.dtype) == "DType.float32" and x.dtype.name == "float32"
    assert nb.DType["float32"] is nb.DType.float32 is nb.float32
    assert {np.dtype("int8"): 1}[nb.int8] == 1
    assert np.zeros(2, nb.float64).dtype == np.float64


@pytest.mark.parametrize("name", NAMES)
def test_round_trips(name: str) -> None:
    array = np.array([[0, 1], [1, 0]]).astype(nb.DType[name].to_numpy())
    for x in (nb.tensor(array), nb.Tensor.from_dlpack(array)):
        assert x.dtype == name
        np.testing.assert_array_equal(x.numpy(), array)
        assert x.numpy().dtype == array.dtype
        assert x.tolist() == array.tolist()
        np.testing.assert_array_equal((x + x[::-1]).numpy().astype(float), 1)


def test_casts() -> None:
    x = nb.tensor([-1.5, 0.0, 2.7, np.nan, 1e30])
    assert x.astype("int32").tolist() == [-1, 0, 2, 0, 2**31 - 1]
    assert x.astype("bool").tolist() == [True, False, True, True, True]
    assert nb.tensor([1.7, -1e30, np.nan], "int32").tolist() == [1, -(2**31), 0]
    assert nb.tensor([300, -1]).astype("uint8").tolist() == [44, 255]
