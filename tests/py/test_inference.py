# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Type inference refuses operands and attributes that are missing or too many.

It runs before the op is verified, so it has to look for itself. (tests/lit/dialect tests
what it says of operands and attributes that do not fit each other.)
"""

from __future__ import annotations

from typing import Any

import pytest
from nabla import _nabla
from ops_matrix.table import OPS

INFERRED = [op for op in OPS.values() if op["infer"] and not op["regions"]]
FIXED = [op for op in INFERRED if op["operands"] and not any(o["variadic"] for o in op["operands"])]
TYPES = {"float": "tensor<3xf32>", "signed": "tensor<3xi32>", "bool": "tensor<3xi1>"}


# Where mlir-tblgen infers that all types are the same, it says nothing; a crash of the compiler
# is an MLIRError, too, and has another text.
REFUSED = (
    r"expect(s|ed) \d+ (or more )?operands?|requires a single operand|failed without a diagnostic"
)


def operand_types(op: dict[str, Any]) -> tuple[str, ...]:
    return tuple(TYPES[operand["kinds"][0]] for operand in op["operands"])


def attributes(op: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Some value of the right kind for each attribute."""
    text = {"i64": "0 : i64", "array<i64>": "array<i64>", "unit": "unit"}
    return tuple(
        (a["name"], text[a["type"]]) for a in op["attributes"] if a["type"] in text and a["name"]
    )


@pytest.mark.parametrize("op", FIXED, ids=lambda op: op["name"])
@pytest.mark.parametrize("change", [-1, 1], ids=["missing", "surplus"])
def test_number_of_operands(op: dict[str, Any], change: int) -> None:
    types = operand_types(op)
    types = types[:-1] if change < 0 else (*types, types[-1])
    with pytest.raises(_nabla.MLIRError, match=REFUSED):
        _nabla.infer(op["name"], types, attributes(op), None)


NEEDED = [
    op for op in INFERRED if any(a["type"] in ("i64", "array<i64>") for a in op["attributes"])
]


@pytest.mark.parametrize("op", NEEDED, ids=lambda op: op["name"])
def test_missing_attributes(op: dict[str, Any]) -> None:
    with pytest.raises(_nabla.MLIRError, match=op["name"]):
        _nabla.infer(op["name"], operand_types(op), (), None)


def test_concatenate_takes_at_least_one() -> None:
    with pytest.raises(_nabla.MLIRError, match="expects 1 or more operands, but has 0"):
        _nabla.infer("nabla.concatenate", (), (("dim", "0 : i64"),), None)
