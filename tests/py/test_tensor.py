# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensors as objects: printing, numbers, containers, indexing, exchange."""

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


INDICES = [
    0,
    -1,
    (1, 2),
    (slice(None), 1),
    (slice(1, 3), slice(None, None, 2)),
    (slice(None, None, -1),),
    (slice(None, None, -2), slice(3, 0, -1)),
    (Ellipsis, 0),
    (0, Ellipsis),
    None,
    (None, 1, None, slice(1, 3)),
    (slice(2, 2),),
    (slice(-3, None), slice(None, -1)),
    (1, Ellipsis, None),
    (slice(10, 20),),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_basic_indexing(index) -> None:
    array = np.arange(20.0).reshape(4, 5)
    np.testing.assert_array_equal(nb.tensor(array)[index].numpy(), array[index])
    traced = nb.compile(lambda x: x[index])(array)
    np.testing.assert_array_equal(traced.numpy(), array[index])
    weights = np.arange(array[index].size, dtype=float).reshape(array[index].shape)
    expected = np.zeros((4, 5))
    expected[index] += weights
    found = nb.grad(lambda x: nb.sum(x[index] * weights))(array)
    np.testing.assert_array_equal(found.numpy(), expected)


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


def test_exchange_shares_memory() -> None:
    a = np.arange(3.0)
    x = nb.Tensor.from_dlpack(a)
    a[0] = 7.0
    assert x[0].item() == 7.0
    back = np.from_dlpack(x)
    assert back.__array_interface__["data"][0] == a.__array_interface__["data"][0]
    y = nb.tensor(a)
    a[0] = 8.0
    assert y[0].item() == 7.0


def test_foreign_layouts() -> None:
    a = np.arange(12.0).reshape(3, 4)
    for view in (a.T, a[:, ::2], a[::-1], np.broadcast_to(a[0], (3, 4)), a.astype(">f8")):
        np.testing.assert_array_equal(nb.Tensor.from_dlpack(view).numpy(), view)
        np.testing.assert_array_equal((nb.tensor(view) * 1).numpy(), view)


def test_dlpack_from_others() -> None:
    class Foreign:
        def __init__(self, array):
            self.array = array

        def __dlpack__(self, **options):
            return self.array.__dlpack__()

        def __dlpack_device__(self):
            return (1, 0)

    for dtype in ("float32", "int8", "uint16", "float64"):
        array = np.arange(6).astype(dtype).reshape(2, 3)
        np.testing.assert_array_equal(nb.Tensor.from_dlpack(Foreign(array)).numpy(), array)
        np.testing.assert_array_equal(nb.tensor(Foreign(array.T)).numpy(), array.T)


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


def test_matmul_shapes() -> None:
    rng = np.random.default_rng(0)
    shapes = [
        ((2, 3), (3, 4)),
        ((3,), (3,)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((5, 2, 3), (3, 4)),
        ((5, 2, 3), (5, 3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 1, 2, 3), (6, 3, 4)),
        ((3,), (5, 3, 4)),
        ((5, 2, 3), (3,)),
    ]
    for left, right in shapes:
        a, b = rng.normal(size=left), rng.normal(size=right)
        np.testing.assert_allclose((nb.tensor(a) @ b).numpy(), a @ b, rtol=1e-13)


def test_reductions() -> None:
    a = np.random.default_rng(0).normal(size=(2, 3, 4))
    for axis in (None, 0, -1, (0, 2), [1]):
        for keepdims in (False, True):
            numpy_axis = tuple(axis) if isinstance(axis, list) else axis
            for ours, theirs in ((nb.sum, np.sum), (nb.mean, np.mean), (nb.max, np.max)):
                found = ours(a, axis=axis, keepdims=keepdims)
                expected = theirs(a, axis=numpy_axis, keepdims=keepdims)
                np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)
    assert nb.sum(nb.tensor([True, True])).item() == 2


def test_noise() -> None:
    nb.seed(0)
    x = nb.gaussian((10_000,), mean=2.0, std=3.0).numpy()
    assert abs(x.mean() - 2) < 0.1 and abs(x.std() - 3) < 0.1
    assert not np.array_equal(x, nb.gaussian((10_000,), mean=2.0, std=3.0).numpy())
    nb.seed(0)
    np.testing.assert_array_equal(x, nb.gaussian((10_000,), mean=2.0, std=3.0).numpy())
    assert nb.gaussian((4,), dtype=nb.float64).dtype == np.float64
