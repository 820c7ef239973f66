# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What this machine can do at best, measured: multiply-adds and bytes read a second.

Both kernels are MLIR that Nabla compiles; they keep to registers, or do nothing but load.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import nabla as nb
import numpy as np

_LANES = 16  # a register of AVX-512, two of AVX2
_VECTOR = f"vector<{_LANES}xf32>"
_CHAINS = 12  # that do not wait for each other
_TURNS = 2_000_000  # milliseconds, for starting threads takes a tenth of one
_FLOATS = 16 << 20  # 64 MiB


class Machine(NamedTuple):
    """Of all the threads asked about, together."""

    flops: float  # f32 operations a second; a multiply-add is two
    bytes_read: float  # a second, from memory


def measure(threads: int, rounds: int = 20) -> Machine:
    return Machine(
        2 * _LANES * _CHAINS * _TURNS / _fastest(_multiply_adds(), threads, rounds) * threads,
        4 * _FLOATS / _fastest(_reads(), threads, rounds) * threads,
    )


def _fastest(run: Callable[[], object], threads: int, rounds: int) -> float:
    """The least seconds of a round in which each thread runs once."""
    run()
    best = float("inf")
    for _ in range(rounds):
        others = [threading.Thread(target=run) for _ in range(threads - 1)]
        start = time.perf_counter()
        for other in others:
            other.start()
        run()
        for other in others:
            other.join()
        best = min(best, time.perf_counter() - start)
    return best


def _multiply_adds() -> Callable[[], object]:
    body = [f"%b{i} = vector.fma %a{i}, %factor, %factor : {_VECTOR}" for i in range(_CHAINS)]
    return _kernel(_LANES, _TURNS, 1, body)


def _reads() -> Callable[[], object]:
    step = _LANES * _CHAINS
    body = [
        f"""%o{i} = arith.constant {i * _LANES} : index
        %p{i} = arith.addi %turn, %o{i} : index
        %v{i} = vector.load %x[%p{i}] : memref<{_FLOATS}xf32>, {_VECTOR}
        %b{i} = arith.addf %a{i}, %v{i} : {_VECTOR}"""
        for i in range(_CHAINS)
    ]
    return _kernel(_FLOATS, _FLOATS // step * step, step, body)


def _kernel(size: int, end: int, step: int, body: list[str]) -> Callable[[], object]:
    """A loop that makes %b of %a in each chain. All are summed, or they would be left out."""
    chains = range(_CHAINS)
    kinds = ", ".join([_VECTOR] * _CHAINS)
    sums = "\n".join(f"%s{i + 1} = arith.addf %s{i}, %r#{i} : {_VECTOR}" for i in chains)
    text = f"""
    func.func public @main(%tensor: tensor<{size}xf32>) -> tensor<{_LANES}xf32> {{
      %x = bufferization.to_buffer %tensor read_only
        : tensor<{size}xf32> to memref<{size}xf32>
      %s0 = arith.constant dense<0.0> : {_VECTOR}
      %begin = arith.constant 0 : index
      %end = arith.constant {end} : index
      %step = arith.constant {step} : index
      %factor = vector.load %x[%begin] : memref<{size}xf32>, {_VECTOR}
      %r:{_CHAINS} = scf.for %turn = %begin to %end step %step
          iter_args({", ".join(f"%a{i} = %s0" for i in chains)}) -> ({kinds}) {{
        {"".join(body)}
        scf.yield {", ".join(f"%b{i}" for i in chains)} : {kinds}
      }}
      {sums}
      %m = memref.alloc() : memref<{_LANES}xf32>
      vector.store %s{_CHAINS}, %m[%begin] : memref<{_LANES}xf32>, {_VECTOR}
      %y = bufferization.to_tensor %m restrict writable
        : memref<{_LANES}xf32> to tensor<{_LANES}xf32>
      return %y : tensor<{_LANES}xf32>
    }}"""
    executable = nb._nabla.Executable(nb._nabla.Module.parse(text))
    x = nb._nabla.Buffer.from_dlpack(np.full(size, 0.5, np.float32))
    return lambda: executable([x])
