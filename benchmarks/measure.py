# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Rows: what is measured, and how."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.machine import empty_caches, reading
from benchmarks.peers import Library

Call = Callable[[], Any]
_READING = "reading"  # takes turns with the libraries
ROOT = Path(__file__).parents[1]


class Plan(NamedTuple):
    """How thoroughly to measure, and with what."""

    libraries: Sequence[Library]  # Nabla first
    threads: int
    seconds: float  # for one row
    quick: bool  # only show that it runs and agrees


class Numbers(NamedTuple):
    """Of one library."""

    low: float
    middle: float  # the median


class Figure(NamedTuple):
    """What came out of a row."""

    name: str
    unit: str
    numbers: Mapping[str, Numbers]  # by library
    rivals: Sequence[str] = ()  # the libraries that count for the ratio
    goal: float | None = None  # of the ratio
    flops: float = 0  # that the work takes at least, if it is known
    memory: float = 0  # microseconds that memory takes for it at least

    def ratio(self, which: str = "middle") -> float | None:
        """Nabla's number over the least of the rivals'."""
        others = [getattr(self.numbers[who], which) for who in self.rivals if who in self.numbers]
        if not others or min(others) <= 0:
            return None
        return float(getattr(self.numbers["nabla"], which) / min(others))


def numbers(samples: Sequence[float]) -> Numbers:
    return Numbers(min(samples), statistics.median(samples))


# ---------------------------------------------------------------- calls in one process


class Calls(NamedTuple):
    """A row of calls that take turns in one process. Their results are compared."""

    name: str
    make: Callable[[Any], Call]  # what a library calls, everything put in place
    goal: float | None = None
    flops: float = 0
    # Over the largest argument of the call, then a partial, that memory is asked for at least; if
    # some, each call finds the caches empty.
    passes: int = 0
    peers: Sequence[str] = ("jax", "torch", "numpy")
    shown: Sequence[str] = ()  # peers that do not count for the ratio
    tolerance: float = 1e-3
    lazy: bool = False  # wait for the last result of a turn only
    threads: bool = True  # whether their number matters

    def measure(self, plan: Plan) -> list[Figure]:
        wanted = ("nabla", *self.peers, *self.shown)
        libraries = [m for m in plan.libraries if m.name.removesuffix(".compile") in wanted]
        made = {m.name: self.make(m) for m in libraries}
        calls = {m.name: self._waiting(m, made[m.name]) for m in libraries}
        self._compare({m.name: m.leaves(m.wait(calls[m.name]())) for m in libraries})
        ends = {m.name: self._end(m) for m in libraries}
        cold = self.passes > 0 and not plan.quick
        if cold:
            call = made["nabla"]
            assert isinstance(call, partial)
            calls[_READING] = reading(max(map(np.asarray, call.args), key=np.size))
            ends[_READING] = _last
        seconds = 0 if plan.quick else plan.seconds
        samples = take_turns(calls, ends, seconds, plan.threads > 1, cold)
        found = {name: numbers(times) for name, times in samples.items()}
        memory = self.passes * found.pop(_READING).middle if cold else 0
        rivals = [m.name for m in libraries if m.name.removesuffix(".compile") in self.peers]
        return [Figure(self.name, "us", found, rivals, self.goal, self.flops, memory)]

    def _waiting(self, m: Library, call: Call) -> Call:
        return call if self.lazy else lambda: m.wait(call())

    def _end(self, m: Library) -> Callable[[Any], Any]:
        return (lambda last: m.leaves(m.wait(last))) if self.lazy else _last

    def _compare(self, results: Mapping[str, list[np.ndarray]]) -> None:
        """All must be what Nabla's are, relative to the largest element of each array."""
        for name, arrays in results.items():
            if len(arrays) != len(results["nabla"]):
                raise SystemExit(f"{self.name}: {name} has another number of results than nabla")
            for ours, theirs in zip(results["nabla"], arrays, strict=True):
                scale = self.tolerance * (1e-6 + np.abs(theirs).max(initial=0))
                if not np.allclose(ours, theirs, rtol=self.tolerance, atol=scale):
                    raise SystemExit(f"{self.name}: {name} does not agree with nabla")


def compiled_on(
    make: Callable[[Any], Callable[..., Any]], *arrays: np.ndarray
) -> Callable[[Any], Call]:
    """For `Calls`: the function that `make` makes of a library's names, compiled, on arrays."""

    def call(m: Any) -> Call:
        own = [m.put(array) for array in arrays]
        compiled = m.jit(make(m))
        return partial(compiled, *own)

    return call


