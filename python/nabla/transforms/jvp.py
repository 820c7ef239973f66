# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.jvp`: a function and its directional derivative, in forward mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nabla._core.apply import apply
from nabla._core.attributes import int_array, segments
from nabla._core.errors import at_user
from nabla.transforms._arguments import (
    Arguments,
    check_callable,
    derivative_trace,
    is_float,
    name_of,
    split_aux,
    trace_body,
)
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
    types = traced.function.results
    wrt = [i for i, value in enumerate(arguments.values) if is_float(value.type)]
    results = apply(
        "jvp",
        (*traced.operands, *directions),
        (("wrt", int_array(wrt)), segments(len(traced.operands), len(directions))),
        (*types, *[t for t in types if is_float(t)]),
        traced.function,
    )
    values, derivatives = results[: len(types)], results[len(types) :]
    output, aux = traced.outputs.rebuild(values)
    outputs = side(traced.outputs.treedef, traced.outputs.places, values)
    derivative, _ = outputs.tree(derivatives)
    return (output, derivative, aux) if has_aux else (output, derivative)


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
