# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Python control flow on values, and `cond` and `scan`."""

from __future__ import annotations

import warnings

import nabla as nb
import numpy as np
import pytest
from nabla._tensor import tensor


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


def test_loops_early_returns_and_recursion() -> None:
    def over_elements(x):
        total = 0.0
        for v in x:
            total = total + v * v
        return total

    x = np.array([1.0, 2.0, 3.0])
    assert nb.grad(over_elements)(x).tolist() == (2 * x).tolist()

    def early(x):
        for _ in range(10):
            x = x * x
            if x > 100:
                return x
        return x

    assert nb.grad(early)(2.0).item() == 8 * 2.0**7

    def factorial(x, n):
        return x if n <= 0 else x * factorial(x, n - 1)

    assert nb.grad(lambda x: factorial(x, int(x)))(3.0).item() == 4 * 3.0**3
    assert nb.grad(lambda x: nb.sum(nb.ones((int(x), 2)) * x))(3.0).item() == 6.0
    assert nb.grad(lambda x: x * len(range(nb.tensor(4))))(1.0).item() == 4.0


def test_gradients_inside_a_while() -> None:
    def f(x):
        while x < 10:
            x = x + nb.grad(lambda y: y**3)(x)
        return x

    # 1 -> 4 -> 52: the slope is (1 + 6)(1 + 24)
    assert nb.grad(f)(1.0).item() == 175.0
    assert nb.grad(nb.grad(f))(1.0).item() == 6 * 25 + 7 * 6 * 7
    assert nb.jvp(nb.grad(f), (1.0,), (1.0,))[1].item() == 444.0


def test_a_cut_derivative_warns_once_a_line() -> None:
    def f(x):
        for _ in range(3):
            x = x * float(x)
            x = x * x.item()
        return x + (0.0 if f"{x:.2f}" else 1.0)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        tensor._warned.clear()
        for _ in range(2):
            nb.grad(f)(1.5)
    lines = [(w.filename, w.lineno - f.__code__.co_firstlineno) for w in caught]
    assert lines == [(__file__, 2), (__file__, 3), (__file__, 4)]
    assert all(w.category is nb.DerivativeCutWarning for w in caught)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nb.grad(lambda x: x * nb.stop_gradient(x * 2).item())(2.0)
        nb.grad(lambda x: x * len(str(x) + repr(x) + str(x.shape)))(2.0)
        nb.compile(nb.grad(lambda x: x * nb.tensor(2.0).item()))(2.0)


def test_forcing_under_compile_and_vmap_is_an_error() -> None:
    with pytest.raises(nb.TracedValueError, match=r"compile.*nb\.where") as caught:
        nb.compile(lambda x: x if x > 0 else -x)(1.0)
    assert "test_control_flow.py" in str(caught.value)
    with pytest.raises(nb.TracedValueError, match="vmap"):
        nb.vmap(lambda x: x if x > 0 else -x)(np.ones(3))
    with pytest.raises(nb.TracedValueError):
        nb.compile(lambda x: nb.grad(lambda y: y if y > x else -y)(x))(1.0)


def test_arguments_that_must_be_known_name_the_way_out() -> None:
    x = np.ones((2, 3))
    for work in (
        lambda x, n: nb.sum(x, axis=n),
        lambda x, n: nb.zeros((n, 2)),
        lambda x, n: nb.pad(x, n),
        lambda x, n: nb.conv2d(x[:, :, None, None], x[None, :1, None], stride=n),
        lambda x, n: nb.split(x, n),
    ):
        with pytest.raises(nb.TracedValueError, match="static_argnums"):
            nb.compile(work)(x, 1)


def test_forcing_in_a_branch_or_a_loop_is_an_error() -> None:
    for work in (
        lambda: nb.cond(nb.tensor(True), lambda x: x if x > 0 else -x, lambda x: x, 2.0),
        lambda: nb.scan(lambda c, x: (c if x > 0 else -c, None), 1.0, np.ones(3)),
        lambda: nb.grad(nb.compile(lambda x: x if x > 0 else -x))(1.0),
        lambda: nb.vmap(nb.grad(lambda x: x if x > 0 else -x))(np.ones(3)),
        lambda: nb.compile(lambda x: nb.ones((int(x),)))(2.0),
    ):
        with pytest.raises(nb.TracedValueError, match=r"nb\.cond.*\n  at file .*test_control_flow"):
            work()
    # What vmap gave can be forced, outside.
    nb.grad(lambda x: x.sum() if nb.sum(nb.vmap(nb.sin)(x)) > 0 else -x.sum())(np.ones(2))


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


def test_a_python_bool_chooses_among_functions_of_tensors() -> None:
    """What the branches are given does not depend on who chose."""
    array = np.array([1.0, 2.0])
    for pred in (True, nb.tensor(True)):
        assert nb.cond(pred, lambda x: x.sum(), lambda x: x.sum(), array).item() == 3.0
        kept = nb.cond(pred, lambda t: t["a"], lambda t: t["a"] + 1, {"a": array, "b": "text"})
        assert isinstance(kept, nb.Tensor) and kept.tolist() == [1.0, 2.0]


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


