# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`examples/autodiff.py` prints what the tutorial prints, cell by cell."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
EXACT = 15  # cells before the noise


def expected_outputs() -> list[str]:
    text = (Path(__file__).parent / "data" / "autodiff-tutorial.md").read_text()
    return re.findall(r"## Cell \d+\n```text\n(.*?)```", text, re.DOTALL)


def code_cells() -> list[str]:
    text = (ROOT / "examples" / "autodiff.py").read_text()
    cells = re.split(r"^# %%", text, flags=re.MULTILINE)[1:]
    return [cell for cell in cells if not cell.startswith(" [markdown]")]


@pytest.fixture(scope="module")
def ran() -> tuple[list[str], dict[str, Any]]:
    import nabla as nb

    nb.seed(0)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    outputs = []
    for number, cell in enumerate(code_cells(), 1):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(cell, f"cell {number}", "exec"), namespace)
        outputs.append(out.getvalue())
    return outputs, namespace


def test_cells_correspond() -> None:
    assert len(code_cells()) == len(expected_outputs()) == 17


@pytest.mark.parametrize("cell", range(EXACT))
def test_exact_cells(ran: tuple[list[str], dict[str, Any]], cell: int) -> None:
    assert ran[0][cell] == expected_outputs()[cell]


def digits_blanked(text: str) -> str:
    """The text with each number replaced by one mark, for format only."""
    text = re.sub(r"-?\d+\.\d*", "#", text)
    return re.sub(r" *(#) *", r"\1", text)


def test_gradients_of_the_noisy_loss(ran: tuple[list[str], dict[str, Any]]) -> None:
    outputs, names = ran
    assert digits_blanked(outputs[15]) == digits_blanked(expected_outputs()[15])
    X, y = names["X"].numpy(), names["y"].numpy()
    noise = y - X @ np.array([[2.0], [-1.0], [0.5]])
    assert 0.07 < noise.std() < 0.13
    assert abs(noise.mean()) < 0.06
    dw, db = reference_gradients(np.zeros((3, 1)), np.zeros(1), X, y)[1:]
    found = re.findall(r"-?\d+\.\d+", outputs[15])
    np.testing.assert_allclose([float(n) for n in found], [*dw[:, 0], *db], atol=6e-5)


def reference_gradients(w: Any, b: Any, X: Any, y: Any) -> tuple[Any, Any, Any]:
    residuals = X.astype(np.float64) @ w + b - y
    count = len(residuals)
    return (
        (residuals**2).mean(),
        2 / count * X.T.astype(np.float64) @ residuals,
        2 / count * residuals.sum(0),
    )


def test_descent(ran: tuple[list[str], dict[str, Any]]) -> None:
    outputs, names = ran
    assert digits_blanked(outputs[16]) == digits_blanked(expected_outputs()[16])
    X, y = names["X"].numpy(), names["y"].numpy()
    w, b = np.zeros((3, 1)), np.zeros(1)
    losses = []
    for _ in range(10):
        loss, dw, db = reference_gradients(w, b, X, y)
        losses.append(loss)
        w, b = w - 0.1 * dw, b - 0.1 * db
    printed = [float(n) for n in re.findall(r"^\d+ +(\d\.\d{6}) *$", outputs[16], re.MULTILINE)]
    np.testing.assert_allclose(printed, losses[1::2], rtol=2e-5)
    assert 0.27 < printed[-1] < 0.33
    np.testing.assert_allclose(names["w"].numpy(), w, rtol=1e-4)
