# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.cond`, `nb.scan` and `nb.while_loop`: choices and loops that stay in the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nabla._core import elementwise as e
from nabla._core.apply import apply
from nabla._core.attributes import integer, segments
from nabla._core.dtypes import bool_, promote
from nabla._core.errors import at_user
from nabla._core.function import Function
from nabla._core.graph import Value
from nabla._core.keys import draw, split_stacked
from nabla._core.trace import Trace
from nabla._core.tree import Tree, wrap
from nabla._core.types import TensorType, Type, stacked, tensor_type
from nabla.transforms._arguments import Arguments, Outputs, extent, name_of, returned


def cond(
    pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], *operands: Any
) -> Any:
    """`true_fn(*operands)` if the predicate holds, else `false_fn(*operands)`.

    Only the branch that is chosen runs (under `vmap` with a predicate that differs from
    example to example, both do).

    Args:
        pred: a tensor with one bool; a Python bool chooses at once.
        true_fn, false_fn: take the operands and return trees of one structure, with tensors
            of the same shapes. Where their dtypes differ, they are promoted.

    Raises:
        TypeError: if the predicate is not one bool, or the branches differ in structure or
            shapes.

    >>> nb.cond(nb.tensor(True), lambda x: x + 1, lambda x: x - 1, 5.0)
    Tensor(6. : f32[])
    """
    arguments = Arguments("cond", operands)
    if isinstance(pred, bool):
        return (true_fn if pred else false_fn)(*arguments.rebuild(map(wrap, arguments.values)))
    chosen = e.operand("cond", pred)
    if not isinstance(chosen, Value) or chosen.type.dtype is not bool_ or chosen.type.size != 1:
        found = chosen.type.short if isinstance(chosen, Value) else repr(chosen)
        raise TypeError(at_user(f"cond: the predicate must be one bool, got {found}"))
    branches = [_Body("cond", fn, arguments) for fn in (true_fn, false_fn)]
    for branch in branches:
        branch.run([value.type for value in arguments.values])
    _unify(*branches)
    captures = list(dict.fromkeys(v for branch in branches for v in branch.trace.captures))
    _check_tensors("cond", [*arguments.values, *captures])
    regions = tuple([branch.close(captures, first=False) for branch in branches])
    results = apply(
        "cond",
        (e.reshape(chosen, ()), *arguments.values, *captures),
        (),
        regions[0].results,
        None,
        regions,
    )
    return branches[0].outputs.rebuild(results)


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """A loop over the leading dimension: `carry, y = f(carry, x)` for each x of xs.

    Args:
        f: takes the carry and one slice of each tensor of `xs`; returns the next carry, of
            the same structure, shapes and dtypes, and a tree y.
        init: the first carry, a tree.
        xs: a tree of tensors with equal leading extents; None if there are none.
        length: the number of steps, where `xs` does not tell it.
        reverse: whether to go from the last slice to the first; the ys keep the order of xs.

    Returns:
        `(carry, ys)`: the last carry, and the ys stacked along a new leading dimension.

    Raises:
        TypeError: if the carry changes its structure, shapes or dtypes.
        ValueError: if leading extents differ, or nothing tells the number of steps.

    >>> nb.scan(lambda c, x: (c + x, c * x), 0.0, nb.tensor([1.0, 2.0, 3.0]))
    (Tensor(6. : f32[]), Tensor([0. 2. 9.] : f32[3]))
    """
    carries, slices = Arguments("scan", init), Arguments("scan", xs)
    _check_tensors("scan", [*carries.values, *slices.values])
    steps = _length(slices.values, length)
    body, state = _loop_body("scan", _pair(f), carries, slices)
    captures = list(body.trace.captures)
    _check_tensors("scan", captures)
    sliced = list(slices.values)
    if body.trace.key_input is not None:
        sliced.append(split_stacked(draw(), steps))
    region = body.close(captures, first=True)
    count = len(state)
    rows = [stacked(t, 0, steps) for t in region.results[count:] if isinstance(t, TensorType)]
    attributes: list[tuple[str, str]] = [
        ("length", integer(steps)),
        segments(len(captures), count, len(sliced)),
    ]
    if reverse:
        attributes.append(("reverse", "unit"))
    results = apply(
        "scan",
        (*captures, *state, *sliced),
        tuple(attributes),
        (*region.results[:count], *rows),
        None,
        (region,),
    )
    carry, ys = body.outputs.rebuild(results)
    return carry, ys