def test_cond_of_unequal_types() -> None:
    i, f, d, b = nb.tensor(1), nb.tensor(2.5), np.float64(3.5), nb.tensor(True)
    cases = [
        (i, f, "float32"),
        (i, d, "float64"),
        (f, d, "float64"),
        (b, i, "int32"),
        (i, 2.5, "float32"),
        (d, 1, "float64"),
        (nb.tensor([1, 2], "int8"), nb.tensor([1, 2], "uint8"), "int16"),
    ]
    for left, right, dtype in cases:
        for p in (True, False):
            found = nb.cond(nb.tensor(p), lambda a=left: a, lambda a=right: a)
            assert found.dtype == dtype
            np.testing.assert_array_equal(found.numpy(), np.asarray(left if p else right))
    weak = nb.cond(nb.tensor(True), lambda: 1.0, lambda: 2)
    assert (weak * d).dtype == "float64" and (weak * f).dtype == "float32"
    grad = nb.grad(lambda x: nb.cond(x > 0, lambda x: x * 2, lambda x: i, x) * 1.0)
    assert [grad(2.0).item(), grad(-2.0).item()] == [2.0, 0.0]


def test_cond_operands_and_results() -> None:
    x = np.array([1.0, 2.0])
    found = nb.cond(
        nb.tensor([False]),
        lambda mode, d: {"a": d["a"] * 2, "b": (d["b"], None, mode)},
        lambda mode, d: {"a": d["a"], "b": (d["b"] + 1, None, mode)},
        "text",
        {"a": x, "b": 2},
    )
    assert found["a"].tolist() == [1.0, 2.0] and found["b"][0].item() == 3
    assert found["b"][1:] == (None, "text")
    assert nb.cond(nb.tensor(True), lambda: None, lambda: None) is None
    assert nb.cond(np.bool_(False), lambda: 1, lambda: 2).item() == 2
    for wrong in (1, nb.tensor([True, False]), nb.tensor(1.0), "yes"):
        with pytest.raises(TypeError, match="cond"):
            nb.cond(wrong, lambda: 1, lambda: 2)


def test_cond_under_vmap_does_not_poison() -> None:
    def f(x):
        return nb.cond(x > 0, nb.log, lambda x: x * 0.0, x)

    x = np.array([2.0, 0.0, -1.0])
    np.testing.assert_array_equal(nb.vmap(nb.grad(f))(x).numpy(), [0.5, 0.0, 0.0])
    np.testing.assert_array_equal(nb.vmap(nb.grad(nb.grad(f)))(x).numpy(), [-0.25, 0.0, 0.0])
    shared = nb.vmap(lambda x: nb.cond(nb.tensor(True), lambda x: x * x, lambda x: -x, x))
    np.testing.assert_array_equal(shared(x).numpy(), x * x)


def test_cond_captures_tracers_of_outer_levels() -> None:
    def f(x):
        return nb.grad(lambda y: nb.cond(y > 0, lambda: x * y * y, lambda: x))(x)

    # for x > 0: f = 2 x^2
    assert nb.grad(f)(3.0).item() == 12.0
    assert nb.grad(f)(-3.0).item() == 0.0
    assert nb.vmap(nb.grad(f))(np.array([3.0, -3.0])).tolist() == [12.0, 0.0]
    assert nb.compile(nb.grad(f))(3.0).item() == 12.0


def test_scan_of_no_steps() -> None:
    carry, ys = nb.scan(lambda c, x: (c * x, c * 2), 3.0, np.zeros((0,)))
    assert carry.item() == 3.0 and ys.shape == (0,)
    assert (
        nb.grad(lambda c: nb.scan(lambda c, x: (c * x, c), c, np.zeros((0, 2))[:, 0])[0])(
            3.0
        ).item()
        == 1.0
    )
    carry, ys = nb.scan(lambda c, _: (c * 2, c), 3.0, length=0)
    assert carry.item() == 3.0 and ys.shape == (0,)
    assert nb.vmap(lambda c: nb.scan(lambda c, _: (c, c), c, length=0)[1])(np.ones(3)).shape == (
        3,
        0,
    )


def test_scan_of_slices_without_elements() -> None:
    """As under vmap without examples."""

    def running(xs):
        return nb.scan(lambda c, x: (nb.tanh(c + x), c * x), nb.zeros((2,)) * xs[0, 0], xs)[1]

    xs = np.zeros((0, 3, 2))
    assert nb.vmap(running)(xs).shape == (0, 3, 2)
    assert nb.vmap(nb.grad(lambda xs: nb.sum(running(xs))))(xs).shape == (0, 3, 2)
    carry, ys = nb.scan(lambda c, x: (c + x, c), np.zeros(0), np.zeros((3, 0)), reverse=True)
    assert carry.shape == (0,) and ys.shape == (3, 0)


