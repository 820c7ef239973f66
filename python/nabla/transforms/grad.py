# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.grad` and `nb.value_and_grad`: reverse mode for functions with one number out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from nabla._core.errors import at_user
from nabla._core.literals import constant
from nabla._core.tree import wrap
from nabla._core.types import is_float
from nabla.transforms._arguments import Argnums, Selected, check_callable, name_of
from nabla.transforms._linearize import Linearized, linearize_values, pull


def grad(
    fn: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    create_graph: bool = True,
    realize: bool = True,
) -> Callable[..., Any]:
    """A function that computes the gradient of `fn`, whose output is one number.

    Args:
        fn: takes trees of tensors and returns a tensor with one element; with `has_aux` a
            pair of it and anything else.
        argnums: the argument to differentiate by, or a tuple of them.
        has_aux: whether `fn` returns such a pair; the result is then `(gradient, aux)`.
        create_graph, realize: accepted for compatibility; gradients can always be
            differentiated again, and are computed when they are needed.

    Returns:
        A function of the same arguments. It returns a tree like the argument, or a tuple of
        such trees if argnums is a tuple.

    Raises:
        TypeError: if the output has several elements or is not of floats, or an argument to
            differentiate by is not of floats.
        ValueError: if argnums is out of bounds.

    >>> nb.grad(lambda x: x**3)(2.0)
    Tensor(12. : f32[])
    """

    check_callable("grad", fn)

    @functools.wraps(fn)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        done, gradients = _differentiate("grad", fn, argnums, has_aux, args, kwargs)
        return (gradients, done.rebuild()[1]) if has_aux else gradients

    return gradient


def value_and_grad(
    fn: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    create_graph: bool = True,
    realize: bool = True,
) -> Callable[..., Any]:
    """A function that computes `fn` and its gradient together; see `nb.grad`.

    Returns:
        A function that returns `(value, gradient)`, with `has_aux` `((value, aux), gradient)`.

    >>> nb.value_and_grad(lambda x: x**3)(2.0)
    (Tensor(8. : f32[]), Tensor(12. : f32[]))
    """

    check_callable("value_and_grad", fn)

    @functools.wraps(fn)
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        done, gradients = _differentiate("value_and_grad", fn, argnums, has_aux, args, kwargs)
        output, aux = done.rebuild()
        return ((output, aux) if has_aux else output), gradients

    return value_and_gradient


def _differentiate(
    kind: str,
    fn: Callable[..., Any],
    argnums: Argnums,
    has_aux: bool,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[Linearized, Any]:
    """The linearization of a call, and the gradients."""
    selected = Selected(kind, fn, argnums, args, kwargs)
    values = selected.arguments.values
    done = linearize_values(kind, name_of(fn), values, selected.call, has_aux)
    _check_output(kind, done)
    seed = [constant(1, done.values[0].type)]
    gradients = pull(done.links, seed) if done.links else ()
    return done, selected.trees(map(wrap, gradients))


def _check_output(kind: str, done: Linearized) -> None:
    """Raise TypeError unless the output is one number."""
    output = done.output
    if not output.treedef.is_leaf() or output.types[0] is None:
        found = "no tensor" if output.treedef.is_leaf() else str(output.treedef)
        raise TypeError(at_user(f"{kind}: output must be one tensor, got {found}"))
    type = output.types[0]
    if not is_float(type):
        raise TypeError(at_user(f"{kind}: the output is {type.short}, not of floats"))
    if type.size != 1:
        raise TypeError(
            at_user(
                f"{kind}: the output is {type.short}, which is not one number; reduce it, "
                "for example with nb.sum, or use nb.jacrev"
            )
        )
