# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The extension module. Types and attributes are MLIR text, such as `tensor<2xf32>`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import weakref
    from types import CodeType

    from nabla._core.attributes import Attributes
    from nabla._core.function import Callee, Function
    from nabla._core.location import Where
    from nabla._core.trace import Trace
    from nabla._core.types import Type
    from nabla._tensor.tensor import Tensor

class MLIRError(ValueError):
    """A diagnostic of the compiler; `args[0]` is its text."""

def version() -> str: ...
def phases() -> dict[str, str]:
    """The phases of compilation in order, and what each is."""

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

    def donate(self, argument: int, result: int) -> None:
        """Let the memory of an argument of the entry become that of a result."""

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
        pointer: int,
        dtype: str,
        shape: Sequence[int],
        owner: object,
        read_only: bool = True,
        copy: bool = False,
    ) -> Buffer:
        """Memory that lives as long as `owner`, or a copy of it."""

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
    def owned(self) -> bool:
        """Whether nobody has lent the memory."""

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

def connect(**hooks: Any) -> None:
    """Tells the module a function or a class of the package that it uses."""

# ---------------------------------------------------------------- the graph

class Node:
    """One operation. Serial numbers order nodes: operands come before their users."""

    op: str
    operands: tuple[Value, ...]
    attributes: Attributes
    types: tuple[Type, ...]
    callee: Callee | None
    regions: tuple[Function, ...]
    shadow: tuple[Value, ...] | None  # this node, recorded in the parent trace
    @property
    def where(self) -> Where | None: ...
    @property
    def serial(self) -> int: ...
    @property
    def results(self) -> tuple[Value | None, ...]:
        """The values that live and are not computed yet; None for others."""

class Value:
    """One result of a node, one input of a trace, or one leaf of the eager graph."""

    type: Any
    trace: Trace | None
    node: Node | None  # a value can lose it, and not get another
    data: Any  # eager: the buffer or the materialized linear map
    owner: weakref.ref[Value] | None  # the traced value this is a shadow of
    source: Value | None  # input of a trace: the value passed, if known
    where: Where | None  # input of a trace: where it was made
    weak: bool  # its dtype yields to what it meets
    active: bool  # a derivative may flow through it
    pinned: bool  # wanted whether the user holds it or not
    def __init__(self, type: Any, trace: Trace | None, node: Node | None, index: int) -> None: ...
    @property
    def index(self) -> int:
        """Which result of its node, or input of its trace, it is."""

    @property
    def handle(self) -> Handle | None:
        """The user's object, while it lives."""

    @property
    def held(self) -> bool:
        """Whether somebody may still ask for this value."""

_Handle = TypeVar("_Handle", bound=Handle)

class Handle:
    """What a user holds of a value. Eager values with a living handle are kept computed."""

    __slots__ = ("__weakref__",)
    def __new__(cls: type[_Handle], value: Value) -> _Handle: ...
    @property
    def _value(self) -> Value: ...

class Arithmetic(Handle):
    """The operators + - * / and the comparisons of tensors."""

    __slots__ = ()
    def __add__(self, other: Any) -> Tensor: ...
    def __radd__(self, other: Any) -> Tensor: ...
    def __sub__(self, other: Any) -> Tensor: ...
    def __rsub__(self, other: Any) -> Tensor: ...
    def __mul__(self, other: Any) -> Tensor: ...
    def __rmul__(self, other: Any) -> Tensor: ...
    def __truediv__(self, other: Any) -> Tensor: ...
    def __rtruediv__(self, other: Any) -> Tensor: ...
    def __lt__(self, other: Any) -> Tensor: ...
    def __le__(self, other: Any) -> Tensor: ...
    def __eq__(self, other: Any) -> Tensor: ...  # type: ignore[override]
    def __ne__(self, other: Any) -> Tensor: ...  # type: ignore[override]
    def __gt__(self, other: Any) -> Tensor: ...
    def __ge__(self, other: Any) -> Tensor: ...

def wrap(value: Value) -> Tensor:
    """The handle of a value: the one the user holds already, or a new one."""

