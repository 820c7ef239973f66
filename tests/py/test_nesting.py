# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Transforms within transforms, and what they close over."""

from __future__ import annotations

import nabla as nb
import numpy as np
import pytest

X = np.array([0.3, -1.2, 2.0], np.float64)


def test_grad_of_grad_with_capture() -> None:
    assert nb.grad(lambda x: nb.grad(lambda y: x * y)(x))(3.0).item() == 1.0


def test_perturbations_are_not_confused() -> None:
    assert nb.grad(lambda x: x * nb.grad(lambda y: x + y)(1.0))(1.0).item() == 1.0


def test_perturbations_are_not_confused_forward() -> None:
    def derivative(f, x):
        return nb.jvp(f, (x,), (1.0,))[1]

    assert derivative(lambda x: x * derivative(lambda y: x + y, 1.0), 1.0).item() == 1.0
    assert derivative(lambda x: x * derivative(lambda y: x * y, 2.0), 3.0).item() == 6.0


def test_higher_orders() -> None:
    def f(x):
        return nb.sin(x) * x

    expected = [
        np.sin(2.0) * 2.0,
        np.sin(2.0) + 2.0 * np.cos(2.0),
        2 * np.cos(2.0) - 2.0 * np.sin(2.0),
        -3 * np.sin(2.0) - 2.0 * np.cos(2.0),
        -4 * np.cos(2.0) + 2.0 * np.sin(2.0),
    ]
    for value in expected:
        assert f(np.float64(2.0)).item() == pytest.approx(value, rel=1e-12)
        f = nb.grad(f)


HESSIANS = {
    "jacfwd(grad)": lambda f: nb.jacfwd(nb.grad(f)),
    "jacrev(grad)": lambda f: nb.jacrev(nb.grad(f)),
    "jacfwd(jacrev)": lambda f: nb.jacfwd(nb.jacrev(f)),
    "jacrev(jacfwd)": lambda f: nb.jacrev(nb.jacfwd(f)),
    "jacfwd(jacfwd)": lambda f: nb.jacfwd(nb.jacfwd(f)),
    "jacrev(jacrev)": lambda f: nb.jacrev(nb.jacrev(f)),
    "hessian": nb.hessian,
    "compile": lambda f: nb.compile(nb.hessian(f)),
}


@pytest.mark.parametrize("name", HESSIANS)
def test_hessians(name: str) -> None:
    found = HESSIANS[name](lambda x: nb.sum(nb.sin(x) * x[::-1] * x))(X)
    flipped = X[::-1]
    first = nb.grad(lambda x: nb.sum(nb.sin(x) * x[::-1] * x))(X).numpy()
    eps = 1e-6
    rows = []
    for i in range(3):
        step = np.zeros(3)
        step[i] = eps
        up = nb.grad(lambda x: nb.sum(nb.sin(x) * x[::-1] * x))(X + step).numpy()
        down = nb.grad(lambda x: nb.sum(nb.sin(x) * x[::-1] * x))(X - step).numpy()
        rows.append((up - down) / (2 * eps))
    assert first.shape == flipped.shape
    np.testing.assert_allclose(found.numpy(), np.array(rows), rtol=1e-7, atol=1e-8)


def test_vmap_of_grad_is_a_loop_of_grads() -> None:
    x = np.random.default_rng(0).normal(size=(5, 3))

    def f(x):
        return nb.sum(nb.exp(x) * nb.sin(x))

    found = nb.vmap(nb.grad(f))(x).numpy()
    np.testing.assert_allclose(found, [nb.grad(f)(row).numpy() for row in x], rtol=1e-14)


def test_grad_of_vmap() -> None:
    x = np.random.default_rng(0).normal(size=(5, 3))

    def f(x):
        return nb.sum(nb.exp(x) * nb.sin(x))

    found = nb.grad(lambda x: nb.sum(nb.vmap(f)(x)))(x).numpy()
    np.testing.assert_allclose(found, nb.vmap(nb.grad(f))(x).numpy(), rtol=1e-14)


def test_vmap_of_vmap_with_axes() -> None:
    a, b = np.arange(3.0), np.arange(4.0)
    outer = nb.vmap(nb.vmap(lambda x, y: x * y + y, (None, 0)), (0, None))
    np.testing.assert_array_equal(outer(a, b).numpy(), a[:, None] * b + b)
    across = nb.vmap(lambda row: row * 2, in_axes=1, out_axes=1)
    np.testing.assert_array_equal(across(np.ones((2, 3))).numpy(), np.full((2, 3), 2.0))


def test_vmap_of_what_does_not_depend_on_the_example() -> None:
    out = nb.vmap(lambda x: (x, nb.ones((2,))))(np.arange(3.0))
    assert out[1].shape == (3, 2)
    both = nb.vmap(lambda x: (x, nb.ones((2,))), out_axes=(0, None))(np.arange(3.0))
    assert both[1].shape == (2,)
    with pytest.raises(ValueError, match="depends on"):
        nb.vmap(lambda x: x, out_axes=None)(np.arange(3.0))


