# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Python control flow on values, and `cond` and `scan`."""

from __future__ import annotations

import warnings

import nabla as nb
import numpy as np
import pytest
from nabla._core.program import counters


def halved(x):
    while nb.sum(x * x) > 1.0:
        x = x * 0.5
    return nb.sum(x * x)


def test_while_under_grad() -> None:
    x = np.array([3.0, 4.0])
    # |x| = 5 is halved three times: f = |x|^2 / 64
    np.testing.assert_allclose(nb.grad(halved)(x).numpy(), x / 32, rtol=1e-14)
    np.testing.assert_allclose(nb.jacfwd(halved)(x).numpy(), x / 32, rtol=1e-14)
    value, tangent = nb.jvp(halved, (x,), (np.ones(2),))
    assert value.item() == pytest.approx(25 / 64)
    assert tangent.item() == pytest.approx(7 / 32)
    _, pullback = nb.vjp(halved, x)
    np.testing.assert_allclose(pullback(np.float64(1))[0].numpy(), x / 32, rtol=1e-14)
    np.testing.assert_allclose(nb.hessian(halved)(x).numpy(), np.eye(2) / 32, atol=1e-14)


def test_forcing_compiles_a_turn_once() -> None:
    def f(x):
        while nb.sum(x) > 1.0:
            x = x * 0.5
        return nb.sum(x)

    nb.grad(f)(np.array([3.0, 5.0])).realize()
    before = counters.compilations
    nb.grad(f)(np.array([2.0**20, 2.0**20])).realize()
    # the derivative of the longer chain is a new program; its turns are not
    assert counters.compilations <= before + 1


def test_if_takes_the_branch_of_the_value() -> None:
    def f(x):
        return x * x if x > 0 else -x

    assert nb.grad(f)(3.0).item() == 6.0
    assert nb.grad(f)(-3.0).item() == -1.0
    assert nb.grad(nb.grad(f))(3.0).item() == 2.0


def test_int_steers_silently_and_float_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert nb.grad(lambda x: x ** int(x))(3.0).item() == 27.0
        nb.grad(lambda x: x * float(nb.stop_gradient(x)))(3.0)
    with pytest.warns(nb.DerivativeCutWarning, match=r"float\(\)"):
        assert nb.grad(lambda x: x * float(x))(3.0).item() == 3.0
    with pytest.warns(nb.DerivativeCutWarning):
        nb.grad(lambda x: nb.sum(x * x.numpy()))(np.ones(3))


def test_forcing_under_compile_and_vmap_is_an_error() -> None:
    with pytest.raises(nb.TracedValueError, match=r"compile.*nb\.where") as caught:
        nb.compile(lambda x: x if x > 0 else -x)(1.0)
    assert "test_control_flow.py" in str(caught.value)
    with pytest.raises(nb.TracedValueError, match="vmap"):
        nb.vmap(lambda x: x if x > 0 else -x)(np.ones(3))
    with pytest.raises(nb.TracedValueError):
        nb.compile(lambda x: nb.grad(lambda y: y if y > x else -y)(x))(1.0)


def test_what_does_not_depend_on_the_example_can_be_forced() -> None:
    w = nb.tensor(2.0)

    def f(x, shared):
        return x * 2 if shared > 1 and w > 1 else x

    assert nb.vmap(f, (0, None))(np.ones(3), w).tolist() == [2.0, 2.0, 2.0]


def test_forced_values_inside_nested_traces() -> None:
    def f(x):
        g = nb.grad(lambda y: y * y * x)(x)  # 2 x^2
        return g * 3 if g > 1 else g

    assert nb.grad(f)(2.0).item() == pytest.approx(24.0)
    assert nb.grad(f)(0.5).item() == pytest.approx(2.0)


def test_cond() -> None:
    def f(p, x):
        return nb.cond(p, lambda a: nb.sin(a) * 2, lambda a: a * a, x)

    x = np.array([0.5, 1.5])
    for p in (True, False):
        pred = nb.tensor(p)
        expected = np.sin(x) * 2 if p else x * x
        slope = np.cos(x) * 2 if p else 2 * x
        np.testing.assert_allclose(f(pred, x).numpy(), expected, rtol=1e-14)
        for d in (nb.grad, nb.jacfwd):
            found = d(lambda x, pred=pred: nb.sum(f(pred, x)))(x)
            np.testing.assert_allclose(found.numpy(), slope, rtol=1e-14)
    both = nb.vmap(f)(np.array([True, False]), np.stack([x, x]))
    np.testing.assert_allclose(both.numpy(), [np.sin(x) * 2, x * x], rtol=1e-14)


