# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Taking arguments apart into values, and putting results together."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from nabla._core.convert import arrays_among, as_value
from nabla._core.errors import at_user
from nabla._core.function import Function
from nabla._core.graph import Value
from nabla._core.keys import draw
from nabla._core.trace import Trace
from nabla._core.tree import Handle, Tree, TreeDef, flatten, unflatten, value_of, wrap
from nabla._core.types import is_float
from nabla.transforms._stages import Stage, split

Argnums = int | Sequence[int]


class Arguments:
    """The arrays in a tree of arguments; what is no array stays as it is."""

    __slots__ = ("leaves", "places", "treedef", "values")

    def __init__(self, what: str, tree: Tree) -> None:
        self.leaves, self.treedef = flatten(tree)
        self.places = arrays_among(what, self.leaves)
        self.values = [leaf_value(what, self.leaves[i]) for i in self.places]

    def rebuild(self, items: Iterable[Any]) -> Tree:
        """The tree with other items for its arrays."""
        return placed(self.treedef, list(self.leaves), self.places, items)

    def like(self, items: Iterable[Any]) -> Tree:
        """The tree with items for its arrays, and None for what is no array."""
        return placed(self.treedef, [None] * len(self.leaves), self.places, items)


class Outputs(NamedTuple):
    """The tree that a traced function returned, without its arrays."""

    treedef: TreeDef
    leaves: list[Any]  # None in the place of an array
    places: list[int]  # of the arrays
    weak: list[bool]  # of the arrays

    def rebuild(self, values: Iterable[Value]) -> Tree:
        """The tree with these values for its arrays."""
        values = list(values)
        for value, weak in zip(values, self.weak, strict=True):
            value.weak = weak
        return placed(self.treedef, list(self.leaves), self.places, map(wrap, values))


def placed(treedef: TreeDef, leaves: list[Any], places: list[int], items: Iterable[Any]) -> Tree:
    """The tree of these leaves, with items in some places."""
    for place, item in zip(places, items, strict=True):
        leaves[place] = item
    return unflatten(treedef, leaves)


def leaf_value(what: str, leaf: Any) -> Value:
    """The value of a leaf: a tensor, an array, a number, or a linear map."""
    return value_of(leaf) if isinstance(leaf, Handle) else as_value(leaf, what)


def returned(what: str, tree: Tree) -> tuple[list[Value], Outputs]:
    """The values in what a function returned. To be called within its trace."""
    leaves, treedef = flatten(tree)
    places = arrays_among(what, leaves)
    values = [leaf_value(what, leaves[i]) for i in places]
    for i in places:
        leaves[i] = None
    return values, Outputs(treedef, leaves, places, [value.weak for value in values])


class Traced(NamedTuple):
    """A function as a program, and the values to pass to it."""

    function: Function
    operands: list[Value]  # the arguments, a random key if it draws any, the captures
    outputs: Outputs
    draws: bool
    stages: list[Stage]  # the function in parts, if it is to be taken apart
    outer: dict[Value, Value]  # for the inputs of stages: the values to pass


def trace_body(
    trace: Trace, arguments: Sequence[Value], body: Callable[[list[Any]], Tree]
) -> Traced:
    """Run a body on the inputs of a trace and close it."""
    with trace:
        tree = body([wrap(value) for value in trace.inputs])
        values, outputs = returned(trace.kind, tree)
        values = [trace.adopt(value) for value in values]
        function, captures = trace.close(values)
    eager = trace.parent is None and not trace.repeats
    stages = split(trace, values) if eager and trace.questions else []
    outer = dict(zip(trace.inputs, arguments, strict=False))
    outer.update((inner, value) for value, inner in trace.captures.items())
    draws = trace.key_input is not None
    trace.release()
    key = [draw()] if draws else []
    return Traced(function, [*arguments, *key, *captures], outputs, draws, stages, outer)


