# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Convolutions of images and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.measure import Call, Calls, Row, compiled_on
from benchmarks.models import normal


def rows(quick: bool) -> list[Row]:
    batch, size, channels = (2, 7, 3) if quick else (8, 56, 64)
    flops = 18.0 * batch * size * size * channels * channels
    x, filter, weights = (
        normal(0, batch, size, size, channels),
        normal(1, 3, 3, channels, channels),
        normal(2, batch, size, size, channels),
    )

    def forward(m: Any) -> Callable[..., Any]:
        return lambda x, filter: m.conv2d(x, filter, padding=1)

    def gradient(argnums: tuple[int, ...]) -> Callable[[Any], Call]:
        def call(m: Any) -> Call:
            own = [m.put(array) for array in (x, filter, weights)]
            derived = m.gradient(
                lambda x, filter, w: m.sum(m.conv2d(x, filter, padding=1) * w), argnums
            )
            return lambda: derived(*own)

        return call

    title = "conv2d 3x3, 64 channels, 56x56, batch 8"
    peers = ("jax", "torch")
    return [
        Calls(title, compiled_on(forward, x, filter), 1.0, flops, peers=peers),
        Calls(f"{title}: image", gradient((0,)), 1.0, flops, peers=peers),
        Calls(f"{title}: filter", gradient((1,)), 1.0, flops, peers=peers),
    ]
