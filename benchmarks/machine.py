# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What this machine can do at best, measured: multiply-adds and bytes read a second.

Both kernels are MLIR that Nabla compiles; they keep to registers, or do nothing but load. What is
loaded is in no cache. How fast that is depends on where an array lies, for several threads above
all: rows are compared with reads of their own array, and the figure for the machine is of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import nabla as nb
import numpy as np

_LANES = 16  # a register of AVX-512, two of AVX2
_VECTOR = f"vector<{_LANES}xf32>"
_CHAINS = 12  # that do not wait for each other
_ROUNDS = 1_000_000  # milliseconds, as waking threads takes a tenth of one
_FLOATS = 16 << 20  # 64 MiB, as much as the rows of `rows/reductions.py` read
_BLOCK = 1365 * _LANES * _CHAINS  # floats, that one thread loads: 1 MiB
_AHEAD = 128 * 16  # floats prefetched: 128 lines


class Machine(NamedTuple):
    """Of all the threads asked about, together."""

    flops: float  # f32 operations a second; a multiply-add is two
    bytes_read: float  # a second, from memory


def measure(threads: int, rounds: int = 20) -> Machine:
    flops = 2 * _LANES * _CHAINS * _ROUNDS * threads
    x = np.full(_FLOATS, 0.5, np.float32)
    return Machine(
        flops / _fastest(_multiply_adds(threads), rounds),
        x.nbytes / _fastest(reading(x), rounds),
    )


def reading(x: np.ndarray) -> Callable[[], object]:
    """Reads an array of f32 from beginning to end, but for a rest of less than 1 MiB."""
    body = [
        f"""%o{i} = arith.constant {i * _LANES} : index
        %p{i} = arith.addi %position, %o{i} : index
        %q{i} = arith.addi %p{i}, %ahead : index
        memref.prefetch %x[%q{i}], read, locality<3>, data : memref<{x.size}xf32>
        %v{i} = vector.load %x[%p{i}] : memref<{x.size}xf32>, {_VECTOR}
        %b{i} = arith.addf %a{i}, %v{i} : {_VECTOR}"""
        for i in range(_CHAINS)
    ]
    block = range(0, _BLOCK, _LANES * _CHAINS)
    return _kernel(x.reshape(-1), x.size // _BLOCK, block, body)


def empty_caches() -> None:
    """Fills them with what nobody asks for."""
    _unwanted().sum()


@cache
def _unwanted() -> np.ndarray:
    return np.ones(64 << 20, np.float32)


def _fastest(run: Callable[[], object], rounds: int) -> float:
    """The least seconds of a call with empty caches."""
    best = float("inf")
    run()
    for _ in range(rounds):
        empty_caches()
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def _multiply_adds(threads: int) -> Callable[[], object]:
    body = [f"%b{i} = vector.fma %a{i}, %factor, %factor : {_VECTOR}" for i in range(_CHAINS)]
    return _kernel(np.full(_LANES, 0.5, np.float32), threads, range(_ROUNDS), body)


def _kernel(x: np.ndarray, turns: int, span: range, body: list[str]) -> Callable[[], object]:
    """In parallel, loops that make %b of %a in each chain. All are summed, or they would be left
    out."""
    size = x.size
    chains = range(_CHAINS)
    kinds = ", ".join([_VECTOR] * _CHAINS)
    sums = "\n".join(f"%s{i + 1} = arith.addf %s{i}, %r#{i} : {_VECTOR}" for i in chains)
    text = f"""
    func.func public @main(%in: tensor<{size}xf32>) -> tensor<{turns}x{_LANES}xf32> {{
      %x = bufferization.to_buffer %in read_only : tensor<{size}xf32> to memref<{size}xf32>
      %y = memref.alloc() : memref<{turns}x{_LANES}xf32>
      %s0 = arith.constant dense<0.0> : {_VECTOR}
      %start = arith.constant {span.start} : index
      %stop = arith.constant {span.stop} : index
      %step = arith.constant {span.step} : index
      %ahead = arith.constant {_AHEAD} : index
      %factor = vector.load %x[%start] : memref<{size}xf32>, {_VECTOR}
      scf.forall (%turn) in ({turns}) {{
        %begin = arith.muli %turn, %stop : index
        %r:{_CHAINS} = scf.for %i = %start to %stop step %step
            iter_args({", ".join(f"%a{i} = %s0" for i in chains)}) -> ({kinds}) {{
          %position = arith.addi %begin, %i : index
          {"".join(body)}
          scf.yield {", ".join(f"%b{i}" for i in chains)} : {kinds}
        }}
        {sums}
        vector.store %s{_CHAINS}, %y[%turn, %start] : memref<{turns}x{_LANES}xf32>, {_VECTOR}
      }}
      %result = bufferization.to_tensor %y restrict writable
        : memref<{turns}x{_LANES}xf32> to tensor<{turns}x{_LANES}xf32>
      return %result : tensor<{turns}x{_LANES}xf32>
    }}"""
    executable = nb._nabla.Executable(nb._nabla.Module.parse(text))
    return partial(executable, [nb._nabla.Buffer.from_dlpack(x)])
