# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One way to use one op: a function of the dialect, its operands and what NumPy makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from nabla import _nabla

from ops_matrix import references
from ops_matrix.arrays import Array, Operand

Reference = Callable[..., Any]

COLUMNS = ("value", "jvp", "transpose", "batch", "lower")
VALUES_ONLY = ("value", "lower")  # for special values and other dtypes
UNBATCHED = ("value", "jvp", "transpose", "lower")


@dataclass(frozen=True)
class Sample:
    """`body` computes from %0, %1, ... the values named `outputs`; it may call `helpers`."""

    op: str
    name: str
    operands: tuple[Operand, ...]
    results: tuple[str, ...]
    outputs: tuple[str, ...]
    body: str
    reference: Reference
    helpers: str = ""
    columns: tuple[str, ...] = COLUMNS  # of the table: which checks to run
    first: bool = False  # of its op: batched in more ways
    to_derivatives: Reference | None = None  # what derivatives see, if not the reference

    @property
    def id(self) -> str:
        return f"{self.op}: {self.name}"

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(operand.type for operand in self.operands)

    def draw(self, seed: int) -> list[Array]:
        rng = np.random.default_rng(seed)
        return [operand(rng, seed) for operand in self.operands]

    def expected(self, arrays: Sequence[Array]) -> list[Array]:
        return as_list(self.reference(*arrays))

    def smooth(self, arrays: Sequence[Array]) -> list[Array]:
        """The function whose derivatives are those of the op."""
        return as_list((self.to_derivatives or self.reference)(*arrays))

    def function(self, name: str, visibility: str) -> str:
        arguments = ", ".join(f"%{i}: {type}" for i, type in enumerate(self.types))
        results = ", ".join(self.results)
        return (
            f"func.func {visibility} @{name}({arguments}) -> ({results}) {{\n{self.body}\n"
            f"  return {', '.join(self.outputs)} : {results}\n}}\n"
        )


def as_list(found: Any) -> list[Array]:
    return [np.asarray(a) for a in (found if isinstance(found, (tuple, list)) else (found,))]


def attribute_text(value: Any) -> str:
    if value is True:
        return "unit"
    if isinstance(value, int):
        return f"{value} : i64"
    if isinstance(value, (list, tuple)):
        return f"array<i64: {', '.join(map(str, value))}>" if value else "array<i64>"
    return str(value)


def operation(
    op: str, names: Sequence[str], types: Sequence[str], attributes: dict[str, Any], result: str
) -> str:
    """One op with one result, in the generic form."""
    inside = ", ".join(f"{name} = {attribute_text(v)}" for name, v in attributes.items())
    return f'"nabla.{op}"({", ".join(names)}) {{{inside}}} : ({", ".join(types)}) -> {result}'


def result_of(op: str, types: Sequence[str], attributes: dict[str, Any]) -> str:
    texts = tuple((name, attribute_text(value)) for name, value in attributes.items())
    (result,) = _nabla.infer(f"nabla.{op}", tuple(types), texts, None)
    return result


def sample(
    op: str,
    name: str,
    *operands: Operand,
    result: str | None = None,
    reference: Reference | None = None,
    columns: tuple[str, ...] = COLUMNS,
    to_derivatives: Reference | None = None,
    **attributes: Any,
) -> Sample:
    """The op alone, with these attributes; `result` is the type if the op does not infer it."""
    types = [operand.type for operand in operands]
    result = result or result_of(op, types, attributes)
    names = [f"%{i}" for i in range(len(types))]
    return Sample(
        op=op,
        name=name,
        operands=operands,
        results=(result,),
        outputs=("%r",),
        body=f"  %r = {operation(op, names, types, attributes, result)}",
        reference=reference or references.of(op, attributes, result),
        columns=columns,
        to_derivatives=to_derivatives,
    )


def together(op: str, name: str, parts: Sequence[Sample]) -> Sample:
    """The values of several samples in one program, which compiles faster than many."""
    operands: list[Operand] = []
    lines, slices = [], []
    for number, part in enumerate(parts):
        first = len(operands)
        operands += part.operands
        slices.append(slice(first, len(operands)))
        arguments = ", ".join(f"%{i}" for i in range(first, len(operands)))
        lines.append(
            f"  %r{number} = nabla.call @part{number}({arguments}) : "
            f"({', '.join(part.types)}) -> {part.results[0]}"
        )
    return Sample(
        op=op,
        name=name,
        operands=tuple(operands),
        results=tuple(part.results[0] for part in parts),
        outputs=tuple(f"%r{number}" for number in range(len(parts))),
        body="\n".join(lines),
        reference=lambda *arrays: [
            part.expected(arrays[where])[0] for part, where in zip(parts, slices, strict=True)
        ],
        helpers="".join(part.function(f"part{i}", "private") for i, part in enumerate(parts)),
        columns=VALUES_ONLY,
    )


def function(
    op: str,
    name: str,
    operands: Sequence[Operand],
    results: Sequence[str],
    body: str,
    reference: Reference,
    helpers: str = "",
) -> Sample:
    """A function written by hand, whose body ends with values %r0, %r1, ... or %r#0, ..."""
    outputs = ["%r"] if len(results) == 1 else [f"%r#{i}" for i in range(len(results))]
    if "%r0 =" in body:
        outputs = [f"%r{i}" for i in range(len(results))]
    return Sample(
        op, name, tuple(operands), tuple(results), tuple(outputs), body, reference, helpers
    )
