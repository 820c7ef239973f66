# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The mutation test still finds what it removes. (It takes too long to run it here.)"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Of the rules that the build generates, two, as it writes them.
GENERATED = """\
::llvm::LogicalResult MulOp::jvp(JvpContext &ctx, ::mlir::ValueRange primals) {
  if (tangents[0]) {
    ::mlir::Value v0 = b.create<MulZeroOp>(tangents[0], primals[1]);
    tangent = b.sum(tangent, v0);
  }
  return ::llvm::success();
}

::llvm::LogicalResult MulOp::transpose(TransposeContext &ctx) {
  if (linear[0]) {
    ::mlir::Value v0 = b.create<MulZeroOp>(cotangents[0], operands[1]);
    cts[0] = v0;
  }
  return ::llvm::success();
}
"""


@pytest.fixture(scope="module")
def mutants(request: pytest.FixtureRequest) -> ModuleType:
    sys.path.insert(0, str(ROOT / "tests/mutation"))
    request.addfinalizer(lambda: sys.path.remove(str(ROOT / "tests/mutation")))
    return importlib.import_module("mutants")


@pytest.fixture(scope="module")
def sources(mutants: ModuleType) -> list[Any]:
    return mutants.find(ROOT, GENERATED)


def test_every_kind_is_found(mutants: ModuleType, sources: list[Any]) -> None:
    found = Counter(mutant.kind for source in sources for mutant in source.mutants)
    least = {"term": 2, "sign": 2, "rule": 60, "effect": 60, "case": 60, "fold": 30}
    least |= {"pattern": 10, "guard": 10, "check": 120, "lowering": len(mutants.LOWERING)}
    assert least.keys() == mutants.KINDS.keys()
    assert {kind: found[kind] for kind in least if found[kind] < least[kind]} == {}


def test_numbers_are_distinct(sources: list[Any]) -> None:
    numbers = [mutant.number for source in sources for mutant in source.mutants]
    assert len(set(numbers)) == len(numbers) > 0


def test_mutated_text_is_the_text_with_switches(sources: list[Any]) -> None:
    """Every switch is there once, and nothing of the original text is lost."""
    for source in sources:
        mutated = source.mutated()
        for mutant in source.mutants:
            assert mutated.count(f"nabla::mutant({mutant.number})") == 1, mutant
        rest = iter(mutated)
        assert all(character in rest for character in source.text), source.path


def test_lines_show_what_is_removed(sources: list[Any]) -> None:
    for source in sources:
        for mutant in source.mutants:
            line = (ROOT / mutant.path).read_text().splitlines()[mutant.line - 1]
            if mutant.what.startswith("if ("):
                assert re.search(r"\bif \(", line), mutant


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_scratch_sources_have_all_files(mutants: ModuleType, tmp_path: Path) -> None:
    run = importlib.import_module("run")
    run.copy_sources(tmp_path)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True)
    names = [name for name in listed.stdout.decode().splitlines() if (ROOT / name).is_file()]
    assert all((tmp_path / name).read_bytes() == (ROOT / name).read_bytes() for name in names)
