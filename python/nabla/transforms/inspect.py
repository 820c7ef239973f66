# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.inspect`, `nb.compile_report`, `nb.run_mlir`: what compilation does, and MLIR text."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from nabla import _nabla
from nabla._core.convert import as_value
from nabla._core.errors import at_user
from nabla._core.execute import materialize
from nabla._core.function import with_own_places
from nabla._core.literals import of_buffer
from nabla._core.program import Program, build, kind_of, of_function
from nabla._core.tree import wrap
from nabla._core.types import TensorType
from nabla.transforms.compile import CompiledFunction, _Call


def inspect(
    fn: Callable[..., Any], phase: str = "trace", *, locations: bool = False
) -> Callable[..., str]:
    """A function that gives the program of `fn` as text, after a phase of compilation.

    Args:
        fn: takes and returns trees of tensors; may be compiled, or the result of a transform.
        phase: `trace` (as recorded, with transforms as operations), `transforms`, `simplify`,
            `linalg`, `schedule`, `bufferize`, `llvm` or `object`.
        locations: whether to print where in the program each operation comes from.

    Raises:
        ValueError: if there is no such phase.

    >>> print(nb.inspect(lambda x: x + x)(1.0))  # doctest: +ELLIPSIS
    module {...
    """
    phases = _nabla.phases()
    if phase not in phases:
        raise ValueError(at_user(f"inspect: no phase {phase!r}; there are {', '.join(phases)}"))

    def text(*args: Any, **kwargs: Any) -> str:
        # Printed places must be those of `fn`, not of an equal function traced before.
        with with_own_places() if locations else contextlib.nullcontext():
            module = build(_program(fn, args, kwargs))
        if phase != "trace":
            module.run_to(phase)
        return module.text(locations)  # type: ignore[no-any-return]

    return text


def _program(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Program:
    """The program of a call."""
    donated: tuple[tuple[int, int], ...] = ()
    if isinstance(fn, CompiledFunction):
        call = _Call(fn, args, kwargs)
        traced = call.trace()
        donated = fn._donations(call, len(args), traced.function)
    else:
        traced = _Call(CompiledFunction(fn, (), (), 1), args, kwargs).trace(known=True)
    linear = [v for v in traced.operands if not isinstance(v.type, TensorType)]
    materialize(linear)
    return of_function(traced.function, [kind_of(v) for v in traced.operands], donated)


class CompileReport(dict[str, float]):
    """Seconds by phase of compilation; prints as a table."""

    @property
    def total(self) -> float:
        """Seconds of all phases."""
        return sum(self.values())

    def __repr__(self) -> str:
        rows = [*self.items(), ("total", self.total)]
        return "\n".join(f"{phase:<10} {1e3 * seconds:9.2f} ms" for phase, seconds in rows)


def compile_report(fn: Callable[..., Any]) -> Callable[..., CompileReport]:
    """A function that compiles `fn` anew, without running it, and says how long each phase took.

    Args:
        fn: takes and returns trees of tensors; may be compiled, or the result of a transform.

    Returns:
        A function of the arguments of `fn`. It returns a dict of seconds by phase, in order:
        `trace` is the Python function and the building of its module, `link` the loading of
        the code, the others are the phases of `nb.inspect`. Programs on disk (see
        `nb.cache_dir`) are not used.

    >>> list(nb.compile_report(lambda x: x + x)(1.0))[:3]
    ['trace', 'transforms', 'simplify']
    """

    def report(*args: Any, **kwargs: Any) -> CompileReport:
        started = time.perf_counter()
        module = build(_program(fn, args, kwargs))
        traced = time.perf_counter() - started
        return CompileReport(
            trace=traced, **_nabla.Executable(module, use_cache=False).compile_seconds
        )

    return report


def run_mlir(text: str, *arrays: Any) -> Any:
    """Compile a module in the Nabla dialect and run its public function on arrays.

    Returns:
        The result as a tensor; a tuple of tensors if there are several.

    Raises:
        ValueError: if the text is not a valid module, or the arrays do not fit its function.

    >>> nb.run_mlir('''
    ...   func.func public @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    ...     %y = nabla.add %x, %x : tensor<2xf32>
    ...     return %y : tensor<2xf32>
    ...   }
    ... ''', nb.tensor([1.0, 2.0]))
    Tensor([2. 4.] : f32[2])
    """
    if not isinstance(text, str):
        raise TypeError(at_user(f"run_mlir: a program is text, not {type(text).__name__}"))
    try:
        module = _nabla.Module.parse(text)
        expected = module.signature()[0]
    except _nabla.MLIRError as error:
        raise ValueError(at_user(f"run_mlir: {error}")) from None
    values = [as_value(array, "run_mlir") for array in arrays]
    given = tuple(value.type.mlir for value in values)
    if given != tuple(expected):
        raise ValueError(
            at_user(f"run_mlir: the function takes {', '.join(expected)}, not {', '.join(given)}")
        )
    materialize(values)
    results = _nabla.Executable(module)([value.data for value in values])
    tensors = tuple([wrap(of_buffer(buffer)) for buffer in results])
    return tensors[0] if len(tensors) == 1 else tensors
