# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.vmap`: a function of one example, applied to a batch of them at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import optree

from nabla._core.apply import apply
from nabla._core.attributes import int_array, integer
from nabla._core.errors import at_user
from nabla._core.graph import Value, ancestors
from nabla._core.keys import draw, split_stacked
from nabla._core.trace import Trace
from nabla._core.tree import NAMESPACE, Tree, flatten, wrap
from nabla._core.types import TensorType, Type, stacked, tensor_type
from nabla.transforms._arguments import Arguments, check_callable, extent, name_of, returned

Axes = Any  # an int, None, or a tree of them that is a prefix of the arguments


def vmap(
    fn: Callable[..., Any] | None = None,
    in_axes: Axes = 0,
    out_axes: Axes = 0,
    axis_size: int | None = None,
) -> Callable[..., Any]:
    """A function that applies `fn` to every example of a batch.

    Also a decorator, with options or without.

    Args:
        fn: takes and returns trees of tensors, for one example.
        in_axes: the dimension along which the examples of an argument lie, or None for an
            argument that all share: one for all arguments, or a list with one each, which may
            in turn be a tree like the argument. Keyword arguments are batched along 0.
        out_axes: likewise where to put the examples in the outputs; None for an output that
            does not depend on the example.
        axis_size: the number of examples, where no argument tells it.

    Raises:
        ValueError: if an axis is out of bounds, if the arguments differ in their number of
            examples, or if nothing tells it.

    >>> nb.vmap(lambda x, y: x * y, in_axes=(0, None))(nb.tensor([1.0, 2.0]), 10.0)
    Tensor([10. 20.] : f32[2])
    """
    if fn is None:
        return lambda f: vmap(f, in_axes, out_axes, axis_size)
    check_callable("vmap", fn)
    if axis_size is not None:
        axis_size = extent("vmap: axis_size", axis_size)

    @functools.wraps(fn)
    def batched(*args: Any, **kwargs: Any) -> Any:
        arguments = Arguments("vmap", (args, kwargs))
        spread = _argument_axes(in_axes, args, kwargs)
        axes = [
            _input_axis(spread[place], value.type)
            for place, value in zip(arguments.places, arguments.values, strict=True)
        ]
        size = _size(axes, arguments.values, axis_size, bool(args or kwargs))
        return _record(fn, arguments, axes, out_axes, size)

    return batched


def _record(
    fn: Callable[..., Any], arguments: Arguments, axes: list[int], out_axes: Axes, size: int
) -> Any:
    trace = Trace("vmap", name_of(fn), repeats=True)
    for value, axis in zip(arguments.values, axes, strict=True):
        if axis < 0:
            trace.input(value.type, value, value.weak).active = value.active
        else:
            trace.input(_example(value.type, axis), None, value.weak).active = value.active
    with trace:
        args, kwargs = arguments.rebuild(map(wrap, trace.inputs))
        tree = fn(*args, **kwargs)
        values, outputs = returned("vmap", tree)
        spread = spread_axes("out_axes", out_axes, tree)
        inner = [trace.adopt(value) for value in values]
        function, captures = trace.close(inner)
    operands = list(arguments.values)
    if trace.key_input is not None:
        operands.append(split_stacked(draw(), size))
        axes = [*axes, 0]
    batched = {v for v, axis in zip(trace.inputs, axes, strict=True) if axis >= 0}
    placements = [
        _output_axis(spread[place], value, batched)
        for place, value in zip(outputs.places, inner, strict=True)
    ]
    trace.release()
    attributes = (
        ("in_axes", int_array((*axes, *[-1] * len(captures)))),
        ("out_axes", int_array(placements)),
        ("size", integer(size)),
    )
    ends = zip(function.results, placements, strict=True)
    types = tuple([t if axis < 0 else stacked(t, axis, size) for t, axis in ends])
    results = apply("vmap", (*operands, *captures), attributes, types, function)
    return outputs.rebuild(results)


# ---------------------------------------------------------------- axes


