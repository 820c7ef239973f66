# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Kernels beside NumPy and jax.jit, if installed: `python benchmarks/kernels.py [ROW ...]`.

All peers run in one process, one after the other in each round, on one thread or, with
`--all-threads`, on as many as each likes. A row prints the minimum and the median of each in
microseconds, and the ratios of Nabla's minimum and median to the best peer's. `--quick` runs
two rounds, to see that all rows run and agree.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import Any

# Read when the libraries are loaded.
if __name__ == "__main__" and "--all-threads" not in sys.argv:
    for library in ("NABLA", "OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    os.environ.setdefault(
        "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    )

import nabla as nb
import numpy as np

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    jax = None

Function = Callable[..., Any]
RNG = np.random.default_rng(0)


def rand(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape, dtype=np.float32)


def chain(m: Any) -> Function:
    return lambda x, w: m.tanh(x * w) / (1 + m.exp(-x * x))


def gelu_gradient(m: Any) -> Function:
    return lambda x, g: g * (1 - m.tanh(x) * m.tanh(x)) + m.exp(-x * x) * x


def softmax(m: Any) -> Function:
    def fn(x: Any) -> Any:
        e = m.exp(x - m.max(x, axis=-1, keepdims=True))
        return e / m.sum(e, axis=-1, keepdims=True)

    return fn


def layernorm(m: Any) -> Function:
    def fn(x: Any, g: Any, b: Any) -> Any:
        d = x - m.mean(x, axis=-1, keepdims=True)
        return d / m.sqrt(m.mean(d * d, axis=-1, keepdims=True) + 1e-5) * g + b

    return fn


def unary(name: str) -> Callable[[Any], Function]:
    return lambda m: lambda x: getattr(m, name)(x)


def total(name: str, axis: int | None) -> Callable[[Any], Function]:
    return lambda m: lambda x: getattr(m, name)(x, axis=axis)


def product(transpose_a: bool = False, transpose_b: bool = False) -> Callable[[Any], Function]:
    def of(m: Any) -> Function:
        return lambda a, b: (a.T if transpose_a else a) @ (b.T if transpose_b else b)

    return of


def programs() -> dict[str, tuple[Callable[[Any], Function], tuple[np.ndarray, ...]]]:
    x = rand(1024, 1024)
    table: dict[str, tuple[Callable[[Any], Function], tuple[np.ndarray, ...]]] = {
        "chain 1k": (chain, (rand(1000), rand(1000))),
        "chain 1M": (chain, (rand(1 << 20), rand(1 << 20))),
        "gelu-like gradient 1M": (gelu_gradient, (rand(1 << 20), rand(1 << 20))),
        "softmax 1024x1024": (softmax, (x,)),
        "layernorm 1024x1024": (layernorm, (x, rand(1024), rand(1024))),
    }
    for name in ("exp", "log", "tanh", "sin", "cos"):
        table[f"{name} 1M"] = (unary(name), (np.abs(rand(1 << 20)) + 0.1,))
    for name in ("sum", "mean", "max"):
        for axis in (None, 0, 1):
            table[f"{name} axis {axis} 1024x1024"] = (total(name, axis), (x,))
    for size in (64, 128, 256, 512, 1024, 777):
        table[f"matmul {size}"] = (product(), (rand(size, size), rand(size, size)))
    table["matmul 64x784x256"] = (product(), (rand(64, 784), rand(784, 256)))
    table["matmul 64x256x10"] = (product(), (rand(64, 256), rand(256, 10)))
    table["matmul 8192x64x64"] = (product(), (rand(8192, 64), rand(64, 64)))
    table["matmul 1x4096x4096"] = (product(), (rand(1, 4096), rand(4096, 4096)))
    table["A.T @ B 512"] = (product(transpose_a=True), (rand(512, 512), rand(512, 512)))
    table["A @ B.T 512"] = (product(transpose_b=True), (rand(512, 512), rand(512, 512)))
    table["A.T @ B 784x64x256"] = (product(transpose_a=True), (rand(64, 784), rand(64, 256)))
    table["A @ B.T 64x10x256"] = (product(transpose_b=True), (rand(64, 10), rand(256, 10)))
    return table


def contenders(make: Callable[[Any], Function], arrays: tuple[np.ndarray, ...]) -> dict[str, Any]:
    """What to call for each: a function without arguments that waits for the result."""
    tensors = [nb.tensor(a) for a in arrays]
    compiled = nb.compile(make(nb))
    result = {"nabla": lambda: compiled(*tensors), "numpy": lambda: make(np)(*arrays)}
    if jax is not None:
        there = [jnp.asarray(a) for a in arrays]
        jitted = jax.jit(make(jnp))
        result["jax"] = lambda: jitted(*there).block_until_ready()
    return result


def measure(calls: dict[str, Function], seconds: float) -> dict[str, list[float]]:
    """Times of each in microseconds, in rounds; short calls are repeated within one."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    repeats = {}
    for name, call in calls.items():
        call()
        start = time.perf_counter()
        call()
        repeats[name] = max(1, int(2e-4 / (time.perf_counter() - start)))
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times["nabla"]) < 2:
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                call()
            times[name].append((time.perf_counter() - start) / repeats[name] * 1e6)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="rows whose name holds one of these; default all")
    parser.add_argument("--seconds", type=float, default=1.5, help="time for each row")
    parser.add_argument("--quick", action="store_true", help="two rounds of each row")
    parser.add_argument("--all-threads", action="store_true", help="not one thread each")
    options = parser.parse_args()
    print(
        f"{'row':26}" + "".join(f"{n:>20}" for n in ("nabla", "numpy", "jax")) + "   ratio to best"
    )
    for name, (make, arrays) in programs().items():
        if options.names and not any(part in name for part in options.names):
            continue
        calls = contenders(make, arrays)
        results = {who: np.asarray(call()) for who, call in calls.items()}
        scale = 1 + np.abs(results["numpy"]).max()
        for who, array in results.items():
            if not np.allclose(array, results["numpy"], atol=1e-4 * scale, rtol=1e-3):
                raise SystemExit(f"{name}: {who} does not agree with NumPy")
        times = measure(calls, 0 if options.quick else options.seconds)
        low = {who: min(t) for who, t in times.items()}
        middle = {who: float(np.median(t)) for who, t in times.items()}
        columns = "".join(f"{low[who]:10.1f}/{middle[who]:9.1f}" for who in times)
        peers = [who for who in times if who != "nabla"]
        ratios = [of["nabla"] / min(of[who] for who in peers) for of in (low, middle)]
        print(f"{name:26}{columns}   {ratios[0]:.2f} / {ratios[1]:.2f}", flush=True)


if __name__ == "__main__":
    main()