def test_scan_carries_of_all_kinds() -> None:
    xs = np.array([1.0, 2.0, 3.0])
    flags, seen = nb.scan(lambda c, x: (~c, c), nb.tensor(True), length=3)
    assert flags.item() is False and seen.tolist() == [True, False, True]
    count, _ = nb.scan(lambda c, x: (nb.where(x > 1, c + 1, c), None), 0, xs)
    assert count.item() == 2 and count.dtype == np.int32
    state, ys = nb.scan(
        lambda c, x: ({"s": [c["s"][0] + x], "n": c["n"] + 1, "t": c["t"]}, (x, {"c": c["s"][0]})),
        {"s": [0.0], "n": 0, "t": "text"},
        xs,
        reverse=True,
    )
    assert state["s"][0].item() == 6.0 and state["n"].item() == 3 and state["t"] == "text"
    assert ys[1]["c"].tolist() == [5.0, 3.0, 0.0] and ys[0].tolist() == xs.tolist()
    nothing, ys = nb.scan(lambda c, x: (None, x * 2), None, xs)
    assert nothing is None and ys.tolist() == [2.0, 4.0, 6.0]
    assert nb.scan(lambda c, x: (c, 7), 0.0, xs)[1].tolist() == [7, 7, 7]
    grad = nb.grad(lambda x: nb.scan(lambda c, k: ((c[0] * k, c[1] + 1), c[1]), (x, 0), xs)[0][0])
    assert grad(2.0).item() == 6.0


def test_scan_promotes_weak_carries_only() -> None:
    xs = np.array([1.0, 2.0, 3.0])
    for init in (0, 0.0, np.float64(0)):
        carry, ys = nb.scan(lambda c, x: (c + x, c), init, xs)
        assert carry.dtype == ys.dtype == np.float64 and carry.item() == 6.0
    (a, b), _ = nb.scan(lambda c, x: ((c[1], c[0] + x), None), (0, 0), xs)
    assert a.dtype == b.dtype == np.float64 and [a.item(), b.item()] == [2.0, 4.0]
    kept, _ = nb.scan(lambda c, _: (c + 1, None), nb.tensor(1, "int8"), length=3)
    assert kept.dtype == "int8" and kept.item() == 4
    kept, _ = nb.scan(lambda c, _: (1.0, None), np.float64(3), length=1)
    assert kept.dtype == np.float64
    for init, body in (
        (np.float32(0), lambda c, x: (c + x, None)),
        (nb.tensor(1), lambda c, x: (c * 0.5, None)),
        (nb.tensor(True), lambda c, x: (c + 1, None)),
        (np.float32(0), lambda c, x: (nb.tensor(1), None)),
    ):
        with pytest.raises(TypeError, match="a carry is"):
            nb.scan(body, init, xs)


def test_scan_mistakes_in_length() -> None:
    with pytest.raises(ValueError, match=r"length is -1, which is negative[^@]*test_control_flow"):
        nb.scan(lambda c, x: (c, x), 0.0, length=-1)
    for wrong in ("3", 2.0, True):
        with pytest.raises(TypeError, match="length must be an integer"):
            nb.scan(lambda c, x: (c, x), 0.0, length=wrong)
    assert nb.scan(lambda c, _: (c + 1, None), 0, length=np.int64(2))[0].item() == 2
    with pytest.raises(ValueError, match="0-d"):
        nb.scan(lambda c, x: (c, x), 0.0, 1.0)


def test_cond_in_scan_in_vmap_in_grad() -> None:
    ks = np.array([0.1, 0.2, 0.3])

    def one(x):
        def body(c, k):
            c = nb.cond(c > 1, lambda c: c * 0.5 + k, lambda c: c * c + k, c)
            return c, c

        c, ys = nb.scan(body, x, ks)
        return c + nb.sum(ys)

    def loop(x):
        total = 0.0
        for i in range(3):
            c = x[i]
            for k in ks:
                c = c * 0.5 + k if c > 1 else c * c + k
                total = total + c
            total = total + c
        return total

    def f(x):
        return nb.sum(nb.vmap(one)(x))

    x = np.array([0.5, 1.5, 2.5])
    slope = nb.grad(loop)(x).numpy()
    np.testing.assert_allclose(nb.grad(f)(x).numpy(), slope, rtol=1e-12)
    np.testing.assert_allclose(nb.compile(nb.grad(f))(x).numpy(), slope, rtol=1e-12)
    np.testing.assert_allclose(nb.jacfwd(nb.vmap(one))(x).numpy(), np.diag(slope), rtol=1e-12)
    second = nb.jacrev(nb.grad(loop))(x).numpy()
    np.testing.assert_allclose(nb.hessian(f)(x).numpy(), second, rtol=1e-10)


def test_a_pullback_through_a_scan_is_called_twice() -> None:
    xs = np.array([1.0, 2.0, 3.0])
    y, pullback = nb.vjp(lambda x: nb.scan(lambda c, k: (nb.sin(c) * k, c), x, xs), np.float64(0.3))
    before = pullback((np.float64(1), np.ones(3)))[0].item()
    y[0].realize()
    after = pullback((np.float64(1), np.ones(3)))[0].item()
    c, d, total = 0.3, 1.0, 0.0
    for k in xs:
        total += d
        c, d = np.sin(c) * k, np.cos(c) * k * d
    assert before == after == pytest.approx(d + total, rel=1e-12)
