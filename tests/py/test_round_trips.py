# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The text of a program is the program: nabla-opt and `nb.run_mlir` do what Python does."""

from __future__ import annotations

import re
from typing import Any

import nabla as nb
import nabla_opt
import numpy as np
import pytest
from programs import OFFSET, PROGRAMS

TRANSFORMS = r"nabla\.(jvp|linearize|apply\w*|vmap|bind_linear)\b"


def passed(text: str, *arguments: str) -> str:
    return nabla_opt.run(text, *arguments).stdout


def arrays(tree: Any) -> list[np.ndarray[Any, Any]]:
    """The leaves in the order in which the entry takes or returns them."""
    if isinstance(tree, dict):
        return [a for name in sorted(tree) for a in arrays(tree[name])]
    if isinstance(tree, (tuple, list)):
        return [a for item in tree for a in arrays(item)]
    if tree is None:
        return []
    return [np.asarray(nb.tensor(tree) if isinstance(tree, (bool, int, float)) else tree)]


def captured(name: str) -> list[Any]:
    """What the entry takes after the arguments: a random key, or what is closed over."""
    if name == "random_draws":
        return [np.array([0, 7], np.uint32)]
    uses = {"captures", "gradient_of_captures", "gradient_of_cond"}
    return [OFFSET] if name in uses else []


@pytest.mark.parametrize("name", PROGRAMS)
def test_round_trip(name: str) -> None:
    fn, args = PROGRAMS[name]
    trace = nb.inspect(fn, "trace")(*args)
    simplified = nb.inspect(fn, "simplify")(*args)
    assert passed(trace) == trace
    assert passed(trace, "--nabla-pipeline=to=simplify") == simplified
    assert not re.search(TRANSFORMS, simplified)
    lowered = passed(trace, "--nabla-pipeline=to=llvm")
    assert "nabla." not in lowered
    compiled = arrays(nb.compile(fn)(*args))
    for text in (trace, simplified):
        given = arrays(nb.run_mlir(text, *arrays(args), *captured(name)))
        for x, y in zip(given, compiled, strict=True):
            assert (x.dtype, x.shape) == (y.dtype, y.shape)
            if name != "random_draws":
                np.testing.assert_array_equal(x, y)


def test_derivatives_come_from_the_passes() -> None:
    """The trace holds transform ops and no derivative; nabla-opt alone expands them."""
    trace = nb.inspect(nb.grad(lambda x: nb.sin(x) * x))(2.0)
    assert re.search(r"nabla.linearize @\w+\(", trace) and "nabla.apply_transposed" in trace
    assert "nabla.cos" not in trace
    derivative = passed(trace, "--nabla-transforms", "--nabla-simplify")
    assert "nabla.cos" in derivative and not re.search(TRANSFORMS, derivative)
    result = nb.run_mlir(derivative, np.float32(2.0))
    np.testing.assert_allclose(result.numpy(), np.sin(2.0) + 2 * np.cos(2.0), rtol=1e-6)


@pytest.mark.parametrize(
    ("transformed", "ops"),
    [
        (nb.grad(nb.grad(nb.sin)), ["linearize", "apply_transposed"]),
        (nb.jacfwd(nb.grad(nb.sin)), ["linearize", "apply_transposed", "apply"]),
        (lambda x: nb.jvp(nb.sin, (x,), (1.0,)), ["jvp"]),
        (lambda x: nb.vmap(nb.grad(nb.sin))(nb.broadcast_to(x, (3,))), ["vmap", "linearize"]),
    ],
    ids=["grad(grad)", "jacfwd(grad)", "jvp", "vmap(grad)"],
)
def test_transforms_are_recorded(transformed: Any, ops: list[str]) -> None:
    trace = nb.inspect(transformed)(1.0)
    for op in ops:
        assert f"nabla.{op} " in trace
    assert "nabla.cos" not in trace
