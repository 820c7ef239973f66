# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The rooms of docs/architecture.md are all there are, and none depends on a later one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text()
ROOMS = re.findall(r"^\| `((?:dialects|compiler|python)/[\w./]+)` \|", TEXT, re.MULTILINE)
GENERATED = {"compiler/tblgen/", "python/nabla/_generated/"}  # nothing is included from there


def room_of(path: str) -> str:
    """The room that a file is in; "" for files of their own beside the rooms."""
    return next((room for room in ROOMS if path == room or path.startswith(room)), "")


def sources(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Paths and texts of the sources in all rooms."""
    for folder in ("dialects", "compiler", "python"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes:
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def included(text: str) -> Iterator[str]:
    yield from re.findall(r'^#include "([\w./]+)"', text, re.MULTILINE)


def imported(text: str) -> Iterator[str]:
    """Files of the package that a module imports, but for those only its types name."""
    todo: list[ast.AST] = [ast.parse(text)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "nabla":
            for alias in node.names:
                path = f"python/{node.module}/{alias.name}".replace(".", "/")
                parent = path.rpartition("/")[0]
                yield next(
                    (p for p in (f"{path}.py", f"{path}/", f"{parent}.py") if (ROOT / p).exists()),
                    f"{parent}/",
                )
        todo += ast.iter_child_nodes(node)


def test_every_source_is_in_a_room() -> None:
    homeless = [path for path, _ in sources(".cpp", ".h", ".td", ".py") if not room_of(path)]
    assert homeless == ["compiler/Precompiled.h"]


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in GENERATED])
def test_no_room_depends_on_a_later_one(room: str) -> None:
    found = []
    for path, text in sources(".cpp", ".h", ".py"):
        if room_of(path) == room:
            uses = imported(text) if path.endswith(".py") else included(text)
            found += [(path, use) for use in uses if room_of(use)]
    later = ROOMS[ROOMS.index(room) + 1 :]
    assert [(path, use) for path, use in found if room_of(use) in later] == []
