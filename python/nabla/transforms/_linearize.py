# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What grad, vjp, linearize and the Jacobians share: `nabla.linearize` and its uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from nabla._core.apply import apply
from nabla._core.attributes import int_array
from nabla._core.execute import materialize
from nabla._core.function import Function
from nabla._core.graph import Value
from nabla._core.literals import constant
from nabla._core.trace import current
from nabla._core.types import TensorType, Type, is_float, linear_type
from nabla.transforms._arguments import (
    Outputs,
    Traced,
    derivative_trace,
    split_aux,
    trace_body,
)
from nabla.transforms._sides import Side, side


class Linearized(NamedTuple):
    """A function's results at a point, and its linear part there."""

    values: list[Value]  # of the output, then of the auxiliary output
    links: list[Value]  # linear maps whose chain is it; none where no input or output is float
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
    if traced.stages:
        values, links = _by_stages(traced)
    else:
        wrt = [i for i, value in enumerate(arguments) if is_float(value.type)]
        values, links = _linearize(traced.function, traced.operands, wrt)
    outputs = traced.outputs
    first = outputs.treedef.child(0)
    places = [place for place in outputs.places if place < first.num_leaves]
    return Linearized(values, links, outputs, side(first, places, values))


def _linearize(
    function: Function, operands: Sequence[Value], wrt: Sequence[int]
) -> tuple[list[Value], list[Value]]:
    """The results of a function, and its linear part if it has one."""
    inputs = _floats([function.inputs[i] for i in wrt])
    results = _floats(function.results)
    if not inputs or not results:
        return list(apply("call", operands, (), function.results, function)), []
    *values, linear = apply(
        "linearize",
        operands,
        (("wrt", int_array(wrt)),),
        (*function.results, linear_type(inputs, results)),
        function,
    )
    return values, [linear]


def _floats(types: Iterable[Type]) -> tuple[TensorType, ...]:
    return tuple([t for t in types if is_float(t)])


def _by_stages(traced: Traced) -> tuple[list[Value], list[Value]]:
    values: list[Value] = []
    links: list[Value] = []
    for stage in traced.stages:
        operands = [traced.outer[value] for value in stage.inputs]
        values, link = _linearize(stage.function, operands, range(stage.active))
        traced.outer.update(zip(stage.outputs, values, strict=True))
        settle([*values, *link])
        links += link
    return values, links


def settle(values: Sequence[Value]) -> None:
    """Compute a link of a chain now, unless in a trace, so that it is a program of its own."""
    if current() is None:
        materialize(values)


def pull(links: Sequence[Value], cotangents: Sequence[Value]) -> Sequence[Value]:
    """Cotangents of the inputs of a chain; those of auxiliary outputs are zero."""
    for link in reversed(links):
        cotangents = pull_one(link, cotangents)
        if len(links) > 1:
            settle(cotangents)
    return cotangents


def push(links: Sequence[Value], tangents: Sequence[Value]) -> Sequence[Value]:
    """Tangents of the results of a chain."""
    for link in links:
        tangents = push_one(link, tangents)
        if len(links) > 1:
            settle(tangents)
    return tangents


def pull_one(linear: Value, cotangents: Sequence[Value]) -> tuple[Value, ...]:
    """Cotangents of the inputs of a linear map; those of its further results are zero."""
    zeros = [constant(0, t) for t in linear.type.results[len(cotangents) :]]
    return apply("apply_transposed", (linear, *cotangents, *zeros), (), linear.type.inputs)


def push_one(linear: Value, tangents: Sequence[Value]) -> tuple[Value, ...]:
    """Tangents of the results of a linear map, for those of its inputs, which lead."""
    leading = tangents[: len(linear.type.inputs)]
    return apply("apply", (linear, *leading), (), linear.type.results)
