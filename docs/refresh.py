# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs what the documentation shows and writes down what came out.

Usage: python docs/refresh.py

In README.md and docs/*.md, the blocks of one file run in order, in one empty folder:

- ```python is executed; all blocks of a file share their names. What it prints stands in
  the block ```text or ```mlir that follows, if one follows directly. A session with `>>> `
  holds its results and is checked.
- ```console holds commands after `$ `, each followed by its output.

Other blocks are left alone. A test demands that running this changes nothing.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib.util
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PYTHON = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?P<between>\n```(?:text|mlir)\n)?(?(between).*?^```\n)",
    re.MULTILINE | re.DOTALL,
)
CONSOLE = re.compile(r"^```console\n(?P<lines>.*?)^```\n", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)\n", re.MULTILINE)


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def command_path() -> str:
    """PATH with the nabla-opt of the package that this Python imports in front."""
    package = importlib.util.find_spec("nabla")
    assert package is not None
    assert package.submodule_search_locations is not None
    (location,) = package.submodule_search_locations
    return os.pathsep.join([str(Path(location, "_libs")), os.environ["PATH"]])


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def output_of_python(code: str, names: dict[str, Any], line: int, path: Path) -> str:
    if code.startswith(">>> "):
        run_session(code, names, line, path)
        return ""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile("\n" * line + code, str(path.relative_to(ROOT)), "exec"), names)
    return out.getvalue().rstrip() + "\n"


def run_session(code: str, names: dict[str, Any], line: int, path: Path) -> None:
    """Raises AssertionError if a session shows other results than those of today."""
    name = str(path.relative_to(ROOT))
    test = doctest.DocTestParser().get_doctest(code, {}, name, name, line)
    test.globs = names
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert not runner.run(test, out=report.write, clear_globs=False).failed, report.getvalue()


def output_of_command(command: str, folder: Path) -> str:
    environment = {**os.environ, "PATH": command_path()}
    run = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    text = run.stdout.rstrip()
    return text + "\n" if text else ""


def refreshed(path: Path) -> str:
    """The document with the outputs of today."""
    text = path.read_text()
    names: dict[str, Any] = {"__name__": "__main__"}

    def python(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start("code"))
        output = output_of_python(match["code"], names, line, path)
        shown = f"```python\n{match['code']}```\n"
        return shown + f"{match['between']}{output}```\n" if match["between"] else shown

    def console(match: re.Match[str]) -> str:
        commands = [found["command"] for found in COMMAND.finditer(match["lines"])]
        parts = [f"$ {command}\n{output_of_command(command, folder)}" for command in commands]
        return "```console\n" + "".join(parts) + "```\n"

    def block(match: re.Match[str]) -> str:
        return python(match) if match["code"] is not None else console(match)

    both = re.compile(f"{PYTHON.pattern}|{CONSOLE.pattern}", re.MULTILINE | re.DOTALL)
    with tempfile.TemporaryDirectory() as name, working_in(folder := Path(name)):
        return both.sub(block, text)


def main() -> int:
    for path in documents():
        # An output that gets longer moves the lines that later outputs tell.
        while (text := refreshed(path)) != path.read_text():
            path.write_text(text)
            print(f"{path.relative_to(ROOT)}: changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
