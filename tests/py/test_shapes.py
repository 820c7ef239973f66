# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Moving, joining and taking apart: values against NumPy, derivatives, mistakes."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest
from differences import check_gradient

X = np.random.default_rng(0).normal(size=(2, 3, 4))

CASES: dict[str, tuple[Any, Any]] = {
    "reshape": (lambda x: nb.reshape(x, (4, -1)), lambda x: x.reshape(4, -1)),
    "reshape to one": (lambda x: nb.reshape(x, 24), lambda x: x.reshape(24)),
    "flatten": (nb.flatten, np.ravel),
    "flatten some": (lambda x: nb.flatten(x, 0, 1), lambda x: x.reshape(6, 4)),
    "unsqueeze": (lambda x: nb.unsqueeze(x, -1), lambda x: x[..., None]),
    "unsqueeze several": (
        lambda x: nb.unsqueeze(x, (0, -1)),
        lambda x: np.expand_dims(x, (0, -1)),
    ),
    "squeeze": (lambda x: nb.squeeze(x[:1, :, :1]), lambda x: np.squeeze(x[:1, :, :1])),
    "squeeze one": (lambda x: nb.squeeze(x[:1, :, :1], -1), lambda x: x[:1, :, 0]),
    "swap_axes": (lambda x: nb.swap_axes(x, 0, -1), lambda x: np.swapaxes(x, 0, -1)),
    "transpose": (nb.transpose, np.transpose),
    "transpose two": (lambda x: nb.transpose(x, 1, 2), lambda x: np.swapaxes(x, 1, 2)),
    "permute": (lambda x: nb.permute(x, (2, 0, -2)), lambda x: np.transpose(x, (2, 0, 1))),
    "moveaxis": (lambda x: nb.moveaxis(x, 0, -1), lambda x: np.moveaxis(x, 0, -1)),
    "moveaxis several": (
        lambda x: nb.moveaxis(x, (0, 1), (-1, 0)),
        lambda x: np.moveaxis(x, (0, 1), (-1, 0)),
    ),
    "moveaxis crosswise": (
        lambda x: nb.moveaxis(x, (0, 1), (1, 0)),
        lambda x: np.moveaxis(x, (0, 1), (1, 0)),
    ),
    "flip": (nb.flip, np.flip),
    "flip some": (lambda x: nb.flip(x, (0, -1)), lambda x: np.flip(x, (0, -1))),
    "broadcast_to": (
        lambda x: nb.broadcast_to(x[:1], (5, 2, 3, 4)),
        lambda x: np.broadcast_to(x[:1], (5, 2, 3, 4)),
    ),
    "concatenate": (
        lambda x: nb.concatenate([x, 2 * x, x[:, :1]], 1),
        lambda x: np.concatenate([x, 2 * x, x[:, :1]], 1),
    ),
    "stack": (lambda x: nb.stack([x, x + 1], -1), lambda x: np.stack([x, x + 1], -1)),
    "pad": (
        lambda x: nb.pad(x, [(1, 0), (0, 2), (1, 1)], value=3.0),
        lambda x: np.pad(x, [(1, 0), (0, 2), (1, 1)], constant_values=3.0),
    ),
    "pad all": (lambda x: nb.pad(x, 2), lambda x: np.pad(x, 2)),
    "pad pair": (lambda x: nb.pad(x, pad_width=(1, 2)), lambda x: np.pad(x, (1, 2))),
    "split": (lambda x: nb.split(x, 2, -1)[1], lambda x: np.split(x, 2, -1)[1]),
    "split at": (lambda x: nb.split(x, [1, -1], -1)[1], lambda x: np.split(x, [1, -1], -1)[1]),
    "chunk": (lambda x: nb.chunk(x, 2, 1)[1], lambda x: x[:, 2:]),
    "unbind": (lambda x: nb.unbind(x, 1)[-1], lambda x: x[:, -1]),
    "tile": (lambda x: nb.tile(x, (2, 1, 3)), lambda x: np.tile(x, (2, 1, 3))),
    "tile more": (lambda x: nb.tile(x, (2, 3, 1, 1)), lambda x: np.tile(x, (2, 3, 1, 1))),
    "tile less": (lambda x: nb.tile(x, 2), lambda x: np.tile(x, 2)),
    "repeat": (lambda x: nb.repeat(x, 2), lambda x: np.repeat(x, 2)),
    "repeat one": (lambda x: nb.repeat(x, 3, -2), lambda x: np.repeat(x, 3, -2)),
    "roll": (lambda x: nb.roll(x, -5), lambda x: np.roll(x, -5)),
    "roll one": (lambda x: nb.roll(x, 7, 1), lambda x: np.roll(x, 7, 1)),
    "roll several": (
        lambda x: nb.roll(x, (1, -1), (0, -1)),
        lambda x: np.roll(x, (1, -1), (0, -1)),
    ),
    "triu": (lambda x: nb.triu(x, 1), lambda x: np.triu(x, 1)),
    "tril": (lambda x: nb.tril(x, -1), lambda x: np.tril(x, -1)),
    "rebind": (lambda x: nb.rebind(x, (2, 3, 4)), lambda x: x),
    "matrix_transpose": (nb.matrix_transpose, lambda x: np.swapaxes(x, -1, -2)),
}


