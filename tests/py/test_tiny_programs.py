# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arithmetic on tiny arrays gets the compiler's least effort, and the results of all others."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest

FEW = 16  # the most elements of a tiny array
RNG = np.random.default_rng(0)


def chain(x: Any, y: Any) -> Any:
    return -((x * y + 3) * x - y)


def samples(dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """More than are tiny, special values among the first."""
    if dtype.startswith("int"):
        x, y = RNG.integers(-(2**31), 2**31, (2, FEW + 1)).astype(dtype)
    else:
        x, y = RNG.standard_normal((2, FEW + 1)).astype(dtype)
        x[:5] = [np.inf, -np.inf, np.nan, -0.0, np.finfo(dtype).smallest_subnormal]
        y[4:7] = [0.0, -0.0, np.inf]
    return x, y


def same(a: Any, b: Any) -> None:
    a, b = np.asarray(a), np.asarray(b)
    known = ~np.isnan(a)
    assert np.array_equal(known, ~np.isnan(b))
    assert a[known].tobytes() == b[known].tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64"])
def test_a_few_elements_are_as_many(dtype: str) -> None:
    x, y = samples(dtype)
    many = np.asarray(nb.compile(chain)(nb.tensor(x), nb.tensor(y)))
    for count in (1, 3, FEW):
        few = nb.compile(chain)(nb.tensor(x[:count]), nb.tensor(y[:count]))
        same(few, many[:count])
    square = nb.compile(chain)(*[nb.tensor(a[:FEW].reshape(4, 4)) for a in (x, y)])
    same(square, many[:FEW].reshape(4, 4))
    for i in range(FEW):
        same(nb.compile(chain)(nb.tensor(x[i]), nb.tensor(y[i])), many[i])


def test_an_array_and_a_number() -> None:
    x, _ = samples("float32")
    scaled = nb.compile(lambda x, s: s - x * s)
    many = np.asarray(scaled(nb.tensor(x), nb.tensor(np.float32(1.7))))
    same(scaled(nb.tensor(x[:5]), nb.tensor(np.float32(1.7))), many[:5])


def test_several_results() -> None:
    x, y = samples("float32")
    total, difference = nb.compile(lambda x, y: (x + y, x - y))(nb.tensor(x[:3]), nb.tensor(y[:3]))
    same(total, x[:3] + y[:3])
    same(difference, x[:3] - y[:3])
