# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Dtypes: names, promotion, Python numbers."""

from __future__ import annotations

import nabla as nb
import numpy as np
import pytest
from nabla._core import dtypes

NAMES = [d.name for d in dtypes.ALL]

# JAX's table (with 64-bit types on), but for what would be a float of unknown width, which is
# float32 here. Rows and columns: bool i8 i16 i32 i64 u8 u16 u32 u64 f16 bf16 f32 f64.
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
LETTERS = dict(
    zip(
        ["p", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "bf", "f4", "f8"],
        NAMES,
        strict=True,
    )
)


def test_promotion_table() -> None:
    rows = [line.split() for line in TABLE.strip().splitlines()]
    for a, row in zip(NAMES, rows, strict=True):
        for b, letters in zip(NAMES, row, strict=True):
            assert nb.promote_types(a, b).name == LETTERS[letters], (a, b)


@pytest.mark.parametrize("a", NAMES)
@pytest.mark.parametrize("b", NAMES)
def test_add_promotes(a: str, b: str) -> None:
    total = nb.tensor([1], a) + nb.tensor([1], b)
    expected = nb.promote_types(a, b)
    assert total.dtype == expected
    assert total.tolist() == ([True] if expected == "bool" else [2])


def test_python_numbers_are_weak() -> None:
    for name in NAMES:
        x = nb.tensor([1], name)
        expected_int = "int32" if name == "bool" else name
        assert (x + 1).dtype == expected_int
        expected = name if x.dtype.is_float else "float32"
        assert (x + 1.0).dtype == expected
        assert (1.0 / x).dtype == expected
        assert (x / x).dtype == expected
    weak = nb.grad(lambda x: x * nb.tensor([1.0], "float16")[0])(1.0)
    assert weak.dtype == "float32"


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
    assert nb.tensor([300, -1]).astype("uint8").tolist() == [44, 255]
