# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Long programs are compiled in parts, side by side: nobody can tell, but by the time."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

# The private function has a number of more bits than LLVM knows: one of its assertions, while a
# part becomes LLVM IR.
PROGRAM = """
import json, os, signal, sys, threading, time
import nabla as nb
from nabla import _nabla

WIDE = '''
func.func private @wide(%x: tensor<4x6xf32>) -> tensor<4x6xf32> attributes {no_inline} {
  %zero = arith.constant 0 : index
  %element = tensor.extract %x[%zero, %zero] : tensor<4x6xf32>
  %bits = arith.bitcast %element : f32 to i32
  %a = arith.extui %bits : i32 to i9000000
  %b = arith.muli %a, %a : i9000000
  %c = arith.cmpi ugt, %b, %a : i9000000
  %d = arith.uitofp %c : i1 to f32
  %y = tensor.splat %d : tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}
'''

# Where the tests run in the background, a shell may have turned it off.
signal.signal(signal.SIGINT, signal.default_int_handler)

def long(x):
    for turn in range(100):
        x = nb.sin(x) * x * turn + nb.sum(nb.cos(x), axis=turn % 2, keepdims=True)
    return x

x = nb.linspace(0, 1, 24).reshape(4, 6).realize()

def lowered(text):
    module = _nabla.Module.parse(text)
    module.run_to("bufferize")
    return module

def tasks():
    return len(os.listdir("/proc/self/task"))
"""


def run(tail: str, **environment: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + tail],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_code_does_not_depend_on_the_number_of_threads(tmp_path: pathlib.Path) -> None:
    entries, values = [], []
    for threads in (1, 3):
        folder = tmp_path / str(threads)
        settings = {"NABLA_NUM_THREADS": str(threads), "NABLA_CACHE_DIR": str(folder)}
        values.append(run("print(json.dumps(nb.compile(long)(x).tolist()))", **settings))
        # The program itself, and what made x.
        entries.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert entries[0] == entries[1]
    assert values[0] == values[1]
    objects = [entry.count(b"\x7fELF") for entry in entries[0].values()]
    assert min(objects) == 1 and max(objects) > 2


@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupt_ends_the_making_of_code(threads: int) -> None:
    tail = """
module = lowered(nb.inspect(long)(x))
again = module.clone()
before = tasks()
start = time.process_time()
_nabla.Executable(module, use_cache=False)
whole = time.process_time() - start
threading.Timer(whole / 8, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
start = time.process_time()
try:
    _nabla.Executable(again, use_cache=False)
    sys.exit("not interrupted")
except KeyboardInterrupt:
    pass
while tasks() > before:  # threads that go on for nobody
    time.sleep(0.01)
print(json.dumps((time.process_time() - start) / whole))
"""
    assert run(tail, NABLA_NUM_THREADS=str(threads)) < 0.9


@pytest.mark.parametrize("threads", [1, 3])
def test_a_crash_in_a_part_is_an_error(threads: int) -> None:
    tail = """
call = "%wide = func.call @wide(%arg0) : (tensor<4x6xf32>) -> tensor<4x6xf32>\\n"
text = nb.inspect(long)(x).replace("module {", "module {" + WIDE, 1)
module = lowered(text.replace("%0 = nabla.sin %arg0", call + "%0 = nabla.sin %wide", 1))
assert "call @wide" in module.text()
try:
    _nabla.Executable(module, use_cache=False)
except _nabla.MLIRError as error:
    print(json.dumps([str(error), nb.grad(nb.sin)(0.0).item()]))
"""
    message = "internal error of the compiler (signal 6)"
    assert run(tail, NABLA_NUM_THREADS=str(threads)) == [message, 1]
