# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiled code on several threads: the same bits, whoever calls it and however many run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading

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
