# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The tables of docs/derivatives.md hold, in either mode."""

from __future__ import annotations

import ast
import pathlib
import re
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest
from float_ops import op
from ops_matrix.table import OPS

TEXT = (pathlib.Path(__file__).parents[2] / "docs" / "derivatives.md").read_text()
ROWS = re.findall(r"^\| `(\w+)` \| `(.+?)` \| `(.+?)` \| `(.+?)` \|$", TEXT, re.MULTILINE)


class Names(dict[str, Any]):
    """`nb`, the arguments, and every op by its name."""

    def __missing__(self, name: str) -> Callable[..., Any]:
        return op(name)


def function(text: str) -> Callable[..., Any]:
    code = compile(text, "docs/derivatives.md", "eval")
    return lambda *args: eval(code, {}, Names(zip("xy", args, strict=False), nb=nb))


def numbers(text: str) -> list[Any]:
    plain = re.sub(r"-?(inf|nan)", lambda found: repr(found.group()), text)
    values = ast.literal_eval(f"[{plain}]")
    return [np.array(value, np.float64) for value in values]


def test_table_is_found() -> None:
    assert len(ROWS) > 30


@pytest.mark.parametrize("transform", [nb.grad, nb.jacrev, nb.jacfwd])
def test_conventions(transform: Callable[..., Any]) -> None:
    for name, text, at, derivative in ROWS:
        arguments, wanted = numbers(at), numbers(derivative)
        assert len(arguments) == len(wanted), text
        argnums = tuple(range(len(arguments)))
        found = transform(function(text), argnums=argnums)(*arguments)
        for value, expected in zip(found, wanted, strict=True):
            np.testing.assert_array_equal(value.numpy(), expected, err_msg=f"{name}: {text}")


def test_conventions_hold_under_vmap() -> None:
    for _, text, at, derivative in ROWS:
        arguments = [np.stack([argument, argument]) for argument in numbers(at)]
        argnums = tuple(range(len(arguments)))
        found = nb.vmap(nb.grad(function(text), argnums=argnums))(*arguments)
        for value, expected in zip(found, numbers(derivative), strict=True):
            np.testing.assert_array_equal(value.numpy()[1], expected, err_msg=text)


def test_described_conventions_are_listed() -> None:
    """An op whose description speaks of its derivative has a line in the document."""
    described = {
        name
        for name, entry in OPS.items()
        if entry["family"] in ("elementwise", "reduction")
        and re.search("derivative|tangent", entry["description"])
    }
    assert {"abs", "max", "reduce_max", "floor", "pow"} <= described
    assert described <= {name for name, *_ in ROWS} | {"mul_zero", "div_zero"}
