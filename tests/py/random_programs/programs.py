# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Drawing programs: a function of one tensor, as lines of Python.

Each statement makes a tensor of 64-bit floats from earlier ones. Statements squash what
could grow without bounds. Those with a kink or a jump say how far it is, so that inputs
near one can be rejected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Shape = tuple[int, ...]
Draw = Callable[[Any], Any]

MAX_SIZE = 24
SHAPES: tuple[Shape, ...] = ((), (2,), (3,), (2, 3), (3, 2), (1, 3), (2, 2, 2))

UNARY = (
    "nb.sin({})",
    "nb.cos({})",
    "nb.tanh({})",
    "-{}",
    "nb.exp(nb.tanh({}))",
    "nb.log(1.5 + nb.sin({}))",
    "nb.sqrt(1.0 + {0} * {0})",
    "ops.unary('rsqrt', 1.0 + {0} * {0})",
    "ops.unary('logistic', {})",
    "ops.unary('erf', {})",
    "ops.unary('atan', {})",
    "ops.unary('asinh', {})",
    "ops.unary('expm1', nb.tanh({}))",
    "ops.unary('log1p', nb.tanh({}) * 0.5)",
    "ops.unary('asin', nb.sin({}) * 0.9)",
    "ops.unary('tan', nb.tanh({}))",
    "ops.unary('sinh', nb.tanh({}))",
    "{} ** 3",
    "(1.5 + nb.sin({})) ** -2",
    "nb.stop_gradient({0}) * {0}",
)
BINARY = (
    "{} + {}",
    "{} - {}",
    "{} * {}",
    "{0} / (1.0 + {1} * {1})",
    "(1.5 + nb.sin({})) ** nb.tanh({})",
    "nb.atan2({0}, 1.5 + {1} * {1})",
    "nb.where({1} == {1}, {0} * {1}, nb.log({1} - {1}))",
)
INNER = (
    "nb.sin({y}) * {c}",
    "{y} * {c} + nb.tanh({y})",
    "nb.exp(nb.tanh({y} * {c}))",
    "{y} / (1.0 + {c} * {c})",
    "{c} - {y} * {y}",
    "nb.cos({y} + {c})",
)


def extent(shape: Shape) -> int:
    return math.prod(shape)


def broadcast(a: Shape, b: Shape) -> Shape | None:
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        return None
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


@dataclass
class Program:
    """`def f(x): lines; return result`, from `shape` to `result_shape`."""

    shape: Shape
    lines: list[str] = field(default_factory=list)
    values: list[tuple[str, Shape]] = field(default_factory=list)
    margins: list[str] = field(default_factory=list)  # far from 0 where f is smooth
    forces: bool = False  # whether Python looks at numbers

    @property
    def result(self) -> str:
        return self.values[-1][0]

    @property
    def result_shape(self) -> Shape:
        return self.values[-1][1]

    def source(self, name: str, returns: str) -> str:
        return "\n    ".join([f"def {name}(x):", *self.lines, f"return {returns}"]) + "\n"

    def measured(self) -> str:
        names = ", ".join(name for name, _ in self.values)
        return self.source("measured", f"[{names}], [{', '.join(self.margins)}]")


