# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiled programs on disk: who finds them, and what becomes of those that are damaged."""

from __future__ import annotations

import json
import os
import pathlib
import resource
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla import _nabla
from nabla._core import cache, execute

ADD = """
func.func public @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = nabla.add %x, %x : tensor<2xf32>
  return %y : tensor<2xf32>
}
"""
MULTIPLY = ADD.replace("nabla.add", "nabla.mul")
PHASES = ["transforms", "simplify", "linalg", "schedule", "bufferize", "llvm", "object", "link"]


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    before = nb.cache_dir()
    path = tmp_path / "kept"
    assert nb.cache_dir(path, max_bytes=cache.MAX_BYTES) == path
    yield path
    nb.cache_dir(before, max_bytes=cache.MAX_BYTES)


def run(text: str = ADD) -> tuple[list[float], Any]:
    """The result for [1, 3], and the executable, made anew."""
    executable = _nabla.Executable(_nabla.Module.parse(text))
    (y,) = executable([_nabla.Buffer.from_dlpack(np.array([1, 3], np.float32))])
    return np.from_dlpack(y).tolist(), executable


def entries(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(folder.iterdir())


def changes(work: Callable[[], Any]) -> dict[str, int]:
    """What the work changes in the statistics."""
    before = _nabla.cache_statistics()
    work()
    after = _nabla.cache_statistics()
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


# ---------------------------------------------------------------- processes

TRAIN = """
import json, sys
import nabla as nb, numpy as np

def loss(p, x):
    return nb.mean(nb.tanh(x @ p) ** 2)

x = nb.tensor(np.arange(12, dtype=np.float32).reshape(3, 4) / 12)
p = nb.ones((4, 2))
step = nb.compile(lambda p, x: p - 0.1 * nb.grad(loss)(p, x))
value, pullback = nb.vjp(lambda p: loss(p, x), p)  # a linear map is part of its program
found = [step(p, x).tolist(), pullback(nb.tensor(1.0))[0].tolist(), value.item()]
counters = nb._core.program.counters
print(json.dumps([found, counters.compilations, counters.loads, step.stats.loads]))
"""


def start(code: str, folder: pathlib.Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NABLA_CACHE_DIR": str(folder), **environment},
    )


def finish(process: subprocess.Popen[str]) -> list[Any]:
    out, err = process.communicate()
    assert process.returncode == 0, err
    return json.loads(out)  # type: ignore[no-any-return]


def test_processes_share_what_they_compile(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "shared"
    # At once, on a folder that is not there yet.
    together = [start(TRAIN, folder) for _ in range(2)]
    results = [finish(process) for process in together]
    names = entries(folder)
    assert all(name.suffix == ".nabla" for name in names), "nothing unfinished"
    values, compilations, loads, _ = results[0]
    count = compilations + loads
    assert len(names) == count > 1
    later = finish(start(TRAIN, folder))
    assert later == [values, 0, count, 1], "the same bits, without a compilation"
    assert all(result[0] == values for result in results)
    assert entries(folder) == names


# ---------------------------------------------------------------- one process


def test_a_hit_skips_all_phases(folder: pathlib.Path) -> None:
    result, first = run()
    assert not first.cached and list(first.compile_seconds) == ["cache", *PHASES]
    assert changes(lambda: run()) == {"hits": 1}
    again, second = run()
    assert second.cached and list(second.compile_seconds) == ["cache"]
    assert again == result == [2, 6]
    assert second.input_types == first.input_types == ("tensor<2xf32>",)
    assert second.output_types == first.output_types == ("tensor<2xf32>",)
    # A report is of a compilation.
    report = nb.compile_report(lambda x: x + x)
    assert list(report(1.0)) == list(report(1.0)) == ["trace", *PHASES]


def test_statistics_of_compiled_functions(folder: pathlib.Path) -> None:
    def f(x: Any) -> Any:
        return nb.sin(x) * 1.25

    first = nb.compile(f)
    y = first(2.0).item()
    execute.clear()
    second = nb.compile(f)
    assert second(2.0).item() == y
    assert (first.stats.compilations, first.stats.loads) == (1, 0)
    assert (second.stats.compilations, second.stats.loads) == (0, 1)


def test_phases_are_kept_apart(folder: pathlib.Path) -> None:
    module = _nabla.Module.parse(ADD)
    keys = []
    for phase in ["trace", *PHASES[:-2]]:
        module.run_to(phase)
        keys.append(_nabla.cache_key(module, "cpu"))
        assert not _nabla.Executable(module).cached
        assert _nabla.Executable(module).cached
    assert len(set(keys)) == len(keys)


def test_keys() -> None:
    def key(text: str, target: str = "cpu") -> str:
        return _nabla.cache_key(_nabla.Module.parse(text), target)  # type: ignore[no-any-return]

    assert len(key(ADD)) == 64
    moved = "\n\n// a comment\n" + ADD.replace("%y", "%sum")
    assert key(moved) == key(ADD), "neither places nor names of values matter"
    others = [ADD.replace("2xf32", "2xf64"), ADD.replace("@main", "@f"), MULTIPLY]
    keys = {key(ADD), key(ADD, "other cpu"), *map(key, others)}
    assert len(keys) == 2 + len(others)
    triple, cpu, _features, host = _nabla.target().split("\n")
    assert "linux" in triple and cpu and host


def test_another_target_is_compiled_for(folder: pathlib.Path) -> None:
    run()
    (entry,) = entries(folder)
    module = _nabla.Module.parse(ADD)
    assert entry.stem == _nabla.cache_key(module, _nabla.target())
    # As if another machine had written it.
    entry.rename(entry.with_stem(_nabla.cache_key(module, _nabla.target() + "+more")))
    assert not run()[1].cached


def test_damaged_entries_are_rebuilt(folder: pathlib.Path) -> None:
    run()
    (entry,) = entries(folder)
    good = entry.read_bytes()
    run(MULTIPLY)
    (other,) = (path.read_bytes() for path in entries(folder) if path != entry)
    middle = len(good) // 2
    flipped = [
        good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
        for at in (0, 20, 40, 60, middle, len(good) - 1)
    ]
    for damaged in [*flipped, good[:middle], good[:20], good[:-1], good + b"0", b"", other]:
        entry.write_bytes(damaged)
        assert changes(lambda: run()) == {"damaged": 1, "misses": 1, "stores": 1}
        assert entry.stat().st_size == len(good)
        result, executable = run()
        assert result == [2, 6] and executable.cached


def test_entries_of_others_are_not_run(folder: pathlib.Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    run()
    (entry,) = entries(folder)
    assert entry.stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700
    os.chown(entry, 12345, -1)
    assert not run()[1].cached


# ---------------------------------------------------------------- size


def program(n: int) -> str:
    return ADD.replace("2xf32", f"{n}xf32")


def compile_sizes(*sizes: int) -> list[bool]:
    """Whether each program was on disk."""
    return [_nabla.Executable(_nabla.Module.parse(program(n))).cached for n in sizes]


def test_the_least_recently_used_go_first(folder: pathlib.Path) -> None:
    compile_sizes(3)
    size = entries(folder)[0].stat().st_size
    nb.cache_dir(folder, max_bytes=4 * size + size // 2)
    compile_sizes(4, 5, 6)
    paths = sorted(entries(folder), key=lambda path: path.stat().st_mtime_ns)
    for age, path in enumerate(paths):  # clocks of file systems are coarse
        os.utime(path, (age, age))
    assert compile_sizes(3, 5) == [True, True]
    assert changes(lambda: compile_sizes(7))["removals"] >= 1
    kept = entries(folder)
    assert sum(path.stat().st_size for path in kept) <= 4 * size + size // 2
    assert compile_sizes(3, 5, 7) == [True, True, True]
    assert paths[1] not in kept


def test_what_is_too_large_is_not_kept(folder: pathlib.Path) -> None:
    nb.cache_dir(folder, max_bytes=100)
    assert changes(lambda: run()) == {"misses": 1}
    assert not folder.exists()


def test_unfinished_files_are_removed_late(folder: pathlib.Path) -> None:
    folder.mkdir()
    old, new, foreign = folder / "1.tmp", folder / "2.tmp", folder / "mine.txt"
    for path in (old, new, foreign):
        path.write_text("")
    os.utime(old, (0, 0))
    run()
    assert not old.exists() and new.exists() and foreign.exists()


# ---------------------------------------------------------------- folders


def test_folders_that_cannot_be_used(
    folder: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder.write_text("a file, not a folder")
    execute.clear()
    for n in range(3):
        assert nb.compile(lambda x, n=n: x + n)(np.float32(2)).item() == 2 + n  # type: ignore[misc]
    err = capfd.readouterr().err
    assert err.count("nabla: the cache of compiled programs is not used: cannot write") == 1
    assert err.count("\n") == 1
    nb.cache_dir(folder / "below")
    nb.compile(lambda x: x + 3)(np.float32(2))
    assert "cannot make" in capfd.readouterr().err


def test_full_disks(folder: pathlib.Path) -> None:
    run()
    (entry,) = entries(folder)
    entry.unlink()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        assert run()[0] == [2, 6]
        assert "cannot write" in _nabla.take_cache_trouble()
        assert _nabla.take_cache_trouble() == ""
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert entries(folder) == [], "nothing unfinished is left"


def test_folders_that_cannot_be_written(folder: pathlib.Path) -> None:
    run()
    folder.chmod(0o500)
    try:
        assert run()[1].cached
        assert run(MULTIPLY)[0] == [1, 9]
        if os.geteuid() != 0:  # root writes everywhere
            assert "cannot write" in _nabla.take_cache_trouble()
    finally:
        folder.chmod(0o700)


def test_no_folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert nb.cache_dir() is None, "in tests"
    assert changes(lambda: run()) == {}
    monkeypatch.setenv("NABLA_CACHE_DIR", "/there")
    assert cache._default() == pathlib.Path("/there")
    monkeypatch.delenv("NABLA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache._default() == tmp_path / "nabla"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/me")
    assert cache._default() == pathlib.Path("/home/me/.cache/nabla")


def test_arguments() -> None:
    with pytest.raises(ValueError, match=r"cache_dir: max_bytes is -1, not a size\n.*test_cache"):
        nb.cache_dir(max_bytes=-1)
    with pytest.raises(TypeError, match=r"cache_dir: .*int"):
        nb.cache_dir(3)  # type: ignore[arg-type]
    assert nb.cache_dir() is None


# ---------------------------------------------------------------- errors


def test_programs_from_the_disk_fail_as_others_do(folder: pathlib.Path) -> None:
    def huge(x: Any) -> Any:
        return nb.sum(nb.sin(nb.reshape(nb.arange(1 << 40), (-1, 4))) @ x)

    messages = []
    for _ in range(2):
        execute.clear()
        compiled = nb.compile(huge)
        with pytest.raises(MemoryError) as error:
            compiled(np.ones(4, np.float32))
        messages.append((str(error.value), error.traceback[-1].lineno))
    assert compiled.stats.loads == 1
    assert messages[0] == messages[1]
