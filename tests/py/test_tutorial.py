# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`examples/autodiff.py` and its notebook print what the tutorial prints, cell by cell."""

from __future__ import annotations

import contextlib
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import make_notebook
import nabla as nb
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "autodiff.ipynb"
EXACT = 15  # cells before the noise
# Prints what the checks need to know of the noise and of the descent.
STATE = """
import json
print(json.dumps({"X": X.tolist(), "y": y.tolist(), "w": w.tolist()}))
"""


def script_as_notebook() -> Any:
    return make_notebook.notebook_of((ROOT / "examples" / "autodiff.py").read_text())


def expected_outputs() -> list[str]:
    text = (Path(__file__).parent / "data" / "autodiff-tutorial.md").read_text()
    return re.findall(r"## Cell \d+\n```text\n(.*?)```", text, re.DOTALL)


@dataclass
class Run:
    outputs: list[str]
    X: Any
    y: Any
    w: Any  # after the descent

    @classmethod
    def of(cls, outputs: list[str]) -> Run:
        """The last output is that of STATE."""
        state = json.loads(outputs[-1])
        return cls(outputs[:-1], *(np.array(state[name], np.float32) for name in "Xyw"))


def run_script() -> Run:
    nb.seed(0)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cells = [cell.source for cell in script_as_notebook().cells if cell.cell_type == "code"]
    outputs = []
    for number, cell in enumerate([*cells, STATE], 1):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(cell, f"cell {number}", "exec"), namespace)
        outputs.append(out.getvalue())
    return Run.of(outputs)


def printed(cell: Any) -> str:
    """What a cell printed, having done nothing else."""
    assert all(out.output_type == "stream" and out.name == "stdout" for out in cell.outputs)
    return "".join(out.text for out in cell.outputs)


def run_notebook() -> Run:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(new_code_cell(STATE))
    make_notebook.execute(notebook)
    return Run.of([printed(cell) for cell in notebook.cells if cell.cell_type == "code"])


@pytest.fixture(scope="module", params=[run_script, run_notebook], ids=["script", "notebook"])
def ran(request: pytest.FixtureRequest) -> Run:
    run: Run = request.param()
    return run


def test_cells_correspond(ran: Run) -> None:
    assert len(ran.outputs) == len(expected_outputs()) == 17


@pytest.mark.parametrize("cell", range(EXACT))
def test_exact_cells(ran: Run, cell: int) -> None:
    assert ran.outputs[cell] == expected_outputs()[cell]


NUMBER = r"-?\d+\.\d+"


def without_digits(text: str) -> str:
    """The text with each number of a tensor replaced by a mark: its width may vary."""
    return re.sub(r" *-?\d+\.\d* *", "#", text)


def test_gradients_of_the_noisy_loss(ran: Run) -> None:
    output = ran.outputs[15]
    assert without_digits(output) == without_digits(expected_outputs()[15])
    noise = ran.y - ran.X @ np.array([[2.0], [-1.0], [0.5]])
    assert 0.07 < noise.std() < 0.13
    assert abs(noise.mean()) < 0.06
    dw, db = reference_gradients(np.zeros((3, 1)), np.zeros(1), ran.X, ran.y)[1:]
    found = re.findall(NUMBER, output)
    np.testing.assert_allclose([float(n) for n in found], [*dw[:, 0], *db], atol=6e-5)


def reference_gradients(w: Any, b: Any, X: Any, y: Any) -> tuple[Any, Any, Any]:
    """The loss and its gradients by w and b, in f64."""
    residuals = X.astype(np.float64) @ w + b - y
    count = len(residuals)
    return (
        (residuals**2).mean(),
        2 / count * X.T.astype(np.float64) @ residuals,
        2 / count * residuals.sum(0),
    )


def test_descent(ran: Run) -> None:
    output, expected = ran.outputs[16], expected_outputs()[16]
    rows, rest = output.splitlines()[:7], output.splitlines()[7:]
    expected_rows, expected_rest = expected.splitlines()[:7], expected.splitlines()[7:]
    # The table has the same columns to the character, whatever the losses are.
    assert [re.sub(r"\d\.\d{6}", "#", row) for row in rows] == [
        re.sub(r"\d\.\d{6}", "#", row) for row in expected_rows
    ]
    assert without_digits("\n".join(rest)) == without_digits("\n".join(expected_rest))
    w, b = np.zeros((3, 1)), np.zeros(1)
    losses = []
    for _ in range(10):
        loss, dw, db = reference_gradients(w, b, ran.X, ran.y)
        losses.append(loss)
        w, b = w - 0.1 * dw, b - 0.1 * db
    printed = [float(row.split()[1]) for row in rows[2:]]
    np.testing.assert_allclose(printed, losses[1::2], rtol=2e-5)
    assert 0.27 < printed[-1] < 0.33
    np.testing.assert_allclose(ran.w, w, rtol=1e-4)


def test_the_notebook_is_the_script() -> None:
    """`python docs/make_notebook.py examples/autodiff.py` makes the notebook anew."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        (cell.cell_type, cell.source) for cell in script_as_notebook().cells
    ]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [printed(cell) for cell in code[:EXACT]] == expected_outputs()[:EXACT]
    assert all(printed(cell) for cell in code[EXACT:])
