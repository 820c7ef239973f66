# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products of matrices and convolutions against NumPy in f64, over sizes, layouts and schedules."""

from __future__ import annotations

import os
import re

import ml_dtypes
import nabla as nb
import numpy as np
import pytest
from convolve import convolve

RNG = np.random.default_rng(0)


def rand(*shape, dtype=np.float32):
    return RNG.standard_normal(shape).astype(dtype)


def wide(*arrays):
    return [np.asarray(a).astype(np.float64) for a in arrays]


def check(fn, reference, *arrays, tolerance=1e-5):
    found = nb.compile(fn)(*arrays)
    expected = reference(*wide(*arrays))
    scale = np.abs(expected).max() + 1
    np.testing.assert_allclose(
        np.asarray(found).astype(np.float64), expected, rtol=tolerance, atol=tolerance * scale
    )


def layouts(a, b, c, d, e, f):
    """Each factor as it lies and transposed, batches behind and in front."""
    return (
        a @ b,
        c.T @ b,
        a @ d.T,
        c.T @ d.T,
        [nb, np][isinstance(a, np.ndarray)].einsum("bij,jbk->ibk", e, f),
    )


SIZES = [
    (1, 1, 1), (2, 3, 4), (3, 65, 7), (4, 16, 17), (5, 33, 31), (13, 8, 33), (14, 32, 50),
    (15, 33, 100), (17, 47, 129), (28, 64, 256), (29, 70, 37), (61, 130, 77), (100, 9, 300),
    (1, 200, 100), (200, 1, 100), (97, 113, 300), (57, 300, 256), (64, 256, 512),
    (50, 2, 64), (37, 3, 100), (4, 3, 33), (20, 5, 41), (64, 10, 512), (9, 11, 35), (33, 2, 9),
]  # fmt: skip


@pytest.mark.parametrize("m, n, k", SIZES)
def test_products_of_any_size_and_layout(m, n, k):
    arrays = [rand(m, k), rand(k, n), rand(k, m), rand(n, k), rand(3, m, k), rand(k, 3, n)]
    found = nb.compile(layouts)(*arrays)
    for got, want in zip(found, layouts(*wide(*arrays)), strict=True):
        scale = np.sqrt(k)
        np.testing.assert_allclose(np.asarray(got), want, rtol=1e-5, atol=1e-5 * scale)


@pytest.mark.parametrize("m, n, k", [(5, 9, 33), (29, 70, 64), (30, 40, 257)])
@pytest.mark.parametrize("dtype", [np.float64, np.float16, ml_dtypes.bfloat16])
def test_products_of_other_dtypes(m, n, k, dtype):
    tolerance = {8: 1e-13, 2: 4e-3}[np.dtype(dtype).itemsize]
    check(lambda a, b: a.T @ b.T, lambda a, b: a.T @ b.T, rand(k, m, dtype=dtype),
          rand(n, k, dtype=dtype), tolerance=tolerance)  # fmt: skip


@pytest.mark.parametrize("m, n, k", [(61, 77, 33), (200, 700, 129), (130, 40, 1001), (64, 48, 1)])
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_narrow_factors_are_copied(m, n, k, dtype):
    """As f32, or as pairs of bf16 where the machine multiplies these; k is odd."""
    shapes = [(m, k), (k, n), (k, m), (n, k), (3, m, k), (k, 3, n)]
    arrays = [rand(*shape, dtype=dtype) for shape in shapes]
    found = nb.compile(layouts)(*arrays)
    for got, want in zip(found, layouts(*wide(*arrays)), strict=True):
        np.testing.assert_allclose(wide(got)[0], want, rtol=5e-3, atol=1e-5 * np.sqrt(k))