def derivative_trace(kind: str, name: str, arguments: Sequence[Value]) -> Trace:
    """A trace on known values, with derivatives flowing through the floats among them."""
    trace = Trace(kind, name)
    for value in arguments:
        trace.input(value.type, value, value.weak).active = is_float(value.type)
    return trace


def name_of(fn: Any) -> str:
    """A function's name, for symbols and messages."""
    return getattr(fn, "__name__", None) or type(fn).__name__


def check_callable(what: str, fn: object) -> None:
    if not callable(fn):
        raise TypeError(at_user(f"{what}: {fn!r} is not a function"))


def extent(what: str, number: Any) -> int:
    """A number of examples or steps, or an error."""
    if isinstance(number, (bool, str)) or not hasattr(number, "__index__"):
        raise TypeError(at_user(f"{what} must be an integer, got {number!r}"))
    if operator.index(number) < 0:
        raise ValueError(at_user(f"{what} is {number}, which is negative"))
    return operator.index(number)


def positions(what: str, argnums: Argnums, count: int, keywords: int = 0) -> tuple[int, ...]:
    """The argument positions meant by argnums, or an error."""
    given = tuple(argnums) if isinstance(argnums, (tuple, list)) else (argnums,)
    found = []
    for argnum in given:
        if isinstance(argnum, (bool, str)) or not hasattr(argnum, "__index__"):
            raise TypeError(at_user(f"{what}: argnums must be integers, got {argnum!r}"))
        position = operator.index(argnum)
        if not -count <= position < count:
            hint = "; those by keyword are not counted" if keywords else ""
            raise ValueError(
                at_user(f"{what}: argnum {position} out of bounds for {count} arguments{hint}")
            )
        found.append(position % count)
    if len(set(found)) != len(found):
        raise ValueError(at_user(f"{what}: argnums {given} name an argument twice"))
    return tuple(found)


class Selected:
    """The arguments that a call is differentiated by, and the function of just these."""

    __slots__ = ("_args", "_chosen", "_fn", "_kwargs", "_single", "arguments")

    def __init__(
        self,
        what: str,
        fn: Callable[..., Any],
        argnums: Argnums,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self._fn, self._args, self._kwargs = fn, args, kwargs
        self._single = not isinstance(argnums, (tuple, list))
        self._chosen = positions(what, argnums, len(args), len(kwargs))
        self.arguments = Arguments(what, [args[i] for i in self._chosen])
        _check_floats(what, self.arguments.values)
        if self._chosen and not self.arguments.values:
            kinds = ", ".join(type(args[i]).__name__ for i in self._chosen)
            raise TypeError(
                at_user(
                    f"{what}: there is no tensor to differentiate by in {kinds}; "
                    "nb.register_pytree_node makes a class a tree of tensors"
                )
            )

    def call(self, handles: list[Any]) -> Any:
        """The function's result on other arrays in the selected arguments."""
        filled = list(self._args)
        for i, tree in zip(self._chosen, self.arguments.rebuild(handles), strict=True):
            filled[i] = tree
        return self._fn(*filled, **self._kwargs)

    def trees(self, items: Iterable[Any]) -> Any:
        """A tree like the selected argument, or a tuple of such, with these items."""
        trees = self.arguments.like(items)
        return trees[0] if self._single else tuple(trees)


def _check_floats(what: str, values: Iterable[Value]) -> None:
    """Raise TypeError if one of the values has no derivative."""
    for value in values:
        if not is_float(value.type):
            raise TypeError(
                at_user(
                    f"{what}: an argument to differentiate is {value.type.short}, but only "
                    "floats have derivatives; cast it, or choose others by argnums"
                )
            )


def split_aux(what: str, has_aux: bool, result: Any) -> tuple[Any, Any]:
    """A function's output and its auxiliary output."""
    if not has_aux:
        return result, None
    if not isinstance(result, tuple) or len(result) != 2:
        raise ValueError(
            at_user(f"{what} with has_aux=True expects fn to return (output, aux), got {result!r}")
        )
    return result
