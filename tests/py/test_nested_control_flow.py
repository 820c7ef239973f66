# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`cond` and `scan` within each other and within transforms, against Python loops."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np

X = np.array([1.0, 2.0, 3.0])
ROWS = np.stack([X, 2 * X, -X])


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=1e-10, atol=1e-12)


def test_scan_with_batched_captures() -> None:
    def f(w: Any) -> Any:
        return nb.scan(lambda c, x: (c * w + x, nb.sin(c * w)), np.float64(0.1), X)

    carries, ys = nb.vmap(f)(X)
    for i, w in enumerate(X):
        carry, y = f(w)
        close(carries[i], carry)
        close(ys[i], y)


def test_vmap_in_scan_in_grad() -> None:
    def f(w: Any) -> Any:
        def body(c: Any, x: Any) -> Any:
            return nb.vmap(lambda a, b: nb.sin(a * b) + x)(c, w), None

        carry, _ = nb.scan(body, X * 0.1, X)
        return nb.sum(carry * carry)

    def loop(w: Any) -> Any:
        c: Any = X * 0.1
        for x in X:
            c = nb.sin(c * w) + x
        return nb.sum(c * c)

    close(nb.hessian(f)(X), nb.hessian(loop)(X))
    close(nb.vmap(nb.grad(f))(ROWS), [nb.grad(loop)(row).numpy() for row in ROWS])


def test_derivative_of_a_descent() -> None:
    def slope(w: Any) -> Any:
        return nb.grad(lambda w: nb.sum((w - X) ** 2 * w))(w)

    def f(rate: Any) -> Any:
        w, _ = nb.scan(lambda w, _: (w - rate * slope(w), None), X * 0.1, length=5)
        return nb.sum(w)

    def loop(rate: Any) -> Any:
        w: Any = nb.tensor(X * 0.1)
        for _ in range(5):
            w = w - rate * slope(w)
        return nb.sum(w)

    rate = np.float64(0.05)
    close(nb.grad(f)(rate), nb.grad(loop)(rate))
    close(nb.jacfwd(f)(rate), nb.grad(loop)(rate))


def test_scan_in_cond() -> None:
    def f(x: Any) -> Any:
        return nb.cond(
            x > 0,
            lambda: nb.scan(lambda c, k: (c * x + k, c), np.float64(1), X)[0],
            lambda: nb.scan(lambda c, k: (c - x * k, c), np.float64(1), X)[0],
        )

    def loop(x: Any) -> Any:
        c: Any = np.float64(1)
        for k in X:
            c = c * x + k if x > 0 else c - x * k
        return c

    xs = np.array([0.7, -0.7])
    expected = [nb.grad(loop)(x).item() for x in xs]
    close([nb.grad(f)(x).item() for x in xs], expected)
    close(nb.vmap(nb.grad(f))(xs), expected)


def test_compile_in_scan_in_compile() -> None:
    step = nb.compile(lambda c, x: nb.tanh(c * x))

    def f(c: Any) -> Any:
        return nb.scan(lambda c, x: (step(c, x), c), c, X)[1]

    rows = nb.vmap(nb.jacfwd(nb.compile(f)))(X)
    close(rows, [nb.jacrev(f)(x).numpy() for x in X])


def test_pullbacks_in_scan() -> None:
    def body(c: Any, _: Any) -> Any:
        y, pullback = nb.vjp(lambda x: nb.sin(x) * x, c)
        return pullback(y)[0], None

    expected = X
    for _ in range(2):
        expected = (np.cos(expected) * expected + np.sin(expected)) * np.sin(expected) * expected
    close(nb.scan(body, X, length=2)[0], expected)


def test_third_derivative_by_a_captured_carry() -> None:
    def f(x: Any) -> Any:
        return nb.scan(lambda c, k: (c * x + x * k, None), x, X)[0]

    def loop(x: Any) -> Any:
        c = x
        for k in X:
            c = c * x + x * k
        return c

    third = nb.grad(nb.grad(nb.grad(f)))(np.float64(0.3))
    close(third, nb.grad(nb.grad(nb.grad(loop)))(np.float64(0.3)))


def test_mixed_xs_under_vmap_of_grad() -> None:
    flags, ints = np.array([True, False, True]), np.array([1, 2, 3])

    def f(x: Any) -> Any:
        def body(c: Any, t: Any) -> Any:
            return nb.where(t[0], c * t[1], c) + x * t[2], t[1]

        return nb.scan(body, x, (flags, ints, X))[0]

    def loop(x: Any) -> Any:
        c = x
        for flag, n, k in zip(flags, ints, X, strict=True):
            c = (c * float(n) if flag else c) + x * k
        return c

    close(nb.vmap(nb.grad(f))(X), [nb.grad(loop)(x).item() for x in X])


def test_noise_in_branches_and_steps() -> None:
    def branch(p: Any) -> Any:
        return nb.cond(p, lambda: nb.gaussian(()), lambda: -nb.gaussian(()))

    drawn = nb.vmap(branch)(np.array([True, True, False, False])).numpy()
    assert len(np.unique(np.abs(drawn))) == 4
    steps = nb.vmap(lambda x: nb.scan(lambda c, _: (c, nb.gaussian(())), x, length=3)[1])(X)
    assert len(np.unique(steps.numpy())) == 9
