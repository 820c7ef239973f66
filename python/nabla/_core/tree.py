# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Handles, which are what users hold of values, and trees of them."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import optree

from nabla._core.graph import Value
from nabla._core.types import LinearType

if TYPE_CHECKING:
    from nabla._core.tensor import Tensor

NAMESPACE = "nabla"
Tree = Any
TreeDef = optree.PyTreeSpec


class Handle:
    """What a user holds of a value. Eager values with a living handle are kept computed."""

    __slots__ = ("__weakref__", "_value")

    _value: Value

    def __init__(self, value: Value) -> None:
        self._value = value
        value.handle = weakref.ref(self)


class LinearMap(Handle):
    """A handle of the linear part of a function at a point; `nb.linearize` and `nb.vjp`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"LinearMap({self._value.type.short})"


def value_of(handle: Handle) -> Value:
    return handle._value


class _Classes:
    """The class of tensors, which is defined on top of all this."""

    tensor: Any = None


def wrap(value: Value) -> Tensor:
    """The handle of a value: the one the user holds already, or a new one."""
    found: Any = None if value.handle is None else value.handle()
    if found is None:
        cls = LinearMap if isinstance(value.type, LinearType) else _Classes.tensor
        found = cls(value)
    return found  # type: ignore[no-any-return]


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
