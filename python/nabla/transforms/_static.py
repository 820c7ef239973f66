# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which arguments of a compiled function are static."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from nabla._core.errors import at_user


def static_arguments(
    fn: Callable[..., Any],
    argnums: int | Sequence[int],
    argnames: str | Sequence[str],
    what: str = "static",
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The positions and the names of static arguments, each argument by both if it has both."""
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    names = (argnames,) if isinstance(argnames, str) else tuple(argnames)
    if not numbers and not names:
        return (), ()
    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):  # builtin functions need not tell theirs
        return numbers, names
    by_position = [p.name for p in parameters if p.kind in _BY_POSITION]
    by_name = [p.name for p in parameters if p.kind in _BY_NAME]
    kinds = {p.kind for p in parameters}
    found = set()
    for number in numbers:
        if -len(by_position) <= number < len(by_position):
            found.add(by_position[number])
        elif number < 0 or inspect.Parameter.VAR_POSITIONAL not in kinds:
            raise ValueError(
                at_user(
                    f"compile: {what}_argnums {number} is out of bounds for "
                    f"{len(by_position)} arguments"
                )
            )
    for name in names:
        if name in by_name:
            found.add(name)
        elif inspect.Parameter.VAR_KEYWORD not in kinds:
            raise ValueError(at_user(f"compile: there is no argument {name!r} to be static"))
    positions = {i for i, name in enumerate(by_position) if name in found}
    positions.update(n for n in numbers if n >= len(by_position))
    keywords = {name for name in by_name if name in found}
    keywords.update(name for name in names if name not in by_name)
    return tuple(sorted(positions)), tuple(sorted(keywords))


_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
