# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""nabla-opt can do, pass by pass, what the phases do."""

from __future__ import annotations

import pathlib
import re
import subprocess

import nabla as nb

NABLA_OPT = pathlib.Path(nb.__file__).parent / "_libs" / "nabla-opt"

PROGRAM = """
func.func @main(%x: tensor<4xf32>, %p: tensor<i1>) -> tensor<f32> {
  %y = nabla.sin %x : tensor<4xf32>
  %z = nabla.reduce_sum %y dims = [0] : tensor<4xf32> -> tensor<f32>
  %r = nabla.cond %p(%z) : (tensor<i1>, tensor<f32>) -> tensor<f32> then {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  } else {
  ^bb0(%a: tensor<f32>):
    %b = nabla.exp %a : tensor<f32>
    nabla.yield %b : tensor<f32>
  }
  return %r : tensor<f32>
}
"""


def nabla_opt(*arguments: str, text: str) -> subprocess.CompletedProcess[str]:
    run = subprocess.run([NABLA_OPT, *arguments], input=text, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run


def test_the_pipeline_can_be_written_out() -> None:
    """Every pass of every phase is registered under its name, with its options."""
    arguments = ("--nabla-pipeline=to=llvm", "--dump-pass-pipeline", "--mlir-disable-threading")
    whole = nabla_opt(*arguments, text=PROGRAM)
    pipeline = re.search(r"builtin\.module\(.*\)", whole.stderr, re.DOTALL)
    assert pipeline is not None, whole.stderr
    names = set(re.findall(r"[\w-]+", re.sub(r"\{[^{}]*\}", "", pipeline[0])))
    assert {"nabla-transforms", "nabla-to-linalg", "one-shot-bufferize", "canonicalize"} <= names
    written = nabla_opt(f"--pass-pipeline={pipeline[0]}", text=PROGRAM)
    assert written.stdout == whole.stdout
