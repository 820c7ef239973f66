# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What can go wrong, told with the user's file and line."""

from __future__ import annotations

from nabla._core.location import Where, describe, where


class TracerLeakError(RuntimeError):
    """A traced value is used after the trace it belongs to has ended."""


class TracedValueError(TypeError):
    """The number behind a traced value is asked for, and there is none yet."""


class DonatedError(RuntimeError):
    """A tensor is used after its memory was donated, or its memory cannot be donated."""


class DerivativeCutWarning(UserWarning):
    """A number taken from a differentiated value carries no derivative."""


def at_user(message: str, at: Where | None = None) -> str:
    """The message with the place in the user's program."""
    return f"{message}\n  at {describe(at or where())}"
