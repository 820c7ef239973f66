# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Crashes and interrupts of the compiler leave the process usable."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla import _nabla

DOUBLE = """
func.func public @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = nabla.add %x, %x : tensor<2xf32>
  return %y : tensor<2xf32>
}
"""
# The phase `linalg`, which refuses such functions, is left out.
NO_MEMORY = "func.func public @main(%x: tensor<3x!nabla.linear<() -> ()>>) { return }"
WITHOUT_LINALG = "builtin.module(nabla-pipeline{from=linalg to=bufferize})"


def crash() -> Any:
    """Run into a real assertion of upstream's; gives the module that was lost."""
    module = _nabla.Module.parse(NO_MEMORY)
    with pytest.raises(_nabla.MLIRError, match=r"internal error of the compiler \(signal 6\)"):
        module.run_passes(WITHOUT_LINALG)
    return module


def test_what_crashed_is_lost() -> None:
    module = crash()
    for use in (module.text, module.clone, module.symbols, lambda: module.run_to("llvm")):
        with pytest.raises(_nabla.MLIRError, match="there is no module"):
            use()
    with pytest.raises(_nabla.MLIRError, match="there is no module"):
        _nabla.Executable(module)


def test_modules_and_executables_survive_a_crash() -> None:
    traced = _nabla.Module.parse(DOUBLE)
    lowered = traced.clone()
    lowered.run_to("bufferize")
    ready = _nabla.Executable(traced)
    text, lowered_text = traced.text(), lowered.text()
    for _ in range(2):
        crash()
        assert traced.text() == text
        assert lowered.signature() == traced.signature()
        x = _nabla.Buffer.from_dlpack(np.array([1, 2], np.float32))
        for executable in (ready, _nabla.Executable(traced), _nabla.Executable(lowered)):
            (y,) = executable([x])
            assert np.from_dlpack(y).tolist() == [2, 4]
    assert lowered.text() == lowered_text


def test_python_goes_on_after_a_crash() -> None:
    x = nb.tensor(2.0)
    pullback = nb.vjp(lambda y: nb.sin(y) * y, x)[1]
    crash()
    third = nb.grad(nb.grad(nb.grad(lambda y: nb.sin(y) * y)))
    np.testing.assert_allclose(third(x).item(), -3 * np.sin(2) - 2 * np.cos(2), rtol=1e-6)
    np.testing.assert_allclose(pullback(1.0)[0].item(), np.sin(2) + 2 * np.cos(2), rtol=1e-6)
    with pytest.raises(ValueError, match="add"):
        nb.ones((2,)) + nb.ones((3,))


def test_pass_pipelines() -> None:
    module = _nabla.Module.parse(DOUBLE)
    module.run_passes("nabla-simplify,canonicalize")
    module.run_passes("builtin.module(nabla-transforms)")
    assert "nabla.add" in module.text()
    with pytest.raises(_nabla.MLIRError, match="'nabla-none' does not refer to a registered pass"):
        module.run_passes("nabla-none")
    with pytest.raises(_nabla.MLIRError, match="there is no phase 'machine'"):
        module.run_passes("nabla-pipeline{to=machine}")
    with pytest.raises(_nabla.MLIRError, match="there is no phase 'machine'"):
        module.run_to("machine")
    assert "nabla.add" in module.text()


# ---------------------------------------------------------------- interrupts

BIG = """
import os, signal, sys, threading, time
import nabla as nb

def big(x):
    for _ in range(TURNS):
        x = nb.sin(x) * x + nb.sum(nb.cos(x))
    return x

# Where the tests run in the background, a shell may have turned it off.
signal.signal(signal.SIGINT, signal.default_int_handler)
compiled = nb.compile(big)
x = nb.ones((64, 64)).realize()
"""


def run(program: str, turns: int, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"TURNS = {turns}" + BIG + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )


def test_interrupt_ends_a_compilation() -> None:
    result = run(
        """
        from nabla import _nabla
        module = _nabla.Module.parse(nb.inspect(big)(x))
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        start = time.monotonic()
        try:
            _nabla.Executable(module)
        except KeyboardInterrupt:
            print("interrupted", time.monotonic() - start)
        else:
            print("compiled")
        print("after", nb.grad(lambda y: y * y)(3.0).item(), (x + 1)[0, 0].item())
        print("phases", "llvm.func" in nb.inspect(nb.sin, "llvm")(1.0))
        """,
        turns=6000,
    )
    assert result.returncode == 0, result.stderr
    first, *rest = result.stdout.splitlines()
    assert first.startswith("interrupted"), first
    # Half a second until the signal, a second until it is raised, and slack for a busy machine.
    assert float(first.split()[1]) < 3
    assert rest == ["after 6.0 2.0", "phases True"]


def test_slow_compilations_are_told_once() -> None:
    program = """
    from nabla._core import log
    log.SLOW_SECONDS = 0.02
    compiled(x).realize()
    """
    message = 'nabla: compilation takes more than 0.02 s: file "<string>", line '
    assert run(program, turns=1000).stderr.count(message) == 1
    assert run(program, turns=1000, NABLA_LOG="off").stderr == ""
