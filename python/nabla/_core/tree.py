# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Handles, which are what users hold of values, and trees of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import optree

from nabla import _nabla
from nabla._core.graph import Value
from nabla._core.types import LinearType
from nabla._nabla import Handle, wrap

NAMESPACE = "nabla"
Tree = Any
TreeDef = optree.PyTreeSpec


class LinearMap(Handle):
    """A handle of the linear part of a function at a point; `nb.linearize` and `nb.vjp`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"LinearMap({self._value.type.short})"


def value_of(handle: Handle) -> Value:
    return handle._value


_nabla.connect(linear_map=LinearMap, linear_type=LinearType)


def flatten(tree: Tree) -> tuple[list[Any], TreeDef]:
    """The leaves and the structure; None is an empty tree."""
    return optree.tree_flatten(tree, namespace=NAMESPACE)


def unflatten(treedef: TreeDef, leaves: Sequence[Any]) -> Tree:
    return optree.tree_unflatten(treedef, leaves)


def register(
    cls: type[Any],
    flatten: Callable[[Any], tuple[Sequence[Any], Any]],
    unflatten: Callable[[Any, Any], Any],
) -> None:
    """Make instances of a class inner nodes of trees."""
    optree.register_pytree_node(cls, flatten, unflatten, namespace=NAMESPACE)


__all__ = [
    "NAMESPACE",
    "Handle",
    "LinearMap",
    "Tree",
    "TreeDef",
    "flatten",
    "register",
    "unflatten",
    "value_of",
    "wrap",
]
