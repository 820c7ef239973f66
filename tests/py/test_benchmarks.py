# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The benchmarks run and agree with their peers; their times are not looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks import plot
from benchmarks.measure import Calls, Figure, Numbers, Plan

ROOT = Path(__file__).parents[2]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_all_rows_run_and_agree(tmp_path: Path) -> None:
    figures, drawing = tmp_path / "figures.json", tmp_path / "plot.svg"
    done = run(
        "--quick", "--threads", "1", "--peers", "jax", "numpy",
        "--json", str(figures), "--plot", str(drawing),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    machine, *records = json.loads(figures.read_text())
    assert machine["flops"] > 1e8 and machine["bytes_read"] > 1e7
    assert len(records) > 80
    for record in records:
        assert record["numbers"]["nabla"]["low"] >= 0 and record["name"] in done.stdout
    assert sum("numpy" in record["numbers"] for record in records) > 40
    assert ElementTree.parse(drawing).getroot().tag.endswith("svg")


def test_one_row_on_all_threads() -> None:
    done = run("matmul 64x256x10", "--quick", "--threads", "all", "--peers", "numpy")
    assert done.returncode == 0, done.stderr
    assert [line[:16] for line in done.stdout.splitlines()[3:]] == ["matmul 64x256x10"]


def test_unknown_names_are_told() -> None:
    done = run("kernel")
    assert done.returncode == 1 and "no row kernel; modules are convolutions, " in done.stderr


class Fixed:
    """A library whose answer is always the same."""

    def __init__(self, name: str, answer: float) -> None:
        self.name = name
        self.answer = np.array([answer])

    def wait(self, tree: np.ndarray) -> np.ndarray:
        return tree

    def leaves(self, tree: np.ndarray) -> list[np.ndarray]:
        return [tree]


def test_results_that_differ_end_the_run() -> None:
    row = Calls("a row", lambda m: lambda: m.answer)
    alike = Plan([Fixed("nabla", 1.0), Fixed("numpy", 1.0001)], 1, 0, True)  # type: ignore[list-item]
    (figure,) = row.measure(alike)
    assert set(figure.numbers) == {"nabla", "numpy"} and figure.rivals == ["numpy"]
    other = Plan([Fixed("nabla", 1.0), Fixed("numpy", 1.01)], 1, 0, True)  # type: ignore[list-item]
    with pytest.raises(SystemExit, match="a row: numpy does not agree with nabla"):
        row.measure(other)


def test_ratio_is_to_the_best_rival() -> None:
    found = {"nabla": Numbers(1, 3), "jax": Numbers(4, 6), "torch": Numbers(2, 9)}
    figure = Figure("a row", "us", found, ("jax", "torch"))
    assert figure.ratio("low") == 0.5 and figure.ratio() == 0.5
    assert Figure("a row", "us", {"nabla": Numbers(1, 1)}).ratio() is None


def test_plot_has_a_bar_a_number_of_threads() -> None:
    def record(threads: int) -> dict[str, object]:
        ratio = {"low": 0.5, "middle": 0.5}
        return {"name": "a < b", "threads": threads, "ratio": ratio, "goal": 0.7}

    text = plot.svg([record(1), record(2)])
    bars = [e for e in ElementTree.fromstring(text).iter() if e.get("height") == "7.0"]
    assert len(bars) == 2 and "a &lt; b" in text
