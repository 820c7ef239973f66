# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derivatives by central differences in float64, to compare with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np


def gradient(f: Callable[[np.ndarray], Any], x: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """The gradient of a function of an array with one number as result."""
    result = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[i] += step
        behind[i] -= step
        result[i] = (float(f(ahead)) - float(f(behind))) / (2 * step)
    return result


def check_gradient(f: Callable[[Any], Any], x: np.ndarray, tolerance: float = 1e-7) -> None:
    """nb.grad against differences, of f weighted so that every element of its result counts."""
    shape = f(nb.tensor(x)).shape
    weights = np.random.default_rng(7).uniform(0.5, 1.5, size=tuple(shape))

    def total(y: Any) -> Any:
        return nb.sum(f(y) * weights)

    evaluate = nb.compile(total)
    found = nb.grad(total)(x).numpy()
    expected = gradient(lambda y: evaluate(y).item(), x)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
