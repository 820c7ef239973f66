# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where in the user's program an operation comes from."""

from __future__ import annotations

import os
import sys
from types import CodeType

from nabla import _nabla
from nabla._nabla import where

# A code object and an offset into its bytecode: two loads to take, and told apart even on
# one line. The line is worked out when somebody asks.
Where = tuple[CodeType, int]

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARY = os.path.dirname(os.__file__) + os.sep
# Call back what they are given, so a frame of theirs says nothing.
_CALLERS = tuple(f"{os.sep}{name}{os.sep}" for name in ("numpy", "optree"))


def _belongs_to_user(file: str) -> bool:
    if file.startswith((_PACKAGE, "<frozen ")):
        return False
    if "-packages" in file:  # may lie within the library
        return not any(caller in file for caller in _CALLERS)
    return not file.startswith(_LIBRARY)


_nabla.connect(belongs_to_user=_belongs_to_user)


def place(at: Where) -> tuple[int, int]:
    """The same, quick to hash."""
    return id(at[0]), at[1]


def line(at: Where) -> int:
    code, offset = at
    for start, end, number in code.co_lines():
        if start <= offset < end and number is not None:
            return number
    return code.co_firstlineno


def triple(at: Where | None) -> tuple[str, int, str] | None:
    """File, line and function, as the extension takes them."""
    if at is None:
        return None
    return (at[0].co_filename, line(at), at[0].co_name)


def describe(at: Where | None) -> str:
    """As error messages name it; a cell of a notebook by its number."""
    found = triple(at)
    if found is None:
        return "an unknown place"
    file, number, function = found
    suffix = "" if function == "<module>" else f", in {function}"
    return f"{_display(file)}, line {number}{suffix}"


def _display(file: str) -> str:
    # IPython files a cell's source under the session's execution count.
    if "ipykernel" in file or file.startswith("<ipython-input-"):
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython is not None else None
        numbers = getattr(getattr(shell, "compile", None), "_filename_map", {})
        count = numbers.get(file)
        if count is not None:
            return f"In[{count}]"
    return f'file "{file}"'


__all__ = ["Where", "describe", "line", "place", "triple", "where"]