def test_pullback_is_called_twice() -> None:
    y, pullback = nb.vjp(lambda x: nb.sin(x) * x, X)
    derivative = np.cos(X) * X + np.sin(X)
    for scale in (1.0, 3.0):
        (found,) = pullback(np.full(3, scale))
        np.testing.assert_allclose(found.numpy(), scale * derivative, rtol=1e-14)
    np.testing.assert_allclose(y.numpy(), np.sin(X) * X, rtol=1e-14)


def test_pullback_before_and_after_the_output_is_computed() -> None:
    y, pullback = nb.vjp(lambda x: nb.exp(x), X)
    np.testing.assert_allclose(pullback(np.ones(3))[0].numpy(), np.exp(X), rtol=1e-14)
    y.realize()
    np.testing.assert_allclose(pullback(np.ones(3))[0].numpy(), np.exp(X), rtol=1e-14)


def test_pullback_does_not_run_the_function_again() -> None:
    from nabla._core.program import counters

    for _ in range(3):
        y, pullback = nb.vjp(lambda x: nb.exp(nb.sin(x)), X)
        y.realize()
        first = pullback(np.ones(3))[0].realize()
        before = counters.compilations
        second = pullback(np.ones(3))[0].realize()
        assert counters.compilations == before
        np.testing.assert_array_equal(first.numpy(), second.numpy())
    text = nb.inspect(lambda c: pullback(c), "simplify")(np.ones(3))
    assert "nabla.sin" not in text and "nabla.exp" not in text


def test_pullback_in_another_trace() -> None:
    _, pullback = nb.vjp(lambda x: nb.sin(x), X)
    weighted = nb.grad(lambda c: nb.sum(pullback(c)[0] ** 2))(np.ones(3))
    np.testing.assert_allclose(weighted.numpy(), 2 * np.cos(X) ** 2, rtol=1e-13)
    compiled = nb.compile(lambda c: pullback(c)[0])(np.ones(3))
    np.testing.assert_allclose(compiled.numpy(), np.cos(X), rtol=1e-14)


def test_pullback_under_vmap() -> None:
    _, pullback = nb.vjp(lambda x: nb.sin(x), X)
    rows = nb.vmap(lambda c: pullback(c)[0])(np.eye(3))
    np.testing.assert_allclose(rows.numpy(), np.diag(np.cos(X)), rtol=1e-14)


def test_pullback_made_inside_a_trace() -> None:
    def f(x):
        y, pullback = nb.vjp(lambda z: z * z * x, x)
        return nb.sum(y + pullback(nb.ones_like(x))[0])

    # d/dx (x^3 + 2 x^2)
    np.testing.assert_allclose(nb.grad(f)(X).numpy(), 3 * X**2 + 4 * X, rtol=1e-13)


def test_pullback_returned_from_a_compiled_function() -> None:
    y, pullback = nb.compile(lambda x: nb.vjp(lambda z: nb.sin(z), x))(X)
    np.testing.assert_allclose(pullback(np.ones(3))[0].numpy(), np.cos(X), rtol=1e-14)
    np.testing.assert_allclose(y.numpy(), np.sin(X), rtol=1e-14)
    again = nb.compile(lambda p, c: p(c)[0])(pullback, np.ones(3))
    np.testing.assert_allclose(again.numpy(), np.cos(X), rtol=1e-14)


def test_pushforward() -> None:
    y, push = nb.linearize(lambda x, k: nb.sin(x) * k, X, 2.0)
    tangent = push(np.ones(3), 0.0)
    np.testing.assert_allclose(tangent.numpy(), 2 * np.cos(X), rtol=1e-14)
    np.testing.assert_allclose(push(np.zeros(3), 1.0).numpy(), np.sin(X), rtol=1e-14)
    assert y.dtype == np.float64


def test_captures_at_several_levels() -> None:
    a = nb.tensor(X)

    def f(x):
        b = x * 2

        def g(y):
            return nb.sum(y * b * a)

        return nb.sum(nb.grad(g)(x) * x)

    # g' = 2 x a, f = sum(2 x^2 a)
    np.testing.assert_allclose(nb.grad(f)(X).numpy(), 4 * X * X, rtol=1e-14)


def test_compile_inside_grad_and_vmap() -> None:
    f = nb.compile(lambda x: nb.sum(nb.sin(x)))
    np.testing.assert_allclose(nb.grad(f)(X).numpy(), np.cos(X), rtol=1e-14)
    np.testing.assert_allclose(
        nb.vmap(nb.grad(f))(np.stack([X, X])).numpy(), [np.cos(X)] * 2, rtol=1e-14
    )


def test_jvp_of_grad_and_grad_of_jvp() -> None:
    def f(x):
        return nb.sum(x**3)

    _, hvp = nb.jvp(nb.grad(f), (X,), (np.ones(3),))
    np.testing.assert_allclose(hvp.numpy(), 6 * X, rtol=1e-14)
    other = nb.grad(lambda x: nb.jvp(f, (x,), (np.ones(3),))[1])(X)
    np.testing.assert_allclose(other.numpy(), 6 * X, rtol=1e-14)


