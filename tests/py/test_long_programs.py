# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Straight-line programs of many operations, whose values are used several times."""

from __future__ import annotations

import random
from typing import Any

import nabla as nb


def draw(length: int, functions: str) -> Any:
    """A function that computes each value from two of the last eight, the same each time."""

    def f(x: Any) -> Any:
        drawn = random.Random(0)
        values = [x, x + 1]
        for _ in range(length):
            a, b = drawn.choice(values[-8:]), drawn.choice(values[-8:])
            match drawn.choice(functions.split()):
                case "add":
                    values.append(a + b)
                case "sub":
                    values.append(a - b)
                case "mul":
                    values.append(a * b)
                case "maximum":
                    values.append(nb.maximum(a, b))
                case "neg":
                    values.append(-a * b)
                case "sin":
                    values.append(nb.sin(a) * b)
        return values[-1]

    return f


def test_fusion_takes_as_many_turns_as_it_needs() -> None:
    f = draw(500, "add mul maximum sub")
    assert "linalg.generic" in nb.inspect(f, "schedule")(nb.ones((3,)))


def test_signs_do_not_take_all_ways_through_a_program() -> None:
    """There are more ways than anybody could wait for."""
    f = draw(4000, "neg sin sin sin")
    assert "nabla.neg" in nb.inspect(f, "simplify")(nb.ones((3,)))


def unrolled(steps: int) -> tuple[Any, tuple[nb.Tensor, ...]]:
    """The gradient of a recurrent network whose steps Python takes, and its arguments."""

    def loss(w: Any, u: Any, xs: Any) -> Any:
        h = nb.zeros((8, 32))
        for t in range(steps):
            h = nb.tanh(h @ w + xs[t] @ u)
        return nb.sum(h)

    return nb.grad(loss, argnums=(0, 1)), (
        nb.ones((32, 32)),
        nb.ones((16, 32)),
        nb.ones((steps, 8, 16)),
    )


def functions_at(phase: str, steps: int) -> list[str]:
    fn, arguments = unrolled(steps)
    return str(nb.inspect(fn, phase)(*arguments)).split("func.func ")[1:]


def test_steps_share_kernels_wherever_their_data_begin() -> None:
    few, many = functions_at("bufferize", 12), functions_at("bufferize", 24)
    assert len(few) == len(many) < 20


def test_what_is_outside_of_kernels_does_not_grow_with_the_steps() -> None:
    few, many = functions_at("bufferize", 12)[0], functions_at("bufferize", 24)[0]
    assert few.count("call @kernel") < many.count("call @kernel")
    for op in ("vector.load", "arith.mulf", "scf.for"):
        assert few.count(op) == many.count(op)


def test_no_function_grows_with_the_program() -> None:
    """What LLVM takes for a function grows faster than the function."""
    fn, arguments = unrolled(120)
    functions = str(nb.inspect(fn, "llvm")(*arguments)).split("llvm.func ")[1:]
    calls = [text.count("llvm.call") for text in functions]
    assert sum(calls) > 500
    assert max(calls) < 300