def _argument_axes(in_axes: Axes, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """One axis for each leaf of the arguments."""
    if isinstance(in_axes, list):
        in_axes = tuple(in_axes)
    if isinstance(in_axes, tuple) and len(in_axes) != len(args):
        raise ValueError(
            at_user(f"vmap: in_axes length ({len(in_axes)}) != number of args ({len(args)})")
        )
    if isinstance(in_axes, dict):
        if len(args) != 1:
            raise TypeError(
                at_user(
                    f"vmap: in_axes is a dict, but there are {len(args)} arguments: "
                    "give a tuple with one entry each"
                )
            )
        in_axes = (in_axes,)
    return spread_axes("in_axes", in_axes, args) + [0] * len(flatten(kwargs)[0])


def spread_axes(what: str, axes: Axes, tree: Tree) -> list[Any]:
    """One axis for each leaf of a tree, of which `axes` is a prefix."""
    if axes is None or (isinstance(axes, int) and not isinstance(axes, bool)):
        return [axes] * len(flatten(tree)[0])
    children, outer = _one_level(tree)
    given, given_outer = _one_level(axes)
    if given_outer == "a leaf":
        raise TypeError(at_user(f"vmap: {what} must be integers or None, got {axes!r}"))
    if len(children) != len(given) or outer != given_outer:
        raise ValueError(at_user(f"vmap: {what} {axes!r} is no prefix of {flatten(tree)[1]}"))
    return [
        axis
        for child, part in zip(children, given, strict=True)
        for axis in spread_axes(what, part, child)
    ]


def _one_level(tree: Tree) -> tuple[list[Any], Any]:
    try:
        level = optree.tree_flatten_one_level(tree, namespace=NAMESPACE)
    except ValueError:
        return [tree], "a leaf"
    kind = tuple if isinstance(tree, list) else type(tree)
    return list(level[0]), (kind, tuple(level[2]))


def _input_axis(axis: Any, type: Type) -> int:
    """An axis counted from the front; -1 for an argument that all examples share."""
    if axis is None:
        return -1
    if not isinstance(type, TensorType):
        raise ValueError(at_user(f"vmap: {type.short} is not batched. Use in_axes=None."))
    if type.rank == 0:
        raise ValueError(
            at_user(f"vmap: Cannot batch scalar (rank=0) along axis {axis}. Use in_axes=None.")
        )
    if not -type.rank <= axis < type.rank:
        raise ValueError(at_user(f"vmap: Axis {axis} out of bounds for {type.rank}-d tensor"))
    return int(axis) % type.rank


def _output_axis(axis: Any, value: Value, batched: set[Value]) -> int:
    if not isinstance(value.type, TensorType):
        raise TypeError(
            at_user(f"vmap: the function returns a {value.type.short}, which has no batch")
        )
    if axis is None:
        if _depends(value, batched):
            raise ValueError(
                at_user(
                    f"vmap: out_axes is None for an output {value.type.short} that depends on "
                    "the example"
                )
            )
        return -1
    rank = value.type.rank + 1
    if not -rank <= axis < rank:
        raise ValueError(at_user(f"vmap: out_axes {axis} is out of bounds for {rank} dimensions"))
    return int(axis) % rank


def _depends(value: Value, inputs: set[Value]) -> bool:
    if value in inputs:
        return True
    return any(operand in inputs for node in ancestors([value]) for operand in node.operands)


def _size(
    axes: list[int], values: Sequence[Value], axis_size: int | None, any_arguments: bool
) -> int:
    """The number of examples."""
    pairs = zip(values, axes, strict=True)
    sizes = [value.type.shape[axis] for value, axis in pairs if axis >= 0]
    if not sizes:
        if axis_size is not None:
            return axis_size
        if not any_arguments:
            raise ValueError(at_user("vmap requires at least one input argument."))
        raise ValueError(at_user("vmap: All in_axes are None. Must specify axis_size."))
    if len(set(sizes)) > 1:
        raise ValueError(at_user(f"vmap: Inconsistent batch dims: {sizes}"))
    if axis_size is not None and axis_size != sizes[0]:
        raise ValueError(at_user(f"vmap: axis_size={axis_size} doesn't match inferred {sizes[0]}"))
    return int(sizes[0])


def _example(type: TensorType, axis: int) -> TensorType:
    return tensor_type(type.dtype, type.shape[:axis] + type.shape[axis + 1 :])
