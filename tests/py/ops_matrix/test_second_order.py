# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derivatives of derivatives of every op that has any."""

from __future__ import annotations

import numpy as np
import pytest

from ops_matrix import second_order
from ops_matrix.arrays import parse_type
from ops_matrix.checks import Compiled, assert_near
from ops_matrix.programs import float_positions
from ops_matrix.sample import Sample
from ops_matrix.samples import samples_of
from ops_matrix.table import OPS

SAMPLES = 2  # of an op; they differ in shapes and attributes
TOLERANCE = 1e-10


def differentiable(op: str) -> list[Sample]:
    return [
        sample
        for sample in samples_of(op)
        if "jvp" in sample.columns
        and float_positions(sample.types)
        and float_positions(sample.results)
    ][:SAMPLES]


@pytest.mark.parametrize("op", [op for op in OPS if differentiable(op)])
def test_orders_agree(op: str) -> None:
    """jvp of vjp is vjp of jvp."""
    for sample in differentiable(op):
        wrt, floats = float_positions(sample.types), float_positions(sample.results)
        rng = np.random.default_rng(11)
        directions = [rng.uniform(0.5, 1.5, parse_type(sample.types[i])[1]) for i in wrt]
        cotangents = [rng.uniform(0.5, 1.5, parse_type(sample.results[i])[1]) for i in floats]
        found = Compiled(second_order.both_orders(sample))(
            *sample.draw(0), *directions, *cotangents
        )
        forward, reverse = found[: len(wrt)], found[len(wrt) :]
        scale = max(float(np.max(np.abs(a), initial=0)) for a in forward)
        for a, b in zip(forward, reverse, strict=True):
            assert a.shape == b.shape and np.all(np.isfinite(a)), sample.id
            error = float(np.max(np.abs(a - b), initial=0))
            assert error <= TOLERANCE * scale, f"{sample.id}: {error:.1e} of {scale:.1e}"


UNARY = [
    op
    for op, row in OPS.items()
    if row["family"] == "elementwise"
    and len(row["operands"]) == 1
    and row["jvp"] is True
    and op != "convert"
]


@pytest.mark.parametrize("op", UNARY)
def test_third_derivative(op: str) -> None:
    for sample in differentiable(op):
        run = Compiled(second_order.third(sample))
        (x,) = sample.draw(0)
        h = 1e-3
        up, down, up2, down2 = (run(x + k * h)[0] for k in (1, -1, 2, -2))
        numeric = (8 * (up - down) - (up2 - down2)) / (12 * h)
        second, found = run(x)
        if np.max(np.abs(second)) == 0:
            assert not np.any(found), sample.id
        else:
            assert_near(found, numeric, 1e-6, f"{sample.id}: third derivative")
