# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns a script of cells into an executed notebook beside it.

Usage: python docs/make_notebook.py examples/autodiff.py

A line `# %%` begins a cell of code, `# %% [markdown]` one of text in comments.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
MARKER = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)


def notebook_of(script: str) -> NotebookNode:
    """The notebook of a script, not executed. What precedes the first cell is left out."""
    _, *parts = MARKER.split(script)
    cells = []
    for number, (marker, text) in enumerate(zip(parts[::2], parts[1::2], strict=True), 1):
        if marker:
            cell = new_markdown_cell(re.sub(r"^# ?", "", text.strip(), flags=re.MULTILINE))
        else:
            cell = new_code_cell(text.strip())
        cell["id"] = f"cell-{number}"
        cells.append(cell)
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def execute(notebook: NotebookNode) -> None:
    """Run all cells in a new process; the outputs are put into the notebook."""
    NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False).execute()
    # The version of Python is of no interest to readers.
    notebook.metadata = {"kernelspec": KERNEL}


def main(script: Path) -> None:
    notebook = notebook_of(script.read_text())
    execute(notebook)
    nbformat.write(notebook, script.with_suffix(".ipynb"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