def while_loop(
    cond_fun: Callable[[Any], Any], body_fun: Callable[[Any], Any], init_val: Any
) -> Any:
    """`value = body_fun(value)` as long as `cond_fun(value)` holds.

    The number of turns may depend on numbers, also under `nb.compile` and `nb.vmap`; examples
    of a batch that are done keep what they have. `nb.jvp` and `nb.jacfwd` differentiate it,
    `nb.grad` cannot: what the turns compute would have to be kept, and how much that is is
    known only at the end. Where the number of turns is known, `nb.fori_loop` and `nb.scan`
    have both modes; and outside of `nb.compile` and `nb.vmap`, so has a `while` of Python.

    Args:
        cond_fun: takes the value, a tree, and returns one bool.
        body_fun: takes the value and returns the next, of the same structure, shapes and
            dtypes.
        init_val: the first value.

    Returns:
        The last value.

    Raises:
        TypeError: if the value changes its structure, shapes or dtypes, or the condition is
            not one bool.
        RuntimeError: if it is differentiated in reverse mode, when the derivative is compiled.

    >>> nb.while_loop(lambda x: x < 100.0, lambda x: x * 2.0, 3.0)
    Tensor(192. : f32[])
    """
    carries = Arguments("while_loop", init_val)
    _check_tensors("while_loop", carries.values)
    nothing = Arguments("while_loop", None)
    body, state = _loop_body("while_loop", _without_rows(body_fun), carries, nothing)
    head = _condition(cond_fun, carries, state)
    captures = list(dict.fromkeys([*head.trace.captures, *body.trace.captures]))
    _check_tensors("while_loop", captures)
    if body.trace.key_input is not None:
        # A turn leaves the next one the key that it has not used.
        assert body.trace.key is not None
        state.append(draw())
        body.values.append(body.trace.key)
        head.trace.input(state[-1].type)
    regions = tuple([part.close(captures, first=True) for part in (head, body)])
    results = apply(
        "while",
        (*captures, *state),
        (segments(len(captures), len(state)),),
        regions[1].results,
        None,
        regions,
    )
    last, _ = body.outputs.rebuild(results[: len(carries.values)])
    return last


def _without_rows(f: Callable[[Any], Any]) -> Callable[..., Any]:
    def pair(carry: Any, _: Any) -> Any:
        return f(carry), None

    pair.__name__ = name_of(f)
    return pair


def _condition(f: Callable[[Any], Any], carries: Arguments, state: Sequence[Value]) -> _Body:
    """The condition of a loop, traced on values of the types of its carries."""
    head = _Body("while_loop", f, Arguments("while_loop", (carries.rebuild(map(wrap, state)),)))
    head.run([value.type for value in state])
    found = [value.type for value in head.values]
    if len(found) != 1 or found[0].dtype is not bool_ or found[0].size != 1:
        given = ", ".join(type.short for type in found) or "nothing"
        raise TypeError(at_user(f"while_loop: the condition must be one bool, got {given}"))
    if head.trace.key_input is not None:
        raise TypeError(
            at_user("while_loop: the condition draws random numbers; draw them in the body")
        )
    with head.trace:
        head.values = [e.reshape(head.values[0], ())]
    return head


class _Body:
    """One region, being traced."""

    def __init__(self, kind: str, fn: Callable[..., Any], arguments: Arguments) -> None:
        self.kind = kind
        self.fn = fn
        self.arguments = arguments
        self.trace = Trace(kind, name_of(fn), repeats=kind != "cond")
        self.values: list[Value] = []
        self.outputs: Outputs

    def run(self, types: Sequence[Type]) -> None:
        """Trace the body on inputs of these types."""
        for type, value in zip(types, self.arguments.values, strict=True):
            self.trace.input(type, None, value.weak).active = value.active
        with self.trace:
            tree: Tree = self.fn(*self.arguments.rebuild(map(wrap, self.trace.inputs)))
            values, self.outputs = returned(self.kind, tree)
            self.values = [self.trace.adopt(value) for value in values]
        _check_tensors(self.kind, self.values)

    def convert(self, types: Sequence[TensorType]) -> None:
        """Convert the results to these types, which differ in dtype at most."""
        with self.trace:
            self.values = [
                e.convert(value, t.dtype) for value, t in zip(self.values, types, strict=True)
            ]

    def close(self, captures: Sequence[Value], first: bool) -> Function:
        """The region; captures come first or last among its inputs."""
        with self.trace:
            captured = [self.trace.adopt(value) for value in captures]
            own = self.trace.inputs
            inputs = [*captured, *own] if first else [*own, *captured]
            function, _ = self.trace.close(self.values, inputs)
        self.trace.release()
        return function


