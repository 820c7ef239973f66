# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Convolution in NumPy, to compare with."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np


def convolve(
    x: np.ndarray,
    kernel: np.ndarray,
    stride: Sequence[int],
    dilation: Sequence[int],
    padding: Sequence[tuple[int, int]],
    groups: int,
) -> np.ndarray:
    """`nb.convolution` by its definition, window by window."""
    space = x.ndim - 2
    x = np.pad(x, [(0, 0), *padding, (0, 0)])
    reach = [(n - 1) * d for n, d in zip(kernel.shape[:space], dilation, strict=True)]
    windows = [
        max(0, (n - r - 1) // s + 1) if n > r else 0
        for n, r, s in zip(x.shape[1:-1], reach, stride, strict=True)
    ]
    y = np.zeros((x.shape[0], *windows, kernel.shape[-1]), x.dtype)
    channels, features = kernel.shape[-2], kernel.shape[-1] // groups
    for at in itertools.product(*map(range, windows)):
        box = tuple(
            slice(i * s, i * s + r + 1, d)
            for i, s, r, d in zip(at, stride, reach, dilation, strict=True)
        )
        for g in range(groups):
            part = x[(slice(None), *box, slice(g * channels, (g + 1) * channels))]
            out = slice(g * features, (g + 1) * features)
            y[(slice(None), *at, out)] = np.tensordot(part, kernel[..., out], space + 1)
    return y
