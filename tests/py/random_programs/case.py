# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One drawn case: a program, a nest, two ways, and the snippet that runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from random_programs.nests import Item, Way, Writer, nests, ways
from random_programs.programs import Program, programs

Draw = Callable[[Any], Any]

HEADER = """import numpy as np
import nabla as nb
from random_programs import ops  # run with PYTHONPATH=tests/py
"""


@dataclass(frozen=True)
class Case:
    program: Program
    nest: tuple[Item, ...]
    ways: tuple[Way, ...]
    seed: int

    @property
    def batch(self) -> tuple[int, ...]:
        return tuple(reversed([item.number for item in self.nest if item.kind == "V"]))

    @property
    def direction(self) -> Item | None:
        """The derivative that is also compared with differences."""
        return next((item for item in self.nest if item.kind == "D"), None)

    def _arrays(self) -> str:
        shape, result = self.program.shape, self.program.result_shape
        lines = [
            f"rng = np.random.default_rng({self.seed})",
            f"X = rng.uniform(-1.5, 1.5, {(*self.batch, *shape)})",
            f"W = rng.uniform(0.5, 1.5, {result})",
        ]
        lines += [
            f"T{item.number} = rng.uniform(0.5, 1.5, {shape})"
            for item in self.nest
            if item.kind == "D"
        ]
        return "\n".join(lines) + "\n"

    def _way(self, prefix: str, way: Way) -> str:
        writer = Writer(self.program, prefix)
        for number, step in enumerate(way):
            writer.write(number, step)
        return "\n".join([*writer.lines, f"{prefix} = {writer.name}"]) + "\n"

    @property
    def definitions(self) -> str:
        """Everything but the calls: `a` and `b` are the two ways, `c` is short of one D."""
        parts = [HEADER, self.program.source("f", self.program.result), self._arrays()]
        parts += [self._way(prefix, way) for prefix, way in zip("ab", self.ways, strict=True)]
        if self.direction is not None:
            rest = tuple(step for step in self.ways[0] if step.item != self.direction)
            plain = tuple(
                step
                if step.code not in ("vjp", "grad") or step.item.kind != "D"
                else type(step)(step.item, "jvp", step.compiled)
                for step in rest
            )
            parts.append(self._way("c", plain))
        return "\n".join(parts)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What Hypothesis shows of a failure: a snippet to run."""
        printer.text(f"\n{self.definitions}\nprint(a(nb.tensor(X)))\nprint(b(nb.tensor(X)))\n")


@st.composite
def cases(draw: Draw, length: int = 12, depth: int = 4) -> Case:
    forces = draw(st.booleans())
    program = draw(programs(forces, length))
    nest = draw(nests(depth))
    both = tuple(draw(ways(nest, program.forces)) for _ in range(2))
    return Case(program, nest, both, draw(st.integers(0, 1000)))
