# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trees of tensors: nested tuples, lists, dicts, named tuples and registered classes.

All transforms take and return such trees. None is a tree without leaves; whatever is no
inner node is a leaf. The trees are those of optree, in the namespace "nabla".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import optree

from nabla._core.errors import at_user
from nabla._core.tree import NAMESPACE, register

PyTreeDef = optree.PyTreeSpec

_T = TypeVar("_T")


def tree_flatten(
    tree: Any, is_leaf: Callable[[Any], bool] | None = None
) -> tuple[list[Any], PyTreeDef]:
    """The leaves of a tree, in order, and its structure; dicts are in the order of their keys.

    Args:
        tree: any object.
        is_leaf: says of an inner node whether to take it as a leaf.

    >>> nb.tree_flatten({"b": 2, "a": (1, None)})[0]
    [1, 2]
    """
    return optree.tree_flatten(tree, is_leaf, namespace=NAMESPACE)


def tree_unflatten(treedef: PyTreeDef, leaves: Iterable[Any]) -> Any:
    """The tree of this structure with these leaves.

    Raises ValueError if their number is another.

    >>> leaves, treedef = nb.tree_flatten([1, (2, 3)])
    >>> nb.tree_unflatten(treedef, [4, 5, 6])
    [4, (5, 6)]
    """
    leaves = list(leaves)
    if len(leaves) != treedef.num_leaves:
        raise ValueError(
            at_user(f"tree_unflatten: Expected {treedef.num_leaves} leaves, got {len(leaves)}")
        )
    return optree.tree_unflatten(treedef, leaves)


def tree_leaves(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """The leaves of a tree, in order.

    >>> nb.tree_leaves([1, (2, None), {"a": 3}])
    [1, 2, 3]
    """
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> PyTreeDef:
    """The structure of a tree: all but its leaves; compare with ==.

    >>> nb.tree_structure((1, 2)) == nb.tree_structure((3, 4))
    True
    """
    return tree_flatten(tree, is_leaf)[1]


def tree_map(
    fn: Callable[..., Any],
    tree: Any,
    *rest: Any,
    is_leaf: Callable[[Any], bool] | None = None,
) -> Any:
    """A tree of the results of `fn` on the leaves of `tree` and what the others have there.

    Raises ValueError if another tree has not the structure of the first.

    >>> nb.tree_map(lambda w, dw: w - 0.5 * dw, {"w": 1.0}, {"w": 2.0})
    {'w': 0.0}
    """
    leaves, treedef = tree_flatten(tree, is_leaf)
    columns = [leaves]
    for other in rest:
        try:
            columns.append(treedef.flatten_up_to(other))
        except ValueError as error:
            raise ValueError(at_user(f"tree_map: Tree structure mismatch: {error}")) from None
    return optree.tree_unflatten(treedef, [fn(*items) for items in zip(*columns, strict=True)])


def register_pytree_node(
    cls: type[_T],
    flatten: Callable[[_T], tuple[Sequence[Any], Any]],
    unflatten: Callable[[Any, Any], _T],
) -> None:
    """Make instances of a class inner nodes of trees.

    Args:
        cls: the class itself; subclasses are not meant.
        flatten: gives the children, which are trees, and the rest, which is compared by ==
            and hashed.
        unflatten: makes an instance of the rest and the children.

    Raises:
        TypeError: if `cls` is no class.
        ValueError: if it is registered already.

    >>> class Line:
    ...     def __init__(self, slope, start):
    ...         self.slope, self.start = slope, start
    >>> nb.register_pytree_node(
    ...     Line, lambda line: ((line.slope, line.start), None), lambda _, parts: Line(*parts)
    ... )
    >>> nb.grad(lambda line: line.slope * 3 + line.start)(Line(1.0, 2.0)).slope
    Tensor(3. : f32[])
    """
    if not isinstance(cls, type):
        raise TypeError(at_user(f"register_pytree_node: cls must be a type, got {cls!r}"))
    try:
        register(cls, flatten, unflatten)
    except ValueError as error:
        raise ValueError(at_user(f"register_pytree_node: {error}")) from None


def register_dataclass(cls: type[_T], *, meta_fields: Sequence[str] = ()) -> type[_T]:
    """Make instances of a dataclass inner nodes of trees; also a decorator.

    Args:
        cls: a dataclass.
        meta_fields: fields that are part of the structure, not children.

    Raises:
        TypeError: if `cls` is no dataclass.
        ValueError: if there is no such field, or the class is registered already.

    >>> import dataclasses
    >>> @nb.register_dataclass
    ... @dataclasses.dataclass
    ... class Point:
    ...     x: nb.Tensor
    ...     y: nb.Tensor
    >>> nb.grad(lambda p: p.x * p.y)(Point(2.0, 3.0))
    Point(x=Tensor(3. : f32[]), y=Tensor(2. : f32[]))
    """
    if not (isinstance(cls, type) and dataclasses.is_dataclass(cls)):
        raise TypeError(at_user(f"register_dataclass: {cls!r} is not a dataclass"))
    names = [field.name for field in dataclasses.fields(cls)]
    for name in meta_fields:
        if name not in names:
            raise ValueError(at_user(f"register_dataclass: {cls.__name__} has no field {name!r}"))
    children = [name for name in names if name not in meta_fields]

    def flatten(instance: Any) -> tuple[list[Any], Any]:
        rest = tuple([getattr(instance, name) for name in meta_fields])
        return [getattr(instance, name) for name in children], rest

    def unflatten(rest: Any, parts: Any) -> Any:
        # As it was: what __init__ and __post_init__ check need not hold of tracers or None.
        made = object.__new__(cls)
        for name, value in zip((*children, *meta_fields), (*parts, *rest), strict=True):
            object.__setattr__(made, name, value)
        return made

    register_pytree_node(cls, flatten, unflatten)
    return cls


__all__ = [
    "PyTreeDef",
    "register_dataclass",
    "register_pytree_node",
    "tree_flatten",
    "tree_leaves",
    "tree_map",
    "tree_structure",
    "tree_unflatten",
]
