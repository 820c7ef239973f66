# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of constants, counting and random bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ops_matrix.arrays import DTYPES, fixed, ints
from ops_matrix.sample import VALUES_ONLY, Sample, sample, together


def constant() -> list[Sample]:
    def one(dtype: str) -> Sample:
        values = [1, 0, 1] if dtype == "i1" else [1, 0, 3]
        texts = (
            ["true", "false", "true"]
            if dtype == "i1"
            else [f"{v}.0" if "f" in dtype else str(v) for v in values]
        )
        type = f"tensor<3x{dtype}>"
        return sample(
            "constant",
            dtype,
            result=type,
            value=f"dense<[{', '.join(texts)}]> : {type}",
            reference=lambda: np.array(values).astype(DTYPES[dtype]),
        )

    splat = sample(
        "constant",
        "splat",
        result="tensor<2x3xf64>",
        value="dense<2.5> : tensor<2x3xf64>",
        reference=lambda: np.full((2, 3), 2.5),
    )
    return [splat, one("f64"), together("constant", "all dtypes", [one(d) for d in DTYPES])]


def iota() -> list[Sample]:
    parts = [
        sample("iota", dtype, result=f"tensor<3x2x{dtype}>", dim=0)
        for dtype in DTYPES
        if dtype != "i1"
    ]
    return [
        *(sample("iota", f"dim {d}", result="tensor<2x3x4xf64>", dim=d) for d in range(3)),
        together("iota", "all dtypes", parts),
    ]


def basis() -> list[Sample]:
    floats = [sample("basis", d, result=f"tensor<3x3x{d}>") for d in ("f16", "bf16", "f32")]
    return [
        sample("basis", "of vectors", result="tensor<4x4xf64>"),
        sample("basis", "of matrices", result="tensor<6x2x3xf64>"),
        sample("basis", "of numbers", result="tensor<1xf64>"),
        together("basis", "all dtypes", floats),
    ]


def random_bits() -> list[Sample]:
    def one(name: str, shape: tuple[int, ...], result: str) -> Sample:
        keys = ints(*shape, 2, low=0, high=2**32, dtype="ui32")
        return sample("random_bits", name, keys, result=f"tensor<{result}>")

    # The vectors that the authors of Threefry publish are those of counters (0, 0) and up.
    return [
        one("a block", (), "2x3xui32"),
        one("wide", (), "5xui64"),
        one("one", (), "ui32"),
        one("a block for each key", (3,), "3x4xui32"),
        one("wide, for each key", (2, 2), "2x2x3xui64"),
        sample(
            "random_bits",
            "zero key",
            fixed([0, 0], "ui32"),
            result="tensor<1xui32>",
            reference=lambda _: np.array([0x6B200159], np.uint32),
            columns=VALUES_ONLY,
        ),
    ]


ROWS: dict[str, Callable[[], list[Sample]]] = {
    "constant": constant,
    "iota": iota,
    "basis": basis,
    "random_bits": random_bits,
}
