# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Collects the lit tests as pytest items, so that one line of result counts all tests.

lit runs once, when the first lit item does, on all that were selected.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

# What is tested is compiled, unless the test is of compiled programs on disk.
os.environ["NABLA_CACHE_DIR"] = ""

LIT_ROOT = pathlib.Path(__file__).parent / "lit"


def pytest_collect_file(file_path: pathlib.Path, parent: pytest.Collector) -> LitFile | None:
    if file_path.is_relative_to(LIT_ROOT) and file_path.suffix == ".mlir":
        return LitFile.from_parent(parent, path=file_path)
    return None


class LitFile(pytest.File):
    def collect(self) -> Iterator[LitItem]:
        yield LitItem.from_parent(self, name="lit")


class LitItem(pytest.Item):
    def runtest(self) -> None:
        results = self.session.stash.setdefault(RESULTS, {})
        if self.path not in results:
            # A worker of xdist does not know which of the items will be its own.
            is_worker = hasattr(self.config, "workerinput")
            items = [self] if is_worker else self.session.items
            results.update(run_lit([item.path for item in items if isinstance(item, LitItem)]))
        code, output = results.get(self.path, ("UNRESOLVED", "lit did not report this test"))
        if code in ("UNSUPPORTED", "SKIPPED", "EXCLUDED"):
            pytest.skip(output)
        if code == "XFAIL":
            pytest.xfail(output)
        if code not in ("PASS", "FLAKYPASS"):
            raise LitFailure(f"{code}\n{output}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, LitFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[pathlib.Path, None, str]:
        return self.path, None, str(self.path.relative_to(LIT_ROOT))


class LitFailure(Exception):
    pass


RESULTS = pytest.StashKey[dict[pathlib.Path, tuple[str, str]]]()


def run_lit(paths: Sequence[pathlib.Path]) -> dict[pathlib.Path, tuple[str, str]]:
    """Run lit on the files; return the code and the output of each."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "report.json")
        lit = [sys.executable, "-c", "from lit.main import main; main()"]
        # Several workers of xdist run lit at once; the file of times is not made for that.
        options = ["--quiet", "--skip-test-time-recording", "--output", str(report)]
        command = [*lit, *options, *map(str, paths)]
        run = subprocess.run(command, capture_output=True, text=True)
        if not report.exists():
            raise LitFailure(f"lit could not run\n{run.stdout}{run.stderr}")
        tests = json.loads(report.read_text())["tests"]
    names = (test["name"].partition(" :: ")[2] for test in tests)
    return {
        LIT_ROOT / name: (test["code"], test["output"])
        for name, test in zip(names, tests, strict=True)
    }
