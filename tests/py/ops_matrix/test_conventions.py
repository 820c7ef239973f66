# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derivatives where there is none, or where a formula gives NaN: the documented choices."""

from __future__ import annotations

import numpy as np
import pytest

from ops_matrix.arrays import fixed
from ops_matrix.checks import Derivatives
from ops_matrix.sample import sample

# Op, operands, and for each operand the derivatives with respect to it.
POINTS = {
    "abs at 0": ("abs", [[0.0, -0.0, 1.0]], [[0.0, 0.0, 1.0]]),
    "sign at 0": ("sign", [[0.0, 2.0]], [[0.0, 0.0]]),
    "floor at an integer": ("floor", [[1.0, -2.0]], [[0.0, 0.0]]),
    "ceil at an integer": ("ceil", [[1.0, -2.0]], [[0.0, 0.0]]),
    "round at a half": ("round", [[0.5, 1.5]], [[0.0, 0.0]]),
    "trunc at an integer": ("trunc", [[1.0, 0.0]], [[0.0, 0.0]]),
    "max of equals": ("max", [[1.0, 2.0], [1.0, 3.0]], [[0.5, 0.0], [0.5, 1.0]]),
    "min of equals": ("min", [[1.0, 2.0], [1.0, 3.0]], [[0.5, 1.0], [0.5, 0.0]]),
    "0 to the power of 0": ("pow", [[0.0], [0.0]], [[0.0], [0.0]]),
    "0 to a power": ("pow", [[0.0, 0.0], [2.0, 1.0]], [[0.0, 1.0], [0.0, 0.0]]),
    "a negative number to a power": ("pow", [[-2.0], [2.0]], [[-4.0], [np.nan]]),
    "sqrt at 0": ("sqrt", [[0.0]], [[np.inf]]),
    "log at 0": ("log", [[0.0]], [[np.inf]]),
    "rem at a multiple": ("rem", [[4.0], [2.0]], [[1.0], [-2.0]]),
}


@pytest.mark.parametrize("name", POINTS)
def test_elementwise(name: str) -> None:
    op, operands, expected = POINTS[name]
    ran = Derivatives(sample(op, name, *map(fixed, operands)))
    for found, derivative in zip(ran.pulled, expected, strict=True):
        np.testing.assert_array_equal(found, np.multiply(derivative, ran.cotangents[0]))


@pytest.mark.parametrize("op", ["reduce_max", "reduce_min"])
def test_ties_share(op: str) -> None:
    x = [[2.0, 2.0, 2.0], [1.0, 1.0, 5.0]] if op == "reduce_min" else [[2.0] * 3, [5.0, 5.0, 1.0]]
    ran = Derivatives(sample(op, "ties", fixed(x), dims=[1]))
    share = np.array([[1 / 3] * 3, [0.5, 0.5, 0.0]])
    np.testing.assert_allclose(ran.pulled[0], share * ran.cotangents[0][:, None], rtol=1e-15)


def test_product_with_zeros() -> None:
    ran = Derivatives(
        sample("reduce_prod", "zeros", fixed([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0]]), dims=[1])
    )
    others = np.array([[6.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(ran.pulled[0], others * ran.cotangents[0][:, None])


def test_a_zero_tangent_wins() -> None:
    ran = Derivatives(sample("mul_zero", "zero times infinity", fixed([0.0]), fixed([np.inf])))
    assert ran.values[0] == 0.0
    np.testing.assert_array_equal(ran.pulled[1], [0.0])
