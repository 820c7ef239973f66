# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Convolution and pooling, against sums written out in NumPy."""

from __future__ import annotations

import nabla as nb
import numpy as np
import pytest
from convolve import convolve

RNG = np.random.default_rng(0)


# x, kernel, stride, dilation, padding, groups
CASES = [
    ((2, 6, 3), (3, 3, 4), (1,), (1,), [(0, 0)], 1),
    ((1, 9, 4), (2, 2, 6), (3,), (2,), [(2, 1)], 2),
    ((2, 5, 6, 2), (3, 2, 2, 3), (2, 1), (1, 2), [(1, 0), (1, 1)], 1),
    ((2, 7, 5, 3), (2, 3, 1, 6), (2, 3), (2, 1), [(0, 2), (1, 1)], 3),
    ((1, 3, 4, 3, 2), (2, 2, 2, 2, 2), (1, 2, 1), (1, 1, 2), [(0, 0), (1, 0), (0, 0)], 1),
    ((3, 4), (4, 5), (), (), [], 1),
    ((2, 2, 3), (3, 3, 4), (1,), (1,), [(0, 0)], 1),  # no window
]


@pytest.mark.parametrize("shape, kernel_shape, stride, dilation, padding, groups", CASES)
def test_convolution(shape, kernel_shape, stride, dilation, padding, groups) -> None:
    x, kernel = RNG.normal(size=shape), RNG.normal(size=kernel_shape)
    options = {"stride": stride, "dilation": dilation, "padding": padding, "groups": groups}

    def f(x, kernel):
        return nb.convolution(x, kernel, **options)

    y = f(x, kernel)
    np.testing.assert_allclose(y.numpy(), convolve(x, kernel, **options), rtol=1e-12, atol=1e-12)

    # The derivative of a bilinear function, by what defines it, and its transposes.
    dx, dk, ct = RNG.normal(size=shape), RNG.normal(size=kernel_shape), RNG.normal(size=y.shape)
    expected = convolve(dx, kernel, **options) + convolve(x, dk, **options)
    tangent = nb.jvp(f, (x, kernel), (dx, dk))[1].numpy()
    np.testing.assert_allclose(tangent, expected, rtol=1e-12, atol=1e-12)
    gx, gk = (g.numpy() for g in nb.vjp(f, x, kernel)[1](ct))
    assert np.sum(gx * dx) + np.sum(gk * dk) == pytest.approx(np.sum(ct * expected), rel=1e-11)

    def loss(x, kernel):
        return nb.sum(f(x, kernel) ** 2)

    over = nb.jvp(lambda x: nb.grad(loss, 1)(x, kernel), (x,), (dx,))[1]
    under = nb.grad(lambda k: nb.jvp(lambda x: loss(x, k), (x,), (dx,))[1])(kernel)
    np.testing.assert_allclose(over.numpy(), under.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("axes", [(0, 0), (0, None), (None, 0)])
def test_batched_convolution(axes) -> None:
    x, kernel = RNG.normal(size=(3, 2, 5, 4)), RNG.normal(size=(3, 2, 2, 6))
    args = [a if axis == 0 else a[0] for a, axis in zip((x, kernel), axes, strict=True)]

    def f(x, kernel):
        y = nb.convolution(x, kernel, stride=2, padding=1, groups=2)
        return y, nb.grad(lambda k: nb.sum(nb.convolution(x, k, groups=2) ** 2))(kernel)

    batched = nb.vmap(f, in_axes=axes)(*args)
    for i in range(3):
        single = f(*[a[i] if axis == 0 else a for a, axis in zip(args, axes, strict=True)])
        for found, expected in zip(batched, single, strict=True):
            np.testing.assert_allclose(found.numpy()[i], expected.numpy(), rtol=1e-11, atol=1e-11)


def test_conv2d_arguments() -> None:
    x, kernel = RNG.normal(size=(2, 6, 5, 3)), RNG.normal(size=(3, 3, 3, 4))
    bias = RNG.normal(size=4)
    found = nb.conv2d(x, kernel, stride=2, padding=(1, 0, 2, 1), bias=bias)
    expected = convolve(x, kernel, (2, 2), (1, 1), [(1, 0), (2, 1)], 1) + bias
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)
    found = nb.conv2d(x, kernel, padding=(1, 2))
    expected = convolve(x, kernel, (1, 1), (1, 1), [(1, 1), (2, 2)], 1)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


def test_half_precision_sums_in_single() -> None:
    x, kernel = np.ones((1, 64, 64), np.float16), np.full((8, 64, 1), 2**-4, np.float16)
    assert nb.convolution(x, kernel).dtype == np.float16
    np.testing.assert_array_equal(nb.convolution(x, kernel).numpy(), 32.0)


@pytest.mark.parametrize(
    "stride, padding, extra", [(1, 0, 0), (2, 1, 1), ((3, 2), (1, 0, 2, 1), 1)]
)
def test_conv2d_transpose_is_the_transpose(stride, padding, extra) -> None:
    x, kernel = RNG.normal(size=(2, 3, 4, 2)), RNG.normal(size=(3, 2, 5, 2))
    options = {"stride": stride, "padding": padding, "dilation": (1, 2)}
    y = nb.conv2d_transpose(x, kernel, output_paddings=extra, **options)
    other = RNG.normal(size=y.shape)
    forward = nb.conv2d(other, kernel, **options)
    assert forward.shape == x.shape
    assert np.sum(y.numpy() * other) == pytest.approx(np.sum(forward.numpy() * x), rel=1e-11)


