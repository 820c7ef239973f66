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
