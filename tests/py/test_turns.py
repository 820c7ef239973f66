# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Loops of eager work: cut at their turns, compiled once, kept in bounded memory."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla import _nabla
from nabla._core import execute, pending, turns
from nabla._core.graph import Node, Value
from nabla._core.program import counters
from nabla._core.trace import Trace


@pytest.fixture(autouse=True)
def no_executables() -> Iterator[None]:
    gc.collect()
    execute.clear()
    yield
    execute.clear()


def compilations(work: Callable[..., Any], *args: Any) -> int:
    """How many programs the work compiles in a process that has compiled nothing."""
    execute.clear()
    before = counters.compilations
    work(*args)
    return counters.compilations - before


def descend(steps: int) -> None:
    w = nb.zeros((3,))
    for _ in range(steps):
        w = w - 0.1 * nb.grad(lambda w: nb.sum((w - 1.0) ** 2))(w)
    if steps > 100:
        np.testing.assert_allclose(w.numpy(), 1.0, rtol=1e-5)


def test_a_loop_of_gradients_that_is_never_forced() -> None:
    assert compilations(descend, 800) == compilations(descend, 1_600) <= 3
    before = counters.compilations
    descend(1_601)
    assert counters.compilations - before <= 1, "the turns that are left at the end"


def chain(steps: int) -> None:
    x = nb.zeros((4,))
    for _ in range(steps):
        x = x * 0.5 + 1.0
    np.testing.assert_allclose(x.numpy(), 2.0)


def one_call(steps: int) -> None:
    x = nb.ones((4,))
    for _ in range(steps):
        x = nb.cos(x)
    np.testing.assert_allclose(x.numpy(), 0.739085, rtol=1e-5)


def layers(steps: int) -> None:
    """A turn that calls one function several times."""

    def layer(x: Any, w: Any) -> Any:
        return nb.tanh(x @ w) * 0.5 + x

    w = [nb.tensor(np.full((4, 4), 0.1 * i, np.float32)) for i in range(5)]
    x = nb.ones((2, 4))
    for _ in range(steps):
        for each in w:
            x = layer(x, each)
        x = x / nb.sum(x)
    assert x.sum().item() == pytest.approx(1.0)


def uneven(steps: int) -> None:
    """A turn that does more every third time."""
    x = nb.ones((4,))
    for step in range(steps):
        x = nb.sin(x) * 1.5 - nb.cos(x) * 0.1
        if step % 3 == 0:
            x = nb.exp(x) - 1.0
    x.realize()


@pytest.mark.parametrize("loop", [chain, one_call, layers, uneven])
def test_loops_compile_once(loop: Callable[[int], None]) -> None:
    most = compilations(loop, 300)
    assert most <= 12
    assert compilations(loop, 900) <= most


# ---------------------------------------------------------------- training


class Data:
    rng = np.random.default_rng(0)
    X = nb.tensor(rng.normal(size=(50, 3)).astype(np.float32))
    y = nb.tensor(np.asarray(X) @ np.array([[2.0], [-1.0], [0.5]], np.float32))


def loss_fn(w: Any, b: Any, X: Any, y: Any) -> Any:
    residuals = X @ w + b - y
    return nb.mean(residuals * residuals)


def train(
    steps: int,
    look: int,
    lr: Any = 0.1,
    decay: float = 1.0,
    momentum: bool = False,
    every: int = 0,
) -> list[float]:
    w, b = nb.zeros((3, 1)), nb.zeros((1,))
    vw, vb = nb.zeros((3, 1)), nb.zeros((1,))
    losses = []
    for step in range(steps):
        loss, (dw, db) = nb.value_and_grad(loss_fn, argnums=(0, 1))(w, b, Data.X, Data.y)
        if momentum:
            vw, vb = 0.5 * vw + dw, 0.5 * vb + db
            dw, db = vw, vb
        w = w - lr * dw
        b = b - lr * db
        if every and step % every == 0:
            w = nb.where(nb.abs(w) > 5.0, 5.0, w)
        lr = lr * decay
        if look and (step + 1) % look == 0:
            losses.append(loss.item())
    w.realize()
    return losses


def test_training_compiles_the_same_number_for_10_and_1000_steps() -> None:
    count = compilations(train, 10, 2)
    assert count == compilations(train, 1_000, 2) <= 4
    assert compilations(train, 10, 0) == compilations(train, 1_000, 0) <= 5


TRAINING: dict[str, dict[str, Any]] = {
    "plain": {},
    "decay": {"decay": 0.999},
    "tensor": {"lr": nb.tensor(0.1), "decay": 0.999},
    "momentum": {"momentum": True, "decay": 0.999},
    "condition": {"every": 10},
}


@pytest.mark.parametrize("name", TRAINING)
def test_training_that_looks_every_100_steps(name: str) -> None:
    options = TRAINING[name]
    few = compilations(lambda: train(300, 100, **options))
    assert few <= 8
    assert compilations(lambda: train(800, 100, **options)) <= few
    losses = train(200, 100, **options)
    assert losses == train(200, 1, **options)[99::100], "where it is cut changes no number"
    assert losses[-1] < 1e-3


def test_turns_that_update_trees() -> None:
    """One line, called for each leaf, is no loop of its own beside the gradient."""

    def loss(p: dict[str, Any]) -> Any:
        return sum(nb.sum((x - i) ** 2) for i, x in enumerate(p.values()))

    def momentum(steps: int, look: int) -> None:
        p = {f"p{i}": nb.zeros((2,)) for i in range(6)}
        v = nb.tree_map(nb.zeros_like, p)
        for step in range(1, steps + 1):
            value, g = nb.value_and_grad(loss)(p)
            v = nb.tree_map(lambda v, g: 0.9 * v + (1 - 0.9) * g, v, g)
            p = nb.tree_map(lambda p, v, s=step: p - 0.1 * v / (1 - 0.9**s), p, v)
            if look and step % look == 0:
                value.item()
        nb.tree_map(lambda x: x.realize(), p)

    few = compilations(momentum, 30, 10)
    assert few <= 7
    assert compilations(momentum, 90, 10) <= few
    assert compilations(momentum, 30, 0) == compilations(momentum, 91, 0) <= 6


