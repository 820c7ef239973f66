# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Results larger than the caches of usual machines, which are stored past them."""

import threading

import nabla as nb
import numpy as np
import pytest


def layernorm(x):
    d = x - nb.mean(x, axis=-1, keepdims=True)
    return d / nb.sqrt(nb.mean(d * d, axis=-1, keepdims=True) + 1e-5)


def numpy_layernorm(x):
    d = x - x.mean(-1, keepdims=True, dtype="f8")
    return d / np.sqrt((d * d).mean(-1, keepdims=True) + 1e-5)


# Whole lines, rows that begin within lines, a rest of less than a vector, one row, 16 bits.
@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((1024, 9216), "f4"),
        ((1021, 9001), "f4"),
        ((9_000_017,), "f4"),
        ((3, 1_600_000), "f8"),
        ((600, 30_000), "f2"),
    ],
)
def test_large_results_are_right(shape, dtype):
    x = np.arange(np.prod(shape), dtype="i4").reshape(shape) % 1013
    x = (x / 512).astype(dtype)
    compiled = nb.compile(lambda x: x * 2 + 1)
    for _ in range(2):
        np.testing.assert_array_equal(np.asarray(compiled(x)), x * 2 + 1)


@pytest.mark.parametrize("shape", [(64, 32000), (61, 40001), (2, 1_200_000)])
def test_large_rows_are_right(shape):
    x = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    y = np.asarray(nb.compile(layernorm)(x))
    np.testing.assert_allclose(y, numpy_layernorm(x), rtol=1e-4, atol=1e-5)


def test_another_thread_sees_a_large_result():
    x = np.ones((1024, 9216), np.float32)
    compiled = nb.compile(lambda x, y: x * y)
    wrong = []

    def check(y, number):
        if not (np.asarray(y) == number).all():
            wrong.append(number)

    for number in range(8):
        y = compiled(x, np.float32(number))
        reader = threading.Thread(target=check, args=(y, number))
        reader.start()
        reader.join()
    assert not wrong
