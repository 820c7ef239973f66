# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""First calls in a new process, compilation included; the import is not counted."""

from __future__ import annotations

from benchmarks.measure import Codes, Row

_TIMED = """
import time
{setup}
start = time.perf_counter()
{work}
print(1e3 * (time.perf_counter() - start))
"""

_LIBRARY = """
from benchmarks import models, peers
m = peers.{library}()
m.wait(m.put(models.ones(3)))
"""

_MODEL = """
model = models.{model}
state, batch = m.put(models.initial_state(model)), m.put(model.batch())
"""

_STEP = "m.wait(m.training_step(model)(state, *batch))"

_CHAIN = "m.wait(m.gradient(lambda x: models.chain(m, x, {length}), (0,))(x))"

_LIBRARIES = {"nabla": "Nabla", "jax": "Jax", "jax, cached": "Jax"}


def rows(quick: bool) -> list[Row]:
    mlp, transformer = "mlp((784, 512, 512, 10), 128)", "transformer()"
    rnn, length = "unrolled_rnn(300)", 2000
    if quick:
        mlp, transformer = "mlp((5, 4), 2)", "transformer(1, 8, 2, 4, 2, 7)"
        rnn, length = "unrolled_rnn(3, 2, 3, 4)", 20
    add = "x = m.put(models.ones(3))", "m.wait(m.jit(lambda x: x + 1)(x))"
    works = {
        "x + 1": (*add, 7),
        "MLP step": (_MODEL.format(model=mlp), _STEP, 5),
        "transformer step": (_MODEL.format(model=transformer), _STEP, 3),
    }
    # As long as loops that Python unrolls.
    long = {
        "gradient of 2,000 operations on a number": (
            "x = m.put(models.ones())",
            _CHAIN.format(length=length),
            3,
        ),
        "RNN step, 300 turns unrolled": (_MODEL.format(model=rnn), _STEP, 3),
    }
    found: list[Row] = []
    for name, (setup, work, times) in (works | long).items():
        codes = {
            who: _TIMED.format(setup=_LIBRARY.format(library=library) + setup, work=work)
            for who, library in _LIBRARIES.items()
        }
        cold = {who: code for who, code in codes.items() if who != "jax, cached"}
        second = f"first call of {name}, second process"
        found.append(Codes(f"first call of {name}", "ms", cold, 0.5, times=times))
        if name in long:
            continue
        shown = ("jax, cached",)
        found.append(Codes(second, "ms", codes, 0.3, shown, times, filled=True))
    return found
