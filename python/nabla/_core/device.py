# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Devices that hold tensors."""

from __future__ import annotations

from typing import Any

from nabla._core.errors import at_user


class CPU:
    """The processor that Python runs on.

    >>> nb.zeros((2,)).device == nb.CPU()
    True
    """

    __slots__ = ("id",)

    def __init__(self, id: int = 0) -> None:
        if id != 0:
            raise ValueError(at_user(f"CPU: there is no CPU {id}; the only one is 0"))
        self.id = id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CPU)

    def __hash__(self) -> int:
        return hash(CPU)

    def __repr__(self) -> str:
        return f"Device(type=cpu,id={self.id})"


def as_device(device: Any) -> CPU:
    """The device meant by a device, its name, or None; ValueError if there is none."""
    if device is None or isinstance(device, CPU) or device in ("cpu", "cpu:0"):
        return CPU()
    raise ValueError(at_user(f"there is no device {device!r}; there is nb.CPU()"))
