# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of every op, by mnemonic. An op without a row here fails the test of the table."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

from ops_matrix.sample import Sample
from ops_matrix.samples import (
    contraction,
    control_flow,
    creation,
    elementwise,
    indexing,
    reduction,
    shape,
    transform,
)

ROWS: dict[str, Callable[[], list[Sample]]] = {
    **contraction.ROWS,
    **control_flow.ROWS,
    **creation.ROWS,
    **elementwise.ROWS,
    **indexing.ROWS,
    **reduction.ROWS,
    **shape.ROWS,
    **transform.ROWS,
}


@functools.lru_cache(None)
def samples_of(op: str) -> list[Sample]:
    if op not in ROWS:
        raise LookupError(f"nabla.{op} has no samples: add a row to tests/py/ops_matrix/samples")
    first, *rest = ROWS[op]()
    return [replace(first, first=True), *rest]
