# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The nabla-opt of the package that is tested."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nabla

PATH = Path(nabla.__file__).parent / "_libs" / "nabla-opt"


def run(text: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run it on a text. With `check` a test fails if it does."""
    command = [PATH, "--mlir-disable-threading", *arguments]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, errors="replace", timeout=120
    )
    assert not check or done.returncode == 0, done.stderr
    return done
