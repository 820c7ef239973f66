# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Nests of transforms around a function f, and the ways that must agree.

A nest is a set of items: directional derivatives D along t, one pullback G of w, and
batches V. D, G and V commute, since examples do not mix and derivatives do not care in
which order they are taken; and a D outside of G may be taken in reverse mode, since the
Jacobian of a gradient is symmetric. So a *way* is an order of the items (batches keep
theirs) and, for each, one of several codes. Two ways compute the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from random_programs.programs import Program, Shape

Draw = Callable[[Any], Any]

# Of {f}, the function inside; {t} and {w} are arrays of the shapes of its operand and result.
D_CODES = {
    "jvp": "nb.jvp({f}, (x,), ({t},))[1]",
    "linearize": "nb.linearize({f}, x)[1]({t})",
    "pullback of pullback": (
        "nb.vjp(lambda w: nb.vjp({f}, x)[1](w)[0], np.zeros({result}))[1]({t})[0]"
    ),
    "jacfwd": "nb.sum(nb.jacfwd({f})(x) * {t}, axis={last})",
    "jacrev": "nb.sum(nb.jacrev({f})(x) * {t}, axis={last})",
}
SYMMETRIC_CODES = {
    "vjp": "nb.vjp({f}, x)[1]({t})[0]",
    "grad": "nb.grad(lambda y: nb.sum({f}(y) * {t}))(x)",
}
G_CODES = {
    "grad": "nb.grad(lambda y: nb.sum({f}(y) * {w}))(x)",
    "value_and_grad": "nb.value_and_grad(lambda y: nb.sum({f}(y) * {w}))(x)[1]",
    "vjp": "nb.vjp({f}, x)[1]({w})[0]",
    "jacfwd": "nb.jacfwd(lambda y: nb.sum({f}(y) * {w}))(x)",
    "jacrev": "nb.sum(nb.jacrev({f})(x) * np.reshape({w}, {lifted}), axis={first})",
    "vmap of jvp": (
        "nb.reshape(nb.vmap(lambda t: nb.jvp(lambda y: nb.sum({f}(y) * {w}), (x,), (t,))[1])"
        "(np.eye({size}).reshape({basis})), {shape})"
    ),
}
V_CODES = {
    "vmap": "nb.vmap({f})(x)",
    "last axis": "nb.vmap({f}, in_axes={rank}, out_axes={result_rank})(nb.permute(x, {to_last}))",
    "loop": "nb.stack([{f}(x[i]) for i in range({n})])",
    "negative axis": "nb.vmap({f}, in_axes=-{whole_rank})(x)",
}


@dataclass(frozen=True)
class Item:
    kind: str  # "D", "G" or "V"
    number: int  # of the array it uses, or its batch size


@dataclass(frozen=True)
class Step:
    item: Item
    code: str
    compiled: bool


Way = tuple[Step, ...]


def front(rank: int) -> tuple[int, ...]:
    """The order of dimensions that moves the last to the front."""
    return (rank - 1, *range(rank - 1))


class Writer:
    """Writes the functions of one way; keeps the shapes of the function inside."""

    def __init__(self, program: Program, prefix: str) -> None:
        self.shape, self.result = program.shape, program.result_shape
        self.batch: Shape = ()
        self.prefix = prefix
        self.name = "f"
        self.lines: list[str] = []

    def write(self, number: int, step: Step) -> None:
        body = {"D": self.direction, "G": self.pullback, "V": self.mapped}[step.item.kind](step)
        name = f"{self.prefix}{number}"
        self.lines.append(f"def {name}(x):\n    return {body}\n")
        if step.compiled:
            self.lines.append(f"{name} = nb.compile({name})")
        self.name = name

    def direction(self, step: Step) -> str:
        t = f"np.broadcast_to(T{step.item.number}, {(*self.batch, *self.shape)})"
        rank = len(self.batch) + len(self.shape)
        code = {**D_CODES, **SYMMETRIC_CODES}[step.code]
        return code.format(
            f=self.name, t=t, result=(*self.batch, *self.result), last=tuple(range(-rank, 0))
        )

    def pullback(self, step: Step) -> str:
        shape, result = (*self.batch, *self.shape), (*self.batch, *self.result)
        size = 1
        for n in shape:
            size *= n
        code = G_CODES[step.code].format(
            f=self.name,
            w=f"np.broadcast_to(W, {result})",
            lifted=(*result, *[1] * len(shape)),
            first=tuple(range(len(result))),
            size=size,
            basis=(size, *shape),
            shape=shape,
        )
        self.result = self.shape
        return code

    def mapped(self, step: Step) -> str:
        rank = len(self.batch) + len(self.shape)
        result_rank = len(self.batch) + len(self.result)
        code = V_CODES[step.code].format(
            f=self.name,
            n=step.item.number,
            rank=rank,
            result_rank=result_rank,
            to_last=(*range(1, rank + 1), 0),
            whole_rank=rank + 1,
        )
        if step.code == "last axis":
            code = f"nb.permute({code}, {front(result_rank + 1)})"
        self.batch = (step.item.number, *self.batch)
        return code


def codes_of(item: Item, after_g: bool, forces: bool) -> Sequence[str]:
    if item.kind == "G":
        return list(G_CODES)
    if item.kind == "D":
        return [*D_CODES, *SYMMETRIC_CODES] if after_g else list(D_CODES)
    return ["loop"] if forces else list(V_CODES)


@st.composite
def nests(draw: Draw, size: int = 4) -> tuple[Item, ...]:
    least = draw(st.integers(1, size))
    kinds = draw(st.lists(st.sampled_from("DGV"), min_size=least, max_size=size))
    items: list[Item] = []
    for kind in kinds:
        if kind == "V":
            items.append(Item("V", draw(st.integers(2, 3))))
        elif kind == "D" or any(item.kind == "G" for item in items):
            items.append(Item("D", sum(item.kind == "D" for item in items)))
        else:
            items.append(Item("G", 0))
    return tuple(items)


@st.composite
def ways(draw: Draw, nest: Sequence[Item], forces: bool) -> Way:
    """An order of the items, and a code for each."""
    order = draw(st.permutations(nest))
    batches = iter([item for item in nest if item.kind == "V"])
    order = [next(batches) if item.kind == "V" else item for item in order]
    steps = []
    for number, item in enumerate(order):
        after_g = any(before.kind == "G" for before in order[:number])
        code = draw(st.sampled_from(codes_of(item, after_g, forces)))
        # A vmap of jvp traces the function with a batch; Python cannot look at numbers then.
        if forces and code == "vmap of jvp":
            code = "grad"
        steps.append(Step(item, code, not forces and draw(st.booleans())))
    return tuple(steps)
