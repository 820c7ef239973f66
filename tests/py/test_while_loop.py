# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`nb.while_loop`: values, forward mode, batches, nests, and why there is no reverse mode."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest
from differences import gradient

RNG = np.random.default_rng(4)


def root(x: Any) -> Any:
    """The square root of one number, by Newton's method until it settles."""
    start = {"now": x, "before": x + 1.0, "turns": 0}

    def goes_on(s: Any) -> Any:
        return nb.abs(s["now"] - s["before"]) > 1e-14 * s["now"]

    def turn(s: Any) -> Any:
        now = s["now"]
        return {"now": 0.5 * (now + x / now), "before": now, "turns": s["turns"] + 1}

    return nb.while_loop(goes_on, turn, start)


def test_values_eagerly_and_compiled() -> None:
    assert nb.while_loop(lambda x: x < 100, lambda x: x * 3, 2) == 162
    assert nb.while_loop(lambda x: x < 0, lambda x: x + 1, 5.0) == 5.0
    for f in (root, nb.compile(root)):
        found = f(np.float64(2.0))
        assert abs(found["now"].item() - np.sqrt(2.0)) < 1e-15
        assert 4 < found["turns"].item() < 9
    limit = nb.tensor(50.0)  # captured
    found = nb.compile(lambda x, step: nb.while_loop(lambda v: v < limit, lambda v: v + step, x))
    assert found(1.0, 20.0) == 61.0 and found(1.0, 7.0) == 50.0


def test_arrays_of_several_dtypes() -> None:
    def goes_on(s: Any) -> Any:
        return (s[0].sum() < 40) & ~s[2]

    def turn(s: Any) -> Any:
        x, n, done = s
        return x + np.float32(1), (n * 2).astype(nb.int8), done | (n > 60)

    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    rows, count, done = nb.compile(
        lambda x: nb.while_loop(goes_on, turn, (x, nb.tensor(1, nb.int8), False))
    )(x)
    np.testing.assert_array_equal(rows.numpy(), x + 5)
    assert count.item() == 32 and count.dtype == "int8" and done.tolist() is False
    empty = nb.while_loop(lambda s: s[1] < 3, lambda s: (s[0] + 1, s[1] + 1), (np.ones((0, 2)), 0))
    assert empty[0].shape == (0, 2) and empty[1] == 3


def test_carries_change_in_place_or_places() -> None:
    """Loops of one number and of arrays, in which carries change places or are kept from before."""

    def grow(s: Any) -> Any:
        return nb.while_loop(lambda s: s[1] < 5, lambda s: (s[0] * 2.0 + 1.0, s[1] + 1), s)

    def turn(s: Any) -> Any:
        a, b, c, _, n = s
        return b, c * 2.0, a + b, (b, a[::-1]), n + 1

    def places(a: Any, b: Any) -> Any:
        start = (a, b, a * b, (a, b), 0)
        return nb.while_loop(lambda s: s[4] < 7, turn, start)[:4]

    x, y = RNG.normal(size=(2, 300))
    text = str(nb.inspect(grow, "bufferize")((nb.tensor(x), 0)))
    assert "memref.alloc" not in text[text.index("scf.while") :]
    np.testing.assert_allclose(nb.compile(grow)((x, 0))[0].numpy(), 32 * x + 31)
    a, b, c, before = x, y, x * y, (x, y)
    for _ in range(7):
        a, b, c, before = b, c * 2.0, a + b, (b, a[::-1])
    found = nb.tree_leaves(nb.compile(places)(x, y))
    for ours, theirs in zip(found, [a, b, c, *before], strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs, 1e-13)


def test_a_weak_number_takes_the_dtype_of_what_it_meets() -> None:
    step = nb.tensor(0.5, nb.float64)
    assert nb.while_loop(lambda x: x < 3, lambda x: x + step, 1).dtype == "float64"
    assert nb.while_loop(lambda x: x < 3, lambda x: x + 1, 1).dtype == "int32"


