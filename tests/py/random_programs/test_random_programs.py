# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random programs under random nests of transforms.

`pytest tests/py/random_programs` runs a fixed number of fixed cases. With
NABLA_RANDOM_PROGRAMS=2000 it draws as many new ones; what fails is shrunk and printed as a
snippet to run.
"""

from __future__ import annotations

import itertools
import os
from typing import Any

import nabla as nb
import numpy as np
from hypothesis import HealthCheck, Phase, assume, given, settings
from nabla._core import execute

from random_programs.case import Case, cases

CASES = int(os.environ.get("NABLA_RANDOM_PROGRAMS", "0"))
MARGIN = 0.02  # of inputs from kinks and jumps
TOLERANCE = 1e-8
DIFFERENCES = 1e-4

profile = settings(
    max_examples=CASES or 80,
    derandomize=not CASES,
    database=None,
    deadline=None,
    print_blob=False,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def largest_intermediate(case: Case, names: dict[str, Any]) -> float:
    """Of all examples; rejects the case if one of them is near a kink, or grows large."""
    exec(case.program.measured(), names)
    largest = 0.0
    for example in itertools.product(*map(range, case.batch)):
        values, margins = names["measured"](nb.tensor(names["X"][example]))
        # As one program, which compiles faster than one for each.
        tensors = [item for item in (*values, *margins) if isinstance(item, nb.Tensor)]
        execute.materialize([tensor._value for tensor in tensors])
        for margin in margins:
            margin = np.asarray(margin)
            assume(np.min(np.abs(margin), initial=1.0) > MARGIN)
        for value in values:
            largest = max(largest, float(np.max(np.abs(value.numpy()), initial=0.0)))
    assume(largest < 1e3)
    return largest


def differences(case: Case, names: dict[str, Any]) -> tuple[Any, float]:
    """The derivative of `c` along the first direction, to fourth order, and its error."""
    assert case.direction is not None
    x, t = names["X"], names[f"T{case.direction.number}"]

    def by(h: float) -> Any:
        up, down, up2, down2 = (
            names["c"](nb.tensor(x + k * h * t)).numpy() for k in (1, -1, 2, -2)
        )
        return (8 * (up - down) - (up2 - down2)) / (12 * h)

    coarse, fine = by(2e-3), by(1e-3)
    return fine, float(np.max(np.abs(fine - coarse), initial=0.0))


@profile
@given(cases())
def test_ways_agree(case: Case) -> None:
    names: dict[str, Any] = {}
    exec(case.definitions, names)
    largest = largest_intermediate(case, names)
    a, b = (names[way](nb.tensor(names["X"])).numpy() for way in "ab")
    scale = 1 + max(largest, float(np.max(np.abs(a), initial=0.0)))
    assert np.all(np.isfinite(a)), "the first way is not finite"
    assert a.shape == b.shape and a.dtype == b.dtype == np.float64
    assert np.max(np.abs(a - b), initial=0.0) <= TOLERANCE * scale
    # Differences do not see what stop_gradient hides.
    seen = "stop_gradient" not in case.definitions
    if case.direction is not None and seen and scale < 100:
        numeric, error = differences(case, names)
        assert np.max(np.abs(a - numeric), initial=0.0) <= DIFFERENCES * scale + error
    execute.clear()