class Generator:
    """Adds statements to a program; every method draws one and says whether it could."""

    def __init__(self, draw: Draw, program: Program, forces: bool) -> None:
        self.draw = draw
        self.program = program
        self.may_force = forces
        self.pullbacks: list[tuple[str, Shape, Shape]] = []  # name, of cotangent, of input

    # Drawing

    def choose(self, items: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(list(items)))

    def whole(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def value(self, wanted: Callable[[Shape], bool] = lambda _: True) -> tuple[str, Shape] | None:
        """One of the values so far; shrinks towards the latest."""
        fitting = [(n, s) for n, s in reversed(self.program.values) if wanted(s)]
        return self.choose(fitting) if fitting else None

    def fitting(self, shape: Shape) -> tuple[str, Shape]:
        """A value, or a number, that broadcasts to a shape without changing it."""
        found = self.value(lambda s: broadcast(s, shape) == shape)
        return found or ("0.7", ())

    def inner(self, y: str, shape: Shape, depth: int = 1) -> str:
        """A smooth expression of the shape of y, which may capture values from outside."""
        if depth and self.whole(0, 3) == 3:
            captured, _ = self.fitting(shape)
            body = self.inner("z", shape, depth - 1)
            return f"nb.grad(lambda z: nb.sum(({body}) * {y}))({y} * {captured})"
        captured, _ = self.fitting(shape)
        return self.choose(INNER).format(y=y, c=captured)

    # Statements

    def add(self, code: str, shape: Shape) -> bool:
        if extent(shape) > MAX_SIZE or extent(shape) == 0:
            return False
        name = f"v{len(self.program.values)}"
        self.program.lines.append(f"{name} = {code}")
        self.program.values.append((name, shape))
        return True

    def unary(self) -> bool:
        a, shape = self.value()
        return self.add(self.choose(UNARY).format(a), shape)

    def binary(self) -> bool:
        a, shape = self.value()
        b, other = self.value(lambda s: broadcast(s, shape) is not None)
        return self.add(self.choose(BINARY).format(a, b), broadcast(shape, other))

    def kinked(self) -> bool:
        a, shape = self.value()
        b, _ = self.fitting(shape)
        code, margin = self.choose(
            (
                (f"nb.abs({a})", a),
                (f"nb.maximum({a}, {b} * 0.5)", f"{a} - {b} * 0.5"),
                (f"nb.minimum({a}, {b} * {b})", f"{a} - {b} * {b}"),
                (f"nb.where({a} > 0.1, {a} * {b}, nb.sin({a}))", f"{a} - 0.1"),
                (f"ops.unary('sign', {a}) * {b}", a),
                (f"nb.floor({a}) + {a}", f"ops.step({a})"),
                (f"nb.max({a}) * {a}", f"ops.margin_of_max({a})"),
            )
        )
        if code.startswith("nb.max(") and extent(shape) < 2:
            return False
        self.program.margins.append(margin)
        return self.add(code, shape)

    def reduction(self) -> bool:
        found = self.value(lambda s: len(s) > 0)
        if found is None:
            return False
        a, shape = found
        dim = self.whole(0, len(shape) - 1)
        less = shape[:dim] + shape[dim + 1 :]
        how = self.whole(0, 4)
        if how == 4:
            reverse = self.draw(st.booleans())
            return self.add(f"ops.cumsum({a}, {dim}, {reverse})", shape)
        if how == 3:
            return self.add(f"ops.prod(nb.tanh({a}), [{dim}])", less)
        if how == 2:
            kept = (*shape[:dim], 1, *shape[dim + 1 :])
            return self.add(f"nb.mean({a}, axis={dim}, keepdims=True)", kept)
        if how == 1:
            return self.add(f"nb.sum({a})", ())
        return self.add(f"nb.sum({a}, axis={dim})", less)

    def movement(self) -> bool:
        a, shape = self.value()
        rank = len(shape)
        how = self.whole(0, 5)
        if how == 0:
            other = self.choose([s for s in SHAPES if extent(s) == extent(shape)] or [shape])
            return self.add(f"nb.reshape({a}, {other})", other)
        if how == 1:
            return self.add(f"nb.broadcast_to({a}, {(2, *shape)})", (2, *shape))
        if how == 2 and rank:
            order = self.draw(st.permutations(range(rank)))
            return self.add(f"nb.permute({a}, {tuple(order)})", tuple(shape[i] for i in order))
        if how == 3 and rank:
            return self.add(f"ops.flip({a}, [{self.whole(0, rank - 1)}])", shape)
        if how == 4 and rank:
            starts = [self.whole(0, n - 1) for n in shape]
            strides = [self.whole(1, 2) for _ in shape]
            taken = tuple(-(-(n - s) // d) for n, s, d in zip(shape, starts, strides, strict=True))
            return self.add(f"ops.cut({a}, {starts}, {list(shape)}, {strides})", taken)
        if how == 5 and rank:
            low, high, interior = ([self.whole(0, 1) for _ in shape] for _ in range(3))
            grown = tuple(
                p + n + q + i * (n - 1)
                for n, p, q, i in zip(shape, low, high, interior, strict=True)
            )
            scalar, _ = self.value(lambda s: s == ()) or ("np.float64(0.5)", ())
            return self.add(f"ops.pad({a}, {scalar}, {low}, {high}, {interior})", grown)
        return False

    def joining(self) -> bool:
        a, shape = self.value()
        b, _ = self.value(lambda s: s == shape)
        axis = self.whole(0, len(shape))
        if self.draw(st.booleans()) or not shape:
            return self.add(f"nb.stack([{a}, {b}], axis={axis})", (*shape[:axis], 2, *shape[axis:]))
        axis = min(axis, len(shape) - 1)
        joined = (*shape[:axis], 2 * shape[axis], *shape[axis + 1 :])
        return self.add(f"nb.concatenate([{a}, {b}], axis={axis})", joined)

    def product(self) -> bool:
        a, left = self.value()
        b, right = self.value()
        pairs = [(i, j) for i, m in enumerate(left) for j, n in enumerate(right) if m == n]
        batch: tuple[list[int], list[int]] = ([], [])
        contract: tuple[list[int], list[int]] = ([], [])
        for i, j in self.draw(st.permutations(pairs)) if pairs else []:
            if any(i in group[0] or j in group[1] for group in (batch, contract)):
                continue
            role = self.whole(0, 2)
            if role < 2:
                group = (contract, batch)[role]
                group[0].append(i)
                group[1].append(j)
        shape = tuple(left[i] for i in batch[0])
        shape += tuple(n for i, n in enumerate(left) if i not in batch[0] + contract[0])
        shape += tuple(n for j, n in enumerate(right) if j not in batch[1] + contract[1])
        return self.add(f"ops.dot(nb.tanh({a}), {b}, {batch}, {contract})", shape)

    def indexing(self) -> bool:
        found = self.value(lambda s: len(s) > 0)
        if found is None:
            return False
        a, shape = found
        how = self.whole(0, 4)
        rows = self.draw(st.lists(st.integers(-1, shape[0]), min_size=1, max_size=3))
        if how == 0:
            return self.add(f"ops.take({a}, {rows})", (len(rows), *shape[1:]))
        if how <= 2:
            b, _ = self.fitting((len(rows), *shape[1:]))
            updates = f"nb.broadcast_to({b}, {(len(rows), *shape[1:])})"
            if b == "0.7":
                updates = f"np.full({(len(rows), *shape[1:])}, 0.7)"
            return self.add(f"ops.put({('add', 'set')[how - 1]!r}, {a}, {rows}, {updates})", shape)
        steering, other = self.value()
        if extent(other) > 1:
            self.program.margins.append(f"ops.margin_of_max({steering})")
        sizes = [self.whole(1, n) for n in shape]
        if how == 3:
            return self.add(f"ops.window({a}, ops.argmax({steering}), {sizes})", tuple(sizes))
        inside = self.value(
            lambda s: len(s) == len(shape) and all(m <= n for m, n in zip(s, shape, strict=True))
        )
        return inside is not None and self.add(
            f"ops.replace({a}, {inside[0]}, ops.argmax({steering}))", shape
        )

    def control(self) -> bool:
        a, shape = self.value()
        if self.draw(st.booleans()):
            b, _ = self.value()
            self.program.margins.append(f"nb.sum({b}) - 0.1")
            return self.add(
                f"nb.cond(nb.sum({b}) > 0.1, lambda y: {self.inner('y', shape)}, "
                f"lambda y: {self.inner('y', shape)}, {a})",
                shape,
            )
        b, stacked = self.value(lambda s: len(s) > 0) or (f"nb.stack([{a}, {a}])", (2, *shape))
        carry = f"nb.tanh({self.inner('c', shape)} + nb.sum(s))"
        y = f"{self.inner('c', shape)} * nb.mean(s)"
        reverse = self.draw(st.booleans())
        which = self.whole(0, 1)
        return self.add(
            f"nb.scan(lambda c, s: ({carry}, {y}), {a}, {b}, reverse={reverse})[{which}]",
            (shape, (stacked[0], *shape))[which],
        )

    def forcing(self) -> bool:
        if not self.may_force:
            return False
        self.program.forces = True
        a, shape = self.value()
        if self.draw(st.booleans()):
            self.program.margins.append(f"ops.margin_of_halved({a})")
            return self.add(f"ops.halved({a})", shape)
        self.program.margins.append(f"nb.sum({a}) - 0.2")
        other = self.inner(a, shape)
        return self.add(f"nb.sin({a}) if nb.sum({a}) > 0.2 else {other}", shape)

    def transform(self) -> bool:
        a, shape = self.value()
        body = self.inner("y", shape)
        t, _ = self.fitting(shape)
        t = f"nb.broadcast_to({t}, {shape})" if t != "0.7" else f"np.full({shape}, 0.7)"
        how = self.whole(0, 7)
        if how == 0:
            return self.add(f"nb.grad(lambda y: nb.sum({body}))({a})", shape)
        if how == 1:
            return self.add(f"nb.jvp(lambda y: {body}, ({a},), ({t},))[1]", shape)
        if how == 2:
            return self.add(f"nb.vjp(lambda y: {body}, {a})[1]({t})[0]", shape)
        if how == 3:
            return self.add(f"nb.compile(lambda y: {body})({a})", shape)
        if how == 4 and shape:
            row = self.inner("y", shape[1:])
            return self.add(f"nb.vmap(lambda y: {row})({a})", shape)
        if how == 5 and extent(shape) <= 4:
            jacobian = self.choose(("nb.jacfwd", "nb.jacrev"))
            return self.add(f"{jacobian}(lambda y: {body})({a})", (*shape, *shape))
        if how == 6:
            name = f"p{len(self.program.lines)}"
            self.program.lines.append(f"{name} = nb.vjp(lambda y: {body}, {a})[1]")
            self.pullbacks.append((name, shape, shape))
            return True
        if how == 7:
            return self.add(f"nb.linearize(lambda y: {body}, {a})[1]({t})", shape)
        return False

    def pullback(self) -> bool:
        """A linear map made earlier, applied here or inside another trace."""
        if not self.pullbacks:
            return False
        name, shape, result = self.choose(self.pullbacks)
        found = self.value(lambda s: s == shape)
        if found is None:
            return False
        c = found[0]
        how = self.whole(0, 3)
        if how == 0:
            return self.add(f"{name}({c})[0]", result)
        if how == 1:
            return self.add(f"nb.grad(lambda c: nb.sum(nb.sin({name}(c)[0])))({c})", shape)
        if how == 2:
            return self.add(
                f"nb.vmap(lambda c: {name}(c)[0])(nb.stack([{c}, nb.sin({c})]))", (2, *result)
            )
        return self.add(f"nb.compile(lambda c: {name}(c)[0] * 0.5)({c})", result)


KINDS = (
    "unary",
    "binary",
    "movement",
    "reduction",
    "kinked",
    "joining",
    "product",
    "indexing",
    "control",
    "transform",
    "transform",
    "pullback",
    "forcing",
)


@st.composite
def programs(draw: Draw, forces: bool, length: int = 12) -> Program:
    """Programs of up to `length` statements."""
    shape = draw(st.sampled_from(SHAPES[:5]))
    program = Program(shape, values=[("x", shape)])
    generator = Generator(draw, program, forces)
    least = draw(st.integers(1, length))  # so that long programs are as likely as short ones
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=least, max_size=length)):
        getattr(generator, kind)()
    return program
