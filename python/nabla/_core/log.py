# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is said on stderr while the program runs.

The environment variable `NABLA_LOG` decides: `off` nothing, `warn` (the default) that a
compilation takes long or that compiled programs cannot be kept, `info` also how long each
compilation took.
"""

from __future__ import annotations

import os
import sys
import time

from nabla._core.location import Where, describe

SLOW_SECONDS = 2.0

_LEVELS = {"off": 0, "warn": 1, "info": 2}


def _level() -> int:
    return _LEVELS.get(os.environ.get("NABLA_LOG", "warn").lower(), 1)


class Watch:
    """Follows one compilation; called several times a second while it goes on."""

    __slots__ = ("_at", "_said", "_start")

    def __init__(self, at: Where | None) -> None:
        self._at = at
        self._said = False
        self._start = time.monotonic()

    def __call__(self) -> None:
        if not self._said and time.monotonic() - self._start > SLOW_SECONDS:
            self._said = True
            if _level() >= 1:
                _say(f"compilation takes more than {SLOW_SECONDS:g} s: {describe(self._at)}")

    def finish(self, cached: bool) -> None:
        if _level() >= 2:
            done = "loaded" if cached else "compiled"
            _say(f"{done} in {time.monotonic() - self._start:.3f} s: {describe(self._at)}")


def warn(message: str) -> None:
    if _level() >= 1:
        _say(message)


def _say(message: str) -> None:
    print(f"nabla: {message}", file=sys.stderr, flush=True)
