# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What code elementwise chains and rows become: loops, allocations, calls of scalar functions."""

import functools
import itertools
import re

import nabla as nb
import numpy as np
import pytest

RNG = np.random.default_rng(0)


def rand(*shape):
    return RNG.standard_normal(shape, dtype=np.float32)


def count(fn, *args):
    """Loops, calls of malloc, and the functions of mathematics that are called."""
    text = nb.inspect(fn, "llvm")(*args)
    main = text[text.index("llvm.func @main_packed(") :]
    main = main[: main.index("llvm.return")]
    loops = len(re.findall(r"llvm\.cond_br", main))
    allocations = len(re.findall(r"llvm\.call @nabla_allocate", main))
    calls = set(re.findall(r"llvm\.call @(\w+)", main)) - {"nabla_allocate", "nabla_release"}
    calls |= set(re.findall(r"llvm\.intr\.(exp|log|sin|cos|tan|pow|tanh)\b", main))
    return loops, allocations, calls


def bufferized(fn, *args):
    return nb.inspect(fn, "bufferize")(*args)


def chain(x, w):
    return nb.tanh(x * w) / (1 + nb.exp(-x * x)) + nb.log(nb.abs(w) + 1) * x


def softmax(x):
    e = nb.exp(x - nb.max(x, axis=-1, keepdims=True))
    return e / nb.sum(e, axis=-1, keepdims=True)


def cross_entropy(x, y):
    return -nb.sum(nb.log(softmax(x)) * y)


def layernorm(x, g, b):
    d = x - nb.mean(x, axis=-1, keepdims=True)
    return d / nb.sqrt(nb.mean(d * d, axis=-1, keepdims=True) + 1e-5) * g + b


def test_a_chain_is_one_loop():
    assert count(chain, rand(1000), rand(1000)) == (1, 0, set())


def test_dimensions_without_a_gap_are_one_loop():
    assert count(chain, rand(7, 10, 3), rand(7, 10, 3)) == (1, 0, set())


def test_the_gradient_of_a_chain_is_one_loop():
    def loss(x, w):
        return nb.sum(chain(x, w))

    gradient = nb.grad(loss, argnums=(0, 1))
    assert count(gradient, rand(1000), rand(1000)) == (1, 0, set())


def test_several_results_share_the_loop():
    def fn(x, w):
        t = nb.tanh(x)
        return t * w, t + w, nb.sum(t)

    assert count(fn, rand(1000), rand(1000)) == (1, 0, set())


def test_a_bias_and_an_activation_are_one_nest():
    loops, allocations, calls = count(lambda x, b: nb.tanh(x + b), rand(64, 100), rand(100))
    assert (loops, allocations, calls) == (2, 0, set())


def test_the_gradient_of_a_bias_is_in_the_same_nest():
    def loss(b, x):
        return nb.sum(nb.tanh(x + b) * x)

    loops, allocations, calls = count(nb.grad(loss), rand(100), rand(64, 100))
    assert (loops, allocations, calls) == (3, 0, set())  # the third fills the sums with 0


@pytest.mark.parametrize(
    "fn",
    [softmax, lambda x: layernorm(x, np.float32(2), np.float32(1))],
    ids=["softmax", "layernorm"],
)
def test_rows_are_done_one_after_the_other(fn):
    """Two reductions and what is made of them: three loops in one over the rows."""
    loops, allocations, calls = count(fn, rand(16, 1100))
    assert (loops, calls) == (4, set())
    sizes = re.findall(r"memref\.alloc\(\).*memref<(\w+)xf32>", bufferized(fn, rand(16, 1100)))
    assert len(sizes) == allocations
    assert all(int(size) <= 1100 for size in sizes), "temporaries of one row"


def test_the_gradient_of_rows_is_one_nest():
    x, y = rand(3, 1100), rand(3, 1100)
    text = bufferized(nb.grad(cross_entropy), x, y)
    assert text.count("step %c1 {") == 1, "one loop over the rows"
    assert "x1100xf32>" not in "".join(re.findall(r"memref\.alloc\(\).*", text))
    assert count(nb.grad(cross_entropy), x, y)[2] == set()


