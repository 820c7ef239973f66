# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.jacrev`, `nb.jacfwd` and `nb.hessian`: whole Jacobians.

The function is linearized once; the linear map, not the function, is batched over the
standard basis.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from nabla._core import elementwise as e
from nabla._core.apply import apply
from nabla._core.attributes import int_array, integer
from nabla._core.graph import Value
from nabla._core.literals import constant
from nabla._core.trace import Trace
from nabla._core.tree import unflatten, wrap
from nabla._core.types import TensorType, is_float, stacked, tensor_type
from nabla._generated import build
from nabla.transforms._arguments import Argnums, Selected, check_callable, name_of
from nabla.transforms._linearize import (
    Linearized,
    linearize_values,
    pull_one,
    push_one,
    settle,
)

Matrix = list[list[Value]]  # by output, then by input


def jacrev(
    fn: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that computes the Jacobian of `fn` in reverse mode, row by row at once.

    Prefer it where outputs are few and inputs many.

    Args:
        fn: takes trees of tensors and returns one; with `has_aux` a pair of it and anything
            else.
        argnums: the argument to differentiate by, or a tuple of them.
        has_aux: whether `fn` returns such a pair; the result is then `(jacobian, aux)`.

    Returns:
        A function of the same arguments. It returns a tree like the output, with a tree like
        the argument (a tuple of such trees if argnums is a tuple) in the place of each
        tensor; the shape of a Jacobian is that of the output, then that of the input.

    Raises:
        TypeError: if an argument to differentiate by is not of floats.
        ValueError: if argnums is out of bounds.

    >>> nb.jacrev(lambda x: x * x)(nb.tensor([1.0, 2.0]))
    Tensor(
      [[2. 0.]
       [0. 4.]] : f32[2,2]
    )
    """
    return _jacobian("jacrev", fn, argnums, has_aux, _rows)


def jacfwd(
    fn: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that computes the Jacobian of `fn` in forward mode, column by column at once.

    Prefer it where inputs are few and outputs many. Arguments and result as of `nb.jacrev`.

    >>> nb.jacfwd(lambda x: x * x)(nb.tensor([1.0, 2.0]))
    Tensor(
      [[2. 0.]
       [0. 4.]] : f32[2,2]
    )
    """
    return _jacobian("jacfwd", fn, argnums, has_aux, _columns)


def hessian(
    fn: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that computes the second derivatives of `fn`: `jacfwd(jacrev(fn))`.

    >>> nb.hessian(lambda x: nb.sum(x**3))(nb.tensor([1.0, 2.0]))
    Tensor(
      [[ 6.  0.]
       [ 0. 12.]] : f32[2,2]
    )
    """
    return jacfwd(jacrev(fn, argnums, has_aux), argnums, has_aux)


def _jacobian(
    kind: str,
    fn: Callable[..., Any],
    argnums: Argnums,
    has_aux: bool,
    entries: Callable[[Sequence[Value], Sequence[TensorType]], Matrix],
) -> Callable[..., Any]:
    check_callable(kind, fn)

    @functools.wraps(fn)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        selected = Selected(kind, fn, argnums, args, kwargs)
        values = selected.arguments.values
        done = linearize_values(kind, name_of(fn), values, selected.call, has_aux)
        found = _assemble(done, selected, entries)
        return (found, done.rebuild()[1]) if has_aux else found

    return jacobian


def _assemble(
    done: Linearized,
    selected: Selected,
    entries: Callable[[Sequence[Value], Sequence[TensorType]], Matrix],
) -> Any:
    """The tree of Jacobians: outputs outside, inputs inside."""
    floats = [t for t in done.output.types if is_float(t)]
    matrix = iter(entries(done.links, floats) if done.links else [])
    rows: list[Any] = []
    for type in done.output.types:
        if not is_float(type):
            rows.append(None)
            continue
        rows.append(selected.trees(map(wrap, next(matrix, ()))))
    return unflatten(done.output.treedef, rows)


def _rows(links: Sequence[Value], outputs: Sequence[TensorType]) -> Matrix:
    """For each output its Jacobians, by pulling back the standard basis of the output."""
    inputs: tuple[TensorType, ...] = links[0].type.inputs
    rows = []
    for i, output in enumerate(outputs):
        found = _over_basis(links[::-1], pull_one, outputs, i, [0] * len(inputs))
        rows.append([_entry(v, output, t) for v, t in zip(found, inputs, strict=True)])
    return rows


def _columns(links: Sequence[Value], outputs: Sequence[TensorType]) -> Matrix:
    """For each output its Jacobians, by pushing forward the standard basis of each input."""
    inputs: tuple[TensorType, ...] = links[0].type.inputs
    results: tuple[TensorType, ...] = links[-1].type.results
    # The basis goes last, behind the dimensions of the output.
    axes = [t.rank for t in results]
    columns = []
    for i, input in enumerate(inputs):
        found = _over_basis(links, push_one, inputs, i, axes)
        pairs = list(zip(found, results, strict=True))[: len(outputs)]
        columns.append([_entry(v, t, input) for v, t in pairs])
    return [list(row) for row in zip(*columns, strict=True)]


def _entry(value: Value, output: TensorType, input: TensorType) -> Value:
    return e.reshape(value, (*output.shape, *input.shape))


Link = Callable[[Value, Sequence[Value]], Sequence[Value]]


def _over_basis(
    links: Sequence[Value], link: Link, spaces: Sequence[TensorType], i: int, axes: Sequence[int]
) -> Sequence[Value]:
    """What a chain, the links in order of use, makes of the standard basis of one space.

    The basis is stacked, in the results along these axes; the vectors of the other spaces
    are zero.
    """
    space = spaces[i]

    def first(linear: Value, vector: Sequence[Value]) -> Sequence[Value]:
        return link(linear, [vector[0] if j == i else constant(0, t) for j, t in enumerate(spaces)])

    vectors: Sequence[Value] = [
        build.basis(stacked(space, 0, space.size)) if space.size != 1 else constant(1, space)
    ]
    use: Link = first
    for count, linear in enumerate(links, 1):
        if space.size == 1:
            vectors = use(linear, vectors)
        else:
            ends = axes if count == len(links) else None
            vectors = _batched(linear, use, vectors, space.size, ends)
        if len(links) > 1:
            settle(vectors)
        use = link
    return vectors


def _batched(
    linear: Value, use: Link, vectors: Sequence[Value], size: int, axes: Sequence[int] | None
) -> Sequence[Value]:
    """`use(linear, vectors)`, where vectors are stacked, in the results along these axes."""
    with Trace("jacobian", use.__name__) as trace:
        lin = trace.input(linear.type)
        inner = [trace.input(tensor_type(v.type.dtype, v.type.shape[1:])) for v in vectors]
        function, _ = trace.close(use(lin, inner))
    trace.release()
    ends = axes or [0] * len(function.results)
    types = tuple([stacked(t, axis, size) for t, axis in zip(function.results, ends, strict=True)])
    if size == 0:
        return [constant(0, t) for t in types]
    attributes = (
        ("in_axes", int_array((-1, *[0] * len(vectors)))),
        ("out_axes", int_array(ends)),
        ("size", integer(size)),
    )
    return apply("vmap", (linear, *vectors), attributes, types, function)