def _unify(a: _Body, b: _Body) -> None:
    """Bring the results of two branches to common dtypes."""
    if a.outputs.treedef != b.outputs.treedef or a.outputs.places != b.outputs.places:
        raise TypeError(
            at_user(
                f"cond: the branches return different structures: {a.outputs.treedef} and "
                f"{b.outputs.treedef}"
            )
        )
    common = []
    for i, (x, y) in enumerate(zip(a.values, b.values, strict=True)):
        if x.type.shape != y.type.shape:
            raise TypeError(
                at_user(
                    f"cond: the branches return {x.type.short} and {y.type.short}, which differ "
                    "in shape"
                )
            )
        dtype, weak = promote(x.type.dtype, x.weak, y.type.dtype, y.weak)
        a.outputs.weak[i] = weak
        common.append(tensor_type(dtype, x.type.shape))
    for body in (a, b):
        body.convert(common)


def _loop_body(
    kind: str, f: Callable[..., Any], carries: Arguments, slices: Arguments
) -> tuple[_Body, list[Value]]:
    """The body of a loop, and the first carries in the dtypes that they keep."""
    arguments = Arguments(kind, (carries.rebuild(map(wrap, carries.values)), _heads(slices)))
    state = list(carries.values)
    heads = [tensor_type(v.type.dtype, v.type.shape[1:]) for v in slices.values]
    for _ in range(8):  # a weak carry may take several turns to find its dtype
        body = _Body(kind, f, arguments)
        body.run([*[v.type for v in state], *heads])
        wanted = _carry_types(body, carries, state)
        if all(v.type is t for v, t in zip(state, wanted, strict=True)):
            break
        state = [e.convert(v, t.dtype) for v, t in zip(state, wanted, strict=True)]
    body.convert([*wanted, *[v.type for v in body.values[len(state) :]]])
    return body, state


def _heads(slices: Arguments) -> Tree:
    """The tree of xs; its arrays will be replaced by slices."""
    return slices.rebuild(map(wrap, slices.values))


def _pair(f: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def pair(carry: Any, x: Any) -> Any:
        result = f(carry, x)
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(at_user(f"scan: f must return (carry, y), got {result!r}"))
        return result

    pair.__name__ = name_of(f)
    return pair


def _carry_types(body: _Body, carries: Arguments, state: list[Value]) -> list[TensorType]:
    """The types that the carries should have; a weak one yields to what the body makes."""
    given = body.outputs.treedef.child(0)
    if given != carries.treedef:
        raise TypeError(
            at_user(
                f"{body.kind}: the carry has the structure {carries.treedef}, f returns {given}"
            )
        )
    types = []
    for first, now, value in zip(carries.values, state, body.values[: len(state)], strict=True):
        same_shape = value.type.shape == now.type.shape
        met, _ = promote(now.type.dtype, first.weak, value.type.dtype, value.weak)
        if value.type is now.type or (same_shape and met is now.type.dtype and value.weak):
            types.append(now.type)
        elif same_shape and first.weak:
            types.append(tensor_type(met, value.type.shape))
        else:
            raise TypeError(
                at_user(
                    f"{body.kind}: a carry is {now.type.short}, but f returns "
                    f"{value.type.short} for it"
                )
            )
    return types


def _length(slices: Sequence[Value], length: int | None) -> int:
    for value in slices:
        if value.type.rank == 0:
            raise ValueError(at_user("scan: a 0-d tensor in xs has no slices"))
    extents = {value.type.shape[0] for value in slices}
    if length is not None:
        extents.add(extent("scan: length", length))
    if not extents:
        raise ValueError(at_user("scan requires non-empty xs, or a length"))
    if len(extents) > 1:
        raise ValueError(at_user(f"scan: leading extents and length differ: {sorted(extents)}"))
    return int(extents.pop())


def _check_tensors(what: str, values: Sequence[Value]) -> None:
    for value in values:
        if not isinstance(value.type, TensorType):
            raise TypeError(
                at_user(
                    f"{what}: a {value.type.short} (the pullback of nb.vjp) does not go in or "
                    "out of a branch or loop; call nb.vjp inside"
                )
            )
