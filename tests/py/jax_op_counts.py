# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Counts the equations of derivatives in JAX: the numbers in data/jax-op-counts.json.

    python tests/py/jax_op_counts.py > tests/py/data/jax-op-counts.json

An equation counts once if it is needed and no equal one comes before it; operands of
commutative primitives are equal in either order. Nested jaxprs (pjit, custom_jvp) count as
if they stood in place. Literals are no equations.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend import core

FUNCTIONS = {
    "tanh(x*x)": lambda x: jnp.tanh(x * x),
    "exp(sin(x)*x)/(1+x*x)": lambda x: jnp.exp(jnp.sin(x) * x) / (1 + x * x),
}
ORDERS = 5
COMMUTATIVE = {"add", "add_any", "max", "min", "mul"}


class Graph:
    """The distinct equations of a jaxpr; a value is an argument or (equation, result)."""

    def __init__(self) -> None:
        self.equations: list[list[Any]] = []
        self._known: dict[Any, int] = {}

    def evaluate(self, jaxpr: Any, arguments: Sequence[Any]) -> list[Any]:
        values = dict(zip(jaxpr.constvars, jaxpr.constvars, strict=True))
        values.update(zip(jaxpr.invars, arguments, strict=True))

        def read(atom: Any) -> Any:
            if isinstance(atom, core.Literal):
                return ("literal", repr(atom.val), str(atom.aval))
            return values[atom]

        for equation in jaxpr.eqns:
            results = self._apply(equation, [read(atom) for atom in equation.invars])
            values.update(zip(equation.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _apply(self, equation: Any, operands: list[Any]) -> list[Any]:
        for name in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
            if name in equation.params:
                inner = equation.params[name]
                return self.evaluate(getattr(inner, "jaxpr", inner), operands)
        primitive = equation.primitive.name
        if primitive in COMMUTATIVE:
            operands = sorted(operands, key=repr)
        key = (primitive, tuple(operands), repr(sorted(equation.params.items())))
        number = self._known.setdefault(key, len(self.equations))
        if number == len(self.equations):
            self.equations.append(operands)
        return [(number, result) for result in range(len(equation.outvars))]


def count(function: Callable[[Any], Any]) -> int:
    """The needed equations of a function of one float."""
    closed = jax.make_jaxpr(function)(jnp.float32(2.0))
    graph = Graph()
    pending = graph.evaluate(closed.jaxpr, [("argument",)])
    needed: set[int] = set()
    while pending:
        value = pending.pop()
        if isinstance(value[0], int) and value[0] not in needed:
            needed.add(value[0])
            pending += graph.equations[value[0]]
    return len(needed)


def forward(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: jax.jvp(function, (x,), (jnp.ones_like(x),))[1]


def counts(transform: Callable[[Any], Any], function: Callable[[Any], Any]) -> list[int]:
    found = []
    for _ in range(ORDERS):
        function = transform(function)
        found.append(count(function))
    return found


def table() -> dict[str, Any]:
    modes = {"grad": jax.grad, "jvp": forward}
    found: dict[str, Any] = {"jax": jax.__version__}
    for name, function in FUNCTIONS.items():
        found[name] = {mode: counts(modes[mode], function) for mode in modes}
    return found


if __name__ == "__main__":
    print(json.dumps(table(), indent=2))
