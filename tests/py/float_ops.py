# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every elementwise op on floats by the name it has in the dialect, public or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nabla._core.elementwise import FLOAT, pointwise


def op(name: str) -> Callable[..., Any]:
    return lambda *args: pointwise(name, name, FLOAT, *args)
