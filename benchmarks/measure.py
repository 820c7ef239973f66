# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How things are measured, and how they are reported."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Row(NamedTuple):
    """One figure, for each peer that was there."""

    name: str
    unit: str
    figures: Mapping[str, float]  # by peer
    aim: str = ""


def installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def fresh_interleaved(codes: Mapping[str, str], times: int) -> dict[str, float]:
    """The median of what each code prints last, in new processes that take turns."""
    found: dict[str, list[float]] = {peer: [] for peer in codes}
    for _ in range(times):
        for peer, code in codes.items():
            found[peer].append(float(_run(code)))
    return {peer: statistics.median(numbers) for peer, numbers in found.items()}


def _run(code: str) -> str:
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"the process failed\n{code}\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def warm_interleaved(
    calls: Mapping[str, Callable[[], object]], times: int, rounds: int
) -> dict[str, float]:
    """Seconds of a call: the best round of each peer, of rounds that take turns."""
    for call in calls.values():
        call()
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for peer, call in calls.items():
            start = time.perf_counter()
            for _ in range(times):
                call()
            best[peer] = min(best[peer], (time.perf_counter() - start) / times)
    return best


def scaled(figures: Mapping[str, float], factor: float) -> dict[str, float]:
    return {peer: factor * figure for peer, figure in figures.items()}


def table(rows: list[Row]) -> str:
    """The rows as text, a column a peer."""
    peers = list(dict.fromkeys(peer for row in rows for peer in row.figures))
    lines = [["", *peers, "unit", "aim"]]
    for row in rows:
        cells = [f"{row.figures[p]:.4g}" if p in row.figures else "-" for p in peers]
        lines.append([row.name, *cells, row.unit, row.aim])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 or i > len(peers) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_json(rows: list[Row]) -> str:
    return "\n".join(json.dumps(row._asdict()) for row in rows)
