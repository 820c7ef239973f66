# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.compile`: trace a function once for each signature, then call machine code."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np

from nabla import _nabla
from nabla._core.apply import apply
from nabla._core.convert import arrays_among, as_value, is_array
from nabla._core.dtypes import bool_, float32, int32, int64
from nabla._core.elementwise import check_own
from nabla._core.errors import DonatedError, at_user
from nabla._core.execute import executable_of, materialize
from nabla._core.function import Function
from nabla._core.graph import Value
from nabla._core.keys import draw
from nabla._core.literals import from_numpy, leaf
from nabla._core.program import Executable, counters, kind_of, of_function
from nabla._core.trace import Trace
from nabla._core.tree import Handle, TreeDef, flatten, unflatten, value_of
from nabla._core.types import TensorType, Type, tensor_type
from nabla.transforms._arguments import (
    Traced,
    check_callable,
    leaf_value,
    name_of,
    placed,
    trace_body,
)
from nabla.transforms._static import static_arguments


class CompilationStats:
    """What became of the calls of a compiled function."""

    __slots__ = ("_function", "compilations", "loads")

    def __init__(self, function: _nabla.Dispatch) -> None:
        self._function = function
        self.compilations = 0  # traces whose program was compiled
        self.loads = 0  # traces whose program was on disk, see `nb.cache_dir`

    @property
    def hits(self) -> int:
        """Calls whose signature was known."""
        return self._function._hits

    @property
    def misses(self) -> int:
        """Calls that were traced."""
        return self._function._misses

    @property
    def hit_rate(self) -> float:
        """The part of the calls, in percent, whose signature was known."""
        calls = self.hits + self.misses
        return 100.0 * self.hits / calls if calls else 0.0

    def __repr__(self) -> str:
        return (
            f"CompilationStats(hits={self.hits}, misses={self.misses}, "
            f"compilations={self.compilations}, loads={self.loads}, "
            f"hit_rate={self.hit_rate:.1f}%)"
        )


class _Call:
    """The arguments of one call, apart: arrays, and what is static."""

    __slots__ = ("fn", "leaves", "places", "statics", "treedef", "values")

    def __init__(self, owner: CompiledFunction, args: tuple[Any, ...], kwargs: Any) -> None:
        self.statics: tuple[Any, ...] = ()
        self.fn = owner._fn
        if owner._has_statics:
            self.statics, args, kwargs = owner._take_statics(args, kwargs)
            self.fn = owner._with_statics(self.statics)
        self.leaves, self.treedef = flatten((args, kwargs))
        self.places = arrays_among("compile", self.leaves)
        self.values = [leaf_value("compile", self.leaves[i]) for i in self.places]

    def inputs_of(
        self, named: tuple[tuple[int, ...], tuple[str, ...]], statics: tuple[int, ...], count: int
    ) -> list[int]:
        """The numbers of the arrays in arguments given by positions and by names."""
        positions, keywords = self.treedef.children()
        chosen = {position % count for position in named[0] if -count <= position < count}
        kept = [
            i for i in range(count) if i not in {s % count for s in statics if -count <= s < count}
        ]
        parts = [(i in chosen, spec) for i, spec in zip(kept, positions.children(), strict=True)]
        names = keywords.entries()
        parts += [(n in named[1], s) for n, s in zip(names, keywords.children(), strict=True)]
        inside = [wanted for wanted, spec in parts for _ in range(spec.num_leaves)]
        return [i for i, place in enumerate(self.places) if inside[place]]

    def trace(self, known: bool = False) -> Traced:
        """The program; `known` lets Python look at the numbers of these arguments."""
        trace = Trace("compile", name_of(self.fn), repeats=True)
        for value in self.values:
            source = value if known else None
            trace.input(value.type, source, value.weak).active = value.active

        def body(handles: list[Any]) -> Any:
            args, kwargs = placed(self.treedef, list(self.leaves), self.places, handles)
            return self.fn(*args, **kwargs)

        return trace_body(trace, self.values, body)


