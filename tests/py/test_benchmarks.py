# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The benchmarks run; what they measure is not looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_quick() -> None:
    done = run("start", "first_calls", "warm_calls", "loops", "--quick", "--json")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 10
    for row in rows:
        assert row["name"] and all(figure >= 0 for figure in row["figures"].values())
        assert "nabla" in row["figures"]


def test_unknown_names_are_told() -> None:
    done = run("kernel")
    assert (
        done.returncode == 2
        and "no benchmark kernel; there are derivatives, first_calls, loops, start" in done.stderr
    )


def test_kernels() -> None:
    command = [sys.executable, "benchmarks/kernels.py", "--quick", "64x256x10", "chain 1k"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line[:16].strip() for line in done.stdout.splitlines()[1:]] == [
        "chain 1k",
        "matmul 64x256x10",
    ]
