# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiled code on several threads: the same bits, whoever calls it and however many run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from typing import Any

import nabla as nb
import numpy as np
import pytest

# Long enough to be divided: single elements, rows with sums in them, products.
PROGRAM = """
import hashlib, os, sys
import nabla as nb
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(500, 1003)).astype(np.float32)
w = rng.normal(size=(1003, 300)).astype(np.float32)
odd = rng.normal(size=1_000_003)

def softmax(x):
    e = nb.exp(x - nb.max(x, axis=1, keepdims=True))
    return e / nb.sum(e, axis=1, keepdims=True)

def digest():
    values = [
        nb.tanh(odd) * odd,
        softmax(x),
        nb.matmul(x, w),
        nb.grad(lambda w: nb.sum(nb.tanh(nb.matmul(x, w))))(w),
        nb.sum(x, axis=0),
        nb.sum(odd),
        nb.sum(nb.cos(odd) * odd),
        nb.argmax(odd),
        nb.grad(lambda x: nb.sum(softmax(x) ** 2))(x),
        nb.scan(lambda c, r: (nb.tanh(c * r) + nb.sum(c), nb.sum(c)), x, x[:9])[0],
    ]
    return hashlib.sha256(b"".join(v.numpy().tobytes() for v in values)).hexdigest()
"""


def run(tail: str, threads: int) -> list[str]:
    environment = {**os.environ, "NABLA_NUM_THREADS": str(threads)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + tail],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_bits_do_not_depend_on_the_number_of_threads() -> None:
    assert run("print(digest())", 1) == run("print(digest())", 3)


def test_a_forked_child_has_threads_of_its_own() -> None:
    tail = """
before = digest()
child = os.fork()
if child == 0:
    os._exit(0 if digest() == before else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), digest() == before)
"""
    assert run(tail, 3) == ["0", "True"]


def test_the_number_of_threads_is_seen() -> None:
    tail = """
before = len(os.listdir("/proc/self/task"))
digest()
print(len(os.listdir("/proc/self/task")) - before)
"""
    assert run(tail, 4) == ["3"]
    assert run(tail, 1) == ["0"]


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")
def test_workers_keep_off_the_processor_of_the_caller() -> None:
    tail = """
before = {int(task) for task in os.listdir("/proc/self/task")}
digest()
workers = {int(task) for task in os.listdir("/proc/self/task")} - before
allowed = os.sched_getaffinity(0)
for worker in workers:
    print(len(allowed - os.sched_getaffinity(worker)))
"""
    assert run(tail, 3) == ["1", "1"]


DAEMON = """
import threading, time
import nabla as nb

f = nb.compile(lambda x: x @ x)
x = nb.tensor([[0.5] * 300] * 300)

def runs():
    while True:
        f(x)

def records():
    x = nb.ones((5,))
    while True:
        x = x * 1.01

for work in (runs, records):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.5)
"""


def test_daemon_threads_do_not_disturb_the_end() -> None:
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", DAEMON], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_callers_on_several_threads() -> None:
    x = np.random.default_rng(1).normal(size=(600, 700))

    def f(x):
        return nb.sum(nb.exp(nb.sin(x)), axis=1)

    expected = hashlib.sha256(f(x).numpy().tobytes()).digest()
    compiled = nb.compile(f)
    failures: list[int] = []

    def work(number: int) -> None:
        for _ in range(20):
            if hashlib.sha256(compiled(x).numpy().tobytes()).digest() != expected:
                failures.append(number)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures


@pytest.mark.parametrize("size", [(1, 262_147), (262_147, 1), (513, 512), (64, 64, 65)])
def test_parts_cover_all_elements(size: tuple[int, ...]) -> None:
    x = np.arange(np.prod(size), dtype=np.float64).reshape(size)
    y = nb.compile(lambda x: (x * 2 + 1, nb.sum(x, axis=-1), nb.sqrt(x) * 3))(x)
    np.testing.assert_array_equal(y[0].numpy(), x * 2 + 1)
    np.testing.assert_array_equal(y[1].numpy(), x.sum(-1))
    np.testing.assert_array_equal(y[2].numpy(), np.sqrt(x) * 3)


# In parts of equal and unequal length, of rows and of columns; with few totals and with many.
DIVIDED = [
    (1_000_003,), (1_048_576,), (1_049, 1_031), (17, 70_001), (70_001, 17), (3, 400_003),
    (2, 3, 200_003), (64, 33, 521), (129, 9_001),
]  # fmt: skip


@pytest.mark.parametrize("size", DIVIDED)
def test_reductions_in_parts(size: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=size)
    spoiled = x.copy()
    spoiled.flat[rng.integers(0, x.size, 3)] = np.nan
    axes: list[int | None] = [None, *range(len(size))]

    def reduced(m: Any, x: Any, spoiled: Any) -> list[Any]:
        of_numbers = (m.sum, m.argmax, lambda x, axis: m.sum(m.cos(x), axis=axis))
        of_spoiled = (m.max, m.min, m.argmin)
        found = [fn(x, axis=axis) for fn in of_numbers for axis in axes]
        return found + [fn(spoiled, axis=axis) for fn in of_spoiled for axis in axes]

    results = nb.compile(lambda x, y: reduced(nb, x, y))(x, spoiled)
    for result, expected in zip(results, reduced(np, x, spoiled), strict=True):
        np.testing.assert_allclose(result.numpy(), expected, rtol=1e-12, atol=1e-8)


@pytest.mark.parametrize("value", [-np.inf, np.inf, np.nan, -0.0])
def test_all_elements_of_parts_are_equal(value: float) -> None:
    x = np.full((1_200, 1_000), value, np.float32)
    fns = (nb.max, nb.min, nb.argmax, nb.sum)
    results = nb.compile(lambda x: [fn(x, axis=axis) for fn in fns for axis in (None, 0)])(x)
    expected = [
        fn(x, axis=axis) for fn in (np.max, np.min, np.argmax, np.sum) for axis in (None, 0)
    ]
    for result, wanted in zip(results, expected, strict=True):
        np.testing.assert_array_equal(result.numpy(), wanted)


def test_parts_fill_with_what_a_short_loop_has_filled_with() -> None:
    short, long = np.ones(1000, np.float32), np.ones(3_000_000, np.float32)

    @nb.compile
    def padded(number: nb.Tensor) -> tuple[nb.Tensor, nb.Tensor]:
        return nb.pad(long, [(64, 64)], value=number), nb.pad(short, [(64, 64)], value=number)

    for result, array in zip(padded(nb.tensor(7.0)), (long, short), strict=True):
        np.testing.assert_array_equal(result.numpy(), np.pad(array, 64, constant_values=7))


def test_donated_elements_are_changed_once() -> None:
    x = np.arange(1_000_003, dtype=np.float32)
    tripled = nb.compile(lambda x: x * 3 + 1, donate_argnums=0)(nb.tensor(x))
    np.testing.assert_array_equal(tripled.numpy(), x * 3 + 1)