# ---------------------------------------------------------------- memory


def living(cls: type) -> int:
    return sum(type(item) is cls for item in gc.get_objects())


def test_a_loop_that_is_never_forced_is_bounded() -> None:
    gc.collect()
    gc.disable()  # what a turn leaves must go without a collection
    try:
        before = living(Value) + living(Node)
        pending_nodes, objects = [], []
        w = nb.zeros((3,))
        for step in range(4_000):
            w = w - 0.1 * nb.grad(lambda w: nb.sum((w - 1.0) ** 2))(w)
            pending_nodes.append(_nabla.pending.count)
            if step % 500 == 499:
                objects.append(living(Value) + living(Node) - before)
        w.realize()
        assert max(pending_nodes) <= pending.MAX_NODES
        assert max(objects) <= 4 * pending.MAX_NODES
        del w
        assert living(Trace) == 0
        assert living(Value) + living(Node) <= before
    finally:
        gc.enable()


def test_pending_work_keeps_a_bounded_number_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_BYTES", 1 << 20)
    monkeypatch.setattr(_nabla.pending, "max_bytes", 1 << 20)
    total, kept = nb.zeros((1 << 14,)), nb.ones((1 << 19,))
    most = 0
    for step in range(200):
        batch = nb.tensor(np.full(1 << 14, float(step), np.float32))  # 64 KiB
        total = total + batch * kept[0]
        leaves = {v for node in pending.alive() for v in node.operands if v.node is None}
        most = max(most, sum(v.type.nbytes for v in leaves if v is not kept._value))
    assert 1 << 18 < most <= 3 << 20
    np.testing.assert_allclose(total.numpy(), sum(range(200)))


def test_without_a_loop_work_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_NODES", 16)
    monkeypatch.setattr(_nabla.pending, "limit", 16)
    x = nb.tensor(1.0)
    namespace = {"x": x, "nb": nb}
    most = 0
    for line in range(200):  # each at a place of its own; CPython 3.10 compares no lines
        exec(compile("\n" * line + f"x = x + {line}", "straight", "exec"), namespace)
        most = max(most, len(pending.alive()))
    assert 16 < most <= pending.PATIENCE * 16 + 2
    assert namespace["x"].item() == 1 + sum(range(200))


def test_nothing_is_computed_twice_across_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    original = execute.run_part

    def run_part(nodes: list[Node], outputs: list[Value]) -> None:
        ran.extend(node.serial for node in nodes)
        original(nodes, outputs)

    monkeypatch.setattr(execute, "run_part", run_part)
    x, kept = nb.ones((3,)), []
    for step in range(1_500):
        x = nb.sin(x) + 0.5
        if step % 10 == 0:
            kept.append(x * 2.0)
        if step % 400 == 399:
            x.realize()
    for each in kept:
        each.realize()
    x.realize()
    assert len(ran) == len(set(ran)) > 3_000


def test_a_linear_map_is_not_cut_from_its_application() -> None:
    def pullbacks(steps: int) -> None:
        x = nb.ones((3,))
        for _ in range(steps):
            y, pullback = nb.vjp(lambda x: nb.sin(x) * x, x)
            (dx,) = pullback(y)
            x = x - 0.1 * dx
        x.realize()

    assert compilations(pullbacks, 100) <= 4
    assert compilations(pullbacks, 1_000) <= 4

    def one_map(steps: int) -> None:
        x = nb.ones((3,))
        _, push = nb.linearize(lambda x: nb.sin(x) * x, x)
        for _ in range(steps):
            x = push(x) * 0.5
        x.realize()

    assert compilations(one_map, 1_000) <= 6


def test_small_work_is_not_cut() -> None:
    x = nb.ones((3,))
    for _ in range(20):
        x = nb.sin(x) * 2.0
    assert sum(map(turns.weight, pending.alive())) <= turns.WHOLE
    assert compilations(x.realize) == 1


def test_a_failure_in_a_later_part_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    original = execute.run_part
    left = [3]

    def run_part(nodes: list[Node], outputs: list[Value]) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise MemoryError("no memory")
        original(nodes, outputs)

    x = nb.zeros((4,))
    for _ in range(200):
        x = x * 0.5 + 1.0
    monkeypatch.setattr(execute, "run_part", run_part)
    with pytest.raises(MemoryError):
        x.realize()
    assert 0 < len(pending.alive()) < 801
    np.testing.assert_allclose(x.numpy(), 2.0)
    assert not pending.alive()


# ---------------------------------------------------------------- threads


def test_two_threads_record_and_run() -> None:
    shared = nb.tensor([1.0, 2.0]) * 3.0  # pending, wanted by both
    results: dict[int, Any] = {}
    errors: list[BaseException] = []
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        try:
            barrier.wait()
            x = shared + float(number)
            for step in range(600):
                gradient = nb.grad(lambda x: nb.sum((x - number) ** 2))(x)
                x = x - 0.1 * gradient
                if step % 97 == number:
                    x.realize()
            results[number] = (x.numpy(), nb.compile(lambda x: x * number)(shared).numpy())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    for number, (x, scaled) in results.items():
        np.testing.assert_allclose(x, number, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(scaled, [3.0 * number, 6.0 * number])
    assert len(results) == 4
