# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Programs of all kinds, each with arguments: what holds of every program is tested on these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import nabla as nb
import numpy as np


class Program(NamedTuple):
    fn: Callable[..., Any]
    args: tuple[Any, ...]


PROGRAMS: dict[str, Program] = {}


def program(*args: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(fn: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS[fn.__name__] = Program(fn, args)
        return fn

    return add


def array(*shape: int, dtype: str = "float32") -> Any:
    values = np.linspace(-1.5, 1.5, int(np.prod(shape)), dtype=np.float64)
    return values.reshape(shape).astype(dtype)


X, M, N = array(4), array(2, 3), array(3, 4)
OFFSET = nb.tensor(array(4) + 0.25)

# ---------------------------------------------------------------- values


@program(X, 2.0)
def elementwise(x: Any, k: Any) -> Any:
    return nb.where(x > 0, nb.exp(x) * k, nb.tanh(x) / (1 + x * x))


@program(M, N)
def contraction(a: Any, b: Any) -> Any:
    return nb.sum(a @ b, axis=0), (a @ b).T


@program(M)
def shapes(a: Any) -> Any:
    rows = nb.concatenate([a, a[::-1]], axis=0)
    return rows[1:3, ::2], nb.reshape(rows, (3, 4)), a.T[0]


@program(X)
def indexing(x: Any) -> Any:
    return x[-1], x[::-2], x[None, 1:3]


@program(np.arange(6, dtype=np.int32).reshape(2, 3), np.array([True, False, True]))
def integers_and_bools(n: Any, p: Any) -> Any:
    return n // 2 + n % 4, (n > 2) & p, nb.max(n, axis=1), ~p


@program(array(3, dtype="float16"), array(3, dtype="float64"))
def mixed_floats(half: Any, double: Any) -> Any:
    brain = nb.cast(half, nb.bfloat16)
    return brain * 2 + 1, half * half, nb.sin(double) + half


@program()
def random_draws() -> Any:
    return nb.gaussian((3,)), nb.gaussian((2, 2), 1.0, 2.0, dtype=nb.float64)


@program()
def no_arguments() -> Any:
    return nb.ones((2, 2)) * 2, nb.full((3,), 7) // 2


@program(X)
def captures(x: Any) -> Any:
    return x * OFFSET + nb.sum(OFFSET)


# ---------------------------------------------------------------- derivatives


@program(2.0)
def third_derivative(x: Any) -> Any:
    return nb.grad(nb.grad(nb.grad(lambda y: nb.sin(y) * y)))(x)


@program(X)
def gradient_of_captures(x: Any) -> Any:
    return nb.value_and_grad(lambda y: nb.sum(nb.sin(y * x) * OFFSET))(x)


@program(array(5, 3), array(3, 4), array(4), array(4, 2), array(5, 2))
def mlp_gradient(x: Any, w1: Any, b1: Any, w2: Any, y: Any) -> Any:
    def loss(weights: Any) -> Any:
        hidden = nb.maximum(x @ weights["w1"] + weights["b1"], 0.0)
        return nb.mean((hidden @ weights["w2"] - y) ** 2)

    return nb.value_and_grad(loss)({"w1": w1, "b1": b1, "w2": w2})


@program(array(3, dtype="float64"))
def hessians(x: Any) -> Any:
    def f(y: Any) -> Any:
        return nb.sum(y**3) + y[0] * y[1] * y[2]

    return (
        nb.jacfwd(nb.grad(f))(x),
        nb.jacrev(nb.grad(f))(x),
        nb.jacfwd(nb.jacfwd(f))(x),
        nb.jacrev(nb.jacfwd(f))(x),
    )


@program(X, array(4) + 1)
def forward_mode(x: Any, t: Any) -> Any:
    return nb.jvp(lambda y: nb.jvp(nb.tanh, (y,), (t,))[1], (x,), (t,))


@program(X)
def two_pullbacks(x: Any) -> Any:
    y, pullback = nb.vjp(lambda z: nb.exp(z) * z, x)
    return y, pullback(y)[0], pullback(2 * y)[0]


@program(array(3, 4))
def vmap_of_grad(batch: Any) -> Any:
    return nb.vmap(nb.grad(lambda x: nb.sum((x / (1 + nb.sum(x * x))) ** 2)))(batch)


@program(array(3, 4), X)
def grad_of_vmap(batch: Any, w: Any) -> Any:
    return nb.grad(lambda v: nb.sum(nb.vmap(lambda x: nb.max(x * v))(batch)))(w)


@program(array(3, 4), array(2, 4))
def nested_vmap(a: Any, b: Any) -> Any:
    return nb.vmap(lambda x: nb.vmap(lambda y: nb.sum(x * y), out_axes=0)(b), out_axes=1)(a)


@program(X)
def pullback_under_vmap(x: Any) -> Any:
    y, pullback = nb.vjp(nb.sin, x)
    return nb.vmap(lambda ct: pullback(ct)[0])(nb.stack([y, x, y * x]))


@program(X)
def stopped_gradient(x: Any) -> Any:
    return nb.grad(lambda y: nb.sum(y * nb.stop_gradient(y)))(x)


@program(X)
def masked_gradient(x: Any) -> Any:
    return nb.grad(lambda y: nb.sum(nb.where(y > 0, nb.log(y), 0.0)))(x)


# ---------------------------------------------------------------- control flow


@program(True, X)
def gradient_of_cond(p: Any, x: Any) -> Any:
    def f(y: Any) -> Any:
        return nb.sum(nb.cond(p, lambda a: nb.sin(a) * a, lambda a: a + OFFSET, y))

    return nb.grad(f)(x)


@program(np.array([True, False]), array(2, 4))
def batched_cond(p: Any, x: Any) -> Any:
    return nb.vmap(lambda q, y: nb.cond(q, nb.exp, lambda a: a * 2, y))(p, x)


@program(0.5, array(6))
def gradient_of_scan(start: Any, xs: Any) -> Any:
    def f(c: Any, rows: Any) -> Any:
        last, ys = nb.scan(lambda carry, x: (nb.sin(carry) * x + carry, carry * x), c, rows)
        return last + nb.sum(ys)

    return nb.grad(f, argnums=(0, 1))(start, xs)


@program(array(3), array(3, 5))
def hessian_of_batched_scan(starts: Any, xs: Any) -> Any:
    def f(c: Any, rows: Any) -> Any:
        return nb.scan(lambda carry, x: (carry * x + nb.tanh(carry), None), c, rows)[0]

    return nb.vmap(nb.grad(nb.grad(f)))(starts, xs)


@program(np.array(3, np.int32), X, np.arange(5, dtype=np.int32))
def cond_in_scan(limit: Any, x: Any, steps: Any) -> Any:
    def step(carry: Any, i: Any) -> Any:
        return nb.cond(i < limit, lambda c: c * 1.5, lambda c: c - 1, carry), i

    return nb.scan(step, x, steps)


# ---------------------------------------------------------------- several functions


@program(X)
def compiled_inside(x: Any) -> Any:
    inner = nb.compile(lambda y: nb.sin(y) + 1)
    return inner(inner(x)) + nb.grad(lambda y: nb.sum(inner(y)))(x)


@program({"a": X, "b": (M, 3.0)})
def trees(tree: Any) -> Any:
    a, (b, k) = tree["a"], tree["b"]
    return {"sum": nb.sum(a) * k, "all": [b * k, (a,)]}