def wait_for_quiet(most: float = 0.5) -> None:
    """Sleeps until the threads of this process do: those of OpenBLAS spin for 100 ms after a
    call, and slow down whoever comes next. Looks at long spans, for the system counts the time
    of a thread in steps of 4 ms."""
    end = time.perf_counter() + most
    used = time.process_time()
    while time.perf_counter() < end:
        time.sleep(2e-2)
        before, used = used, time.process_time()
        if used - before < 2e-3:
            return


def take_turns(
    calls: Mapping[str, Call],
    ends: Mapping[str, Callable[[Any], Any]],
    seconds: float,
    settle: bool,
    cold: bool,
) -> dict[str, list[float]]:
    """Microseconds of a call; short ones are repeated within a turn, and `ends` are given the
    last result.

    `settle`: wait before each turn until the threads of the library before have gone to sleep,
    and wake those of the next by a turn that does not count. `cold`: call once, with empty caches
    and, as emptying them takes milliseconds, sleeping threads.
    """
    samples: dict[str, list[float]] = {name: [] for name in calls}
    repeats = {name: 1 if cold else _repeats(call, ends[name]) for name, call in calls.items()}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(samples["nabla"]) < (5 if seconds else 1):
        for name, call in calls.items():
            if settle:
                wait_for_quiet()
                _turn(call, ends[name], repeats[name])
            if cold:
                empty_caches()
            spent = _turn(call, ends[name], repeats[name])
            samples[name].append(spent / repeats[name] * 1e6)
    return samples


def _last(result: Any) -> Any:
    return result


def _repeats(call: Call, end: Callable[[Any], Any]) -> int:
    """How many calls take half a millisecond, once all is compiled that they need."""
    count = 1
    while True:
        _turn(call, end, count)
        spent = _turn(call, end, count)
        if spent > 2.5e-4 or count > 256:
            break
        count *= 2
    repeats = max(1, int(5e-4 / spent * count))
    if repeats > 1:
        _turn(call, end, repeats)
    return repeats


def _turn(call: Call, end: Callable[[Any], Any], repeats: int) -> float:
    """Seconds of so many calls."""
    start = time.perf_counter()
    for _ in range(repeats):
        last = call()
    end(last)
    return time.perf_counter() - start


# ---------------------------------------------------------------- new processes


class Codes(NamedTuple):
    """A row of programs that each print a number last, run in new processes that take turns."""

    name: str
    unit: str
    codes: Mapping[str, str]  # by library
    goal: float | None = None
    shown: Sequence[str] = ()  # what does not count for the ratio
    times: int = 7
    filled: bool = False  # whether caches on disk are, by an earlier process
    threads: bool = False

    def measure(self, plan: Plan) -> list[Figure]:
        known = {m.name for m in plan.libraries}
        codes = {who: code for who, code in self.codes.items() if who.split(",")[0] in known}
        if plan.quick:
            codes = {who: code for who, code in codes.items() if who.startswith("nabla")}
        times = 1 if plan.quick else self.times
        found: dict[str, list[float]] = {who: [] for who in codes}
        with tempfile.TemporaryDirectory() as folder:
            for turn in range(times + self.filled):
                for who, code in codes.items():
                    cache = f"{folder}/{who if self.filled else turn}"
                    found[who].append(float(output_of(code, cache, who.endswith("cached"))))
        by = {who: numbers(samples[self.filled :]) for who, samples in found.items()}
        rivals = [who for who in codes if who != "nabla" and who not in self.shown]
        return [Figure(self.name, self.unit, by, rivals, self.goal)]


def output_of(code: str, cache: str, jax_caches: bool) -> str:
    """The last line that a program prints in a process of its own."""
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "NABLA_CACHE_DIR": cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # packages are compiled when installed
    if jax_caches:
        environment |= {
            "JAX_COMPILATION_CACHE_DIR": cache,
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        }
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
    if done.returncode != 0:
        raise RuntimeError(f"the process failed\n{code}\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


# ---------------------------------------------------------------- other figures


class Single(NamedTuple):
    """Figures of Nabla alone, which a function finds: (name, unit, number) each."""

    name: str
    find: Callable[[bool], Sequence[tuple[str, str, float]]]  # of `quick`
    threads: bool = False

    def measure(self, plan: Plan) -> list[Figure]:
        return [
            Figure(f"{self.name}: {name}", unit, {"nabla": Numbers(number, number)})
            for name, unit, number in self.find(plan.quick)
        ]


Row = Calls | Codes | Single
