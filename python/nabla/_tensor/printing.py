# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How tensors print."""

from __future__ import annotations

from typing import Any

import numpy as np

from nabla._core.types import TensorType


def text(array: np.ndarray[Any, Any], type: TensorType) -> str:
    """`Tensor([15.] : f32[1])`; wrapped and indented if the numbers take several lines."""
    if type.dtype.mlir == "bf16":
        array = array.astype(np.float32)
    data = np.array2string(
        array, edgeitems=3, threshold=6, max_line_width=1000, precision=4, suppress_small=True
    )
    data = f"{data} : {type.short}"
    if "\n" not in data:
        return f"Tensor({data})"
    lines = "\n".join("  " + line for line in data.split("\n"))
    return f"Tensor(\n{lines}\n)"