def test_cond_captures_and_promotes() -> None:
    a, b = nb.tensor(2.0), nb.tensor(3.0)
    assert nb.cond(nb.tensor(True), lambda: a * 2, lambda: b).item() == 4.0
    assert nb.cond(nb.tensor(False), lambda x: x, lambda x: 1, 2.5).item() == 1.0
    with pytest.raises(TypeError, match="structure"):
        nb.cond(nb.tensor(True), lambda: (a, b), lambda: a)
    with pytest.raises(TypeError, match="shape"):
        nb.cond(nb.tensor(True), lambda: nb.zeros((2,)), lambda: a)
    with pytest.raises(TypeError, match="one bool"):
        nb.cond(a, lambda: a, lambda: a)
    grad = nb.grad(lambda x: nb.cond(x > 1, lambda: x * x, lambda: -x))
    assert [grad(2.0).item(), grad(0.5).item()] == [4.0, -1.0]


def test_scan() -> None:
    xs = np.array([1.0, 2.0, 3.0])
    carry, ys = nb.scan(lambda c, x: (c * x, c + x), np.float64(2.0), xs)
    assert carry.item() == 12.0
    np.testing.assert_array_equal(ys.numpy(), [3.0, 4.0, 7.0])
    carry, ys = nb.scan(lambda c, x: (c * x, c + x), np.float64(2.0), xs, reverse=True)
    assert carry.item() == 12.0
    np.testing.assert_array_equal(ys.numpy(), [13.0, 8.0, 5.0])


def test_scan_derivatives() -> None:
    xs = np.array([0.5, -1.0, 2.0, 0.25])
    w = np.float64(0.7)

    def looped(w, xs, loop):
        c, total = np.float64(0.1), 0.0
        if loop:
            for i in range(4):
                c = nb.sin(c * w + xs[i])
                total = total + c * c
            return total
        _, ys = nb.scan(lambda c, x: (nb.sin(c * w + x),) * 2, c, xs)
        return nb.sum(ys * ys)

    for transform in (nb.grad, nb.jacfwd, lambda f, a: nb.jacfwd(nb.grad(f, a), a)):
        for argnum in (0, 1):
            ours = transform(lambda w, xs: looped(w, xs, False), argnum)(w, xs)
            loop = transform(lambda w, xs: looped(w, xs, True), argnum)(w, xs)
            np.testing.assert_allclose(ours.numpy(), loop.numpy(), rtol=1e-10, atol=1e-12)
    batch = np.stack([xs, xs * 2])
    found = nb.vmap(nb.grad(lambda xs: looped(w, xs, False)))(batch)
    rows = [nb.grad(lambda xs: looped(w, xs, False))(row).numpy() for row in batch]
    np.testing.assert_allclose(found.numpy(), rows, rtol=1e-12)


def test_scan_without_xs_and_with_trees() -> None:
    carry, ys = nb.scan(lambda c, _: ({"n": c["n"] + 1}, None), {"n": 0}, length=5)
    assert carry["n"].item() == 5 and ys is None
    carry, _ = nb.scan(lambda c, x: (c + x, None), 0, np.array([0.5, 0.5]))
    assert carry.item() == 1.0 and carry.dtype == np.float64


def test_scan_errors() -> None:
    with pytest.raises(TypeError, match="carry"):
        nb.scan(lambda c, x: (nb.zeros((2,)), x), nb.zeros((3,)), np.ones(3))
    with pytest.raises(ValueError, match="length"):
        nb.scan(lambda c, x: (c, x), 0.0)
    with pytest.raises(ValueError, match="differ"):
        nb.scan(lambda c, x: (c, c), 0.0, (np.ones(3), np.ones(4)))
    with pytest.raises(TypeError, match=r"\(carry, y\)"):
        nb.scan(lambda c, x: c, 0.0, np.ones(3))
