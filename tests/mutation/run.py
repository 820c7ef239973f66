# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Removes each rule, fold, check and guard in turn and demands that a test fails.

Usage: python tests/mutation/run.py SCRATCH [--kind KIND] [--match TEXT] [--quick]

SCRATCH is a folder for the mutated sources, their build and the report; it is made
anew but for the build. Nothing else is written. The tests run from the most likely to
fail to all of them, until one fails. Writes SCRATCH/report.json and prints the mutants
that survive.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mutants
from mutants import KINDS, Mutant

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
LIT = [sys.executable, "-c", "from lit.main import main; main()", "--quiet", "-j1"]
# Several run at once; a file of times that they spoil would count as a failed test.
LIT += ["--skip-test-time-recording"]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly"]
# By the kind of a mutant: the Python tests that most likely notice it.
LIKELY = {"check": "test_inference.py", "lowering": "test_lowering.py"}
# A mutant may hang; unharmed, every step is far quicker. In seconds.
LIT_TIMEOUT = 60
PYTHON_TIMEOUT = 1200


@dataclasses.dataclass(frozen=True)
class Outcome:
    mutant: Mutant
    killed_by: str  # the step whose tests failed, or "" for a survivor
    seconds: float


# ---- The mutated build ----


def run(command: Sequence[object], cwd: Path, **variables: str) -> None:
    words = [str(word) for word in command]
    subprocess.run(words, cwd=cwd, check=True, env={**os.environ, **variables})