@pytest.mark.parametrize(
    "size, stride, padding, dilation",
    [(2, None, 0, 1), ((3, 2), None, (2, 1), 1), (3, 2, 1, 1), ((2, 3), 1, (0, 1), 2)],
)
def test_pooling(size, stride, padding, dilation) -> None:
    x = RNG.normal(size=(2, 8, 7, 3))
    sizes = (size, size) if isinstance(size, int) else size
    strides = sizes if stride is None else (stride, stride)
    pads = [(padding, padding)] * 2 if isinstance(padding, int) else [(p, p) for p in padding]

    def windows(fill):
        padded = np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=fill)
        reach = [(n - 1) * dilation for n in sizes]
        counts = [
            (n - r - 1) // s + 1 for n, r, s in zip(padded.shape[1:3], reach, strides, strict=True)
        ]
        return np.array(
            [
                [
                    padded[
                        :,
                        i * strides[0] : i * strides[0] + reach[0] + 1 : dilation,
                        j * strides[1] : j * strides[1] + reach[1] + 1 : dilation,
                    ].reshape(2, -1, 3)
                    for j in range(counts[1])
                ]
                for i in range(counts[0])
            ]
        ).transpose(2, 0, 1, 3, 4)

    options = {"kernel_size": size, "stride": stride, "padding": padding, "dilation": dilation}
    np.testing.assert_array_equal(nb.max_pool2d(x, **options).numpy(), windows(-np.inf).max(3))
    mean = nb.avg_pool2d(x, **options)
    np.testing.assert_allclose(mean.numpy(), windows(0.0).mean(3), rtol=1e-12)
    # Each output is one element, so its gradient sums to the number of outputs.
    gradient = nb.grad(lambda x: nb.sum(nb.max_pool2d(x, **options)))(x)
    assert gradient.numpy().sum() == pytest.approx(mean.numel())


@pytest.mark.parametrize("pool", [nb.max_pool2d, nb.avg_pool2d])
def test_windows_side_by_side_are_not_moved(pool) -> None:
    x = np.ones((2, 4, 6, 3))
    gradient = nb.grad(lambda x: nb.sum(pool(x, kernel_size=2) ** 2))
    text = nb.inspect(gradient, "simplify")(x)
    assert not [op for op in ("slice", "pad", "concatenate") if f"nabla.{op} " in text]


def test_gradients_of_padded_convolutions_have_no_windows_to_drop() -> None:
    x, kernel = np.ones((2, 7, 7, 3)), np.ones((3, 3, 3, 4))
    gradient = nb.grad(lambda x: nb.sum(nb.conv2d(x, kernel, padding=1) ** 2))
    text = nb.inspect(gradient, "simplify")(x)
    assert "nabla.slice" not in text and text.count("nabla.convolution") == 2


def test_ties_of_max_pooling_share() -> None:
    gradient = nb.grad(lambda x: nb.sum(nb.max_pool2d(x, kernel_size=2)))(np.zeros((1, 2, 2, 1)))
    np.testing.assert_array_equal(gradient.numpy(), np.full((1, 2, 2, 1), 0.25))


def test_errors() -> None:
    x, kernel = nb.ones((1, 4, 4, 2)), nb.ones((3, 3, 2, 4))
    with pytest.raises(ValueError, match=r"channels a group.*\n  at file .*test_windows.py"):
        nb.conv2d(x, nb.ones((3, 3, 1, 4)))
    with pytest.raises(ValueError, match="into 3 groups"):
        nb.conv2d(x, kernel, groups=3)
    with pytest.raises(ValueError, match="stride values must be > 0"):
        nb.conv2d(x, kernel, stride=0)
    with pytest.raises(ValueError, match="padding values must be >= 0"):
        nb.conv2d(x, kernel, padding=-1)
    with pytest.raises(ValueError, match="one entry for each of 2 dimensions"):
        nb.conv2d(x, kernel, dilation=(1, 1, 1))
    with pytest.raises(ValueError, match="bias size"):
        nb.conv2d(x, kernel, bias=nb.ones((3,)))
    with pytest.raises(ValueError, match=r"\[4, 4, 2\] is not|\[4, 4, 2\] and"):
        nb.conv2d(nb.ones((4, 4, 2)), kernel)
    with pytest.raises(ValueError, match="output_paddings"):
        nb.conv2d_transpose(x, nb.ones((3, 3, 4, 2)), output_paddings=1)
    with pytest.raises(ValueError, match="kernel_size values must be > 0"):
        nb.max_pool2d(x, kernel_size=0)
    with pytest.raises(ValueError, match="does not fit"):
        nb.avg_pool2d(x, kernel_size=5)
    at_user = r" is not an integer\n  at file .*test_windows.py"
    with pytest.raises(TypeError, match="conv2d: stride 1.5" + at_user):
        nb.conv2d(x, kernel, stride=1.5)
    with pytest.raises(TypeError, match="conv2d: padding 'same'" + at_user):
        nb.conv2d(x, kernel, padding="same")
    with pytest.raises(TypeError, match=r"conv2d: padding \(1,\)" + at_user):
        nb.conv2d(x, kernel, padding=[(1,), (1,)])
    for convolution in (nb.conv2d, nb.convolution):
        with pytest.raises(TypeError, match="groups 1.0" + at_user):
            convolution(x, kernel, groups=1.0)
    with pytest.raises(TypeError, match="floats"):
        nb.max_pool2d(np.ones((1, 4, 4, 1), np.int32), kernel_size=2)