def test_pairs_of_bf16_are_multiplied_at_once():
    with open("/proc/cpuinfo") as info:
        if "avx512_bf16" not in info.read() or os.environ.get("NABLA_TARGET_CPU"):
            pytest.skip("this machine has no such instruction")
    x = rand(64, 64, dtype=ml_dtypes.bfloat16)
    text = nb.inspect(lambda x, y: x @ y, "object")(x, x)
    assert "vdpbf16ps" in text and "vfmadd" not in text
    x[0, 0], x[1, 1] = np.inf, np.nan
    found = np.asarray(nb.compile(lambda x, y: x @ y)(x, np.eye(64, dtype=x.dtype)))
    assert np.isnan(found[1]).all() and np.isnan(found[0, 1:]).all() and found[0, 0] == np.inf


@pytest.mark.parametrize("n", [2, 3, 5, 11])
@pytest.mark.parametrize("dtype", [np.float64, np.float16, ml_dtypes.bfloat16, np.int32])
def test_few_columns_of_other_dtypes(n, dtype):
    m, k = 23, 67
    a, b, c = (10 * rand(*shape) for shape in ((m, k), (k, n), (n, k)))
    tolerance = 4e-3 if np.dtype(dtype).itemsize == 2 else 1e-13
    check(lambda a, b, c: a @ b + a @ c.T, lambda a, b, c: a @ b + a @ c.T,
          a.astype(dtype), b.astype(dtype), c.astype(dtype), tolerance=tolerance)  # fmt: skip


@pytest.mark.parametrize("m, n, k", [(5, 9, 40000), (16, 32, 12000), (31, 17, 9000)])
def test_long_sums_add_up_in_memory(m, n, k):
    """Blocks that overlap must not be added to twice."""
    a, b = rand(k, m, dtype=np.float64), rand(k, n, dtype=np.float64)
    check(lambda a, b: a.T @ b, lambda a, b: a.T @ b, a, b, tolerance=1e-12)