def copy_sources(tree: Path) -> None:
    """What git tracks, and new files that it does not ignore; the build folder stays."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True)
    wanted = {name for name in output.stdout.split("\0") if (ROOT / name).is_file()}
    for path in list(tree.rglob("*")):
        old = path.relative_to(tree)
        if path.is_file() and old.parts[0] != "build" and str(old) not in wanted:
            path.unlink()
    for name in sorted(wanted):
        update(tree / name, (ROOT / name).read_bytes())


def update(path: Path, data: bytes) -> None:
    """Leaves an up-to-date file alone, so that little is compiled again."""
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def build(tree: Path) -> list[Mutant]:
    """Builds the sources with all mutants in them."""
    output = tree / "build" / "dev"
    copy_sources(tree)
    for name in ("Mutants.h", "Mutants.cpp"):
        update(tree / "dialects" / "nabla" / name, (HERE / name).read_bytes())
    run(["cmake", "--preset", "dev"], tree)
    run(["ninja", "-C", output, mutants.GENERATED], tree)
    sources = mutants.find(ROOT, (output / mutants.GENERATED).read_text())
    for source in sources:
        update(tree / source.path, source.mutated().encode())
    # The generated rules are made by the build: theirs is read from the mutated copy.
    user = tree / "dialects/nabla/NablaRules.cpp"
    text = user.read_text().replace('#include "dialects/nabla/RuleSupport.h"', RULE_INCLUDES)
    update(user, text.replace(f'"{mutants.GENERATED}"', f'"{tree / mutants.GENERATED}"').encode())
    pass_mutant_to_lit(tree)
    # It looks at sources as they are without mutants.
    (tree / "tests/py/test_mutation.py").unlink()
    run(["ninja", "-C", output], tree)
    return [mutant for source in sources for mutant in source.mutants]


RULE_INCLUDES = '#include "dialects/nabla/Mutants.h"\n#include "dialects/nabla/RuleSupport.h"'


def pass_mutant_to_lit(tree: Path) -> None:
    """lit hides the environment from its tests."""
    path = tree / "tests/lit/lit.cfg.py"
    line = 'config.environment["NABLA_MUTANT"] = os.environ.get("NABLA_MUTANT", "0")\n'
    update(path, (path.read_text() + line).encode())


# ---- The tests ----


class Tests:
    """The tests of one tree, in steps from the most likely to fail to all of them."""

    def __init__(self, tree: Path, quick: bool) -> None:
        self.tree = tree
        self.quick = quick
        self.lit = tree / "tests/lit"
        self.python = tree / "tests/py"
        self.matrix = self.python / "ops_matrix"

    def steps(self, mutant: Mutant) -> Iterator[tuple[str, list[object]]]:
        near = self.near(mutant)
        if near:
            yield "lit tests of the op", [*LIT, *near]
        if mutant.op and not self.quick:
            yield "op matrix", [*PYTEST, "-k", mutant.op, self.matrix]
        yield "lit tests", [*LIT, "--max-failures=1", self.lit]
        if self.quick:
            return
        if mutant.kind in LIKELY:
            yield LIKELY[mutant.kind], [*PYTEST, self.python / LIKELY[mutant.kind]]
        yield "Python tests", [*PYTEST, self.python]

    def near(self, mutant: Mutant) -> list[Path]:
        """Files of the op, then those of the family whose source is changed."""
        family = family_of(mutant.path)
        files = sorted(self.lit.rglob("*.mlir"))
        ops = [path for path in files if path.stem == mutant.op]
        return ops + [path for path in files if path.stem.replace("-", "_").endswith(f"_{family}")]

    def passes(self, command: list[object], number: int) -> bool:
        """Whether the tests pass; a hang is a failure that these tests notice."""
        environment = {
            **os.environ,
            "NABLA_MUTANT": str(number),
            "PYTHONPATH": str(self.tree / "build/dev/python"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        timeout = LIT_TIMEOUT if command[: len(LIT)] == LIT else PYTHON_TIMEOUT
        # What they print without any mutant tells why they fail.
        quiet = subprocess.DEVNULL if number else None
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=self.tree,
            env=environment,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )
        try:
            return process.wait(timeout) in (0, NO_TESTS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return False


NO_TESTS = 5  # of pytest: -k chose none


def family_of(path: str) -> str:
    """`ControlFlow.cpp` and `ControlFlowRules.cpp` are of `control_flow`."""
    return re.sub(r"_(rules|fold|canonicalize)$", "", mutants.mnemonic(Path(path).stem))


def try_mutant(tests: Tests, mutant: Mutant) -> Outcome:
    start = time.monotonic()
    killer = ""
    for name, command in tests.steps(mutant):
        if not tests.passes(command, mutant.number):
            killer = name
            break
    outcome = Outcome(mutant, killer, round(time.monotonic() - start, 1))
    print(f"{'killed  ' if killer else 'SURVIVES'} {mutant} [{outcome.seconds} s]", flush=True)
    return outcome


# ---- The report ----


def write_report(path: Path, outcomes: list[Outcome]) -> None:
    rows = [
        {
            **dataclasses.asdict(outcome.mutant),
            "killed_by": outcome.killed_by,
            "seconds": outcome.seconds,
        }
        for outcome in outcomes
    ]
    path.write_text(json.dumps(rows, indent=1) + "\n")


def summary(outcomes: list[Outcome]) -> str:
    lines = ["", f"{'kind':<10} {'mutants':>7} {'survive':>7}"]
    total = Counter(outcome.mutant.kind for outcome in outcomes)
    survivors = [outcome.mutant for outcome in outcomes if not outcome.killed_by]
    alive = Counter(mutant.kind for mutant in survivors)
    lines += [f"{kind:<10} {total[kind]:>7} {alive[kind]:>7}" for kind in KINDS if total[kind]]
    lines += ["", *(f"survives: {mutant}" for mutant in survivors)]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this kind")
    parser.add_argument("--match", default="", help="only mutants whose description has this text")
    parser.add_argument("--again", action="store_true", help="only what survived the last run")
    parser.add_argument("--quick", action="store_true", help="only the lit tests")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    tree, report = options.scratch / "tree", options.scratch / "report.json"
    chosen = build(tree)
    if options.kind:
        chosen = [mutant for mutant in chosen if mutant.kind in options.kind]
    if options.again:
        rows = json.loads(report.read_text())
        alive = {(row["path"], row["what"]) for row in rows if not row["killed_by"]}
        chosen = [mutant for mutant in chosen if (mutant.path, mutant.what) in alive]
    chosen = [mutant for mutant in chosen if options.match in str(mutant)]
    tests = Tests(tree, options.quick)
    for name, command in tests.steps(dataclasses.replace(chosen[0], op="")):
        if not tests.passes(command, 0):
            print(f"{name} fail without any mutant:", *command, file=sys.stderr)
            return 1
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = list(pool.map(lambda mutant: try_mutant(tests, mutant), chosen))
    if report.exists():
        shutil.copy(report, report.with_suffix(".old.json"))
    write_report(report, outcomes)
    print(summary(outcomes))
    return 0 if all(outcome.killed_by for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
