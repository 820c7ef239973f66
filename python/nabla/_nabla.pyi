# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The extension module. Types and attributes are MLIR text, such as `tensor<2xf32>`."""

from collections.abc import Callable, Sequence
from typing import Any

class MLIRError(ValueError):
    """A diagnostic of the compiler; `args[0]` is its text."""

def version() -> str: ...
def infer(
    op: str,
    operands: Sequence[str],
    attributes: Sequence[tuple[str, str]],
    results: Sequence[str] | None,
) -> tuple[str, ...]:
    """The result types of an op on values of these types: inferred, or `results` for an op
    that states them. Builds and verifies the op; MLIRError with the verifier's text.
    """

class Module:
    """A module on its way through the phases. One public function is its entry."""

    @staticmethod
    def parse(text: str) -> Module: ...
    @staticmethod
    def build(functions: Sequence[Any], imports: Sequence[tuple[Module, str, str]] = ()) -> Module:
        """A verified module of these functions.

        A function is (name, public, argument types, nodes, results, location), a node
        (op, operands, attributes, result types, regions, location), a region (argument types,
        nodes, results), ended by a yield, and a location (file, line, function) or None.
        Attributes are pairs (name, text); an op with groups of operands has
        `operandSegmentSizes` among them. Values are numbered within a function or region:
        arguments first, then the results of each node.

        An import (module, symbol, new name) clones that function and all that it calls.
        """

    def text(self, locations: bool = False) -> str: ...
    def clone(self) -> Module: ...
    def run_to(self, phase: str, poll: Callable[[], None] | None = None) -> None:
        """Run all phases from the present one up to this one, in place.

        `poll` is called several times a second.
        """

    def run_passes(self, pipeline: str) -> None:
        """Run a pass pipeline in MLIR's notation, in place."""

    def signature(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The types of the entry's arguments and results."""

    def symbols(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """The signature of each function."""

    def linear_results(self) -> list[tuple[int, int, str]]:
        """After `transforms`: for each result of the entry that was a linear map, its position
        before expansion, how many residuals stand in its place, and the name of the function
        (residuals..., tangents...) -> tangents.
        """

class Buffer:
    """A contiguous row-major array in memory, owned or borrowed."""

    @staticmethod
    def from_dlpack(array: object, copy: bool = False) -> Buffer:
        """The array's own memory where its layout allows, else a copy."""

    @staticmethod
    def from_pointer(
        pointer: int, dtype: str, shape: Sequence[int], owner: object, read_only: bool = True
    ) -> Buffer:
        """Memory that lives as long as `owner`."""

    @property
    def dtype(self) -> str:
        """`f32`, `ui8`, `i1`, ...; a bool is one byte."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def type(self) -> str: ...
    @property
    def nbytes(self) -> int: ...
    @property
    def pointer(self) -> int: ...
    @property
    def exported(self) -> bool:
        """Whether `__dlpack__` has given the memory to others."""

    @property
    def read_only(self) -> bool:
        """Whether the lender forbids writing."""

    def __dlpack__(
        self,
        *,
        stream: object = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any: ...
    def __dlpack_device__(self) -> tuple[int, int]: ...

class Executable:
    """Machine code of a module's entry."""

    def __init__(
        self, module: Module, poll: Callable[[], None] | None = None, use_cache: bool = True
    ) -> None:
        """Run the remaining phases and compile for this CPU; `poll` as in `run_to`.

        With `use_cache`, a program that was compiled before, by any process, is loaded.
        """

    def __call__(self, inputs: Sequence[Buffer]) -> list[Buffer]: ...
    @property
    def input_types(self) -> tuple[str, ...]: ...
    @property
    def output_types(self) -> tuple[str, ...]: ...
    @property
    def cached(self) -> bool: ...
    @property
    def compile_seconds(self) -> dict[str, float]:
        """How long each phase took."""

def configure_cache(folder: str, max_bytes: int) -> None:
    """Keep compiled programs in this folder, if it is not empty."""

def cache_statistics() -> dict[str, int]:
    """What became of requests to the cache: hits, misses, stores, removals, damaged."""

def take_cache_trouble() -> str:
    """What first went wrong with the folder, once; empty if nothing did."""

def cache_key(module: Module, target: str) -> str:
    """The name of the entry of a program that is compiled for a target."""

def target() -> str:
    """All that code depends on besides the program."""
