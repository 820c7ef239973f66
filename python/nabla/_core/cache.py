# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiled programs on disk: which folder, and how large."""

from __future__ import annotations

import os
import pathlib

from nabla import _nabla
from nabla._core import log
from nabla._core.errors import at_user

MAX_BYTES = 256 << 20


class _Unset:
    pass


_UNSET = _Unset()
_folder: pathlib.Path | None = None
_max_bytes = MAX_BYTES


def cache_dir(
    path: str | os.PathLike[str] | _Unset | None = _UNSET, *, max_bytes: int | None = None
) -> pathlib.Path | None:
    """The folder where compiled programs are kept between processes; sets it if one is given.

    Later processes load from there what this one has compiled, without compiling it again. An
    entry holds for one program, one CPU and one build of Nabla and LLVM. Processes may share
    the folder. What is damaged is compiled anew, and a folder that cannot be used is done
    without (`NABLA_LOG=warn`, the default, says so once).

    At first it is what the environment variable `NABLA_CACHE_DIR` says (empty: none), else
    `nabla` in `XDG_CACHE_HOME` or `~/.cache`; and its size `NABLA_CACHE_MAX_BYTES`.

    Args:
        path: the new folder, made when it is needed; None keeps nothing on disk.
        max_bytes: how large the files may grow together, at first 256 MiB. What was not used
            for longest goes first. Processes that write at the same time may exceed it a
            little.

    Raises:
        TypeError: if the path is none.
        ValueError: if `max_bytes` is negative.

    >>> before = nb.cache_dir()
    >>> nb.cache_dir(None)
    >>> nb.cache_dir(before) == before
    True
    """
    global _folder, _max_bytes
    if max_bytes is not None:
        if not isinstance(max_bytes, int) or max_bytes < 0:
            raise ValueError(at_user(f"cache_dir: max_bytes is {max_bytes!r}, not a size"))
        _max_bytes = max_bytes
    if not isinstance(path, _Unset):
        try:
            _folder = None if path is None else pathlib.Path(path).expanduser().absolute()
        except TypeError as error:
            raise TypeError(at_user(f"cache_dir: {error}")) from None
    if max_bytes is not None or not isinstance(path, _Unset):
        _nabla.configure_cache("" if _folder is None else str(_folder), _max_bytes)
    return _folder


def say_trouble() -> None:
    """Say what went wrong on disk, once for each folder that was set."""
    if trouble := _nabla.take_cache_trouble():
        log.warn(f"the cache of compiled programs is not used: {trouble}")


def _from_environment() -> None:
    size = os.environ.get("NABLA_CACHE_MAX_BYTES", "")
    if size and not size.isdecimal():
        log.warn(f"NABLA_CACHE_MAX_BYTES is {size!r}, not a number of bytes")
        size = ""
    cache_dir(_default(), max_bytes=int(size) if size else MAX_BYTES)


def _default() -> pathlib.Path | None:
    named = os.environ.get("NABLA_CACHE_DIR")
    if named is not None:
        return pathlib.Path(named) if named else None
    caches = os.environ.get("XDG_CACHE_HOME", "")
    # As the specification has it, a relative path is as none.
    root = pathlib.Path(caches if os.path.isabs(caches) else os.path.expanduser("~/.cache"))
    return root / "nabla" if root.is_absolute() else None


_from_environment()
