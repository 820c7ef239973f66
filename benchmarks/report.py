# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Figures as lines of a table and as JSON."""

from __future__ import annotations

from typing import Any

from benchmarks.machine import Machine
from benchmarks.measure import Figure

_NAME, _CELL = 48, 17


def limit(figure: Figure, machine: Machine) -> float:
    """Microseconds below which this machine cannot do the work; 0 if that is not known."""
    return max(1e6 * figure.flops / machine.flops, figure.memory)


def heading(libraries: list[str]) -> str:
    cells = "".join(f"{name:>{_CELL}}" for name in libraries)
    return f"{'':{_NAME}}{cells}  unit   ratio to best  goal  of limit"


def line(figure: Figure, libraries: list[str], machine: Machine) -> str:
    """A row of the table: minimum / median of each, ratios of both, how near to the limit."""
    cells = ""
    for name in libraries:
        found = figure.numbers.get(name)
        pair = f"{_short(found.low)}/{_short(found.middle)}" if found else "-"
        cells += f"{pair:>{_CELL}}"
    ratios = [figure.ratio(which) for which in ("low", "middle")]
    ratio = " / ".join("-" if r is None else f"{r:.2f}" for r in ratios)
    goal = "" if figure.goal is None else f"{figure.goal:.2g}"
    missed = figure.goal is not None and ratios[1] is not None and ratios[1] > 1.05 * figure.goal
    others = [f"{who} {_short(n.middle)}" for who, n in figure.numbers.items() if "," in who]
    least = limit(figure, machine)
    share = f"{100 * least / figure.numbers['nabla'].middle:.0f} %" if least else ""
    end = f"  {figure.unit:5}{ratio:>14} {'!' if missed else ' '}{goal:>4}  {share:>8}"
    return f"{figure.name:{_NAME}}{cells}{end}  {'; '.join(others)}".rstrip()


def _short(number: float) -> str:
    """Four digits; more where the integer has more."""
    return f"{number:.0f}" if number >= 1000 else f"{number:.4g}"


def record(figure: Figure, threads: int, machine: Machine) -> dict[str, Any]:
    """What JSON holds of a figure."""
    return {
        "name": figure.name,
        "threads": threads,
        "unit": figure.unit,
        "numbers": {who: found._asdict() for who, found in figure.numbers.items()},
        "rivals": list(figure.rivals),
        "ratio": {"low": figure.ratio("low"), "middle": figure.ratio()},
        "goal": figure.goal,
        "limit": limit(figure, machine) or None,
    }