def test_trees() -> None:
    params = {"w": np.ones((2, 3)), "b": [np.zeros(3), None], "name": "layer"}

    def loss(p, x):
        return nb.sum((x @ p["w"] + p["b"][0]) ** 2)

    x = np.arange(4.0).reshape(2, 2)
    gradient = nb.grad(loss)(params, x)
    assert gradient["name"] is None and gradient["b"][1] is None
    residual = 2 * (x @ np.ones((2, 3)))
    np.testing.assert_allclose(gradient["w"].numpy(), x.T @ residual)
    np.testing.assert_allclose(gradient["b"][0].numpy(), residual.sum(0))


def test_jacobian_over_trees() -> None:
    def f(p):
        return {"s": p["a"] * p["b"], "t": nb.sum(p["a"])}

    p = {"a": np.array([1.0, 2.0]), "b": np.array(3.0)}
    for jacobian in (nb.jacrev, nb.jacfwd):
        j = jacobian(f)(p)
        np.testing.assert_allclose(j["s"]["a"].numpy(), np.diag([3.0, 3.0]))
        np.testing.assert_allclose(j["s"]["b"].numpy(), [1.0, 2.0])
        np.testing.assert_allclose(j["t"]["a"].numpy(), [1.0, 1.0])
        np.testing.assert_allclose(j["t"]["b"].numpy(), 0.0)


def test_argnums() -> None:
    def f(x, y):
        return nb.sum(x * x * y)

    assert isinstance(nb.grad(f, argnums=(0,))(X, X), tuple)
    np.testing.assert_allclose(nb.grad(f, argnums=-1)(X, X).numpy(), X * X, rtol=1e-14)
    gx, gy = nb.grad(f, argnums=(1, 0))(X, X + 1)
    np.testing.assert_allclose(gx.numpy(), X * X, rtol=1e-14)
    np.testing.assert_allclose(gy.numpy(), 2 * X * (X + 1), rtol=1e-14)
    with pytest.raises(ValueError, match="out of bounds"):
        nb.grad(f, argnums=2)(X, X)


def test_unused_arguments_have_zero_gradients() -> None:
    np.testing.assert_array_equal(nb.grad(lambda x, y: nb.sum(x), 1)(X, X).numpy(), np.zeros(3))


def test_aux() -> None:
    def f(x):
        return nb.sum(x * x), {"twice": x * 2, "note": "kept"}

    gradient, aux = nb.grad(f, has_aux=True)(X)
    np.testing.assert_allclose(gradient.numpy(), 2 * X)
    np.testing.assert_allclose(aux["twice"].numpy(), 2 * X)
    assert aux["note"] == "kept"
    (_, aux), _ = nb.value_and_grad(f, has_aux=True)(X)
    assert aux["note"] == "kept"
    _, pullback, aux = nb.vjp(f, X, has_aux=True)
    np.testing.assert_allclose(pullback(np.float64(1.0))[0].numpy(), 2 * X)
    _, tangent, aux = nb.jvp(f, (X,), (X,), has_aux=True)
    assert tangent.item() == pytest.approx(2 * (X * X).sum())


def test_integers_have_no_tangent() -> None:
    n = nb.tensor([1, 2, 3])
    _, pullback = nb.vjp(lambda x, k: x * k, X, n)
    gx, gk = pullback(np.ones(3))
    assert gk is None
    np.testing.assert_allclose(gx.numpy(), [1, 2, 3])
    _, tangent = nb.jvp(lambda x, k: (x * k, k + 1), (X, n), (np.ones(3), None))
    np.testing.assert_allclose(tangent[0].numpy(), [1, 2, 3])
    assert tangent[1] is None
    for zeros in (nb.zeros((3,), dtype="int32"), np.zeros(3, np.int32), nb.zeros((3,))):
        _, tangent = nb.jvp(lambda x, k: x * k, (X, n), (np.ones(3), zeros))
        np.testing.assert_allclose(tangent.numpy(), [1, 2, 3])
    for ones in (n, np.ones(3, np.int32)):
        with pytest.raises(ValueError, match=r"tangent of i32\[3\] is not zero"):
            nb.jvp(lambda x, k: x * k, (X, n), (np.ones(3), ones))


def test_names_are_kept() -> None:
    def loss(x: nb.Tensor, scale: float = 2.0) -> nb.Tensor:
        """The loss."""
        return nb.sum(x) * scale

    import inspect

    for made in (
        nb.grad(loss),
        nb.value_and_grad(loss),
        nb.jacrev(loss),
        nb.jacfwd(loss),
        nb.vmap(loss),
        nb.compile(loss),
        nb.hessian(loss),
    ):
        assert made.__name__ == "loss"
        assert made.__doc__ == "The loss."
        assert inspect.signature(made) == inspect.signature(loss)
    assert nb.grad(loss)(X, scale=3.0).numpy().tolist() == [3.0, 3.0, 3.0]