def test_forward_mode() -> None:
    x = np.float64(7.0)
    value, tangent = nb.jvp(lambda x: root(x)["now"], (x,), (np.float64(1.0),))
    np.testing.assert_allclose([value.item(), tangent.item()], [np.sqrt(7), 0.5 / np.sqrt(7)])
    again = nb.jvp(
        lambda x: nb.jvp(lambda y: root(y)["now"], (x,), (np.float64(1.0),))[1],
        (x,),
        (np.float64(1.0),),
    )
    np.testing.assert_allclose(again[1].item(), -0.25 * 7.0**-1.5)
    compiled = nb.compile(lambda x: nb.jvp(lambda y: root(y)["now"], (x,), (np.float64(1.0),))[1])
    np.testing.assert_allclose(compiled(x).item(), 0.5 / np.sqrt(7))


def power(x: Any, w: Any) -> Any:
    """x multiplied by w elementwise until its sum is large; w is captured."""
    return nb.while_loop(lambda v: v.sum() < 20.0, lambda v: v * w + 0.1, x)


def test_jacobians_run_the_loop_beside_the_tangents() -> None:
    x, w = RNG.uniform(1, 2, 3), RNG.uniform(1.5, 2, 3)
    for argnum in (0, 1):
        jacobian = nb.jacfwd(power, argnum)(x, w).numpy()
        for i in range(3):

            def one(y: Any, i: int = i, argnum: int = argnum) -> Any:
                return power(*((y, w) if argnum == 0 else (x, y)))[i].item()

            expected = gradient(one, x if argnum == 0 else w)
            np.testing.assert_allclose(jacobian[i], expected, 1e-6)
    value, linear = nb.linearize(power, x, w)
    tangent = nb.jvp(power, (x, w), (w, x))[1].numpy()
    np.testing.assert_allclose(linear(w, x).numpy(), tangent, 1e-12)
    np.testing.assert_allclose(value.numpy(), power(x, w).numpy())


def test_vmap() -> None:
    """Examples go on for different numbers of turns; those that are done keep what they have."""
    xs = np.array([0.5, 2.0, 100.0, 12345.0])
    found = nb.vmap(root)(xs)
    np.testing.assert_allclose(found["now"].numpy(), np.sqrt(xs), 1e-15)
    alone = [root(x)["turns"].item() for x in xs]
    assert found["turns"].tolist() == alone and len(set(alone)) > 2

    # The condition is one for all: the value takes a batch from what it captures.
    def repeated(w: Any) -> Any:
        return nb.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, s[1] * w), (0, np.float64(1)))

    turns, cubes = nb.vmap(repeated)(xs)
    np.testing.assert_allclose(cubes.numpy(), xs**3)
    assert turns.tolist() == [3, 3, 3, 3]
    # The condition alone holds a batch.
    counts = nb.vmap(lambda n: nb.while_loop(lambda i: i < n, lambda i: i + 1, 0))(np.arange(5))
    assert counts.tolist() == [0, 1, 2, 3, 4]
    slopes = nb.vmap(lambda x: nb.jvp(lambda y: root(y)["now"], (x,), (np.float64(1),))[1])(xs)
    np.testing.assert_allclose(slopes.numpy(), 0.5 / np.sqrt(xs))
    twice = nb.vmap(nb.vmap(lambda x: root(x)["now"]))(xs.reshape(2, 2))
    np.testing.assert_allclose(twice.numpy(), np.sqrt(xs).reshape(2, 2))


