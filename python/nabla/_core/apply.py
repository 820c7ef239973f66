# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Recording one operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nabla import _nabla
from nabla._core import pending
from nabla._core.attributes import Attributes
from nabla._core.errors import at_user
from nabla._core.function import Callee, Function
from nabla._core.graph import Value, new_node
from nabla._core.location import Where, where
from nabla._core.trace import Trace, check_alive, current
from nabla._core.types import Type, parse_type

_inferred: dict[Any, tuple[Type, ...]] = {}


def apply(
    op: str,
    operands: Sequence[Value],
    attributes: Attributes = (),
    types: tuple[Type, ...] | None = None,
    callee: Callee | None = None,
    regions: tuple[Function, ...] = (),
) -> tuple[Value, ...]:
    """Record `nabla.<op>` in the innermost trace, or in the eager graph.

    `types` are the types of the results, for ops that do not infer them. What the compiler
    rejects is raised here as ValueError, with the user's line.
    """
    if callee is None and not regions:
        types = _checked(op, tuple([value.type for value in operands]), attributes, types)
    assert types is not None
    return record(current(), op, operands, attributes, types, callee, regions, where())


def apply1(
    op: str,
    operands: Sequence[Value],
    attributes: Attributes = (),
    type: Type | None = None,
) -> Value:
    """`apply` for an op with one result."""
    return apply(op, operands, attributes, None if type is None else (type,))[0]


def record(
    trace: Trace | None,
    op: str,
    operands: Sequence[Value],
    attributes: Attributes,
    types: tuple[Type, ...],
    callee: Callee | None,
    regions: tuple[Function, ...],
    at: Where | None,
) -> tuple[Value, ...]:
    """Record an op known to be valid in this trace."""
    if trace is not None:
        adopted = tuple([v if v.trace is trace else trace.adopt(v) for v in operands])
        _, values = new_node(op, adopted, attributes, types, callee, regions, at, trace)
        if op != "stop_gradient":
            for operand in adopted:
                if operand.active:
                    for value in values:
                        value.active = True
                    break
        return values
    for value in operands:
        if value.trace is not None:
            check_alive(value, None)
    node, values = new_node(op, tuple(operands), attributes, types, callee, regions, at, None)
    pending.add(node)
    return values


def _checked(
    op: str, operands: tuple[Type, ...], attributes: Attributes, types: tuple[Type, ...] | None
) -> tuple[Type, ...]:
    key = (op, operands, attributes, types)
    found = _inferred.get(key)
    if found is None:
        try:
            inferred = _nabla.infer(
                "nabla." + op,
                tuple([t.mlir for t in operands]),
                attributes,
                None if types is None else tuple([t.mlir for t in types]),
            )
        except _nabla.MLIRError as error:
            raise ValueError(at_user(f"{op}: {_reason(op, error)}")) from None
        found = types if types is not None else tuple([parse_type(text) for text in inferred])
        if len(_inferred) > 100_000:
            _inferred.clear()
        _inferred[key] = found
    return found


def _reason(op: str, error: Exception) -> str:
    text = str(error.args[0] if error.args else error)
    return text.removeprefix(f"'nabla.{op}' op ").strip()
