# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`x[index]`, `x.at[index]` and functions of positions, against NumPy and loops.

Many indices go through one compiled function: few compilations, many checks.
"""

from __future__ import annotations

import gc
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla._core.program import counters

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 5, 3))
MASK = X[:, :, 0] > 0
B = slice(None)

BASIC = [
    1,
    -2,
    (1, -1, 2),
    (B, 1),
    (slice(3, 0, -1), slice(None, None, 2)),
    (slice(None, None, -2), slice(4, 0, -3), slice(None, None, -1)),
    (Ellipsis, 0),
    (None, 1, None, Ellipsis, slice(1, 3), None),
    (slice(2, 2),),
    (slice(-10, 10), slice(10, 20)),
    (slice(-3, None), slice(None, -1)),
    (0, Ellipsis),
    (1, Ellipsis, None),
    (),
    Ellipsis,
]
ARRAYS = [
    [2, 0, 2],
    [[0, 1], [-1, 2]],
    ([0, 3], [1, -4]),
    ([0, 3], B, [1, -3]),
    (B, [1, 4, 1], [0, 2, -1]),
    (B, [[1], [4]], [0, 2, -1]),
    (0, [1, 2, 1]),
    (0, B, [2, 1]),
    (B, 0, [2, 1]),
    (B, [2, 1], 0),
    ([1], B, 0),
    (Ellipsis, [1, 1, 0]),
    ([1, 2], Ellipsis, [0, 1]),
    (B, [1, 2], Ellipsis, [0, 1]),
    (slice(3, 0, -2), [0, 2], slice(None, None, -1)),
    (slice(1, 3), [[4, 0]], slice(0, 3, 2)),
    (None, [1, 2], None, B, 0),
    (B, None, [3, 3], [0, 0]),
    (np.array([1, 2], np.uint8), np.array(-1, np.int16)),
    ([[0], [3]], [[0, 1, 2]], [[1]]),
    [],
    ([], B, [1]),
    (slice(0, 0), [1, 2]),
]
MASKS = [
    MASK,
    (MASK, 1),
    (B, MASK[0], [1]),
    (MASK, [0]),
    X > 0.5,
    (B, [True, False, True, True, False]),
    ([True, False, True, False], B, [0, 1]),
    np.zeros_like(MASK),
    True,
    False,
    (True, B, [0, 1]),
    (B, True, [0, 1]),
]
ALL = [*BASIC, *ARRAYS, *MASKS]


def numpy_index(index: Any) -> Any:
    """Lists in an index as NumPy wants them; an empty one is of integers."""
    if isinstance(index, tuple):
        return tuple(numpy_index(item) for item in index)
    if isinstance(index, list):
        return np.array(index, np.int64 if not index else None)
    return index


def tensors(index: Any) -> Any:
    """Integer arrays of an index as tensors; their numbers are then unknown in a trace."""
    if isinstance(index, tuple):
        return tuple(tensors(item) for item in index)
    if isinstance(index, (list, np.ndarray)) and np.asarray(numpy_index(index)).dtype != bool:
        return nb.tensor(numpy_index(index))
    return index


def weights(shape: tuple[int, ...]) -> Any:
    return RNG.normal(size=shape)


def close(found: Any, expected: Any, index: Any = None) -> None:
    np.testing.assert_allclose(
        np.asarray(found), expected, rtol=1e-12, atol=1e-12, err_msg=str(index)
    )


@pytest.mark.parametrize("form", [lambda i: i, tensors], ids=["numbers", "tensors"])
def test_values_and_gradients(form: Any) -> None:
    indices = [form(i) for i in ALL]
    theirs = [numpy_index(i) for i in ALL]
    parts = [weights(X[i].shape) for i in theirs]
    direction = weights(X.shape)

    def loss(i: Any, w: Any) -> Any:
        return lambda x: nb.sum(nb.sin(x[i]) * w)

    @nb.compile
    def work(x: Any) -> Any:
        values = [x[i] for i in indices]
        pairs = list(zip(indices, parts, strict=True))
        first = [nb.grad(loss(i, w))(x) for i, w in pairs]
        slope = [nb.jvp(loss(i, w), (x,), (direction,))[1] for i, w in pairs]
        second = [
            nb.grad(lambda x, i=i, w=w: nb.sum(nb.grad(loss(i, w))(x) * direction))(x)
            for i, w in pairs
        ]
        return values, first, slope, second

    values, first, slope, second = work(X)
    for k, (index, w) in enumerate(zip(theirs, parts, strict=True)):
        close(values[k], X[index], ALL[k])
        assert values[k].shape == X[index].shape
        d1, d2 = np.zeros_like(X), np.zeros_like(X)
        np.add.at(d1, index, w * np.cos(X[index]))
        np.add.at(d2, index, -w * np.sin(X[index]) * direction[index])
        close(first[k], d1, ALL[k])
        close(slope[k], np.sum(d1 * direction), ALL[k])
        close(second[k], d2, ALL[k])


def test_eager() -> None:
    x = nb.tensor(X)
    for index in (ARRAYS[1], ARRAYS[3], ARRAYS[15], MASKS[0], MASKS[10], BASIC[5]):
        close(x[index], X[numpy_index(index)], index)
    i, j = nb.tensor(2), nb.tensor(-1)
    close(x[i, j], X[2, -1])
    close(x[x > 0.3], X[X > 0.3])
    close(x[[i, 1]], X[[2, 1]])
    close(x[i, [0, 1], 1:], X[2, [0, 1], 1:])
    assert [10, 20, 30][i] == 30


OPERATIONS = {
    "set": lambda a, i, v: a.__setitem__(i, v),
    "add": np.add.at,
    "multiply": np.multiply.at,
    "min": np.minimum.at,
    "max": np.maximum.at,
}


@pytest.mark.parametrize("how", OPERATIONS)
def test_updates(how: str) -> None:
    indices = ALL if how in ("set", "add") else [*BASIC, *ARRAYS[:6], *ARRAYS[14:16], *MASKS]
    values = [weights(X[numpy_index(i)].shape) for i in indices]

    @nb.compile
    def work(x: Any, values: Any) -> Any:
        return [getattr(x.at[i], how)(v) for i, v in zip(indices, values, strict=True)]

    for index, value, found in zip(indices, values, work(X, values), strict=True):
        expected = X.copy()
        OPERATIONS[how](expected, numpy_index(index), value)
        close(found, expected, index)


def test_gradients_of_updates() -> None:
    indices = [BASIC[5], *ARRAYS[:6], ARRAYS[14], tensors(ARRAYS[4]), MASKS[0]]
    theirs = [BASIC[5], *ARRAYS[:6], ARRAYS[14], ARRAYS[4], MASKS[0]]
    values = [weights(X[numpy_index(i)].shape) for i in theirs]
    w, t = weights(X.shape), weights(X.shape)

    def loss(how: str, i: Any) -> Any:
        return lambda x, v: nb.sum(nb.sin(getattr(x.at[i], how)(v)) * w)

    cases = [(how, k) for how in ("set", "add") for k in range(len(indices))]
    cases += [(how, k) for how in ("multiply", "max") for k in (1, 4, 8)]

    @nb.compile
    def work(x: Any, values: Any) -> Any:
        gradients = [nb.grad(loss(how, indices[k]), (0, 1))(x, values[k]) for how, k in cases]
        tangents = [
            nb.jvp(loss(how, indices[k]), (x, values[k]), (t, values[k] * 0.5))[1]
            for how, k in cases
        ]
        return gradients, tangents

    gradients, tangents = work(X, values)
    for (how, k), (gx, gv), tangent in zip(cases, gradients, tangents, strict=True):
        found = np.sum(np.asarray(gx) * t) + np.sum(np.asarray(gv) * values[k] * 0.5)
        close(found, tangent.item(), (how, theirs[k]))

        def value(e: float, how: str = how, k: int = k) -> Any:
            y = X + e * t
            OPERATIONS[how](y, numpy_index(theirs[k]), values[k] * (1 + e * 0.5))
            return np.sum(np.sin(y) * w)

        numeric = (value(1e-6) - value(-1e-6)) / 2e-6
        # A difference of small values has an error of its own, however small the tangent.
        np.testing.assert_allclose(
            tangent.item(), numeric, rtol=1e-6, atol=1e-9, err_msg=f"{how} {theirs[k]}"
        )


def test_the_last_of_repeated_updates_gets_the_gradient() -> None:
    def f(x: Any, v: Any) -> Any:
        return nb.sum(x.at[nb.tensor([1, 1, 3])].set(v) * nb.tensor([1.0, 2.0, 3.0, 4.0]))

    gx, gv = nb.grad(f, (0, 1))(nb.ones((4,)), nb.ones((3,)))
    assert gx.tolist() == [1.0, 0.0, 3.0, 0.0] and gv.tolist() == [0.0, 2.0, 4.0]


def test_second_order_of_updates() -> None:
    i = nb.tensor([1, 1, 3])

    def f(x: Any, v: Any) -> Any:
        return nb.sum(nb.sin(x).at[i].multiply(v) ** 2)

    x, v = RNG.normal(size=4), RNG.normal(size=3)
    hessian = nb.hessian(f, (0, 1))(x, v)
    gradient = nb.grad(f, (0, 1))
    for a in (0, 1):
        for b in (0, 1):
            for k in range([4, 3][b]):
                step = np.zeros([4, 3][b])
                step[k] = 1e-5
                up = gradient(*((x + step, v) if b == 0 else (x, v + step)))[a].numpy()
                down = gradient(*((x - step, v) if b == 0 else (x, v - step)))[a].numpy()
                np.testing.assert_allclose(
                    hessian[a][b].numpy()[:, k], (up - down) / 2e-5, rtol=1e-6, atol=1e-8
                )


BATCHED = {
    "gather": lambda x, i: x[i],
    "scalar": lambda x, i: x[i[0]],
    "two scalars": lambda x, i: x[i[0], i[1] - 1],
    "columns": lambda x, i: x[:, i],
    "pairs": lambda x, i: x[i, i - 1],
    "apart": lambda x, i: x[i, :, i - 3],
    "take_along": lambda x, i: nb.take_along_axis(x, nb.reshape(i, (3, 1, 1)) % 4, 0),
    "slice": lambda x, i: nb.slice_tensor(x, i, (2, 2, 2)),
    "set": lambda x, i: x.at[i].set(x[0] * 2.0),
    "add": lambda x, i: x.at[:, i, 1].add(i * 1.0),
    "one": lambda x, i: x.at[i[0]].set(7.0),
    "corner": lambda x, i: x.at[i[0], 0, i[1] - 2].add(1.0),
    "stride": lambda x, i: x.at[::2, i].add(1.0),
    "multiply": lambda x, i: x.at[i, 0].multiply(x[i, 1]),
    "max": lambda x, i: x.at[i].max(x[1]),
    "where": lambda x, i: x.at[x > nb.mean(x)].set(0.0),
    "update": lambda x, i: nb.slice_update(x, x[:2, :2, :2] * 2.0, i),
}


@pytest.mark.parametrize("axes", [(0, 0), (0, None), (None, 0)], ids=str)
def test_batches_equal_loops(axes: tuple[Any, Any]) -> None:
    """Positions in and out of range, with gradients, batched in every way."""
    x = RNG.normal(size=(3, 4, 5, 3))
    i = np.array([[0, 3, 3], [-1, 2, 9], [1, -7, 0]])
    one_x = x if axes[0] == 0 else x[0]
    one_i = i if axes[1] == 0 else i[1]

    def both(f: Any) -> Any:
        return lambda x, i: (f(x, i), nb.grad(lambda x: nb.sum(nb.sin(f(x, i))))(x))

    batched = nb.compile(lambda x, i: [nb.vmap(both(f), axes)(x, i) for f in BATCHED.values()])(
        one_x, one_i
    )
    single = nb.compile(lambda x, i: [both(f)(x, i) for f in BATCHED.values()])
    for n in range(3):
        one = single(x[n] if axes[0] == 0 else x[0], i[n] if axes[1] == 0 else i[1])
        for name, many, expected in zip(BATCHED, batched, one, strict=True):
            for found, wanted in zip(many, expected, strict=True):
                close(found.numpy()[n], wanted.numpy(), name)


def test_nested_batches_equal_loops() -> None:
    x, i = RNG.normal(size=(2, 3, 6)), RNG.integers(-6, 6, (2, 3, 4))
    found = nb.vmap(nb.vmap(lambda x, i: (x[i], x.at[i].add(1.0))))(x, i)
    for a in range(2):
        for b in range(3):
            close(found[0].numpy()[a, b], x[a, b][i[a, b]])
            added = x[a, b].copy()
            np.add.at(added, i[a, b], 1.0)
            close(found[1].numpy()[a, b], added)


def test_positions_out_of_range() -> None:
    """Reading clamps, writing leaves out; both keep the memory around the tensor."""
    x = np.arange(4.0)
    wide = [np.array([1, 4, -4, -5, 10**6, -(10**6)], d) for d in (np.int32, np.int64)]
    wide += [np.array([1, 4, 100, 255], np.uint8), np.array([1, 2**64 - 1, 2**63], np.uint64)]
    for i in wide:
        n = [int(v) + 4 if int(v) < 0 else int(v) for v in i]
        inside = np.array([v for v in n if 0 <= v < 4])
        close(nb.tensor(x)[nb.tensor(i)], x[np.clip(np.array(n, object), 0, 3).astype(int)])
        expected = x.copy()
        np.add.at(expected, inside, 1.0)
        close(nb.tensor(x).at[nb.tensor(i)].add(1.0), expected)
        for one in i:
            at = nb.tensor(one)
            close(nb.tensor(x)[at], x[np.clip(int(one) + 4 * (int(one) < 0), 0, 3)])
    gradient = nb.grad(lambda x: nb.sum(x[nb.tensor([9, 9, 0, -9])]))(x)
    assert gradient.tolist() == [2.0, 0.0, 0.0, 2.0]
    close(nb.slice_tensor(x, (nb.tensor(3),), (2,)), [2.0, 3.0])
    close(nb.slice_tensor(x, nb.tensor([-3]), (2,)), [0.0, 1.0])


OUT_OF_RANGE = [4, -5, [0, 4], (0, 3), (0, [-4]), (0, 0, 0), [[True] * 4], [True] * 3]


@pytest.mark.parametrize("index", OUT_OF_RANGE, ids=str)
def test_numbers_out_of_range_raise(index: Any) -> None:
    x = nb.zeros((4, 3))
    with pytest.raises(IndexError, match=r"test_indexing\.py"):
        x[index]
    with pytest.raises(IndexError):
        x.at[index].set(1.0)
    with pytest.raises(IndexError):
        np.zeros((4, 3))[index]


def test_errors() -> None:
    x = nb.zeros((4, 3))
    for bad in (1.0, "a", [0.5], nb.ones((2,)), (0, {}), np.array([1.0])):
        with pytest.raises(TypeError, match="Invalid index type"):
            x[bad]
    with pytest.raises(IndexError, match=r"\[2\] and \[3\] do not broadcast"):
        x[[0, 1], [0, 1, 2]]
    with pytest.raises(IndexError, match="one Ellipsis"):
        x[..., ...]
    with pytest.raises(ValueError, match=r"\[2\] do not broadcast to \[3\]"):
        x.at[0].set(nb.ones((2,)))
    with pytest.raises(TypeError, match="float32 does not go into i32"):
        nb.tensor([1]).at[0].set(1.5)
    with pytest.raises(OverflowError):
        nb.tensor([1], "int8").at[0].set(200)
    with pytest.raises(IndexError, match="nothing to index"):
        nb.zeros((0, 2))[nb.tensor([0])]
    for transform in (nb.compile, nb.vmap):
        with pytest.raises(nb.TracedValueError, match=r"nb\.where"):
            transform(lambda x: x[x > 0])(x)
    with pytest.raises(nb.TracedValueError, match=r"nb\.slice_tensor"):
        nb.compile(lambda x, i: x[i : i + 1])(x, 1)
    with pytest.raises(ValueError, match="zero"):
        x[::0]
    with pytest.raises(IndexError, match="out of the bounds"):
        nb.slice_tensor(x, (3, 0), (2, 1))
    with pytest.raises(ValueError, match="no box"):
        nb.slice_tensor(x, (0, 0), (5, 1))
    with pytest.raises(TypeError, match=r"start 0.5 is not an integer\n.*test_indexing.py"):
        nb.slice_tensor(x, (0.5, 0), (1, 1))
    with pytest.raises(TypeError, match=r"start 0\.5 is not an integer"):
        nb.slice_tensor(x, (0.5, nb.tensor(0)), (1, 1))
    with pytest.raises(TypeError, match=r"start f32.* is not one integer"):
        nb.slice_tensor(x, (0, nb.tensor(0.5)), (1, 1))
    with pytest.raises(TypeError, match=r"size 1\.5 is not an integer"):
        nb.slice_update(x, 0.0, (0, 0), (1, 1.5))
    with pytest.raises(TypeError, match="start 0 does not hold one integer a dimension"):
        nb.slice_tensor(x, 0, (1, 1))
    with pytest.raises(ValueError, match="differ in the number"):
        nb.take_along_axis(x, nb.tensor([0]), 0)
    with pytest.raises(TypeError, match="not integers"):
        nb.gather(x, nb.tensor([True, False, True, True]))
    with pytest.raises(TypeError, match="immutable"):
        x[0] = 1.0


def test_masks_in_updates_are_selects() -> None:
    x = RNG.normal(size=(3, 4))
    row = RNG.normal(size=4)

    @nb.compile
    def work(x: Any) -> Any:
        positive = x > 0
        return (
            x.at[positive].set(0.0),
            x.at[positive].add(10.0),
            x.at[x[:, 0] > 0].multiply(row),
            x.at[positive].min(0.5),
            x.at[positive, ...].set(nb.sum(x)),
            nb.grad(lambda x: nb.sum(x.at[x > 0].multiply(3.0)))(x),
        )

    found = work(x)
    close(found[0], np.where(x > 0, 0, x))
    close(found[1], np.where(x > 0, x + 10, x))
    close(found[2], np.where((x[:, 0] > 0)[:, None], x * row, x))
    close(found[3], np.where(x > 0, np.minimum(x, 0.5), x))
    close(found[4], np.where(x > 0, x.sum(), x))
    close(found[5], np.where(x > 0, 3.0, 1.0))
    values = RNG.normal(size=int((x > 0).sum()))
    expected = x.copy()
    expected[x > 0] = values
    close(nb.tensor(x).at[x > 0].set(values), expected)
    inf = nb.grad(lambda x: nb.sum(nb.log(x).at[x <= 0].set(0.0)))(np.array([0.0, 2.0]))
    assert inf.tolist() == [0.0, 0.5]


def test_known_masks_in_batches() -> None:
    x, mask = RNG.normal(size=(2, 3, 4)), np.array([True, False, True])
    close(nb.vmap(lambda x: x[mask])(x), x[:, mask])
    close(nb.vmap(lambda x: x[nb.tensor(mask)])(x), x[:, mask])
    found = nb.compile(nb.vmap(lambda x, v: x.at[mask].set(v)))(x, x[:, :2])
    close(found[:, mask], x[:, :2])


def test_masks_of_differentiated_values_are_known() -> None:
    x = np.array([3.0, -1.0, 2.0])
    found = nb.grad(lambda x: nb.sum(x[x > 0] ** 2))(x)
    assert found.tolist() == [6.0, 0.0, 4.0]
    assert nb.jvp(lambda x: x[x > 0] * x[0], (x,), (np.ones(3),))[1].tolist() == [6.0, 5.0]


def test_functions_equal_numpy() -> None:
    x = RNG.normal(size=(3, 4, 5))
    i = np.array([[2, 0], [-1, 1]])
    close(nb.gather(x, i), np.take(x, i, 0))
    close(nb.take(x, [1, 3], axis=-1), np.take(x, [1, 3], -1))
    close(nb.take(x, 2, axis=1), np.take(x, 2, 1))
    close(nb.take(x, nb.tensor(i), axis=None), np.take(x, i))
    order = np.argsort(x, 1)
    close(nb.take_along_axis(x, order, 1), np.sort(x, 1))
    close(nb.take_along_axis(x, order[:1, :2], 1), np.take_along_axis(x, order[:1, :2], 1))
    close(nb.take_along_axis(x[:, :1], order[:, :1] * 0, 1), x[:, :1])
    close(nb.take_along_axis(x, i.ravel(), None), np.take_along_axis(x, i.ravel(), None))
    close(nb.slice_tensor(x, (1, nb.tensor(2), 0), (2, 1, 3)), x[1:3, 2:3, :3])
    close(nb.slice_tensor(x, np.array([1, 0, 2]), x[:2, :1, :1].shape), x[1:, :1, 2:3])
    expected = x.copy()
    expected[1:, 1:3, :] = 7.0
    close(nb.slice_update(x, 7.0, (1, 1, 0), (2, 2, 5)), expected)
    close(nb.slice_update(x, np.full((2, 2, 5), 7.0), nb.tensor([1, 1, 0])), expected)
    expected = x.copy()
    expected[:, [3, 0]] = x[:, :2]
    close(nb.scatter(x, [3, 0], x[:, :2], axis=1), expected)
    t = nb.tensor(x)
    for method, found in (
        (t.gather(i), nb.gather(x, i)),
        (t.take([1], 2), nb.take(x, [1], 2)),
        (t.take_along_axis(order, 1), nb.take_along_axis(x, order, 1)),
        (t.scatter([0], x[2:]), nb.scatter(x, [0], x[2:])),
        (t.slice_tensor((0, 0, 0), (1, 1, 1)), x[:1, :1, :1]),
        (t.slice_update(x[:1], (2, 0, 0)), x[[0, 1, 0]]),
        (t.at[1].get(), x[1]),
    ):
        close(method, np.asarray(found))


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "uint64", "float16", "bfloat16"])
def test_dtypes(dtype: str) -> None:
    x = np.array([[0, 1, 1], [1, 0, 1]]).astype(nb.DType[dtype].to_numpy())
    t, i = nb.tensor(x), nb.tensor([1, 0, 1])
    np.testing.assert_array_equal(t[i, [0, 1, 2]].numpy(), x[[1, 0, 1], [0, 1, 2]])
    np.testing.assert_array_equal(t[:, ::-1].numpy(), x[:, ::-1])
    expected = x.copy()
    expected[:, [1, 0]] = x[:, :2]
    np.testing.assert_array_equal(t.at[:, [1, 0]].set(t[:, :2]).numpy(), expected)
    added = t.at[i].add(t[:1])
    assert added.dtype == dtype
    wide = x.astype(float)
    np.add.at(wide, [1, 0, 1], x[:1].astype(float))
    np.testing.assert_array_equal(
        added.numpy().astype(float), wide > 0 if dtype == "bool" else wide
    )


ROWS = """
func.func @main(%x: tensor<4x3xf64>, %i: tensor<1xi64>, %p: tensor<2xi64>, %u: tensor<3xf64>,
                %v: tensor<f64>) -> (tensor<3xf64>, tensor<f64>, tensor<4x3xf64>, tensor<4x3xf64>,
                                     tensor<4x3xf64>) {
  %0 = nabla.gather %x, %i dims = [0] batch_dims = 0
      : (tensor<4x3xf64>, tensor<1xi64>) -> tensor<3xf64>
  %1 = nabla.gather %x, %p dims = [1, 0] batch_dims = 0
      : (tensor<4x3xf64>, tensor<2xi64>) -> tensor<f64>
  %2 = nabla.scatter add %x, %i, %u dims = [0] batch_dims = 0
      : (tensor<4x3xf64>, tensor<1xi64>, tensor<3xf64>) -> tensor<4x3xf64>
  %3 = nabla.scatter set %x, %p, %v dims = [1, 0] batch_dims = 0
      : (tensor<4x3xf64>, tensor<2xi64>, tensor<f64>) -> tensor<4x3xf64>
  %none = nabla.constant dense<0> : tensor<3x0xi64>
  %4 = nabla.gather %x, %none dims = [] batch_dims = 0
      : (tensor<4x3xf64>, tensor<3x0xi64>) -> tensor<3x4x3xf64>
  %5 = nabla.reduce_sum %4 dims = [0] : tensor<3x4x3xf64> -> tensor<4x3xf64>
  return %0, %1, %2, %3, %5
      : tensor<3xf64>, tensor<f64>, tensor<4x3xf64>, tensor<4x3xf64>, tensor<4x3xf64>
}
"""


def test_tables_of_one_position() -> None:
    x, u = RNG.normal(size=(4, 3)), RNG.normal(size=3)
    found = nb.run_mlir(ROWS, x, np.array([2]), np.array([1, 3]), u, np.array(5.0))
    close(found[0], x[2])
    close(found[1], x[3, 1])
    added, written = x.copy(), x.copy()
    added[2] += u
    written[3, 1] = 5.0
    close(found[2], added)
    close(found[3], written)
    close(found[4], 3 * x)
    found = nb.run_mlir(ROWS, x, np.array([4]), np.array([1, -1]), u, np.array(5.0))
    assert found[0].tolist() == [0.0] * 3 and found[1].item() == 0.0
    close(found[2], x)
    close(found[3], x)


def test_positions_are_operands() -> None:
    gc.collect()
    x = nb.tensor(X)

    def work(i: int) -> None:
        x[i].realize()
        x[i, :, 1].realize()
        x[[i, 0]].realize()
        x[i, nb.tensor([i, 1])].realize()
        x.at[i].set(0.0).realize()
        x.at[i : i + 1, 0].add(1.0).realize()
        x.at[[i, 0]].add(1.0).realize()
        x.at[i, nb.tensor([i, 1])].set(2.0).realize()
        nb.take(x, [i, i], axis=1).realize()
        nb.slice_tensor(x, (i, i, 0), (1, 2, 3)).realize()

    work(0)
    before = counters.compilations
    for i in (1, 2, 3):
        work(i)
    assert counters.compilations == before


def test_compilations_of_a_loop_over_rows_under_grad_do_not_grow() -> None:
    gradient = nb.grad(lambda x, i: nb.sum(x[i] ** 2))
    rows = np.arange(24.0).reshape(8, 3)
    before = counters.compilations
    for i in range(8):
        expected = np.zeros_like(rows)
        expected[i] = 2 * rows[i]
        close(gradient(nb.tensor(rows), i), expected)
    # For a row that is known, for one that is an operand, for the last one.
    assert counters.compilations - before <= 3