@pytest.mark.parametrize("name", CASES)
def test_against_numpy(name: str) -> None:
    ours, theirs = CASES[name]
    for dtype in (np.float64, np.int16, np.bool_):
        x = (X * 10).astype(dtype)
        if dtype == np.bool_ and name in ("concatenate", "stack", "pad"):
            continue  # these calculate, too
        found, expected = ours(nb.tensor(x)), theirs(x)
        np.testing.assert_array_equal(found.numpy(), expected)
        assert found.dtype == expected.dtype
    check_gradient(lambda x: ours(x) * ours(x), X)
    batched = nb.vmap(ours)(np.stack([X, 2 * X]))
    np.testing.assert_array_equal(batched.numpy(), np.stack([theirs(X), theirs(2 * X)]))


def test_parts() -> None:
    for extent, chunks, sizes in (
        (7, 3, [3, 3, 1]),
        (6, 4, [2, 2, 2]),
        (2, 5, [1, 1]),
        (0, 2, [0]),
    ):
        parts = nb.chunk(np.arange(float(extent)), chunks)
        assert [len(part) for part in parts] == sizes
        assert [n for part in parts for n in part.tolist()] == list(range(extent))
    for cuts in ([1, 1, 9], [2, 1]):
        ours, theirs = nb.split(X, cuts, 1), np.split(X, cuts, 1)
        assert [part.shape for part in ours] == [part.shape for part in theirs]
    assert len(nb.unbind(X, -1)) == 4 and nb.unbind(np.zeros((0, 2))) == []


def test_many_parts_are_joined_in_groups() -> None:
    parts = [X[:, : i % 3] + i for i in range(300)]
    expected = np.concatenate(parts, 1)
    text = nb.inspect(lambda *p: nb.concatenate(p, 1), "linalg")(*parts)
    # 200 parts have elements; there are 19 groups of 16 parts, and 2 groups of these.
    assert text.count("tensor.insert_slice") == 200 + 19 + 2
    np.testing.assert_array_equal(nb.concatenate(parts, 1).numpy(), expected)
    found = nb.grad(lambda x: nb.sum(nb.concatenate([x * i for i in range(40)]) ** 2))(X)
    np.testing.assert_allclose(found.numpy(), 2 * X * sum(i * i for i in range(40)), rtol=1e-12)


def test_joining_promotes() -> None:
    joined = nb.concatenate([nb.tensor([1]), nb.tensor([1.5])])
    assert joined.dtype == "float32" and joined.tolist() == [1.0, 1.5]
    assert nb.stack([1, np.int8(2)]).dtype == "int8"
    assert nb.concatenate(nb.tensor([[1, 2], [3, 4]])).tolist() == [1, 2, 3, 4]


