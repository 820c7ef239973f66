# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensors from numbers and positions, against NumPy."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest
from differences import check_gradient


def test_full() -> None:
    assert nb.full((2,), 7).dtype == "float32" and nb.full((2,), 7, dtype=nb.int8).dtype == "int8"
    assert nb.full((2, 2), nb.tensor([1, 2])).tolist() == [[1, 2], [1, 2]]
    assert nb.full(3, np.int64(2)).dtype == "int64"
    assert nb.grad(lambda v: nb.sum(nb.full((3,), v)))(2.0).item() == 3.0
    x = nb.tensor([[1, 2]], nb.int16)
    for made, value in ((nb.zeros_like(x), 0), (nb.ones_like(x), 1), (nb.full_like(x, 7), 7)):
        assert made.dtype == "int16" and made.tolist() == [[value, value]]
    assert nb.full_like(x, 0.5, nb.float64).dtype == nb.zeros_like(x, "float64").dtype == "float64"
    assert nb.ones_like(2.5).shape == ()


ARANGES: list[tuple[Any, ...]] = [
    (5,),
    (0,),
    (-3,),
    (2, 7),
    (7, 2),
    (7, 2, -2),
    (0, 1, 0.1),
    (1, 2, 0.25),
]


@pytest.mark.parametrize("bounds", ARANGES, ids=str)
def test_arange(bounds: tuple[Any, ...]) -> None:
    assert nb.arange(*bounds).dtype == "float32"
    found = nb.arange(*bounds, dtype=nb.float64).numpy()
    np.testing.assert_allclose(found, np.arange(*bounds, dtype=np.float64), 1e-15)
    if all(isinstance(bound, int) for bound in bounds):
        for dtype in ("int8", "int64", "float16"):
            np.testing.assert_array_equal(
                nb.arange(*bounds, dtype=dtype).numpy(), np.arange(*bounds).astype(dtype)
            )


def test_large_integers_are_exact() -> None:
    found = nb.arange(2**53 + 1, 2**53 + 4, dtype=nb.int64)
    assert found.tolist() == [2**53 + 1, 2**53 + 2, 2**53 + 3]
    found = nb.arange(2**30, 2**30 + 1.5, 0.5, dtype=nb.int64)
    assert found.tolist() == [2**30, 2**30, 2**30 + 1]


def test_linspace() -> None:
    for num in (0, 1, 2, 7):
        for endpoint in (False, True):
            found = nb.linspace(0.1, 0.7, num, endpoint, dtype=nb.float64)
            np.testing.assert_allclose(
                found.numpy(), np.linspace(np.float32(0.1), np.float32(0.7), num, endpoint), 1e-6
            )
            assert nb.linspace(0, 1, num, endpoint).dtype == "float32"
    ends = np.array([0.1, 5.0]), np.array([0.7, -3.0])
    found = nb.linspace(*ends, 9)
    np.testing.assert_allclose(found.numpy(), np.linspace(*ends, 9), 1e-14, 1e-15)
    np.testing.assert_array_equal(found.numpy()[-1], ends[1])
    assert nb.linspace(1e10, 1.0, 3)[-1].item() == 1.0, "the end is exact"
    check_gradient(lambda x: nb.linspace(x, 2 * x + 1, 4) ** 2, ends[0])


def test_eye() -> None:
    for shape in ((3, 3, 0), (2, 4, 1), (4, 2, -1), (2, 2, 5), (0, 2, 0)):
        np.testing.assert_array_equal(nb.eye(*shape).numpy(), np.eye(*shape))
    assert nb.eye(2, dtype=nb.int8).dtype == "int8" and nb.eye(2).dtype == "float32"


def test_hann_window() -> None:
    for length in (0, 1, 2, 5, 8):
        symmetric = nb.hann_window(length, periodic=False, dtype=nb.float64)
        np.testing.assert_allclose(symmetric.numpy(), np.hanning(length), atol=1e-15)
        periodic = nb.hann_window(length, dtype=nb.float64)
        expected = np.hanning(length + 1)[:-1] if length > 1 else np.ones(length)
        np.testing.assert_allclose(periodic.numpy(), expected, atol=1e-15)


def test_one_hot() -> None:
    labels = np.array([[2, 0], [3, -1]])  # the last two are no positions
    for dtype in ("int8", "uint16", "int64", "uint64"):
        found = nb.one_hot(nb.cast(labels[:1], dtype), 3)
        np.testing.assert_array_equal(found.numpy(), np.eye(3, dtype=np.float32)[labels[:1]])
    assert found.dtype == "float32" and nb.one_hot(1, 2, dtype="bool").tolist() == [False, True]
    assert not nb.one_hot(labels[1], 3).numpy().any()
    batched = nb.vmap(lambda i: nb.one_hot(i, 3))(labels[0])
    np.testing.assert_array_equal(batched.numpy(), found[0].numpy())
    with pytest.raises(TypeError, match=r"one_hot: f32\[\] is not of integers"):
        nb.one_hot(1.0, 3)


def test_static_methods() -> None:
    assert nb.Tensor.zeros((2,)).tolist() == [0, 0] and nb.Tensor.full((1,), 2).tolist() == [2]
    assert nb.Tensor.arange(2).tolist() == [0, 1] and nb.Tensor.constant(3).item() == 3


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    "full": (lambda: nb.full((2,), np.ones(3)), ValueError, r"full: .*\[3\] to \[2\]"),
    "zeros": (lambda: nb.zeros("x"), TypeError, "zeros: 'x' is not a shape"),
    "negative": (lambda: nb.zeros((-1,)), ValueError, r"zeros: .*\[-1\]"),
    "step": (lambda: nb.arange(0, 1, 0), ValueError, "arange: the step is 0"),
    "bool": (lambda: nb.arange(2, dtype=bool), TypeError, "bools do not count"),
    "text": (lambda: nb.arange("2"), TypeError, "'2' is not a number"),
    "linspace": (lambda: nb.linspace(0, 1, -1), ValueError, "num -1 is negative"),
    "eye": (lambda: nb.eye(2.5), TypeError, "eye: n 2.5 is not an integer"),
    "window": (lambda: nb.hann_window(4, dtype=nb.int32), TypeError, "not of int32"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    make, kind, pattern = MISTAKES[name]
    with pytest.raises(kind, match=pattern) as caught:
        make()
    assert "test_creation.py" in str(caught.value)
