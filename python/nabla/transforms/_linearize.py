# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What grad, vjp, linearize and the Jacobians share: `nabla.linearize` and its uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from nabla._core.apply import apply
from nabla._core.attributes import int_array
from nabla._core.graph import Value
from nabla._core.literals import constant
from nabla._core.types import TensorType, linear_type
from nabla.transforms._arguments import (
    Outputs,
    derivative_trace,
    is_float,
    split_aux,
    trace_body,
)
from nabla.transforms._sides import Side, side


class Linearized(NamedTuple):
    """A function's results at a point, and its linear part there."""

    values: list[Value]  # of the output, then of the auxiliary output
    linear: Value | None  # None where no input or no output is of floats
    outputs: Outputs  # of the pair (output, auxiliary output)
    output: Side  # without the auxiliary output

    def rebuild(self) -> tuple[Any, Any]:
        """The output and the auxiliary output."""
        output, aux = self.outputs.rebuild(self.values)
        return output, aux


def linearize_values(
    kind: str,
    name: str,
    arguments: Sequence[Value],
    call: Callable[[list[Any]], Any],
    has_aux: bool = False,
) -> Linearized:
    """Trace `call` on these values and record its linearization in the floats among them."""
    traced = trace_body(
        derivative_trace(kind, name, arguments),
        arguments,
        lambda handles: split_aux(kind, has_aux, call(handles)),
    )
    function = traced.function
    wrt = [i for i, value in enumerate(arguments) if is_float(value.type)]
    inputs = tuple([arguments[i].type for i in wrt])
    results = tuple([t for t in function.results if isinstance(t, TensorType) and is_float(t)])
    linear: Value | None = None
    if inputs and results:
        *values, linear = apply(
            "linearize",
            traced.operands,
            (("wrt", int_array(wrt)),),
            (*function.results, linear_type(inputs, results)),
            function,
        )
    else:
        values = list(apply("call", traced.operands, (), function.results, function))
    outputs = traced.outputs
    first = outputs.treedef.child(0)
    places = [place for place in outputs.places if place < first.num_leaves]
    return Linearized(values, linear, outputs, side(first, places, values))


def pull(linear: Value, cotangents: Sequence[Value]) -> tuple[Value, ...]:
    """Cotangents of the inputs of a linear map; those of auxiliary outputs are zero."""
    zeros = [constant(0, t) for t in linear.type.results[len(cotangents) :]]
    return apply("apply_transposed", (linear, *cotangents, *zeros), (), linear.type.inputs)


def push(linear: Value, tangents: Sequence[Value]) -> tuple[Value, ...]:
    """Tangents of the results of a linear map."""
    return apply("apply", (linear, *tangents), (), linear.type.results)
