# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The documentation shows what is so: its code runs, its outputs and paths are today's."""

from __future__ import annotations

import re
from pathlib import Path

import nabla as nb
import pytest
import refresh

ROOT = Path(__file__).parents[2]
DOCUMENTS = refresh.documents()
PASSES = sorted((ROOT / "compiler").rglob("Passes.td"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_outputs(path: Path) -> None:
    """If the change is meant, `python docs/refresh.py` writes down the new outputs."""
    assert path.read_text() == refresh.refreshed(path)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_paths_and_links(path: Path) -> None:
    text = path.read_text()
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text)
    roots = ("compiler/", "dialects/", "docs/", "examples/", "python/", "tests/", "cmake/")
    named = [name for name in named if name.startswith(roots) and "/_generated/" not in name]
    missing = [name for name in named if not (ROOT / name).exists()]
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", text)
    missing += [link for link in links if not (path.parent / link).exists()]
    assert not missing


def test_phases() -> None:
    """The phases and their sentences are those of the compiler."""
    document = (ROOT / "docs/architecture.md").read_text()
    shown = re.findall(r"^- `(\w+)`: ((?:.|\n  )+)$", document, re.MULTILINE)
    found = [(name, text.replace("\n  ", " ")) for name, text in shown]
    assert found == list(nb._nabla.phases().items())


@pytest.mark.parametrize("path", PASSES, ids=lambda path: path.parent.name)
def test_passes_show_ir(path: Path) -> None:
    """Each pass says in its record what it does, with IR."""
    records = re.split(r"^def ", path.read_text(), flags=re.MULTILINE)[1:]
    assert records
    for record in records:
        name = record.split()[0]
        assert re.search(r'let summary = "\w[^"]+"', record), name
        description = re.search(r"let description = \[\{(.*?)\}\]", record, re.DOTALL)
        assert description and "```mlir" in description[1], name


@pytest.mark.parametrize("path", PASSES, ids=lambda path: path.parent.name)
def test_passes_are_tested(path: Path) -> None:
    """Each pass is run by itself in tests/lit."""
    texts = [file.read_text() for file in (ROOT / "tests/lit").rglob("*.mlir")]
    lines = "\n".join(line for text in texts for line in re.findall(r"RUN: .*", text))
    ran = set(re.findall(r"nabla-[\w-]+", lines))
    assert set(re.findall(r'Pass<"(nabla-[\w-]+)"', path.read_text())) <= ran


def test_records_shown_are_those_of_the_compiler() -> None:
    sources = [file.read_text() for file in ROOT.glob("[cd]*/**/*.td")]
    shown = [
        record
        for path in DOCUMENTS
        for record in re.findall(r"^(```+)tablegen\n(.*?)^\1$", path.read_text(), re.M | re.S)
    ]
    assert shown
    for _, record in shown:
        assert any(record in source for source in sources), record


def test_the_environment_for_development_is_that_of_the_package() -> None:
    """docs/development.md installs what pyproject.toml asks for."""
    tomllib = pytest.importorskip("tomllib", reason="CPython 3.11")
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*package["build-system"]["requires"], *package["project"]["dependencies"]]
    for extra in package["project"]["optional-dependencies"].values():
        wanted += extra
    text = (ROOT / "docs/development.md").read_text()
    command = text[text.index("pip install ") : text.index("pip install --no-build")]
    installed = {word.strip("'") for word in command.replace("\\\n", " ").split()[2:]}
    assert {name.split(">=")[0] if "," not in name else name for name in wanted} <= installed
    assert {"cmake", "ninja"} <= installed
