# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensors as objects: printing, numbers, containers, operators, what NumPy makes of them."""

from __future__ import annotations

import copy
import pickle

import nabla as nb
import numpy as np
import pytest

PRINTED = {
    "Tensor([15.] : f32[1])": np.array([15.0], np.float32),
    "Tensor(14. : f32[])": np.array(14.0, np.float32),
    "Tensor(0.0636 : f32[])": np.array(0.06357, np.float32),
    "Tensor([0.25 0.4  0.5 ] : f32[3])": np.array([0.25, 0.4, 0.5], np.float32),
    "Tensor([2 2] : i64[2])": np.array([2, 2]),
    "Tensor([False  True] : bool[2])": np.array([False, True]),
    "Tensor([7] : ui8[1])": np.array([7], np.uint8),
    "Tensor([1. 2.] : f16[2])": np.array([1, 2], np.float16),
    "Tensor([ 0.  1.  2. ...  9. 10. 11.] : f32[12])": np.arange(12, dtype=np.float32),
    "Tensor(\n  [[ 6.  4.]\n   [ 4. 18.]] : f32[2,2]\n)": np.array(
        [[6.0, 4.0], [4.0, 18.0]], np.float32
    ),
    "Tensor([] : f64[0])": np.zeros(0),
}


@pytest.mark.parametrize("text", PRINTED)
def test_printing(text: str) -> None:
    x = nb.tensor(PRINTED[text])
    assert repr(x) == str(x) == f"{x}" == text


def test_bfloat16_prints() -> None:
    assert str(nb.tensor([1.0, 2.5], nb.bfloat16)) == "Tensor([1.  2.5] : bf16[2])"


def test_traced_values_print_their_type() -> None:
    seen = []
    nb.grad(lambda x: (seen.append(f"{x} {x * 2!r}"), nb.sum(x))[1])(np.ones((2, 3)))
    assert seen == ["Traced(f64[2,3]) Traced(f64[2,3])"]


def test_shape() -> None:
    x = nb.zeros((3, 1))
    assert str(x.shape) == repr(x.shape) == "[Dim(3), Dim(1)]"
    assert x.shape == (3, 1) and x.shape == [3, 1] and x.shape != (3,)
    assert isinstance(x.shape, tuple) and x.shape[0] == 3 and x.shape[0] * 2 == 6
    assert str(nb.zeros(()).shape) == "[]" and nb.zeros(()).shape == ()
    assert x.ndim == x.rank == x.dim() == 2 and x.numel() == 3 and x.size(0) == 3
    assert nb.reshape(nb.zeros((6,)), (*x.shape[:1], 2)).shape == (3, 2)


def test_numbers() -> None:
    x = nb.tensor(2.5)
    assert (float(x), int(x), bool(x), f"{x:.3f}", x.item()) == (2.5, 2, True, "2.500", 2.5)
    assert [10, 20, 30][nb.tensor(1)] == 20
    assert nb.tensor([3]).item() == 3
    with pytest.raises(TypeError, match="not an index"):
        [1][x]  # type: ignore[call-overload]


def test_container() -> None:
    x = nb.tensor([[1, 2], [3, 4], [5, 6]])
    assert len(x) == 3
    assert [row.tolist() for row in x] == [[1, 2], [3, 4], [5, 6]]
    _, b, _ = x
    assert b.tolist() == [3, 4]
    assert {x: 1}[x] == 1
    assert copy.deepcopy(x) is x
    assert pickle.loads(pickle.dumps(x)).tolist() == x.tolist()


def test_numpy_meets_tensor() -> None:
    a, x = np.arange(3.0), nb.tensor(np.ones(3))
    for result in (a + x, a * x, a - x, a @ x, a < x, a == x):
        assert isinstance(result, nb.Tensor)
    np.testing.assert_array_equal((a - x).numpy(), a - 1)
    np.testing.assert_allclose(np.asarray(x), np.ones(3))
    np.testing.assert_allclose(np.exp(x), np.e)
    assert np.asarray(x, dtype=np.float32).dtype == np.float32
    assert not np.asarray(x).flags.writeable
    x.numpy()[0] = 5.0
    assert x.tolist() == [1.0, 1.0, 1.0]


def test_functions_of_numpy_take_tensors_for_arrays() -> None:
    a = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    x = nb.tensor(a)
    for function in (np.sum, np.mean, np.max, np.min, np.std, np.any, np.prod, np.transpose):
        found = function(x)
        assert not isinstance(found, nb.Tensor)
        np.testing.assert_array_equal(found, function(a))
    np.testing.assert_array_equal(np.sum(x, axis=1, keepdims=True), a.sum(1, keepdims=True))
    np.testing.assert_array_equal(np.concatenate([x, a, x]), np.concatenate([a, a, a]))
    np.testing.assert_array_equal(np.where(x > 2, x, 0), np.where(a > 2, a, 0))
    with pytest.warns(nb.DerivativeCutWarning):
        nb.grad(lambda v: nb.sum(v * np.sum(v)))(x)
    # The shape is known where numbers are not.
    nb.compile(lambda v: v * (np.shape(v) == (2, 3) and np.ndim(v) == 2 and np.size(v) == 6))(x)
    with pytest.raises(nb.TracedValueError):
        nb.compile(np.sum)(x)


def test_round_and_divmod() -> None:
    x = nb.tensor([2.567, -3.5, 0.5])
    assert round(x).tolist() == [3.0, -4.0, 0.0]
    np.testing.assert_allclose(round(x, 1).numpy(), [2.6, -3.5, 0.5], rtol=1e-6)
    assert round(nb.tensor(1234), -2).item() == 1200 and round(nb.tensor(7), 2).dtype == "int32"
    for quotient, rest, a, b in ((*divmod(x, 2), x, 2.0), (*divmod(7.5, x), 7.5, x)):
        assert quotient.tolist() == (a // b).tolist() and rest.tolist() == (a % b).tolist()
    with pytest.raises(TypeError, match="divmod"):
        divmod(x, "a")


def test_arithmetic_with_numbers() -> None:
    x = nb.tensor([1.0, 2.0, 4.0])
    assert (2 - x).tolist() == [1.0, 0.0, -2.0]
    assert (1 / x).tolist() == [1.0, 0.5, 0.25]
    assert (2**x).tolist() == [2.0, 4.0, 16.0]
    assert (x**-1).tolist() == [1.0, 0.5, 0.25]
    assert (x**2.0).tolist() == [1.0, 4.0, 16.0]
    assert (x % 3).tolist() == [1.0, 2.0, 1.0]
    assert (x // 3).tolist() == [0.0, 0.0, 1.0]
    assert (-x % 3).tolist() == [2.0, 1.0, 2.0]
    assert (nb.tensor([7, -7]) // nb.tensor([2, 2])).tolist() == [3, -4]
    assert (nb.tensor([7, -7]) % nb.tensor([-2, 2])).tolist() == [-1, 1]
    assert (~nb.tensor([True, False])).tolist() == [False, True]
    assert (x > 1).tolist() == [False, True, True]
