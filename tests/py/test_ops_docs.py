# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/ops.md is what its generator makes of the records."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_ops_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate_ops.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
