# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""In a notebook, errors name the cell and the line of the user's code."""

from __future__ import annotations

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

CELLS = [
    "import nabla as nb\n\nx = nb.ones((2, 3))",
    "def f(a):\n    b = a + 1.0\n    return b @ a",
    "y = x * 2.0\nf(y)",
    "# The failing line is the third.\n\nnb.reshape(x, (4, 2))",
    "nb.grad(lambda a: nb.sum(f(a)))(x)",
    "nb.compile(f)(x)",
]


@pytest.fixture(scope="module")
def errors() -> list[str]:
    """The message of each cell's error, "" where there is none."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    messages = []
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                messages.append(error.evalue)
            else:
                messages.append("")
    return messages


def test_healthy_cells(errors: list[str]) -> None:
    assert errors[:2] == ["", ""]


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        (3, "In[2], line 3, in f"),  # where the function was written
        (4, "In[4], line 3"),
        (5, "In[2], line 3, in f"),
        (6, "In[2], line 3, in f"),
    ],
)
def test_the_cell_and_line_are_named(errors: list[str], cell: int, where: str) -> None:
    assert where in errors[cell - 1]