@pytest.mark.parametrize(
    "m, n, k", [(48, 33, 16384), (7, 40, 60000), (130, 20, 9999), (128, 128, 65696)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_sums_of_a_small_result_are_shared(m, n, k, dtype):
    """Each piece of the sums has a result of its own; what follows sees their total. 65696 is 32
    times a prime: the last steps of each piece are a product of their own."""
    a, b = rand(k, m, dtype=dtype), rand(k, n, dtype=dtype)

    def fn(a, b, m=nb):
        return m.maximum(a.T @ b, 0) + 1

    assert re.search(rf"memref<\d+x{m * n}xf", main_function(fn, a, b))
    tolerance = 1e-4 if dtype == np.float32 else 1e-12
    check(fn, lambda a, b: fn(a, b, np), a, b, tolerance=tolerance)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_pieces_of_narrow_factors(dtype):
    a, b = rand(16384, 48).astype(dtype), rand(16384, 40).astype(dtype)
    check(lambda a, b: a.T @ b, lambda a, b: a.T @ b, a, b, tolerance=1e-2)


def test_pieces_within_a_loop_and_of_batches():
    """The factors are parts of arrays that begin where only the loop knows."""
    a, b = rand(3, 2, 16384, 24), rand(3, 2, 16384, 40)

    def turn(total, pair):
        a, b = pair
        return total + a[0].T @ b[0] + nb.einsum("bki,bkj->ij", a, b), None

    def fn(a, b):
        return nb.scan(turn, nb.zeros((24, 40)), (a, b))[0]

    def reference(a, b):
        return np.einsum("tki,tkj->ij", a[:, 0], b[:, 0]) + np.einsum("tbki,tbkj->ij", a, b)

    check(fn, reference, a, b, tolerance=1e-4)


@pytest.mark.parametrize(
    "m, n, k", [(130, 400, 900), (97, 613, 2053), (1029, 300, 1100), (64, 1100, 70), (1030, 40, 50)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_products_of_several_tiles(m, n, k, dtype):
    """B does not fit into a cache; columns of A, on a page each, are copied, and of batches too."""
    shapes = [(m, k), (k, n), (k, m), (n, k), (2, m, k), (k, 2, n)]
    arrays = [rand(*shape, dtype=dtype) for shape in shapes]
    found = nb.compile(layouts)(*arrays)
    tolerance = 2e-5 if dtype == np.float32 else 1e-13
    for got, want in zip(found, layouts(*wide(*arrays)), strict=True):
        np.testing.assert_allclose(np.asarray(got), want, tolerance, tolerance * np.sqrt(k))


@pytest.mark.parametrize("k", [2053, 2048, 3000])
def test_activations_follow_the_last_piece_of_a_sum(k):
    """2053 is prime: the last steps are a product of their own, added to C."""
    check(
        lambda a, b, bias: nb.maximum(a @ b + bias, 0),
        lambda a, b, bias: np.maximum(a @ b + bias, 0),
        rand(70, k, dtype=np.float64), rand(k, 50, dtype=np.float64), rand(50, dtype=np.float64),
        tolerance=1e-12,
    )  # fmt: skip


# x, kernel, stride, dilation, padding, groups
CONVOLUTIONS = [
    ((2, 9, 11, 16), (3, 3, 16, 32), (1, 1), (1, 1), [(1, 1), (1, 1)], 1),
    ((3, 8, 13, 5), (3, 2, 5, 19), (2, 1), (1, 2), [(1, 0), (0, 2)], 1),
    ((1, 17, 15, 12), (3, 3, 3, 32), (1, 2), (2, 1), [(2, 2), (1, 1)], 4),
    ((2, 28, 28, 1), (3, 3, 1, 8), (1, 1), (1, 1), [(1, 1), (1, 1)], 1),
    ((2, 6, 7, 8), (1, 1, 8, 33), (1, 1), (1, 1), [(0, 0), (0, 0)], 1),
    ((4, 40, 6), (5, 6, 17), (1,), (3,), [(4, 4)], 1),
    ((2, 5, 4, 6, 4), (2, 3, 2, 4, 9), (1, 1, 2), (1, 1, 1), [(0, 1), (1, 1), (0, 0)], 1),
    ((2, 41, 43, 9), (3, 3, 9, 10), (1, 1), (1, 1), [(1, 1), (1, 1)], 1),
    ((1, 9, 9, 6), (3, 3, 1, 6), (1, 1), (1, 1), [(1, 1), (1, 1)], 6),
    ((2, 12, 15, 3), (7, 7, 3, 33), (2, 2), (1, 1), [(3, 3), (2, 1)], 1),
    ((2, 9, 10, 8), (1, 1, 8, 16), (2, 2), (1, 1), [(0, 0), (0, 0)], 1),
    ((2, 11, 14, 6), (2, 5, 3, 4), (3, 2), (1, 1), [(1, 0), (4, 3)], 2),
    ((1, 8, 9, 7, 4), (3, 1, 2, 4, 5), (2, 3, 1), (1, 1, 1), [(1, 1), (0, 0), (1, 0)], 1),
    ((3, 50, 5), (4, 5, 7), (4,), (1,), [(0, 2)], 1),
    ((2, 10, 9, 40), (3, 3, 40, 3), (1, 1), (1, 1), [(1, 1), (1, 1)], 1),
    ((2, 12, 11, 33), (2, 3, 33, 10), (2, 1), (1, 1), [(1, 1), (1, 1)], 1),
    ((4, 40, 43, 20), (3, 3, 20, 21), (1, 1), (1, 1), [(1, 1), (1, 1)], 1),
    ((5, 40, 43, 24), (3, 3, 12, 30), (1, 1), (1, 1), [(1, 1), (1, 1)], 2),
]  # fmt: skip


@pytest.mark.parametrize("shape, kernel_shape, stride, dilation, padding, groups", CONVOLUTIONS)
def test_convolutions_and_their_gradients(shape, kernel_shape, stride, dilation, padding, groups):
    """The gradients against the definition of a transpose, in f64."""
    options = {"stride": stride, "dilation": dilation, "padding": padding, "groups": groups}
    x, kernel = rand(*shape, dtype=np.float64), rand(*kernel_shape, dtype=np.float64)
    dx, dk = rand(*shape, dtype=np.float64), rand(*kernel_shape, dtype=np.float64)
    expected = convolve(x, kernel, **options)
    ct = rand(*expected.shape, dtype=np.float64)

    @nb.compile
    def all_three(x, kernel, ct):
        y, pullback = nb.vjp(lambda x, k: nb.convolution(x, k, **options), x, kernel)
        return (y, *pullback(ct))

    y, gx, gk = (np.asarray(r) for r in all_three(x, kernel, ct))
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    assert np.sum(gx * dx) == pytest.approx(np.sum(ct * convolve(dx, kernel, **options)), rel=1e-10)
    assert np.sum(gk * dk) == pytest.approx(np.sum(ct * convolve(x, dk, **options)), rel=1e-10)
    check(lambda x, k: nb.convolution(x, k, **options), lambda *_: expected,
          x.astype(np.float32), kernel.astype(np.float32), tolerance=1e-5)  # fmt: skip


def main_function(fn, *arrays):
    text = nb.inspect(fn, "bufferize")(*arrays)
    return text[text.index("func.func @main") :]


def test_convolutions_are_products_in_registers():
    """Sums are carried by loops over the kernel; they are stored once."""

    def conv(x, kernel):
        return nb.convolution(x, kernel, padding=1)

    x, kernel, ct = rand(2, 14, 14, 32), rand(3, 3, 32, 32), rand(2, 14, 14, 32)
    programs = {
        "forward": main_function(conv, x, kernel),
        "x": main_function(lambda k, ct: nb.vjp(lambda x: conv(x, k), x)[1](ct)[0], kernel, ct),
        "kernel": main_function(
            lambda x, ct: nb.vjp(lambda k: conv(x, k), kernel)[1](ct)[0], x, ct
        ),
    }
    for name, text in programs.items():
        assert "math.fma" in text, name
        assert re.search(r"scf\.for .* iter_args.*\n(.*\n)?.*scf\.for .* iter_args", text), name
        assert "arith.mulf" not in text, name


@pytest.mark.parametrize("m, n, k", [(5, 9, 33), (29, 70, 64), (64, 64, 100), (100, 130, 20)])
def test_what_follows_a_product_is_done_to_its_blocks(m, n, k):
    a, b, bias, other = rand(m, k), rand(k, n), rand(n), rand(m, n)

    def fn(m, a, b, bias, other):
        p = a @ b
        return (
            m.tanh(p + bias) * other, m.maximum(p + bias, 0), p, p + p.T.T * other + bias,
            m.exp(-abs(p)) + other[:, :1], (p + bias).sum(1),
        )  # fmt: skip

    found = nb.compile(lambda *args: fn(nb, *args))(a, b, bias, other)
    for got, want in zip(found, fn(np, *wide(a, b, bias, other)), strict=True):
        np.testing.assert_allclose(np.asarray(got), want, rtol=1e-4, atol=1e-4)
    # One at a time, and of windows.
    check(lambda *args: fn(nb, *args)[0], lambda *args: fn(np, *args)[0], a, b, bias, other,
          tolerance=1e-4)  # fmt: skip
    x, kernel = rand(2, 9, 8, k, dtype=np.float64), rand(3, 3, k, n, dtype=np.float64)
    check(
        lambda x, kernel, bias: nb.maximum(nb.conv2d(x, kernel, bias=bias), 0),
        lambda x, kernel, bias: np.maximum(
            convolve(x, kernel, (1, 1), (1, 1), [(0, 0), (0, 0)], 1) + bias, 0
        ),
        x, kernel, bias.astype(np.float64), tolerance=1e-12,
    )  # fmt: skip


def test_layers_have_no_loops_of_their_own():
    def layer(x, w, b):
        return nb.tanh(x @ w + b)

    text = main_function(layer, rand(64, 100), rand(100, 64), rand(64))
    assert not re.search(r"memref\.alloc\(\).*memref<64x64xf32>", text), "no sums in memory"
    text = main_function(
        lambda x, w, b: nb.maximum(nb.conv2d(x, w, bias=b), 0),
        rand(1, 9, 9, 16), rand(3, 3, 16, 32), rand(32),
    )  # fmt: skip
    assert "memref.alloc" not in text