def draw_key() -> Value:
    """A key of random numbers that no other draw gets, outside of traces."""

def begin_keys(base: int) -> None:
    """Begin the generator of the process anew; `base` has 64 bits."""

def now() -> int:
    """A serial number after those of all nodes there are."""

def where() -> tuple[CodeType, int] | None:
    """The innermost frame outside of this package and of Python's library."""

def current() -> Trace | None:
    """The innermost trace of this thread; None when work is eager."""

def set_current(trace: Trace | None) -> None: ...
def record(
    trace: Trace | None,
    op: str,
    operands: Sequence[Value],
    attributes: Attributes,
    types: tuple[Type, ...],
    callee: Callee | None,
    regions: tuple[Function, ...],
    at: Where | None,
) -> tuple[Value, ...]:
    """Record an op known to be valid in this trace."""

def apply(
    op: str,
    operands: Sequence[Value],
    attributes: Attributes = (),
    types: tuple[Type, ...] | None = None,
    callee: Callee | None = None,
    regions: tuple[Function, ...] = (),
) -> tuple[Value, ...]:
    """Record `nabla.<op>` in the innermost trace, or in the eager graph.

    `types` are the types of the results, for ops that do not infer them. What the compiler
    rejects is raised here as ValueError, with the user's line.
    """

def apply1(
    op: str, operands: Sequence[Value], attributes: Attributes = (), type: Type | None = None, /
) -> Value:
    """`apply` for an op with one result."""

class Pending:
    """The eager work that has been recorded and not yet run."""

    limit: int  # at how many nodes, or bytes of leaves, `shrink` is called
    max_bytes: int
    @property
    def count(self) -> int: ...
    @property
    def leaf_bytes(self) -> int: ...
    def alive(self) -> list[Node]: ...
    def recount(self) -> None:
        """Count the bytes of leaves anew, without those that somebody holds anyway."""

pending: Pending

# ---------------------------------------------------------------- running pending work

WHOLE: int

def ancestors(values: Sequence[Value]) -> list[Node]:
    """The nodes that these values are computed by, operands before users."""

def segment(wanted: Sequence[Value]) -> tuple[list[Node], list[Node]]:
    """The nodes to run for these values, and those that stay pending.

    A linear map is applied where it is made: a gradient that is pending runs with the value
    it belongs to, so that residuals need not be kept.
    """

def outputs(
    parts: list[list[Node]], others: list[Node], wanted: Sequence[Value]
) -> list[list[Value]]:
    """What each part has to give: what the user, a later part or other work holds.

    Nodes that nothing needs are taken out of the parts.
    """

def run_part(nodes: list[Node], outputs: list[Value]) -> None:
    """Compute the outputs by these nodes, whose other operands have their data.

    Parts of one structure run one program; `compile_part` is asked for new ones.
    """

def forget_parts() -> None:
    """Forget the programs of `run_part`."""

def parts(nodes: list[Node]) -> list[list[Node]]:
    """The nodes in order, in parts to be run one after the other."""

def finished(nodes: list[Node]) -> list[list[Node]]:
    """The parts, from the first on, that are surely over.

    The last turn of the last loop is not among them, for variables may still name its values,
    which those of other turns have lost. Nor are turns that will make a group with later ones.
    """

def weight(node: Node) -> int:
    """How many operations this is, those of its callee and its regions included."""

# ---------------------------------------------------------------- calls of compiled functions

class Dispatch:
    """A function that runs calls of known signature, and asks its subclass about others."""

    _hits: int
    _misses: int
    @property
    def _cache_size(self) -> int: ...
    def _configure(
        self, positions: tuple[int, ...], names: tuple[str, ...], max_cache_size: int
    ) -> None:
        """Say which arguments are static, and how many signatures are kept."""

    def clear_cache(self) -> None:
        """Forget all signatures."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any: ...

def set_scalar_types(boolean: Type, int32: Type, int64: Type, float32: Type, /) -> None:
    """The types of Python's numbers among arguments."""