class CompiledFunction(_nabla.Dispatch):
    """A function that is traced once for each signature of its arguments; see `nb.compile`."""

    def __init__(
        self,
        fn: Callable[..., Any],
        static_argnums: int | Sequence[int],
        static_argnames: str | Sequence[str],
        max_cache_size: int,
        donate_argnums: int | Sequence[int] = (),
    ) -> None:
        check_callable("compile", fn)
        if max_cache_size < 1:
            raise ValueError(at_user(f"compile: max_cache_size is {max_cache_size}, below 1"))
        self._fn = fn
        self._argnums, self._argnames = static_arguments(fn, static_argnums, static_argnames)
        self._donated = static_arguments(fn, donate_argnums, (), "donate")
        both = set(self._argnums) & set(self._donated[0])
        if both:
            raise ValueError(at_user(f"compile: argument {min(both)} is static and donated"))
        self._has_statics = bool(self._argnums or self._argnames)
        self._configure(self._argnums, self._argnames, max_cache_size)
        self.stats = CompilationStats(self)
        functools.update_wrapper(self, fn)

    # A call of known signature is C++ (python/bindings/dispatch.cpp). It calls the following
    # for others.

    def _record(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call within a trace."""
        traced = _Call(self, args, kwargs).trace()
        function = traced.function
        results = apply("call", traced.operands, (), function.results, function)
        return traced.outputs.rebuild(results)

    def _miss(self, args: tuple[Any, ...], kwargs: dict[str, Any], numbered: Any) -> _Entry:
        """What calls of this signature run; `numbered` has numbers in the place of arrays."""
        call = _Call(self, args, kwargs)
        traced = call.trace()
        materialize(traced.operands)
        compilations, loads = counters.compilations, counters.loads
        kinds = tuple([kind_of(value) for value in traced.operands])
        function = traced.function
        donated = self._donations(call, len(args), function)
        executable = executable_of(
            ("compile", function, kinds, donated),
            lambda: of_function(function, kinds, donated),
        )
        self.stats.compilations += counters.compilations - compilations
        self.stats.loads += counters.loads - loads
        captures = [value.data for value in traced.operands[len(call.values) + traced.draws :]]
        outputs = traced.outputs
        return _Entry(
            plain=executable.plain,
            general=_General(executable, captures, function.results, traced.draws),
            order=flatten(numbered)[0],
            draws=traced.draws,
            captures=captures,
            types=function.results,
            weak=outputs.weak,
            leaves=outputs.leaves,
            places=outputs.places,
            example=_example(outputs.treedef),
            unflatten=outputs.treedef.unflatten,
            donated=donated,
        )

    def _donations(
        self, call: _Call, count: int, function: Function
    ) -> tuple[tuple[int, int], ...]:
        """Which inputs of the function give their memory to which results."""
        free = list(range(len(function.results)))
        pairs = []
        for i in call.inputs_of(self._donated, self._argnums, count):
            found = next((r for r in free if function.results[r] is function.inputs[i]), None)
            if found is None or not all(isinstance(t, TensorType) for t in function.results):
                _refuse_donation(call.leaves[call.places[i]], "no result is left that fits it")
            free.remove(found)
            pairs.append((i, found))
        return tuple(pairs)

    # ---------------------------------------------------------------- static arguments

    def _take_statics(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The static arguments, and the others."""
        numbers = sorted({i % len(args) for i in self._argnums if -len(args) <= i < len(args)})
        by_number = tuple((i, args[i]) for i in numbers)
        by_name = tuple((n, kwargs[n]) for n in sorted(self._argnames) if n in kwargs)
        names = {name for name, _ in by_name}
        rest = tuple(arg for i, arg in enumerate(args) if i not in numbers)
        return (
            (*by_number, *by_name),
            rest,
            {name: arg for name, arg in kwargs.items() if name not in names},
        )

    def _with_statics(self, statics: tuple[Any, ...]) -> Callable[..., Any]:
        """The function of the arguments that are not static."""
        fn = self._fn

        @functools.wraps(fn)
        def rest(*args: Any, **kwargs: Any) -> Any:
            full = list(args)
            for where, value in statics:
                if isinstance(where, int):
                    full.insert(where, value)
                else:
                    kwargs[where] = value
            return fn(*full, **kwargs)

        return rest

    # ---------------------------------------------------------------- manners

    def __repr__(self) -> str:
        return f"<CompiledFunction {name_of(self._fn)} cache_size={self._cache_size}>"


class _Entry(NamedTuple):
    """What calls of one signature run, in the order in which C++ unpacks it."""

    plain: _nabla.Executable | None  # of buffers only
    general: _General  # runs the others
    order: list[int]  # numbers of the arrays in the call, as the program takes them
    draws: bool  # it takes a random key behind them
    captures: list[Any]  # data, behind the key
    types: tuple[Type, ...]  # of the results
    weak: list[bool]  # of the results
    leaves: list[Any]  # of the output; None in the place of a result
    places: list[int]  # of the results among the leaves
    example: tuple[Any] | None  # see `_example`
    unflatten: Callable[[list[Any]], Any]  # makes outputs that have no example
    donated: tuple[tuple[int, int], ...]  # inputs, and the results that take their memory


class _General(NamedTuple):
    """A call with linear maps among its arguments or results."""

    executable: Executable
    captures: list[Any]
    types: tuple[Type, ...]
    draws: bool

    def __call__(self, objects: list[Any]) -> list[Value]:
        data = [leaf_value("compile", item).data for item in objects]
        if self.draws:
            data.append(draw().data)
        return list(map(leaf, self.executable([*data, *self.captures]), self.types))


_PLAIN = (tuple, list, dict, type(None), None)


def _example(treedef: TreeDef) -> tuple[Any] | None:
    """A tree of the numbers of its leaves; None if it has nodes of other classes than Python's."""
    todo = [treedef]
    while todo:
        spec = todo.pop()
        if spec.type not in _PLAIN:
            return None
        todo += spec.children()
    return (unflatten(treedef, range(treedef.num_leaves)),)


def _as_argument(item: Any) -> Any:
    """An array as a value; a registered node as its leaves and structure; None for others."""
    if isinstance(item, np.ndarray):
        return from_numpy(item, copy=False)  # it is not kept
    if is_array(item):
        return as_value(item, "compile")
    leaves, treedef = flatten(item)
    if len(leaves) == 1 and leaves[0] is item:
        check_own("compile", item)
        return None
    return leaves, treedef


def _refuse_donation(item: Any, reason: str) -> NoReturn:
    kind = value_of(item).type.short if isinstance(item, Handle) else type(item).__name__
    raise DonatedError(at_user(f"compile: an argument, {kind}, cannot be donated: {reason}"))


def _no_hash(error: TypeError) -> None:
    raise TypeError(at_user(f"compile: a static argument has no hash: {error}")) from None


_nabla.set_scalar_types(*[tensor_type(t, ()) for t in (bool_, int32, int64, float32)])
_nabla.connect(as_argument=_as_argument, materialize=materialize, no_hash=_no_hash)
_nabla.connect(refuse_donation=_refuse_donation, ndarray=np.ndarray)


def compile(
    fn: Callable[..., Any] | None = None,
    *,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
    donate_argnums: int | Sequence[int] = (),
    max_cache_size: int = 64,
) -> Any:
    """`fn`, traced once for each signature of its arguments and compiled as a whole.

    The signature is the structure of the arguments with the shapes and dtypes of their
    tensors, and the values of what is no tensor and of static arguments. Python numbers are
    operands: a new one does not compile anew. Tensors that `fn` closes over are operands
    too, as they were when it was traced; so are the attributes of the object where `fn` is a
    method. Python code in `fn` runs only while it is traced.

    Also a decorator, with options or without.

    Args:
        fn: takes and returns trees of tensors.
        static_argnums: positions of arguments that are part of the signature by value.
        static_argnames: names of such arguments. An argument named either way may be passed
            by position or by keyword.
        donate_argnums: positions of arguments whose tensors are used up: a result of the same
            type is written into the memory of each, so that a training step needs no second
            copy of its weights. They cannot be used after the call. Ignored in a trace.
        max_cache_size: how many signatures are kept; the least recently used goes first.

    Returns:
        A function with `stats` (hits, misses, compilations, loads) and `clear_cache()`.

    Raises:
        DonatedError: if a donated tensor is used afterwards, or if it cannot be donated: no
            result has its type, it was made of the memory of another by `from_dlpack`, an array
            that shares its memory is alive, or something else still needs it.
        TypeError: if a static argument has no hash.
        ValueError: if `fn` has no such argument to be static.
        TracedValueError: if `fn` asks for a number that depends on its arguments.

    >>> double = nb.compile(lambda x: x + x)
    >>> double(nb.tensor([1.0, 2.0]))
    Tensor([2. 4.] : f32[2])
    """
    if fn is None:
        return lambda f: CompiledFunction(
            f, static_argnums, static_argnames, max_cache_size, donate_argnums
        )
    return CompiledFunction(fn, static_argnums, static_argnames, max_cache_size, donate_argnums)


jit = compile

__all__ = ["CompilationStats", "CompiledFunction", "compile", "jit"]
