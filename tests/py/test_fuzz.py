# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""No text makes the compiler crash: mutations of the lit tests are accepted or refused.

The seed is fixed. `NABLA_FUZZ=100000 pytest tests/py/test_fuzz.py` tries more, and
`NABLA_FUZZ_SEED=7` others: that finds crashes of upstream's parser too, which nabla-opt
reports as internal errors. What crashes is printed whole, to be run by hand.
"""

from __future__ import annotations

import os
import pathlib
import random
import re

import nabla as nb
import nabla_opt
import pytest
from fuzz import mutate

LIT = pathlib.Path(__file__).parent.parent / "lit"
COUNT = int(os.environ.get("NABLA_FUZZ", "3000"))
SEED = int(os.environ.get("NABLA_FUZZ_SEED", "0"))
AT_ONCE = 50
SPLIT = "\n// -----\n"
# Upstream's parser (LLVM 22) ends the process for an op whose name is that of a dialect, and for
# iterator types that are no strings; the parser that it generates for two regions does for an error
# in the second one, if what the first one defines is used before.
UPSTREAMS = (
    "created with unregistered dialect",
    "mlir::linalg::GenericOp::parse",
    "nabla::CondOp::parse(mlir::OpAsmParser&",
)

WAYS = [
    ["--nabla-pipeline=to=llvm"],
    ["--nabla-pipeline=to=linalg"],
    ["--nabla-simplify"],
    ["--nabla-autodiff", "--nabla-batch"],
    ["--nabla-linearize", "--nabla-verify-linear"],
    ["--nabla-transforms"],
    ["--canonicalize", "--cse", "--mlir-print-op-generic"],
]


def programs() -> list[str]:
    """The functions of the lit tests, as they are written and in the generic form."""
    found = []
    for file in sorted(LIT.rglob("*.mlir")):
        lines = file.read_text().split("\n")
        text = "\n".join(s for s in lines if s == "// -----" or not s.lstrip().startswith("//"))
        # Upstream's ops are upstream's to keep from crashing.
        found += [part for part in text.split("// -----") if "nabla." in part]
    return found


def generic(found: list[str]) -> list[str]:
    """Valid programs in the generic form, which passes by the checks of the parsers."""
    whole = nabla_opt.run(
        SPLIT.join(found), "--split-input-file", "--mlir-print-op-generic", check=False
    )
    return [part for part in whole.stdout.split("// -----") if '"nabla.' in part]


def survives(texts: list[str], way: list[str]) -> bool:
    result = nabla_opt.run(SPLIT.join(texts), "--split-input-file", *way, check=False)
    return result.returncode in (0, 1) and "internal error" not in result.stderr


def test_mutations_are_accepted_or_refused() -> None:
    rng = random.Random(SEED)
    written = programs()
    sources = [*written, *generic(written)]
    assert len(sources) > len(written) + 50
    for _ in range(0, COUNT, AT_ONCE):
        way = rng.choice(WAYS)
        texts = [mutate(rng, rng.choice(sources)).replace("// -----", "") for _ in range(AT_ONCE)]
        if survives(texts, way):
            continue
        for text in texts:
            if not survives([text], way):
                result = nabla_opt.run(text, *way, check=False)
                if any(text in result.stderr for text in UPSTREAMS):
                    continue
                pytest.fail(f"{way} on\n{text}\n{result.returncode}\n{result.stderr[:4000]}")


def test_mutations_are_refused_with_a_diagnostic() -> None:
    rng = random.Random(SEED + 1)
    sources = programs()
    for _ in range(20):
        text = mutate(rng, rng.choice(sources))
        result = nabla_opt.run(text, "--nabla-pipeline=to=llvm", check=False)
        assert result.returncode in (0, 1)
        assert result.returncode == 0 or re.search(r"error: \S", result.stderr), text


# Upstream's parser (LLVM 22) asserts on its way out of this error.
CRASH = """
func.func @f(%x: tensor<f32>) {
  %r = nabla.scan length = 3 consts() carries(%x) xs() : (tensor<f32>) -> tensor<f32> {
    nabla.yield %d : tensor<f32>
    %d = nabla.sin %c : tensor<f32>
    nabla.yield %d : tensor<f32>
  }
  %s = nabla.scan length = 3 consts() carries(%r) xs() : (tensor<f32>) -> tensor<f32> {
  ^bb0(%c: tensor<f32>):
    %e = nabla.sin %c : tensor<f32>
  ^bb0(%d: tensor<f32>):
  }
}
"""


def test_crashes_are_reported() -> None:
    result = nabla_opt.run(CRASH, check=False)
    assert result.returncode == 1
    assert "error: redefinition of block '^bb0'" in result.stderr
    assert "error: internal error of the compiler (signal 6)" in result.stderr
    with pytest.raises(ValueError, match="internal error of the compiler"):
        nb.run_mlir(CRASH)
    assert nb.grad(nb.sin)(0.0).item() == 1.0
