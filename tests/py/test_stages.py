# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Loops under derivatives that Python steers by values: each turn compiles once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import optree
import pytest
from nabla._core import execute
from nabla._core.program import counters
from nabla.transforms import _arguments

X, W, S = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.6, 0.7]), np.array([0.1, 0.2, 0.3])
TURNS = 5


def start(x: Any) -> Any:
    """What the turns carry: floats with a derivative, and without, a mask, a count."""
    return x, x * 0.5, nb.tensor(S), x > 2.0, nb.tensor([1, 2, 3])


def turn(state: Any, w: Any, k: Any) -> Any:
    t, u, s, mask, n = state
    t, u = nb.where(mask, nb.sin(t * w) + u * k, t * s), u * 0.9 + t * 0.1
    return t, u, s * s + n, t > u, n + k


def finish(state: Any, w: Any, k: Any) -> Any:
    t, u, s, mask, n = state
    aux = {"t": t * 2, "s": s, "mask": mask, "n": n, "x": X, "k": k + 1, "w": w}
    return nb.sum(t * w * s) + nb.sum(u), aux


def unrolled(x: Any, w: Any, k: Any) -> Any:
    state = start(x)
    for _ in range(TURNS):
        state = turn(state, w, k)
    return finish(state, w, k)


def steered(x: Any, w: Any, k: Any) -> Any:
    state, n = start(x), 0
    while nb.sum(nb.stop_gradient(state[0])) * 0 + n < TURNS:
        state = turn(state, w, k)
        n += 1
    return finish(state, w, k)


K = nb.tensor(2)
TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "grad": lambda f: nb.grad(lambda x, w: f(x, w, K)[0], (0, 1))(X, W),
    "value_and_grad": lambda f: nb.value_and_grad(f, (1, 0), has_aux=True)(X, W, K),
    "jacrev": lambda f: nb.jacrev(f, (0, 1))(X, W, K),
    "jacfwd": lambda f: nb.jacfwd(f, (1, 0))(X, W, K),
    "jvp": lambda f: nb.jvp(f, (X, W, K), (W, X, None)),
    "linearize": lambda f: nb.linearize(f, X, W, K)[1](W, X, None),
    "vjp twice": lambda f: [nb.vjp(lambda x: f(x, W, K)[1]["t"], X)[1](c) for c in (X, W)],
    "vmap of pullback": lambda f: nb.vmap(nb.vjp(lambda x: f(x, W, K)[1]["t"], X)[1])(np.eye(3)),
    "compile of pullback": lambda f: nb.compile(lambda p, c: p(c))(
        nb.vjp(lambda x, w: f(x, w, K)[1]["t"], X, W)[1], X
    ),
    "grad of pullback": lambda f: (lambda p: nb.grad(lambda c: nb.sum(p(c)[0] ** 2))(X))(
        nb.vjp(lambda x: f(x, W, K)[1]["t"], X)[1]
    ),
    # The function of inner derivatives is one program within that of the outer.
    "hessian": lambda f: nb.hessian(lambda x: f(x, W, K)[0])(X),
    "jacrev(jacfwd)": lambda f: nb.jacrev(nb.jacfwd(lambda x: f(x, W, K)[0]))(X),
    "jvp(grad)": lambda f: nb.jvp(nb.grad(lambda x: f(x, W, K)[0]), (X,), (W,)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_steered_is_unrolled(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = []
    original = _arguments.split

    def split(*arguments: Any) -> Any:
        found = original(*arguments)
        stages.append(len(found))
        return found

    monkeypatch.setattr(_arguments, "split", split)
    found, treedef = optree.tree_flatten(TRANSFORMS[name](steered))
    assert max(stages, default=0) >= TURNS or name in ("hessian", "jacrev(jacfwd)", "jvp(grad)")
    expected, other = optree.tree_flatten(TRANSFORMS[name](unrolled))
    assert treedef == other
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-11, atol=1e-13)


def halve(x: Any) -> Any:
    while nb.sum(x) > 1.0:
        x = x * 0.5 + 0.01 * nb.sin(x)
    return nb.sum(x)


def count_turns(x: Any) -> Any:
    n = 0.0
    while nb.sum(x) > 1.0:
        x = x * 0.5 + 0.01 * n * nb.cos(x)  # a number that changes is an operand
        n += 1
    return nb.sum(x)


DERIVATIVES: dict[str, Callable[[Any], Callable[[Any], Any]]] = {
    "grad": nb.grad,
    "jacfwd": nb.jacfwd,
    "jvp": lambda f: lambda x: nb.jvp(f, (x,), (x,))[1],
    "vjp": lambda f: lambda x: nb.vjp(f, x)[1](np.float64(1))[0],
}


@pytest.mark.parametrize("f", [halve, count_turns])
@pytest.mark.parametrize("name", DERIVATIVES)
def test_turns_compile_once(name: str, f: Callable[[Any], Any]) -> None:
    derivative = DERIVATIVES[name](f)
    execute.clear()
    before = counters.compilations
    derivative(np.array([5.0, 3.0])).realize()
    assert counters.compilations - before <= 14
    # That a number changes from turn to turn is learned, at the latest, by a second call.
    derivative(np.array([20.0, 3.0])).realize()
    assert counters.compilations - before <= 15
    before = counters.compilations
    for power in (6, 9, 14, 30):  # as many turns
        derivative(np.array([2.0**power, 3.0])).realize()
    assert counters.compilations == before


def test_nested_derivatives_compile_once_a_number_of_turns() -> None:
    """A limit: the inner function is one program. README.md says so."""
    hessian = nb.hessian(halve)
    execute.clear()
    for power, is_new in ((4, True), (6, True), (8, True), (4, False), (6, False), (8, False)):
        before = counters.compilations
        found = hessian(np.array([2.0**power, 3.0])).numpy()
        assert (counters.compilations > before) == is_new
    expected = nb.jacfwd(nb.jacfwd(halve))(np.array([2.0**8, 3.0])).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)


def test_branches_are_no_turns() -> None:
    """What does not repeat stays one program."""

    def f(x: Any) -> Any:
        if x > 0:
            x = nb.sin(x)
        if x < 2:
            x = x * x
        if x > -1:
            x = nb.exp(x)
        return x

    execute.clear()
    before = counters.compilations
    found = nb.grad(f)(0.5).item()
    s, c = np.sin(0.5), np.cos(0.5)
    assert found == pytest.approx(2 * s * c * np.exp(s * s), rel=1e-6)
    assert counters.compilations - before <= 4, "three questions and the derivative"


def test_loops_that_leave_no_derivative() -> None:
    def f(x: Any) -> Any:
        n, y = 0, nb.ones((2,))
        while x * 0 + n < 4:
            n += 1
            y = y * 2.0 + 1.0
        return nb.sum(y)

    assert nb.grad(f)(1.0).item() == 0.0
    value, tangent = nb.jvp(f, (1.0,), (1.0,))
    assert (value.item(), tangent.item()) == (62.0, 0.0)


def test_pullbacks_made_in_turns() -> None:
    def f(x: Any) -> Any:
        while nb.sum(x) < 50.0:
            _, pullback = nb.vjp(lambda y: y**3, x)
            x = x + pullback(nb.ones_like(x))[0]
        return nb.sum(x)

    # 1 -> 4 -> 52, the slope is 7 * 25
    assert nb.grad(f)(np.ones(1)).tolist() == [175.0]
