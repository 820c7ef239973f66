# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turning closed programs into modules, and modules into executables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from nabla import _nabla
from nabla._core.cache import say_trouble
from nabla._core.function import Callee, Function, Imported, Step
from nabla._core.graph import Value
from nabla._core.location import Where, triple
from nabla._core.log import Watch
from nabla._core.types import TensorType, Type, parse_type


class LinearData(NamedTuple):
    """A linear map at a point: a compiled function and its residuals."""

    function: Imported
    residuals: tuple[Any, ...]  # buffers


# What an argument of an executable is: a tensor, or the residuals of a known linear map.
Kind = TensorType | Imported


def kind_of(value: Value) -> Kind:
    """The kind of an argument, of an eager value that has its data."""
    if isinstance(value.data, LinearData):
        return value.data.function
    return value.type  # type: ignore[no-any-return]


class Counters:
    """Where new executables came from."""

    __slots__ = ("compilations", "loads")

    def __init__(self) -> None:
        self.compilations = 0
        self.loads = 0  # from the disk

    def __repr__(self) -> str:
        return f"Counters(compilations={self.compilations}, loads={self.loads})"


counters = Counters()


class Program(NamedTuple):
    """The entry of a module: what `build` takes besides the functions it calls."""

    kinds: tuple[Kind, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    types: tuple[Type, ...]  # of the outputs
    wheres: tuple[Where | None, ...]
    where: Where | None
    donated: tuple[tuple[int, int], ...] = ()  # arguments, and the results that take their memory


def of_function(
    function: Function, kinds: Sequence[Kind], donated: tuple[tuple[int, int], ...] = ()
) -> Program:
    return Program(
        tuple(kinds),
        function.steps,
        function.outputs,
        function.results,
        function.wheres,
        function.where,
        donated,
    )


class _Builder:
    """Emits functions, callees first, each once and under its own name."""

    def __init__(self) -> None:
        self.names: dict[Callee, str] = {}
        self.taken = {"main"}
        self.functions: list[Any] = []
        self.imports: list[tuple[Any, str, str]] = []

    def name(self, callee: Callee) -> str:
        found = self.names.get(callee)
        if found is None:
            # Callees of the callee come first, so that reading goes downwards.
            if isinstance(callee, Function):
                nodes = self.nodes(callee.steps, callee.wheres)
            found = self.names[callee] = self._unique(callee.name)
            if isinstance(callee, Imported):
                self.imports.append((callee.module, callee.symbol, found))
            else:
                inputs = tuple([t.mlir for t in callee.inputs])
                self.functions.append(
                    (found, False, inputs, nodes, callee.outputs, triple(callee.where))
                )
        return found

    def _unique(self, name: str) -> str:
        candidate, count = name, 0
        while candidate in self.taken:
            count += 1
            candidate = f"{name}_{count}"
        self.taken.add(candidate)
        return candidate

    def nodes(self, steps: Sequence[Step], wheres: Sequence[Where | None]) -> tuple[Any, ...]:
        return tuple([self.node(step, at) for step, at in zip(steps, wheres, strict=True)])

    def node(self, step: Step, at: Where | None) -> tuple[Any, ...]:
        attributes = step.attributes
        if step.callee is not None:
            attributes = (("callee", f"@{self.name(step.callee)}"), *attributes)
        return (
            "nabla." + step.op,
            step.operands,
            attributes,
            tuple([t.mlir for t in step.types]),
            tuple([self.region(region) for region in step.regions]),
            triple(at),
        )

    def region(self, body: Function) -> tuple[Any, ...]:
        inputs = tuple([t.mlir for t in body.inputs])
        return (inputs, self.nodes(body.steps, body.wheres), body.outputs)


def build(program: Program) -> Any:
    """The module whose entry `main` is this program."""
    builder = _Builder()
    inputs, binds, numbers = _unpack(program.kinds)
    shift = len(inputs) + len(binds) - len(program.kinds)

    def renumber(number: int) -> int:
        return numbers[number] if number < len(numbers) else number + shift

    steps = program.steps
    outputs = program.outputs
    if binds:
        steps = tuple([s._replace(operands=tuple(map(renumber, s.operands))) for s in steps])
        outputs = tuple(map(renumber, outputs))
    nodes = builder.nodes((*binds, *steps), (*[None] * len(binds), *program.wheres))
    types = tuple([t.mlir for t in inputs])
    main = ("main", True, types, nodes, outputs, triple(program.where))
    module = _nabla.Module.build([main, *builder.functions], builder.imports)
    for argument, result in program.donated:
        module.donate(argument, result)
    return module


def _unpack(kinds: Sequence[Kind]) -> tuple[list[Type], list[Step], list[int]]:
    """Arguments with linear maps as residuals, the steps that bind them, and new numbers."""
    inputs: list[Type] = []
    linear: list[tuple[int, Imported, tuple[int, ...]]] = []
    numbers = []
    for i, kind in enumerate(kinds):
        if isinstance(kind, Imported):
            first = len(inputs)
            inputs += kind.residuals
            linear.append((i, kind, tuple(range(first, len(inputs)))))
            numbers.append(-1)
        else:
            numbers.append(len(inputs))
            inputs.append(kind)
    binds: list[Step] = []
    for i, function, residuals in linear:
        numbers[i] = len(inputs) + len(binds)
        binds.append(Step("bind_linear", residuals, (), (function.type,), function, ()))
    return inputs, binds, numbers


class Executable:
    """A compiled program; takes and gives the data of values."""

    __slots__ = ("_compiled", "_linear", "_plain_inputs")

    def __init__(self, program: Program) -> None:
        watch = Watch(program.where)
        module = build(program)
        self._plain_inputs = all(isinstance(kind, TensorType) for kind in program.kinds)
        self._linear = _linear_results(module, program, watch)
        self._compiled = _nabla.Executable(module, watch)
        cached = self._compiled.cached
        watch.finish(cached)
        say_trouble()
        if cached:
            counters.loads += 1
        else:
            counters.compilations += 1

    @property
    def plain(self) -> Any:
        """The compiled program, if it takes and gives buffers only, else None."""
        return self._compiled if self._plain_inputs and not self._linear else None

    def __call__(self, data: Sequence[Any]) -> list[Any]:
        """Run on buffers and linear maps, one for each kind of the program."""
        results: list[Any] = self._compiled(data if self._plain_inputs else _spread(data))
        if not self._linear:
            return results
        gathered: list[Any] = []
        at = 0
        for function in self._linear:
            if function is None:
                gathered.append(results[at])
                at += 1
            else:
                count = len(function.residuals)
                gathered.append(LinearData(function, tuple(results[at : at + count])))
                at += count
        return gathered


def _spread(data: Sequence[Any]) -> list[Any]:
    buffers: list[Any] = []
    for item in data:
        if isinstance(item, LinearData):
            buffers += item.residuals
        else:
            buffers.append(item)
    return buffers


def _linear_results(module: Any, program: Program, watch: Watch) -> list[Imported | None]:
    """For each output, the function of the linear map it is; empty if none is one."""
    if all(isinstance(t, TensorType) for t in program.types):
        return []
    module.run_to("transforms", watch)
    found = {position: (count, name) for position, count, name in module.linear_results()}
    _, results = module.signature()
    functions: list[Imported | None] = []
    at = 0
    for position, type in enumerate(program.types):
        if position not in found:
            functions.append(None)
            at += 1
            continue
        count, symbol = found[position]
        residuals = tuple([parse_type(text) for text in results[at : at + count]])
        functions.append(_imported(module, symbol, residuals, type))
        at += count
    return functions


_interned: dict[Any, Imported] = {}


def _imported(module: Any, symbol: str, residuals: tuple[TensorType, ...], type: Type) -> Imported:
    """The function of a linear map; equal functions of several modules are one."""
    alone = _nabla.Module.build([], [(module, symbol, "linear")])
    key = (alone.text(), residuals, type)
    found = _interned.get(key)
    if found is None:
        found = _interned[key] = Imported(alone, "linear", residuals, type)
    return found
