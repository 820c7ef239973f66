# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How each library is told the number of threads: before it is loaded."""

from __future__ import annotations

import os


def of_threads(count: int) -> dict[str, str]:
    """The environment of a process in which all libraries use this many threads."""
    variables = ("NABLA_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    found = {name: str(count) for name in variables}
    found["JAX_PLATFORMS"] = "cpu"
    if count == 1:
        found["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1 "
            + os.environ.get("XLA_FLAGS", "")
        ).strip()
    return found


def keep_to(count: int) -> None:
    """Keep this process to as many cores, the last ones: a library may not do as it is told."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[-count:])