def test_the_value_of_padding_has_a_derivative() -> None:
    found = nb.grad(lambda v: nb.sum(nb.pad(X, 1, value=v)))(nb.tensor(0.5, nb.float64))
    assert found.item() == 4 * 5 * 6 - 24


def test_numbers() -> None:
    assert nb.flatten(2.0).shape == (1,) and nb.squeeze(2.0).shape == ()
    assert nb.transpose(2.0).shape == () and nb.flip(2.0).item() == 2.0
    assert nb.unsqueeze(2.0).shape == (1,) and nb.roll(2.0, 1).shape == ()
    assert nb.tile(2.0, 3).shape == nb.repeat(2.0, 3).shape == (3,)
    for x in (np.zeros((0, 2)), np.zeros((2, 0))):
        assert nb.roll(x, 1, 0).shape == x.shape and nb.tile(x, 2).shape == np.tile(x, 2).shape
        assert nb.repeat(x, 2, 1).shape == np.repeat(x, 2, 1).shape


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    "squeeze": (
        lambda: nb.squeeze(X, 0),
        ValueError,
        r"squeeze: dimension 0 of .*\[2, 3, 4\] is 2",
    ),
    "tile": (lambda: nb.tile(X, -1), ValueError, r"tile: shape \[-1\] has a negative"),
    "repeat": (lambda: nb.repeat(X, -1), ValueError, "repeat: repeats -1 is negative"),
    "repeats": (lambda: nb.repeat(X, [1, 2], 0), TypeError, r"repeat: repeats \[1, 2\] is not an"),
    "roll": (lambda: nb.roll(X, (1, 2), 0), ValueError, "roll: 2 shifts for 1 dimensions"),
    "flatten": (lambda: nb.flatten(X, 2, 1), ValueError, "flatten: end_dim 1 is before"),
    "permute": (lambda: nb.permute(X, (0, 1)), ValueError, r"permute: \(0, 1\) does not order 3"),
    "permute twice": (lambda: nb.permute(X, (0, 1, 1)), ValueError, "permute: .* twice"),
    "moveaxis": (lambda: nb.moveaxis(X, (0, 1), 0), ValueError, "2 dimensions have 1"),
    "transpose": (lambda: nb.transpose(X, 1), TypeError, "two dimensions"),
    "rebind": (lambda: nb.rebind(X, (2, 3)), ValueError, r"\[2, 3, 4\] is not shape \[2, 3\]"),
    "stack": (lambda: nb.stack([X, X[0]]), ValueError, r"\[2, 3, 4\] and \[3, 4\] differ"),
    "pad": (lambda: nb.pad(X), ValueError, "requires paddings or pad_width"),
    "pad rank": (lambda: nb.pad(X, [(1, 1), (0, 0)]), ValueError, r"do not fit shape \[2, 3, 4\]"),
    "pad less": (lambda: nb.pad(X, -1), ValueError, "do not fit"),
    "pad mode": (lambda: nb.pad(X, 1, mode="middle"), ValueError, "'middle'"),
    "pad text": (lambda: nb.pad(X, "x"), TypeError, "pair of integers"),
    "split": (lambda: nb.split(X, 2, 1), ValueError, "axis of size 3 into 2 equal parts"),
    "split none": (lambda: nb.split(X, 0), ValueError, "into 0 equal"),
    "chunk": (lambda: nb.chunk(X, 0), ValueError, "0 is no number of parts"),
    "triu": (lambda: nb.triu(X[0, 0]), ValueError, r"triu: shape \[4\] has no diagonals"),
    "expand": (lambda: nb.tensor(X).expand(2, 3, 5), ValueError, r"\[2, 3, 4\] to \[2, 3, 5\]"),
    "negative": (lambda: nb.broadcast_to(1.0, (-1,)), ValueError, r"\[-1\] has a negative extent"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    make, kind, pattern = MISTAKES[name]
    with pytest.raises(kind, match=pattern) as caught:
        make()
    assert "test_shapes.py" in str(caught.value)
