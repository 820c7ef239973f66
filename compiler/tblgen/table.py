# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The table of ops, from which bindings check arguments and tests are drawn."""

from __future__ import annotations

import json
from typing import Any

from cpp_rules import is_linear
from records import Op, Operand, Records


def values(operands: list[Operand]) -> list[dict[str, Any]]:
    return [{"name": o.name, "variadic": o.variadic, "kinds": list(o.kinds)} for o in operands]


def jvp(op: Op) -> bool | str:
    if not op.has_trait("JvpOpInterface"):
        return False
    return "zero" if op.derives("Nabla_ElementwiseBase") and not op.jvps else True


def linear(op: Op) -> bool | list[bool]:
    if not op.has_trait("TransposeOpInterface"):
        return False
    if op.derives("Nabla_ElementwiseBase"):
        return [is_linear(term) for term in op.transposes]
    return True


def tangents(op: Op) -> list[str]:
    """The terms of the tangent of the result, as the record states them."""
    return [str(term) for term in op.jvps] if op.derives("Nabla_ElementwiseBase") else []


def row(op: Op) -> dict[str, Any]:
    attributes = [
        {"name": a.name, "type": a.type, **({"cases": list(a.cases)} if a.cases else {})}
        for a in op.attributes
    ]
    return {
        "name": op.name,
        "class": op.class_name,
        "family": op.family,
        "summary": op.summary,
        "description": op.description,
        "numpy": op.numpy,
        "operands": values(op.operands),
        "attributes": attributes,
        "results": values(op.results),
        "segments": op.has_trait("AttrSizedOperandSegments"),
        "jvp": jvp(op),
        "tangents": tangents(op),
        "linear": linear(op),
        "batch": op.has_trait("BatchOpInterface"),
        "regions": op.regions,
        "infer": op.infers_types,
    }


def emit(records: Records) -> str:
    return json.dumps([row(op) for op in records.ops], indent=1) + "\n"