def test_nests() -> None:
    def collatz(n: Any) -> Any:
        def turn(s: Any) -> Any:
            n, count = s
            return nb.cond(n % 2 == 0, lambda n: n // 2, lambda n: 3 * n + 1, n), count + 1

        return nb.while_loop(lambda s: s[0] != 1, turn, (n, 0))[1]

    lengths = [collatz(nb.tensor(n)).item() for n in (1, 6, 7, 27)]
    assert lengths == [0, 8, 16, 111]
    assert nb.vmap(collatz)(np.array([1, 6, 7, 27])).tolist() == lengths
    total = nb.scan(lambda c, n: (c + collatz(n), collatz(n)), 0, np.array([6, 7], np.int32))
    assert total[0] == 24 and total[1].tolist() == [8, 16]

    def outer(s: Any) -> Any:
        return nb.while_loop(lambda v: v < s * 3, lambda v: v + 1.0, s)

    assert nb.compile(lambda x: nb.while_loop(lambda s: s < 20.0, outer, x))(1.0) == 27.0


def test_random_numbers_differ_from_turn_to_turn() -> None:
    def turn(s: Any) -> Any:
        i, seen = s
        return i + 1, nb.slice_update(seen, nb.uniform((1,)), (i,), (1,))

    def draw() -> Any:
        return nb.while_loop(lambda s: s[0] < 5, turn, (nb.tensor(0), nb.zeros((5,))))[1]

    drawn = nb.compile(draw)
    nb.seed(1)
    numbers = [*drawn().tolist(), *drawn().tolist()]
    assert len(set(numbers)) == 10 and 0 not in numbers
    with pytest.raises(TypeError, match="the condition draws random numbers"):
        nb.while_loop(lambda x: nb.uniform(()) < x, lambda x: x, 0.5)


def test_reverse_mode_says_why_not() -> None:
    match = (
        r"while.*no reverse mode: how many turns(.|\n)*nb\.scan and nb\.fori_loop(.|\n)*test_while"
    )
    for transform in (nb.grad, nb.jacrev):
        with pytest.raises(RuntimeError, match=match):
            transform(lambda x: root(x)["now"])(np.float64(2.0)).numpy()
    # What does not depend on the argument, or is a whole number, is no obstacle.
    slope = nb.grad(lambda x: x * root(nb.stop_gradient(x))["now"])(np.float64(4.0))
    np.testing.assert_allclose(slope.item(), 2.0)
    counted = nb.grad(lambda x: x * nb.while_loop(lambda n: n < 10, lambda n: n * 2, 3))(2.0)
    assert counted == 12.0


def test_mistakes() -> None:
    mistakes: list[tuple[Any, type[Exception], str]] = [
        (lambda: nb.while_loop(lambda x: x, lambda x: x, 1.0), TypeError, r"one bool, got f32\[\]"),
        (lambda: nb.while_loop(lambda x: x < np.ones(2), lambda x: x, 1.0), TypeError, "2"),
        (lambda: nb.while_loop(lambda x: None, lambda x: x, 1.0), TypeError, "got nothing"),
        (lambda: nb.while_loop(lambda x: x < 1, lambda x: (x, x), 1.0), TypeError, "has the struc"),
        (lambda: nb.while_loop(lambda x: x < 1, lambda x: nb.ones((2,)), 1.0), TypeError,
         r"a carry is f32\[\], but f returns f32\[2\]"),
        (lambda: nb.while_loop(lambda x: x < 1, lambda x: x * 0.5, nb.tensor(1)), TypeError,
         r"a carry is i32\[\], but f returns f32\[\]"),
    ]  # fmt: skip
    for mistake, kind, text in mistakes:
        with pytest.raises(kind, match=rf"while_loop: .*{text}(.|\n)*test_while_loop"):
            mistake()


def test_against_jax() -> None:
    jax = pytest.importorskip("jax")

    def both(lib: Any, x: Any) -> Any:
        loop = lib.while_loop if lib is nb else jax.lax.while_loop
        return loop(lambda s: s[0] < 50.0, lambda s: (s[0] * 1.5 + s[1], s[1] * 0.9), (x, x + 1.0))

    xs = np.array([0.1, 3.0, 60.0], np.float32)
    found = nb.vmap(lambda x: nb.jvp(lambda y: both(nb, y), (x,), (np.float32(1),)))(xs)
    expected = jax.vmap(lambda x: jax.jvp(lambda y: both(jax, y), (x,), (np.float32(1),)))(xs)
    for ours, theirs in zip(nb.tree_leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(ours.numpy(), np.asarray(theirs), 1e-5)
