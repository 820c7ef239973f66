# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The two sides of a derivative: trees of tangents like the arguments or the outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from nabla._core.elementwise import convert
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.tree import TreeDef, flatten, unflatten, wrap
from nabla._core.types import TensorType, Type, is_float
from nabla.transforms._arguments import leaf_value


class Side(NamedTuple):
    """A tree's structure and the types of its arrays; None for a leaf that is no array."""

    treedef: TreeDef
    types: tuple[Type | None, ...]

    def vectors(self, what: str, tree: Any) -> list[Value]:
        """The tangents in a tree like this one: of its floats, the others having none."""
        vectors = []
        for leaf, t in zip(self._match(what, tree), self.types, strict=True):
            if is_float(t):
                vectors.append(_exactly(what, leaf_value(what, leaf), t))
            elif isinstance(t, TensorType) and leaf is not None:
                _check_zero(what, leaf, t)
        return vectors

    def _match(self, what: str, tree: Any) -> list[Any]:
        leaves, treedef = flatten(tree)
        if treedef == self.treedef:
            return leaves
        # None may stand for what has no tangent.
        marks = [0 if is_float(t) else None for t in self.types]
        if treedef == flatten(unflatten(self.treedef, marks))[1]:
            found = iter(leaves)
            return [None if mark is None else next(found) for mark in marks]
        raise ValueError(at_user(f"{what} has the structure {treedef}, expected {self.treedef}"))

    def tree(self, vectors: Sequence[Value]) -> Any:
        """A tree like this one with these tangents, None for what has none."""
        found = iter(vectors)
        leaves = [wrap(next(found)) if is_float(t) else None for t in self.types]
        return unflatten(self.treedef, leaves)


def side(treedef: TreeDef, places: Iterable[int], values: Iterable[Value]) -> Side:
    """The side of a tree that has these values in these places."""
    types: list[Type | None] = [None] * treedef.num_leaves
    for place, value in zip(places, values, strict=False):
        types[place] = value.type
    return Side(treedef, tuple(types))


def _check_zero(what: str, leaf: Any, expected: TensorType) -> None:
    """Raise ValueError for a direction of integers or bools, where it can be seen."""
    value = leaf_value(what, leaf)
    if value.trace is not None:
        return
    if wrap(value).numpy().any():
        raise ValueError(
            at_user(
                f"{what} of {expected.short} is not zero, but only floats have derivatives; "
                "give None or zeros"
            )
        )


def _exactly(what: str, value: Value, expected: TensorType) -> Value:
    """The value, which must be of this type; a weak number is converted."""
    if value.type is expected:
        return value
    if not isinstance(value.type, TensorType) or value.type.shape != expected.shape:
        raise ValueError(
            at_user(f"{what} is {value.type.short}, expected shape {list(expected.shape)}")
        )
    if not value.weak:
        raise TypeError(at_user(f"{what} is {value.type.short}, expected {expected.short}"))
    return convert(value, expected.dtype)