@pytest.mark.parametrize("rows", [16, 1100])
def test_sums_of_columns_share_the_loop_over_rows(rows):
    """Also of a square, where columns are as long as rows."""

    def loss(x, g, b, w):
        return nb.sum(layernorm(x, g, b) * w)

    gradient = nb.grad(loss, argnums=(0, 1, 2))
    text = bufferized(gradient, rand(rows, 1100), rand(1100), rand(1100), rand(rows, 1100))
    assert text.count("step %c1 {") == 1, "one loop over the rows"
    assert "x1100xf32>" not in "".join(re.findall(r"memref\.alloc\(\).*", text))


def test_what_is_quickly_computed_is_not_stored():
    """The distance from the mean is computed again for what stands behind a sum."""
    args = rand(16, 1100), rand(1100), rand(1100)
    assert count(layernorm, *args)[:2] == (4, 0)
    assert "memref<1100xf32>" not in "".join(
        re.findall(r"memref\.alloc\(\).*", bufferized(layernorm, *args))
    )


def test_what_a_result_replaces_lies_in_its_memory():
    """The exponentials of a softmax, until they are divided by their sum."""
    x = rand(37, 101)
    sizes = re.findall(r"memref\.alloc\(\).*memref<(\w+)xf32>", bufferized(softmax, x))
    assert all(size == "1" for size in sizes)

    def reads_again(x):
        e = nb.exp(x - nb.max(x, axis=-1, keepdims=True))
        p = e / nb.sum(e, axis=-1, keepdims=True)
        return p, p + nb.sum(p * x, axis=-1, keepdims=True) * e

    def expected(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        p = e / e.sum(-1, keepdims=True)
        return p, p + (p * x).sum(-1, keepdims=True) * e

    for value, wanted in zip(nb.compile(reads_again)(x), expected(x), strict=True):
        np.testing.assert_allclose(value.numpy(), wanted, rtol=1e-4, atol=1e-6)
    for shape in [(64, 100), (5, 7), (300, 1001)]:  # where the result lies in the argument
        x = rand(*shape)
        donated = nb.compile(softmax, donate_argnums=0)(nb.tensor(x))
        np.testing.assert_allclose(donated.numpy(), expected(x)[0], rtol=1e-5)


def test_a_result_that_a_loop_changes_is_not_copied():
    """The gradient of what is looked up is added to the rest in place."""
    x, labels = rand(6, 40), np.arange(6)[:, None]

    def loss(x):
        return nb.sum(nb.exp(x)) - nb.sum(nb.take_along_axis(x, labels, axis=-1))

    text = bufferized(nb.grad(loss), x)
    assert "scf.for" in text
    assert "40xf32>" not in "".join(re.findall(r"memref\.alloc\(\).*", text))
    expected = np.exp(x)
    np.put_along_axis(expected, labels, np.take_along_axis(expected, labels, -1) - 1, -1)
    np.testing.assert_allclose(nb.grad(loss)(x).numpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("size", [*range(1, 35), 63, 64, 65, 70])
def test_any_size_gives_what_numpy_gives(size):
    """Tails of vectors: one compilation a size, with chains, rows, columns and layouts."""
    x, m = rand(size), rand(size, 5)

    def fn(x, m):
        columns = nb.sum(m * x[:, None], axis=0)
        return (
            nb.tanh(x) * x + 1, columns, nb.sum(m, axis=1), nb.sum(m), nb.max(m.T, axis=1) + m[0],
            m.T + x, softmax(m.T), x[::-1] * 2,
        )  # fmt: skip

    e = np.exp(m.T - m.T.max(-1, keepdims=True))
    expected = (
        np.tanh(x) * x + 1, (m * x[:, None]).sum(0), m.sum(1), m.sum(), m.max(0) + m[0],
        m.T + x, e / e.sum(-1, keepdims=True), x[::-1] * 2,
    )  # fmt: skip
    for got, want in zip(nb.compile(fn)(x, m), expected, strict=True):
        np.testing.assert_allclose(np.asarray(got), want, rtol=3e-5, atol=2e-5)


# Large ones are divided among threads; 16 x 16 squares are transposed in registers.
@pytest.mark.parametrize(
    "shape", [(64, 128, 256), (33, 130, 250), (257, 17, 300), (3, 40, 16), (1000, 1, 700)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.float64])
def test_dimensions_in_any_order(shape, dtype):
    x = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    for order in itertools.permutations(range(3)):
        found = nb.compile(lambda x, order=order: nb.permute(x, order) + 1)(x)
        np.testing.assert_array_equal(found.numpy(), x.transpose(order) + dtype(1))


def test_columns_are_read_as_rows():
    x = np.zeros((64, 128, 256), np.float32)
    for order in [(2, 1, 0), (2, 0, 1), (1, 2, 0), (0, 2, 1)]:
        text = bufferized(lambda x, order=order: nb.permute(x, order), x)
        assert "memref.load" not in text and text.count("scf.forall") == 1
        assert text.count("vector.load") == text.count("vector.store") == 16


def test_rows_that_depend_on_other_rows_are_not_fused():
    m = rand(6, 6)
    got = nb.compile(lambda m: (nb.exp(m) @ m, nb.exp(m).T + nb.sum(nb.exp(m), axis=0)))(m)
    e = np.exp(m)
    np.testing.assert_allclose(np.asarray(got[0]), e @ m, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(np.asarray(got[1]), e.T + e.sum(0), rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.int32, np.int8])
def test_the_first_of_the_best_is_found(dtype):
    """Ties, infinities and NaN, in the middle and in the tails of vectors, forwards and back."""
    for n in (2, 3, 17, 31, 64, 129, 1000):
        x = RNG.integers(-3, 3, (5, n)).astype(dtype)
        if np.dtype(dtype).kind == "f":
            x[1], x[3] = -np.inf, np.inf
            x[2, n // 2 :] = x[4, n - 1] = np.nan

        def fn(m, x):
            both = (x, x[:, ::-1])
            return [f(y, axis=a) for f in (m.argmax, m.argmin) for y in both for a in (0, 1, None)]

        for got, want in zip(nb.compile(lambda x, fn=fn: fn(nb, x))(x), fn(np, x), strict=True):
            np.testing.assert_array_equal(np.asarray(got), want)


@pytest.mark.parametrize("columns", [1001, 4099])  # blocks of rows, in order, and each row apart
def test_the_best_of_columns_that_fill_the_cache_is_found(columns):
    rows = (48 << 20) // 8 // columns
    x = RNG.integers(-100, 100, (rows, columns)).astype(np.float64)
    x[7::1000, ::5] = np.nan
    for ours, theirs in ((nb.argmax, np.argmax), (nb.argmin, np.argmin)):
        for y in (x, x[:, ::3]):
            np.testing.assert_array_equal(np.asarray(ours(y, axis=0)), theirs(y, axis=0))


@pytest.mark.parametrize("shape", [(5, 3), (7, 64), (9, 100), (3, 2, 33)])
def test_rows_and_elements_are_looked_up(shape):
    x, ids = rand(*shape), RNG.integers(0, shape[0], (4, 5))
    columns = RNG.integers(0, shape[-1], 40)

    def fn(x, ids, columns):
        return (
            x[ids] * 2 + x[0],
            x[ids[0]][..., ::-1],
            x[..., columns],
            x[0, ..., columns],
            x[::-1][ids],
        )

    for got, want in zip(nb.compile(fn)(x, ids, columns), fn(x, ids, columns), strict=True):
        np.testing.assert_allclose(np.asarray(got), want, rtol=1e-6)


def test_lookups_are_vectors():
    text = bufferized(lambda x, i: x[i], rand(10, 64), np.zeros(8, np.int64))
    assert "linalg." not in text and "vector.gather" not in text
    assert "vector.gather" in bufferized(lambda x, i: x[i], rand(64), np.zeros(64, np.int64))


def test_temporaries_share_memory() -> None:
    """A chain of products needs two buffers at a time, however long it is."""

    def chain(x: nb.Tensor, w: nb.Tensor, length: int) -> nb.Tensor:
        for _ in range(length):
            x = x @ w
        return x

    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(64, 65)), rng.normal(size=(65, 65)) / 8
    sizes = {}
    for length in (4, 16):
        program = functools.partial(chain, length=length)
        text = nb.inspect(program, "bufferize")(x, w)
        sizes[length] = [int(n) for n in re.findall(r"memref.alloca?\(.*memref<(\d+)xi8>", text)]
        expected = x @ np.linalg.matrix_power(w, length)
        np.testing.assert_allclose(nb.compile(program)(x, w).numpy(), expected, rtol=1e-10)
    assert sizes[4] == sizes[16] and sum(sizes[4]) < 3 * x.nbytes
