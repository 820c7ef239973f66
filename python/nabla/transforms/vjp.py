# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.vjp` and `nb.linearize`: the linear part of a function at a point, to be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from nabla._core.tree import LinearMap, register, value_of, wrap
from nabla.transforms._arguments import Arguments, check_callable, name_of
from nabla.transforms._linearize import linearize_values, pull, push
from nabla.transforms._sides import Side, side


class _Linear:
    """A linear map between trees; itself a tree, whose leaves are maps between tensors.

    It is the chain of these; there are none where no input or no output is of floats.
    """

    __slots__ = ("_inputs", "_links", "_outputs")

    def __init__(self, links: Sequence[LinearMap], inputs: Side, outputs: Side) -> None:
        self._links = links
        self._inputs = inputs
        self._outputs = outputs

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._links))})"


class Pullback(_Linear):
    """Maps a cotangent of the output to a tuple of cotangents, one a primal."""

    __slots__ = ()

    def __call__(self, cotangent: Any) -> tuple[Any, ...]:
        vectors = self._outputs.vectors("pullback: the cotangent", cotangent)
        found = pull([value_of(link) for link in self._links], vectors) if self._links else ()
        return tuple(self._inputs.tree(found))


class Pushforward(_Linear):
    """Maps tangents, one a primal, to the tangent of the output."""

    __slots__ = ()

    def __call__(self, *tangents: Any) -> Any:
        vectors = self._inputs.vectors("linearize: the tangent", tangents)
        found = push([value_of(link) for link in self._links], vectors) if self._links else ()
        return self._outputs.tree(found)


def _register(cls: type[_Linear]) -> None:
    register(
        cls,
        lambda f: (f._links, (f._inputs, f._outputs)),
        lambda sides, children: cls(tuple(children), *sides),
    )


_register(Pullback)
_register(Pushforward)

_L = TypeVar("_L", bound=_Linear)


def vjp(
    fn: Callable[..., Any],
    *primals: Any,
    has_aux: bool = False,
    create_graph: bool = True,
) -> Any:
    """The output of `fn`, and the function that pulls cotangents of it back to the primals.

    The pullback can be called any number of times, under other transforms too; `fn` is not
    run again.

    Args:
        fn: takes the primals, trees of tensors, and returns one; with `has_aux` a pair of it
            and anything else.

    Returns:
        `(output, pullback)`, with `has_aux` `(output, pullback, aux)`. The pullback takes a
        tree like the output and returns a tuple of trees, one a primal, with None for
        integers and bools.

    Raises:
        ValueError: from the pullback, if structure or shape of the cotangent differ.
        TypeError: from the pullback, if its dtype differs.

    >>> y, pullback = nb.vjp(lambda x: x * x, 3.0)
    >>> pullback(1.0)
    (Tensor(6. : f32[]),)
    """
    return _kept("vjp", Pullback, fn, primals, has_aux)


def linearize(fn: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The output of `fn`, and its linear part at the primals as a function of tangents.

    Returns:
        `(output, pushforward)`, with `has_aux` `(output, pushforward, aux)`. The pushforward
        takes one tangent a primal and returns the tangent of the output; `fn` is not run
        again.

    >>> y, push = nb.linearize(lambda x: x * x, 3.0)
    >>> push(1.0)
    Tensor(6. : f32[])
    """
    return _kept("linearize", Pushforward, fn, primals, has_aux)


def _kept(
    kind: str, cls: type[_L], fn: Callable[..., Any], primals: tuple[Any, ...], has_aux: bool
) -> Any:
    """The output, its linear part as an instance of a class, and the auxiliary output."""
    check_callable(kind, fn)
    arguments = Arguments(kind, primals)
    done = linearize_values(
        kind,
        name_of(fn),
        arguments.values,
        lambda handles: fn(*arguments.rebuild(handles)),
        has_aux,
    )
    output, aux = done.rebuild()
    links: Any = tuple(map(wrap, done.links))
    inputs = side(arguments.treedef, arguments.places, arguments.values)
    kept = cls(links, inputs, done.output)
    return (output, kept, aux) if has_aux else (output, kept)
