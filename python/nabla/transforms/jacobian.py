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
from nabla._core.apply import apply, apply1
from nabla._core.attributes import int_array, integer
from nabla._core.dtypes import int32
from nabla._core.graph import Value
from nabla._core.literals import constant
from nabla._core.trace import Trace
from nabla._core.tree import unflatten, wrap
from nabla._core.types import TensorType, tensor_type
from nabla.transforms._arguments import Argnums, Selected, check_callable, is_float, name_of
from nabla.transforms._linearize import Linearized, linearize_values, pull, push

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
    entries: Callable[[Value, Sequence[TensorType]], Matrix],
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
    entries: Callable[[Value, Sequence[TensorType]], Matrix],
) -> Any:
    """The tree of Jacobians: outputs outside, inputs inside."""
    floats = [t for t in done.output.types if isinstance(t, TensorType) and is_float(t)]
    matrix = iter(entries(done.linear, floats) if done.linear is not None else [])
    rows: list[Any] = []
    for type in done.output.types:
        if not is_float(type):
            rows.append(None)
            continue
        rows.append(selected.trees(map(wrap, next(matrix, ()))))
    return unflatten(done.output.treedef, rows)


def _rows(linear: Value, outputs: Sequence[TensorType]) -> Matrix:
    """For each output its Jacobians, by pulling back the standard basis of the output."""
    inputs: tuple[TensorType, ...] = linear.type.inputs
    rows = []
    for i, output in enumerate(outputs):
        before, after = outputs[:i], outputs[i + 1 :]

        def one(
            lin: Value,
            vector: Value,
            before: Sequence[TensorType] = before,
            after: Sequence[TensorType] = after,
        ) -> Sequence[Value]:
            zeros = [constant(0, t) for t in before], [constant(0, t) for t in after]
            return pull(lin, [*zeros[0], vector, *zeros[1]])

        found = _over_basis("pull", linear, output, inputs, one, [0] * len(inputs))
        rows.append([_entry(v, output, t) for v, t in zip(found, inputs, strict=True)])
    return rows


def _columns(linear: Value, outputs: Sequence[TensorType]) -> Matrix:
    """For each output its Jacobians, by pushing forward the standard basis of each input."""
    inputs: tuple[TensorType, ...] = linear.type.inputs
    results: tuple[TensorType, ...] = linear.type.results
    columns = []
    for i, input in enumerate(inputs):
        before, after = inputs[:i], inputs[i + 1 :]

        def one(
            lin: Value,
            vector: Value,
            before: Sequence[TensorType] = before,
            after: Sequence[TensorType] = after,
        ) -> Sequence[Value]:
            zeros = [constant(0, t) for t in before], [constant(0, t) for t in after]
            return push(lin, [*zeros[0], vector, *zeros[1]])

        # The basis goes last, behind the dimensions of the output.
        axes = [t.rank for t in results]
        found = _over_basis("push", linear, input, results, one, axes)
        pairs = list(zip(found, results, strict=True))[: len(outputs)]
        columns.append([_entry(v, t, input) for v, t in pairs])
    return [list(row) for row in zip(*columns, strict=True)]


def _entry(value: Value, output: TensorType, input: TensorType) -> Value:
    return e.reshape(value, (*output.shape, *input.shape))


def _over_basis(
    name: str,
    linear: Value,
    space: TensorType,
    results: Sequence[TensorType],
    one: Callable[[Value, Value], Sequence[Value]],
    axes: list[int],
) -> Sequence[Value]:
    """`one(linear, e)` for each vector e of the standard basis of a space, stacked."""
    if space.size == 1:
        return one(linear, constant(1, space))
    types = [_grown(t, axis, space.size) for t, axis in zip(results, axes, strict=True)]
    if space.size == 0:
        return [constant(0, t) for t in types]
    with Trace(name, name) as trace:
        lin, vector = trace.input(linear.type), trace.input(space)
        function, _ = trace.close(one(lin, vector))
    trace.release()
    attributes = (
        ("in_axes", int_array((-1, 0))),
        ("out_axes", int_array(axes)),
        ("size", integer(space.size)),
    )
    return apply("vmap", (linear, _basis(space)), attributes, tuple(types), function)


def _grown(type: TensorType, axis: int, size: int) -> TensorType:
    return tensor_type(type.dtype, (*type.shape[:axis], size, *type.shape[axis:]))


def _basis(space: TensorType) -> Value:
    """The standard basis, stacked along a leading dimension."""
    square = (space.size, space.size)
    row, column = [
        apply1("iota", (), (("dim", integer(dim)),), tensor_type(int32, square)) for dim in (0, 1)
    ]
    same = apply1("compare", (row, column), (("predicate", "#nabla<predicate eq>"),))
    return e.reshape(e.convert(same, space.dtype), (space.size, *space.shape))
