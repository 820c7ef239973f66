# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random bits, the laws made of them, keys, and the generator of the process."""

from __future__ import annotations

import doctest
import math
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla._core.program import counters
from nabla.functions import _draws

r = nb.random

# Threefry-2x32 with 20 rounds: counter, key, result. From the known answers that its authors
# publish with Random123 (tests/kat_vectors).
VECTORS = [
    ((0x00000000, 0x00000000), (0x00000000, 0x00000000), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
]


def threefry(key: tuple[int, int], counter: tuple[Any, Any]) -> tuple[Any, Any]:
    """The generator, in NumPy; counters may be arrays."""
    mask = np.uint64(0xFFFFFFFF)
    a, b = (np.uint64(word) for word in key)
    keys = [a, b, np.uint64(0x1BD11BDA) ^ a ^ b]
    x, y = (np.asarray(word, np.uint64) for word in counter)
    x, y = (x + keys[0]) & mask, (y + keys[1]) & mask
    for turn in range(20):
        by = np.uint64((13, 15, 26, 6, 17, 29, 16, 24)[turn % 8])
        x = (x + y) & mask
        y = ((y << by) | (y >> (np.uint64(32) - by))) & mask
        y ^= x
        if turn % 4 == 3:
            injected = turn // 4 + 1
            x = (x + keys[injected % 3]) & mask
            y = (y + keys[(injected + 1) % 3] + np.uint64(injected)) & mask
    return x, y


def test_the_reference_gives_the_published_vectors() -> None:
    for counter, key, expected in VECTORS:
        assert tuple(int(word) for word in threefry(key, counter)) == expected


def test_bits_are_those_of_the_reference() -> None:
    positions = np.arange(70)
    for seed in (0, 1, 0x13198A2E03707344, 2**64 - 1):
        words = (seed >> 32, seed & 0xFFFFFFFF)
        first, second = threefry(words, (positions, np.zeros(70)))
        key = r.key(seed)
        assert key.tolist() == list(words)
        np.testing.assert_array_equal(r.bits(key, (70,)).numpy(), first)
        wide = r.bits(key, (7, 10), nb.uint64).numpy().ravel()
        np.testing.assert_array_equal(wide, (first << np.uint64(32)) | second)
        np.testing.assert_array_equal(r.bits(key, (70,), "uint8").numpy(), first >> np.uint64(24))
    assert r.bits(r.key(0), (1,)).item() == VECTORS[0][2][0]


def test_keys() -> None:
    key = r.key(5)
    assert r.key(nb.tensor(5)).tolist() == key.tolist() == [0, 5]
    assert r.key(-1).tolist() == r.key(nb.tensor(-1)).tolist() == [2**32 - 1] * 2
    assert r.split(key, 3).shape == (3, 2)
    made = [r.fold_in(key, i).tolist() for i in (0, 1, 2**32, 2**63, -1)]
    made += [*r.split(key, 20).tolist(), key.tolist()]
    assert len({tuple(words) for words in made}) == len(made)
    assert made[1] == r.fold_in(key, nb.tensor(1, "uint8")).tolist()
    assert made[4] == r.fold_in(key, nb.tensor(-1)).tolist()
    loop = [r.fold_in(key, i).tolist() for i in range(4)]
    assert nb.vmap(lambda i: r.fold_in(key, i))(np.arange(4)).tolist() == loop


# ---------------------------------------------------------------- laws


def distance(sample: np.ndarray, law: Callable[[Any], Any]) -> float:
    """Kolmogorov and Smirnov's: how far the sample's distribution is from a law."""
    ordered = np.sort(sample.astype(float).ravel())
    steps = np.arange(len(ordered) + 1) / len(ordered)
    expected = law(ordered)
    return float(max(np.max(steps[1:] - expected), np.max(expected - steps[:-1])))


def normal_law(x: Any) -> Any:
    return 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


COUNT = 20_000
BOUND = 1.63 / math.sqrt(COUNT)  # exceeded by one sample in a hundred


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_laws(dtype: str) -> None:
    rounding = {"float16": 2.0**-11, "bfloat16": 2.0**-8}.get(dtype, 0.0)
    even = r.uniform(r.key(1), (COUNT,), dtype)
    assert even.dtype == dtype
    even = even.numpy().astype(float)
    assert even.min() >= 0.0 and even.max() < 1.0
    assert distance(even, lambda x: x) < BOUND + rounding
    assert abs(even.var() - 1 / 12) < 0.002
    bell = r.normal(r.key(2), (COUNT,), dtype)
    assert bell.dtype == dtype
    bell = bell.numpy().astype(float)
    assert np.isfinite(bell).all()
    assert distance(bell, normal_law) < BOUND + rounding
    # Within 3.5 standard deviations of the sample's moments.
    for power, moment, spread in ((1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)):
        assert abs((bell**power).mean() - moment) < 3.5 * math.sqrt(spread / COUNT), power
    moved = r.normal(r.key(2), (COUNT,), dtype, mean=3.0, std=0.5).numpy().astype(float)
    np.testing.assert_allclose(moved, 3 + 0.5 * bell, rtol=0.02 if rounding else 1e-6)


def test_neighbours_are_independent() -> None:
    for key in (r.key(0), r.split(r.key(0))[0], r.fold_in(r.key(0), 1)):
        x = r.normal(key, (COUNT,)).numpy()
        for lag in (1, 2, 3):
            assert abs(np.mean(x[lag:] * x[:-lag])) < 4 / math.sqrt(COUNT)
    keys = r.split(r.key(3), COUNT)
    firsts = nb.vmap(lambda key: r.uniform(key))(keys).numpy()
    assert distance(firsts, lambda x: x) < BOUND


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_ends_of_the_range(dtype: str) -> None:
    """The bits that give the largest and the smallest numbers."""
    word = {"float32": "uint32", "float64": "uint64"}[dtype]
    top = 2 ** (32 if dtype == "float32" else 64) - 1
    words = nb.tensor(np.array([0, top], word))._value
    unit = _draws.unit_of(words, nb.DType[dtype])
    one_below = 1 - 2.0 ** -(24 if dtype == "float32" else 53)
    assert nb.Tensor(unit).tolist() == [0.0, one_below]
    bell = nb.Tensor(_draws.normal_of(unit, unit)).tolist()
    assert bell[0] == 0.0 and 5 < bell[1] < 9
    low, high = (nb.full((2,), v, dtype=dtype)._value for v in (1.0, 2.0))
    stretched = nb.Tensor(_draws.stretched(unit, low, high)).numpy()
    assert (stretched >= 1.0).all() and (stretched < 2.0).all()


def test_integers() -> None:
    sides = r.randint(r.key(0), (COUNT,), 1, 7)
    assert sides.dtype == "int32"
    found, counts = np.unique(sides.numpy(), return_counts=True)
    assert found.tolist() == [1, 2, 3, 4, 5, 6]
    assert ((counts - COUNT / 6) ** 2 / (COUNT / 6)).sum() < 15.1  # chi squared, 1 in 100
    for dtype, low, high in (
        ("int8", -128, 128),
        ("uint8", 0, 256),
        ("int32", -(2**31), 2**31),
        ("int64", -(2**63), 2**63),
        ("uint64", 0, 2**64),
        ("uint64", 5, 2**63 + 7),
    ):
        x = r.randint(r.key(1), (5000,), low, high, dtype).numpy()
        assert x.dtype == dtype and int(x.min()) >= low and int(x.max()) < high
        share = (x.astype(float) - low) / (high - low)
        assert distance(share, lambda x: x) < 1.63 / math.sqrt(5000) + 1 / 256
    limits = nb.tensor([1, 5, 100]), nb.tensor([2, 8, 100])
    x = r.randint(r.key(2), (1000, 3), *limits).numpy()
    assert [sorted(set(column)) for column in x.T] == [[1], [5, 6, 7], [100]]
    with pytest.raises(OverflowError):
        r.randint(r.key(0), (), 0, 257, "uint8")
    with pytest.raises(ValueError, match="no integer from 3 on below 3"):
        r.randint(r.key(0), (), 3, 3)


def test_choices() -> None:
    x = r.bernoulli(r.key(0), 0.3, (COUNT,))
    assert x.dtype == "bool" and abs(x.numpy().mean() - 0.3) < 0.015
    p = nb.tensor([0.0, 0.25, 1.0])
    means = r.bernoulli(r.key(1), p, (COUNT, 3)).numpy().mean(0)
    np.testing.assert_allclose(means, p.numpy(), atol=0.015)
    assert means[0] == 0.0 and means[2] == 1.0
    logits = np.log([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0 + 1e-30]])
    drawn = r.categorical(r.key(2), logits, shape=(COUNT, 2)).numpy()
    for row in range(2):
        share = np.bincount(drawn[:, row], minlength=3) / COUNT
        np.testing.assert_allclose(share, np.exp(logits[row]), atol=0.015)
    assert r.categorical(r.key(2), logits, axis=0).shape == (3,)
    assert sorted(set(r.choice(r.key(3), nb.tensor([3, 5]), (50,)).tolist())) == [3, 5]
    assert sorted(r.choice(r.key(3), 6, (2, 3), replace=False).reshape(-1).tolist()) == [*range(6)]


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_weighted_choices_with_replacement(count: int) -> None:
    weights = np.arange(count) + (1.0 if count == 1 else 0.0)
    for p in (weights, weights[::-1].copy(), weights.astype(np.int32)):
        drawn = r.choice(r.key(5), count, (COUNT // 2, 2), p=p)
        assert drawn.dtype == "int32" and drawn.shape == (COUNT // 2, 2)
        share = np.bincount(drawn.numpy().reshape(-1), minlength=count) / COUNT
        np.testing.assert_allclose(share, p / p.sum(), atol=0.015)
        assert (share[p == 0] == 0).all()  # wherever it stands


def test_weighted_choices_without_replacement() -> None:
    p = np.array([0.1, 0.0, 0.2, 0.7])
    keys = r.split(r.key(6), COUNT)
    drawn = nb.vmap(lambda key: r.choice(key, 4, (2,), replace=False, p=p))(keys).numpy()
    assert (drawn[:, 0] != drawn[:, 1]).all() and not (drawn == 1).any()
    for first, second in [(0, 2), (0, 3), (2, 0), (2, 3), (3, 0), (3, 2)]:
        share = ((drawn[:, 0] == first) & (drawn[:, 1] == second)).mean()
        np.testing.assert_allclose(share, p[first] * p[second] / (1 - p[first]), atol=0.015)
    rows = r.choice(r.key(7), np.arange(12.0).reshape(2, 3, 2), (3, 1), False, p[[0, 2, 3]], 1)
    assert rows.shape == (2, 3, 1, 2)
    assert sorted(rows.numpy()[1, :, 0, 1].tolist()) == [7.0, 9.0, 11.0]


def test_permutations() -> None:
    for count in (0, 1, 2, 3, 7, 8, 1000):
        assert sorted(r.permutation(r.key(0), count).tolist()) == list(range(count))
    orders = nb.vmap(lambda key: r.permutation(key, 4))(r.split(r.key(1), 6000)).numpy()
    codes, counts = np.unique(orders @ [64, 16, 4, 1], return_counts=True)
    assert len(codes) == 24 and ((counts - 250) ** 2 / 250).sum() < 41.6  # 1 in 100
    x = np.arange(12.0).reshape(3, 4)
    shuffled = r.permutation(r.key(2), x, axis=1).numpy()
    order = r.permutation(r.key(2), 4).numpy()
    np.testing.assert_array_equal(shuffled, x[:, order])
    gradient = nb.grad(lambda x: nb.sum(r.permutation(r.key(2), x, axis=1)[:, 0]))(x)
    np.testing.assert_array_equal(gradient.numpy()[0], np.eye(4)[order[0]])


LAWS: dict[str, Callable[[Any], Any]] = {
    "bits": lambda key: r.bits(key, (3,)),
    "uniform": lambda key: r.uniform(key, (3,)),
    "normal": lambda key: r.normal(key, (2, 3)),
    "normal64": lambda key: r.normal(key, (3,), nb.float64),
    "randint": lambda key: r.randint(key, (3,), 0, 1000),
    "bernoulli": lambda key: r.bernoulli(key, 0.5, (8,)),
    "split": lambda key: r.split(key, 3),
    "fold_in": lambda key: r.fold_in(key, 7),
    "permutation": lambda key: r.permutation(key, 5),
    "categorical": lambda key: r.categorical(key, np.zeros(5), shape=(4,)),
    "choice": lambda key: r.choice(key, 9, (4,), replace=False),
    "weighted choice": lambda key: r.choice(key, 3, (4,), p=np.array([0.2, 0.3, 0.5])),
}


def test_batches_of_keys_equal_loops() -> None:
    keys = r.split(r.key(4), 6)
    batched = nb.compile(lambda keys: [nb.vmap(f)(keys) for f in LAWS.values()])(keys)
    single = nb.compile(lambda key: [f(key) for f in LAWS.values()])
    grid = nb.compile(lambda keys: [nb.vmap(nb.vmap(f))(keys) for f in LAWS.values()])(
        nb.reshape(keys, (2, 3, 2))
    )
    for i in range(6):
        for name, one, many, nested in zip(LAWS, single(keys[i]), batched, grid, strict=True):
            np.testing.assert_array_equal(many.numpy()[i], one.numpy(), name)
            np.testing.assert_array_equal(nested.numpy()[i // 3, i % 3], one.numpy(), name)
    for name, f in LAWS.items():
        np.testing.assert_array_equal(f(keys[2]).numpy(), f(keys[2]).numpy(), name)


def test_derivatives_in_the_parameters() -> None:
    key = r.key(0)
    noise = r.normal(key, (3,), nb.float64).numpy()
    share = r.uniform(key, (3,), nb.float64).numpy()
    mean, std = np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, 2.0])

    def f(mean: Any, std: Any) -> Any:
        return nb.sum(r.normal(key, dtype=nb.float64, mean=mean, std=std) ** 2)

    gm, gs = nb.grad(f, (0, 1))(mean, std)
    np.testing.assert_allclose(gm.numpy(), 2 * (mean + std * noise), rtol=1e-12)
    np.testing.assert_allclose(gs.numpy(), 2 * (mean + std * noise) * noise, rtol=1e-12)
    second = nb.hessian(lambda s: f(mean, s))(std).numpy()
    np.testing.assert_allclose(second, np.diag(2 * noise**2), rtol=1e-12)
    gl, gh = nb.grad(lambda low, high: nb.sum(r.uniform(key, (3,), nb.float64, low, high)), (0, 1))(
        2.0, 5.0
    )
    np.testing.assert_allclose(gl.item(), (1 - share).sum(), rtol=1e-6)
    np.testing.assert_allclose(gh.item(), share.sum(), rtol=1e-6)


# ---------------------------------------------------------------- the generator of the process


def test_every_call_draws_anew_and_a_seed_begins_anew() -> None:
    def draws() -> list[Any]:
        return [nb.gaussian((2,)).tolist(), nb.normal((2,)).tolist(), nb.uniform((2,)).tolist()]

    nb.seed(0)
    first = draws()
    assert draws() != first
    nb.seed(0)
    assert draws() == first
    nb.seed(1)
    assert draws() != first
    seen = set()
    for seed in (0, 1, 2**32, -1):
        nb.seed(seed)
        seen |= {nb.uniform().item() for _ in range(5)}
    seen |= {r.uniform(r.key(i)).item() for i in range(10)}
    assert len(seen) == 30


def test_shapes_and_laws_of_the_process() -> None:
    x = nb.gaussian((COUNT,), 2.0, 3.0).numpy()
    assert distance((x - 2) / 3, normal_law) < BOUND
    x = nb.uniform((COUNT,), -1.0, 3.0, dtype=nb.float64)
    assert x.dtype == "float64" and distance((x.numpy() + 1) / 4, lambda x: x) < BOUND
    assert nb.gaussian().shape == () and nb.uniform(3).shape == (3,)
    apart = nb.gaussian(mean=nb.zeros((4, 1)), std=nb.ones((3,)))
    assert apart.shape == (4, 3) and len(np.unique(apart.numpy())) == 12


def test_compiled_functions_draw_anew_with_one_compilation() -> None:
    @nb.compile
    def drop(x: Any) -> Any:
        kept = nb.uniform(x.shape) < 0.5
        return nb.where(kept, x * 2.0, 0.0), nb.gaussian(x.shape)

    x = nb.ones((64,))
    masks = [tuple(tuple(part.tolist()) for part in drop(x)) for _ in range(5)]
    assert len(set(masks)) == 5 and len({noise for _, noise in masks}) == 5
    assert drop.stats.compilations == 1 and drop.stats.misses == 1
    share = np.mean([np.count_nonzero(mask) for mask, _ in masks]) / 64
    assert 0.35 < share < 0.65
    nb.seed(9)
    again = [part.tolist() for part in drop(x)]
    nb.seed(9)
    assert [part.tolist() for part in drop(x)] == again


def test_eager_draws_compile_once() -> None:
    nb.gaussian((5,)).realize()
    before = counters.compilations
    for _ in range(3):
        nb.gaussian((5,)).realize()
    assert counters.compilations == before


def test_each_example_and_each_step_draws() -> None:
    x = nb.zeros((8,))
    for transform in (lambda f: f, nb.compile):
        batched = transform(nb.vmap(lambda x: x + nb.gaussian()))
        assert len(set(batched(x).tolist() + batched(x).tolist())) == 16
        grid = transform(nb.vmap(nb.vmap(lambda x: x + nb.gaussian())))(nb.zeros((2, 4)))
        assert len(set(grid.reshape(-1).tolist())) == 8
        steps = transform(lambda x: nb.scan(lambda c, x: (c, x + nb.uniform()), 0.0, x)[1])(x)
        assert len(set(steps.tolist())) == 8


def test_value_and_gradient_share_a_draw() -> None:
    def f(x: Any) -> Any:
        noise = nb.gaussian(x.shape)
        return nb.sum(noise * x**2)

    x = nb.tensor([1.0, 2.0])
    for transform in (lambda f: f, nb.compile):
        value, gradient = transform(nb.value_and_grad(f))(x)
        noise = gradient.numpy() / (2 * x.numpy())
        np.testing.assert_allclose(value.item(), (noise * x.numpy() ** 2).sum(), rtol=1e-5)
        value, tangent = transform(lambda x: nb.jvp(f, (x,), (x,)))(x)
        np.testing.assert_allclose(tangent.item(), 2 * value.item(), rtol=1e-5)
    twice = [nb.grad(f)(x).tolist() for _ in range(2)]
    assert twice[0] != twice[1]
    batched = nb.vmap(nb.grad(f))(nb.ones((5, 2))).numpy()
    assert len(np.unique(batched)) == 10
    checked = nb.vmap(nb.value_and_grad(f))(nb.ones((5, 2)))
    np.testing.assert_allclose(checked[0].numpy(), checked[1].numpy().sum(1) / 2, rtol=1e-5)


def test_examples() -> None:
    names = {"nb": nb, "np": np}
    finder = doctest.DocTestFinder()
    for owner in (r, nb.gaussian, nb.uniform, nb.seed):
        for test in finder.find(owner, getattr(owner, "__name__", ""), globs=names):
            report: list[str] = []
            doctest.DocTestRunner().run(test, out=report.append)
            assert not report, "".join(report)
    for name in r.__all__:
        assert ">>>" in getattr(r, name).__doc__, name


def test_errors() -> None:
    key = r.key(0)
    with pytest.raises(TypeError, match=r"f32\[2\] is not a key"):
        r.normal(nb.ones((2,)))
    with pytest.raises(TypeError, match=r"ui32\[3,2\] is not a key"):
        r.normal(r.split(key, 3))
    with pytest.raises(TypeError, match="int32 is not possible"):
        r.normal(key, (2,), nb.int32)
    with pytest.raises(TypeError, match="not an unsigned integer"):
        r.bits(key, (2,), "int8")
    with pytest.raises(TypeError, match="not an integer"):
        r.key(1.5)
    with pytest.raises(OverflowError):
        r.key(2**64)
    with pytest.raises(ValueError, match=r"Cannot broadcast shapes \[3\] and \[2\]"):
        r.normal(key, (2,), mean=nb.ones((3,)))
    with pytest.raises(ValueError, match="negative"):
        nb.uniform((-1,))
    with pytest.raises(ValueError, match="cannot be chosen"):
        r.choice(key, 3, (4,), replace=False)
    with pytest.raises(ValueError, match=r"choice: p is f32\[2\], not a row of 3 weights"):
        r.choice(key, 3, (2,), p=nb.tensor([0.5, 0.5]))
    with pytest.raises(ValueError, match="nothing to choose"):
        r.categorical(key, nb.zeros((2, 0)))
