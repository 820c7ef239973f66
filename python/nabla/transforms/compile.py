# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.compile`: trace a function once for each signature, then call machine code."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any, NamedTuple

from nabla._core.apply import apply
from nabla._core.convert import is_array
from nabla._core.errors import at_user
from nabla._core.execute import executable_of, materialize
from nabla._core.graph import Value
from nabla._core.keys import draw
from nabla._core.literals import leaf
from nabla._core.program import Kind, LinearData, counters, of_function
from nabla._core.trace import Trace, current
from nabla._core.tree import flatten
from nabla._core.types import Type
from nabla.transforms._arguments import (
    Outputs,
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

    __slots__ = ("compilations", "hits", "loads", "misses")

    def __init__(self) -> None:
        self.hits = 0  # calls whose signature was known
        self.misses = 0  # calls that were traced
        self.compilations = 0  # traces whose program was compiled
        self.loads = 0  # traces whose program was on disk, see `nb.cache_dir`

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


class _Entry(NamedTuple):
    """What a signature runs."""

    executable: Any
    captures: list[Value]  # what the function closes over
    outputs: Outputs
    types: tuple[Type, ...]
    draws: bool  # whether it takes a random key after its arguments


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
        self.places = [i for i, item in enumerate(self.leaves) if is_array(item)]
        self.values = [leaf_value("compile", self.leaves[i]) for i in self.places]

    def key(self) -> Any:
        """The signature; the values have their data."""
        others: tuple[Any, ...] = ()
        if len(self.places) < len(self.leaves):
            arrays = set(self.places)
            others = tuple([x for i, x in enumerate(self.leaves) if i not in arrays])
        kinds = tuple([(_kind(value), value.weak) for value in self.values])
        return (self.treedef, kinds, others, self.statics)

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


def _kind(value: Value) -> Kind:
    return value.data.function if isinstance(value.data, LinearData) else value.type


class CompiledFunction:
    """A function that is traced once for each signature of its arguments; see `nb.compile`."""

    def __init__(
        self,
        fn: Callable[..., Any],
        static_argnums: int | Sequence[int],
        static_argnames: str | Sequence[str],
        max_cache_size: int,
    ) -> None:
        check_callable("compile", fn)
        if max_cache_size < 1:
            raise ValueError(at_user(f"compile: max_cache_size is {max_cache_size}, below 1"))
        self._fn = fn
        self._argnums, self._argnames = static_arguments(fn, static_argnums, static_argnames)
        self._has_statics = bool(self._argnums or self._argnames)
        self._max_cache_size = max_cache_size
        self._cache: OrderedDict[Any, _Entry] = OrderedDict()  # last used last
        self.stats = CompilationStats()
        functools.update_wrapper(self, fn)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call = _Call(self, args, kwargs)
        if current() is not None:
            traced = call.trace()
            function = traced.function
            results = apply("call", traced.operands, (), function.results, function)
            return traced.outputs.rebuild(results)
        for value in call.values:
            if value.data is None:
                materialize(call.values)
                break
        key = call.key()
        try:
            entry: _Entry | None = self._cache[key]
            self._cache.move_to_end(key)
        except KeyError:
            entry = None
        except TypeError as error:
            raise TypeError(at_user(f"compile: a static argument has no hash: {error}")) from None
        if entry is None:
            entry = self._miss(call, key)
        else:
            self.stats.hits += 1
        data = [value.data for value in call.values]
        if entry.draws:
            data.append(draw().data)
        data += [value.data for value in entry.captures]
        results = entry.executable(data)
        return entry.outputs.rebuild(map(leaf, results, entry.types))

    def _miss(self, call: _Call, key: Any) -> _Entry:
        self.stats.misses += 1
        traced = call.trace()
        materialize(traced.operands)
        compilations, loads = counters.compilations, counters.loads
        kinds = tuple([_kind(value) for value in traced.operands])
        function = traced.function
        executable = executable_of(
            ("compile", function, kinds), lambda: of_function(function, kinds)
        )
        self.stats.compilations += counters.compilations - compilations
        self.stats.loads += counters.loads - loads
        captures = traced.operands[len(call.values) + traced.draws :]
        entry = _Entry(executable, captures, traced.outputs, function.results, traced.draws)
        if len(self._cache) >= self._max_cache_size:
            self._cache.popitem(last=False)
        self._cache[key] = entry
        return entry

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

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<CompiledFunction {name_of(self._fn)} cache_size={len(self._cache)}>"

    def clear_cache(self) -> None:
        """Forget all signatures."""
        self._cache.clear()


def compile(
    fn: Callable[..., Any] | None = None,
    *,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
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
        max_cache_size: how many signatures are kept; the least recently used goes first.

    Returns:
        A function with `stats` (hits, misses, compilations, loads) and `clear_cache()`.

    Raises:
        TypeError: if a static argument has no hash.
        ValueError: if `fn` has no such argument to be static.
        TracedValueError: if `fn` asks for a number that depends on its arguments.

    >>> double = nb.compile(lambda x: x + x)
    >>> double(nb.tensor([1.0, 2.0]))
    Tensor([2. 4.] : f32[2])
    """
    if fn is None:
        return lambda f: CompiledFunction(f, static_argnums, static_argnames, max_cache_size)
    return CompiledFunction(fn, static_argnums, static_argnames, max_cache_size)


jit = compile

__all__ = ["CompilationStats", "CompiledFunction", "compile", "jit"]
