# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`donate_argnums`: results in the memory of arguments."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest


def pointer(x: nb.Tensor) -> int:
    return x._value.data.pointer


def owned(*shape: int) -> nb.Tensor:
    rng = np.random.default_rng(0)
    return nb.tensor(rng.standard_normal(shape).astype(np.float32))


@nb.compile(donate_argnums=0)
def update(w: Any, g: Any) -> Any:
    return w - 0.5 * g


def test_an_update_is_in_place() -> None:
    for shape in [(5,), (1003,), (64, 65), (300, 1001)]:  # also where a loop has a rest
        w, g = owned(*shape), nb.full(shape, 2.0).realize()
        expected = w.numpy() - 1.0
        before = pointer(w)
        w = update(w, g)
        assert pointer(w) == before
        np.testing.assert_array_equal(w.numpy(), expected)


def test_the_program_shows_it() -> None:
    text = nb.inspect(update, "bufferize")(owned(8), owned(8))
    assert text.count("memref.alloc") == 0 and text.count("vector.store") == 1
    assert "nabla.donated = 2" in nb.inspect(update)(owned(8), owned(8))
    assert "nabla.donated" not in nb.inspect(lambda w, g: w - g)(owned(8), owned(8))


def test_what_is_read_later_is_not_overwritten() -> None:
    """Each result is right though it lies in the memory of an argument."""

    def all_ways(x: Any, y: Any) -> Any:
        z = x @ y + x.T
        return z, y[::-1] * nb.sum(x, axis=0), nb.cumsum(x, axis=0) + y

    x, y = owned(33, 33), nb.tensor(owned(33, 33).numpy()[::-1] * 2)
    expected = [r.numpy() for r in nb.compile(all_ways)(x, y)]
    pointers = {pointer(x), pointer(y)}
    results = nb.compile(all_ways, donate_argnums=(0, 1))(x, y)
    assert {pointer(r) for r in results[:2]} == pointers
    for result, wanted in zip(results, expected, strict=True):
        np.testing.assert_array_equal(result.numpy(), wanted)


def test_what_is_looked_up_is_not_overwritten() -> None:
    """A gather reads any element while the result is written, in loops fused or not."""
    order = np.random.default_rng(1).permutation(50)

    def all_ways(x: Any, y: Any, z: Any) -> Any:
        return x[order] + 1, nb.sort(y, axis=0) + nb.sum(y), z[::-1][order] * z

    arguments = [owned(50, 3), owned(50, 4), owned(50, 5)]
    expected = [r.numpy() for r in nb.compile(all_ways)(*arguments)]
    results = nb.compile(all_ways, donate_argnums=(0, 1, 2))(*arguments)
    for result, wanted in zip(results, expected, strict=True):
        np.testing.assert_array_equal(result.numpy(), wanted)


def test_numbers_and_keys_have_memory_of_their_own() -> None:
    """As parts of a state: a count of steps, a key."""
    step = nb.compile(lambda s: (s[0] + 1, nb.random.split(s[1])[0]), donate_argnums=0)
    count, _ = step(step((nb.tensor(0), nb.random.key(0))))
    assert count.item() == 2


def test_swapped_and_returned_arguments() -> None:
    f = nb.compile(lambda x, y: (y, x, x + y), donate_argnums=(0, 1))
    x, y = owned(7, 9), nb.tensor(np.ones((7, 9), np.float32))
    a, b = x.numpy(), y.numpy()
    first, second, third = f(x, y)
    np.testing.assert_array_equal(first.numpy(), b)
    np.testing.assert_array_equal(second.numpy(), a)
    np.testing.assert_array_equal(third.numpy(), a + b)


def test_a_training_step_keeps_its_memory() -> None:
    def step(state: dict[str, Any], x: Any) -> dict[str, Any]:
        grads = nb.grad(lambda w: nb.sum(nb.tanh(x @ w) ** 2))(state["w"])
        m = 0.9 * state["m"] + 0.1 * grads
        v = 0.99 * state["v"] + 0.01 * grads * grads
        return {"w": state["w"] - 0.01 * m / (nb.sqrt(v) + 1e-8), "m": m, "v": v}

    def start() -> dict[str, nb.Tensor]:
        return {"w": owned(20, 30), "m": nb.zeros((20, 30)), "v": nb.zeros((20, 30))}

    x = owned(16, 20)
    plain, donating = nb.compile(step), nb.compile(step, donate_argnums=0)
    state, other = start(), start()
    for tensor in state.values():
        tensor.realize()
    memory = {pointer(t) for t in state.values()}
    for _ in range(5):
        state, other = donating(state, x), plain(other, x)
        assert {pointer(t) for t in state.values()} == memory
    for name in state:
        np.testing.assert_array_equal(state[name].numpy(), other[name].numpy())
    assert (donating.stats.hits, donating.stats.misses) == (4, 1)


