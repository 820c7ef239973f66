# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is recorded, when it runs, and what is kept."""

from __future__ import annotations

import gc
import weakref

import nabla as nb
import numpy as np
import pytest
from nabla._core.program import counters


@pytest.fixture(autouse=True)
def nothing_pending() -> None:
    gc.collect()


def compilations(work) -> int:
    before = counters.compilations
    work()
    return counters.compilations - before


def test_equal_work_on_other_numbers_compiles_once() -> None:
    def work(scale: float) -> float:
        return (nb.sin(nb.tensor([1.0, 2.0, 4.0])) * scale + 1.5).sum().item()

    work(1.0)
    assert compilations(lambda: [work(s) for s in (2.0, 3.0, 0.1)]) == 0


def test_indices_are_operands() -> None:
    x = nb.tensor(np.arange(12.0).reshape(3, 4))
    x[0, 1].item()
    assert compilations(lambda: [x[i, j].item() for i in range(3) for j in (0, -1)]) == 0
    x[0:2].realize()
    assert compilations(lambda: x[1:3].realize()) == 0


def test_nothing_is_computed_twice() -> None:
    x = nb.tensor([1.0, 2.0])
    a = nb.exp(x)
    b = a + 1
    c = a * 2
    b.realize()
    assert a._value.data is not None, "a is held by the user"
    d = nb.exp(x) + 3  # its exp has no handle
    e = d * 2
    e.realize()
    assert d._value.data is not None
    assert c._value.data is None
    np.testing.assert_allclose(c.numpy(), 2 * np.exp([1.0, 2.0]), rtol=1e-6)


def test_what_pending_work_needs_is_kept_without_a_handle() -> None:
    x = nb.tensor([1.0, 2.0])
    hidden = nb.exp(x)
    first, second = hidden + 1, hidden + 2
    value = hidden._value
    del hidden
    first.realize()
    assert value.data is not None
    np.testing.assert_allclose((second - first).numpy(), [1.0, 1.0], rtol=1e-6)


def test_dead_values_are_not_computed() -> None:
    x = nb.tensor([1.0, 2.0])
    dead = x / 0
    gone = weakref.ref(dead._value.node)
    del dead
    assert gone() is None


def test_a_long_chain_in_a_trace_is_closed_and_destroyed() -> None:
    def f(x):
        for _ in range(20_000):
            x = x + x
        return x

    from nabla._core.trace import Trace

    with Trace("test", "chain") as trace:
        value = trace.input(nb.tensor(1.0)._value.type)
        function, _ = trace.close([f(nb.Tensor(value))._value])
    assert len(function.steps) == 20_000
    del trace, value, function
    gc.collect()


def test_destroying_a_long_chain() -> None:
    from nabla._core.trace import Trace

    with Trace("test", "chain") as trace:
        x = nb.Tensor(trace.input(nb.tensor(1.0)._value.type))
        for _ in range(100_000):
            x = x + x
    del x, trace
    gc.collect()


def test_failure_leaves_the_graph_retryable(monkeypatch: pytest.MonkeyPatch) -> None:
    from nabla._core import execute

    y = nb.tensor([1.0, 2.0]) * 3.25 + 17.0

    def fail(program: object) -> None:
        raise MemoryError("no memory")

    monkeypatch.setattr(execute, "Executable", fail)
    monkeypatch.setattr(execute, "_executables", {})
    with pytest.raises(MemoryError):
        y.numpy()
    monkeypatch.undo()
    np.testing.assert_allclose(y.numpy(), [20.25, 23.5])


def test_compile_statistics() -> None:
    calls = []

    @nb.compile
    def f(x, k):
        calls.append(1)
        return x * k

    f(nb.ones((2,)), 2.0)
    f(nb.ones((2,)), 3.0)
    assert f(nb.ones((2,)), 3.0).tolist() == [3.0, 3.0]
    f(nb.ones((3,)), 3.0)
    assert (f.stats.hits, f.stats.misses, f.stats.compilations) == (2, 2, 2)
    assert len(calls) == 2
    assert repr(f) == "<CompiledFunction f cache_size=2>"

    @nb.compile(static_argnums=1, static_argnames="flag")
    def g(x, n, flag=False):
        return x**n if flag else x * n

    assert g(nb.tensor(3.0), 2, flag=True).item() == 9.0
    assert g(nb.tensor(3.0), 2).item() == 6.0
    assert g(nb.tensor(3.0), 3).item() == 9.0
    assert g.stats.misses == 3
    with pytest.raises(TypeError, match="hash"):
        g(nb.tensor(3.0), [1])


def test_closed_over_tensors_are_operands() -> None:
    w = nb.tensor([1.0, 2.0, 3.0])
    f = nb.compile(lambda x: x * w)
    np.testing.assert_allclose(f(2.0).numpy(), [2.0, 4.0, 6.0])
    assert "dense<[1" not in nb.inspect(lambda x: x * w)(2.0)


def test_inputs_are_never_written() -> None:
    a = np.arange(6.0)
    x = nb.Tensor.from_dlpack(a)
    y = x
    for _ in range(3):
        y = nb.sin(y) + 1
    nb.compile(lambda x: (x + 1, x[::-1], x))(x)[1].realize()
    y.realize()
    np.testing.assert_array_equal(a, np.arange(6.0))
