# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Code for older CPUs than this one, which runs here too: NABLA_TARGET_CPU."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import nabla as nb
import pytest

# Products with edges, rows, mathematics, 16-bit floats that are converted both ways.
PROGRAM = """
import ml_dtypes
import nabla as nb
import numpy as np

rng = np.random.default_rng(0)
x, w = (rng.normal(size=(67, 67)).astype(np.float32) for _ in range(2))
wide = np.float64(x) @ np.float64(w)

def softmax(x):
    e = nb.exp(x - nb.max(x, axis=1, keepdims=True))
    return e / nb.sum(e, axis=1, keepdims=True)

def expected(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)

np.testing.assert_allclose((nb.tensor(x) @ w).numpy(), wide, 1e-4, 1e-4)
np.testing.assert_allclose(softmax(nb.tensor(x)).numpy(), expected(np.float64(x)), 1e-5)
np.testing.assert_allclose(nb.tanh(nb.tensor(x) * w).numpy(), np.tanh(x * w), 1e-5, 1e-6)
for dtype in (np.float16, ml_dtypes.bfloat16):
    for source in (np.float32, np.float64):
        x = (rng.normal(size=1003) * 10.0 ** rng.integers(-6, 6, 1003)).astype(source)
        x[:5] = [np.inf, -np.inf, np.nan, -0.0, 1e-8]
        with np.errstate(over="ignore"):
            small = x.astype(dtype)
        assert nb.tensor(x).cast(dtype).numpy().tobytes() == small.tobytes()
        wide = nb.tensor(small).cast(source).numpy()
        np.testing.assert_array_equal(wide, small.astype(source))
    assert nb.argmax(small[3:]).item() == np.argmax(small[3:])
    assert nb.max(small[3:]).item() == np.max(small[3:])
print("right", nb._nabla.target().split()[1])
print(nb.inspect(lambda x: nb.exp(x) @ x, "object")(np.ones((64, 64), np.float32)))
"""


def run(cpu: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NABLA_TARGET_CPU": cpu}
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("cpu", "there", "not_there"), [("x86-64", "xmm", "ymm"), ("x86-64-v3", "ymm", "zmm")]
)
def test_another_cpu(cpu: str, there: str, not_there: str) -> None:
    if cpu == "x86-64-v3" and "avx2" not in nb._nabla.target():
        pytest.skip("this CPU is older")
    done = run(cpu)
    assert done.returncode == 0, done.stderr
    verdict, assembly = done.stdout.split("\n", 1)
    assert verdict == f"right {cpu}"
    assert there in assembly and not_there not in assembly


@pytest.mark.parametrize(
    ("cpu", "problem"),
    [
        ("pdp-11", "pdp-11 is no x86-64 CPU that LLVM knows"),
        ("bdver4", r"bdver4 has \w+, which this CPU lacks"),  # its fma4 is in none since
    ],
)
def test_a_cpu_that_does_not_fit(cpu: str, problem: str) -> None:
    done = run(cpu)
    assert done.returncode == 1
    message = done.stderr.strip()
    assert "RuntimeError: compilation failed: NABLA_TARGET_CPU: " in message
    assert re.search(problem, message), message