def test_a_donated_tensor_is_gone() -> None:
    w, g = owned(4), owned(4)
    alias = w
    update(w, g)
    assert repr(w) == "Donated(f32[4])" and w.shape == (4,) and not w.is_realized
    uses = [
        lambda: w.numpy(),
        lambda: w + 1,
        lambda: w + w,
        lambda: nb.sin(alias),
        lambda: update(g, w),
        lambda: update(w, g),
        lambda: nb.compile(lambda x: x * w)(1.0),
        lambda: nb.grad(lambda x: nb.sum(x * w))(g),
        lambda: nb.grad(lambda x: nb.sum(x))(w),
        lambda: np.asarray(w),
    ]
    for use in uses:
        with pytest.raises(nb.DonatedError, match=r"donated[\s\S]*used at .*test_donation\.py"):
            use()


def test_reasons_to_refuse() -> None:
    g = owned(3)

    def refused(w: Any, reason: str, *rest: Any) -> None:
        with pytest.raises(nb.DonatedError, match=rf"{reason}[^\n]*\n  at .*test_donation\.py"):
            update(w, *(rest or (g,)))
        if isinstance(w, nb.Tensor):
            w.numpy()  # it is still there

    w = owned(3)
    view = np.asarray(w)
    refused(w, "an array that shares its memory.* holds it")
    del view
    refused(nb.Tensor.from_dlpack(np.ones(3, np.float32)), "belongs to the array")
    refused(np.ones(3, np.float32), "ndarray.*no tensor")
    refused(w, "passed twice", w)
    refused(nb.tensor(1.0), "no result is left that fits it")
    with pytest.raises(nb.DonatedError, match="no result"):
        nb.compile(lambda w: nb.sum(w), donate_argnums=0)(w)
    reader = nb.compile(lambda x: x + w)
    reader(1.0)
    refused(w, "a compiled function or a derivative still holds it")
    v = owned(3)
    _, pullback = nb.vjp(nb.sin, v)
    pullback(v)[0].realize()
    update(owned(3), g)
    del reader


def test_pending_work_reads_it_first() -> None:
    w, g = owned(6), owned(6)
    expected = np.sin(w.numpy())
    later = nb.sin(w)
    dead = nb.cos(w)
    del dead
    update(w, g)
    np.testing.assert_allclose(later.numpy(), expected, rtol=1e-6)


def test_arguments_by_name_and_position() -> None:
    def f(n: int, w: Any, g: Any, scale: Any = 1.0) -> Any:
        return w - scale * g * n

    compiled = nb.compile(f, static_argnums=0, donate_argnums=(1,))
    for call in (
        lambda w, g: compiled(2, w, g),
        lambda w, g: compiled(2, g=g, w=w),
        lambda w, g: compiled(2, w, scale=3.0, g=g),
    ):
        w, g = owned(11), nb.ones((11,)).realize()
        before = pointer(w)
        assert pointer(call(w, g)) == before
        assert repr(w).startswith("Donated") and not repr(g).startswith("Donated")
    with pytest.raises(ValueError, match="static and donated"):
        nb.compile(f, static_argnums=1, donate_argnums=1)
    with pytest.raises(ValueError, match="donate_argnums 7"):
        nb.compile(f, donate_argnums=7)


def test_within_a_trace_nothing_is_donated() -> None:
    w, g = owned(5), owned(5)
    np.testing.assert_allclose(nb.grad(lambda w: nb.sum(update(w, g)))(w).numpy(), np.ones(5))
    np.testing.assert_allclose(nb.vmap(update)(w, g).numpy(), (w - 0.5 * g).numpy())
    w.numpy()


def test_made_of_an_array_it_has_memory_of_its_own() -> None:
    array = np.ones(3, np.float32)
    w = nb.tensor(array)
    assert w._value.data.owned and pointer(w) % 64 == 0
    update(w, nb.ones((3,)))
    assert array.tolist() == [1.0, 1.0, 1.0]
