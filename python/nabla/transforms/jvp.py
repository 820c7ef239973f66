# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.jvp`: a function and its directional derivative, in forward mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nabla._core.apply import apply
from nabla._core.attributes import int_array, segments
from nabla._core.errors import at_user
from nabla._core.function import Function
from nabla._core.graph import Value
from nabla._core.types import is_float
from nabla.transforms._arguments import (
    Arguments,
    Traced,
    check_callable,
    derivative_trace,
    name_of,
    split_aux,
    trace_body,
)
from nabla.transforms._linearize import settle
from nabla.transforms._sides import side


def jvp(
    fn: Callable[..., Any],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    *,
    has_aux: bool = False,
    create_graph: bool = True,
) -> Any:
    """The output of `fn` and its derivative along the tangents.

    Args:
        fn: takes the primals, trees of tensors, and returns one; with `has_aux` a pair of it
            and anything else.
        primals: the arguments, a tuple.
        tangents: a direction for each, of the same structure, shapes and dtypes. An
            argument of integers or bools has no direction: give None or zeros.

    Returns:
        `(output, derivative)`, with `has_aux` `(output, derivative, aux)`. The derivative of
        an output that is not of floats is None.

    Raises:
        TypeError: if primals or tangents are no tuples, or dtypes differ.
        ValueError: if structures or shapes differ.

    >>> nb.jvp(lambda x: x * x, (3.0,), (1.0,))
    (Tensor(9. : f32[]), Tensor(6. : f32[]))
    """
    check_callable("jvp", fn)
    _check(primals, tangents)
    arguments = Arguments("jvp", tuple(primals))
    inputs = side(arguments.treedef, arguments.places, arguments.values)
    directions = inputs.vectors("jvp: the tangent", tuple(tangents))
    traced = trace_body(
        derivative_trace("jvp", name_of(fn), arguments.values),
        arguments.values,
        lambda handles: split_aux("jvp", has_aux, fn(*arguments.rebuild(handles))),
    )
    if traced.stages:
        values, derivatives = _by_stages(traced, directions)
    else:
        wrt = [i for i, value in enumerate(arguments.values) if is_float(value.type)]
        values, derivatives = _jvp(traced.function, traced.operands, wrt, directions)
    output, aux = traced.outputs.rebuild(values)
    outputs = side(traced.outputs.treedef, traced.outputs.places, values)
    derivative, _ = outputs.tree(derivatives)
    return (output, derivative, aux) if has_aux else (output, derivative)


def _jvp(
    function: Function, operands: Sequence[Value], wrt: Sequence[int], directions: Sequence[Value]
) -> tuple[Sequence[Value], Sequence[Value]]:
    types = function.results
    results = apply(
        "jvp",
        (*operands, *directions),
        (("wrt", int_array(wrt)), segments(len(operands), len(directions))),
        (*types, *[t for t in types if is_float(t)]),
        function,
    )
    return results[: len(types)], results[len(types) :]


def _by_stages(
    traced: Traced, directions: Sequence[Value]
) -> tuple[Sequence[Value], Sequence[Value]]:
    values: Sequence[Value] = ()
    for stage in traced.stages:
        operands = [traced.outer[value] for value in stage.inputs]
        leading = directions[: stage.active]
        values, directions = _jvp(stage.function, operands, range(stage.active), leading)
        traced.outer.update(zip(stage.outputs, values, strict=True))
        settle([*values, *directions])
    return values, directions


def _check(primals: object, tangents: object) -> None:
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            raise TypeError(at_user(f"jvp: {name} must be a tuple, got {type(given).__name__}"))
    assert isinstance(primals, (tuple, list)) and isinstance(tangents, (tuple, list))
    if len(primals) != len(tangents):
        raise ValueError(
            at_user(
                "jvp: primals and tangents must have the same length, got "
                f"{len(primals)} and {len(tangents)}"
            )
        )
