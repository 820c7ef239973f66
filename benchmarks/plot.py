# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A plot of ratios in SVG: how long Nabla takes beside the best peer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_NAMES, _WIDTH, _LINE, _TOP = 330, 420, 18, 56
_LEAST, _MOST = 1 / 16, 4.0
_COLORS = ("#3b6fb6", "#e0892b")


def svg(records: Iterable[Mapping[str, Any]]) -> str:
    """A row a figure with a ratio, a bar a number of threads, a stroke at the goal."""
    rows: dict[str, dict[int, Mapping[str, Any]]] = {}
    for record in records:
        if record.get("ratio") and record["ratio"]["middle"] is not None:
            rows.setdefault(record["name"], {})[record["threads"]] = record
    counts = sorted({threads for row in rows.values() for threads in row})
    height = _TOP + _LINE * len(rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_NAMES + _WIDTH + 60}" '
        f'height="{height}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        *_legend(counts),
        *_grid(height),
    ]
    for i, (name, row) in enumerate(rows.items()):
        parts += _bars(name, row, counts, _TOP + i * _LINE)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(ratio: float) -> float:
    """Where a ratio is, on a scale of logarithms."""
    bounded = min(max(ratio, _LEAST), _MOST)
    return _NAMES + _WIDTH * math.log(bounded / _LEAST) / math.log(_MOST / _LEAST)


def _legend(counts: list[int]) -> list[str]:
    title = "time of Nabla / time of the best peer (medians; less is better; stroke: goal)"
    parts = [f'<text x="10" y="16">{title}</text>']
    for i, count in enumerate(counts):
        x = 10 + 100 * i
        text = "1 thread" if count == 1 else f"{count} threads"
        parts.append(f'<rect x="{x}" y="24" width="10" height="8" fill="{_COLORS[i]}"/>')
        parts.append(f'<text x="{x + 15}" y="32">{text}</text>')
    return parts


def _grid(height: int) -> list[str]:
    parts = []
    for power in range(-4, 3):
        ratio = 2.0**power
        color = "#444" if ratio == 1 else "#ccc"
        x, label = _x(ratio), f"1/{2**-power}" if power < 0 else f"{2**power}"
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{height - 6}" stroke="{color}"/>'
        )
        parts.append(f'<text x="{x:.1f}" y="{_TOP - 9}" text-anchor="middle">{label}</text>')
    return parts


def _bars(
    name: str, row: Mapping[int, Mapping[str, Any]], counts: list[int], top: int
) -> list[str]:
    parts = [f'<text x="{_NAMES - 8}" y="{top + 11}" text-anchor="end">{escape(name)}</text>']
    thick = (_LINE - 4) / len(counts)
    for i, count in enumerate(counts):
        if count in row:
            end = _x(row[count]["ratio"]["middle"])
            parts.append(
                f'<rect x="{_NAMES}" y="{top + i * thick:.1f}" width="{end - _NAMES:.1f}" '
                f'height="{thick:.1f}" fill="{_COLORS[i]}"/>'
            )
    goals = [record["goal"] for record in row.values() if record["goal"] is not None]
    for goal in goals[:1]:
        x = _x(goal)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top - 1}" y2="{top + _LINE - 3}" '
            'stroke="#b00" stroke-width="2"/>'
        )
    return parts
