# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""nabla-opt can do, pass by pass, what the phases do."""

from __future__ import annotations

import re

import nabla_opt

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


def test_the_pipeline_can_be_written_out() -> None:
    """Every pass of every phase is registered under its name, with its options."""
    whole = nabla_opt.run(PROGRAM, "--nabla-pipeline=to=llvm", "--dump-pass-pipeline")
    pipeline = re.search(r"builtin\.module\(.*\)", whole.stderr, re.DOTALL)
    assert pipeline is not None, whole.stderr
    names = set(re.findall(r"[\w-]+", re.sub(r"\{[^{}]*\}", "", pipeline[0])))
    assert {"nabla-transforms", "nabla-to-linalg", "nabla-deallocate"} <= names
    written = nabla_opt.run(PROGRAM, f"--pass-pipeline={pipeline[0]}")
    assert written.stdout == whole.stdout
