# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Recording one operation, in the innermost trace or in the eager graph.

The work is C++ (python/bindings/record.cpp), which asks here for what it has not met yet.
"""

from __future__ import annotations

from nabla import _nabla
from nabla._core import pending as pending  # which C++ asks to bound what is recorded
from nabla._core.attributes import Attributes
from nabla._core.errors import at_user
from nabla._core.types import Type, parse_type
from nabla._nabla import apply, apply1, record


def _infer(
    op: str, operands: tuple[Type, ...], attributes: Attributes, types: tuple[Type, ...] | None
) -> tuple[Type, ...]:
    """The types of the results; what the compiler rejects is a ValueError with the user's line."""
    try:
        inferred = _nabla.infer(
            "nabla." + op,
            tuple([t.mlir for t in operands]),
            attributes,
            None if types is None else tuple([t.mlir for t in types]),
        )
    except _nabla.MLIRError as error:
        raise ValueError(at_user(f"{op}: {_reason(op, error)}")) from None
    return types if types is not None else tuple([parse_type(text) for text in inferred])


def _reason(op: str, error: Exception) -> str:
    text = str(error.args[0] if error.args else error)
    return text.removeprefix(f"'nabla.{op}' op ").strip()


_nabla.connect(infer=_infer)

__all__ = ["apply", "apply1", "record"]
