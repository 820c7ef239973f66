# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""First calls in a new process, compilation included; the import is not counted."""

from __future__ import annotations

from benchmarks.measure import Row, fresh_interleaved, installed, scaled

_TIMED = """
{setup}
import time
start = time.perf_counter()
{work}
print(time.perf_counter() - start)
"""

_ADD = {
    "nabla": (
        "import nabla as nb; x = nb.tensor([1.0, 2.0, 3.0])",
        "(x + 1).realize()",
    ),
    "jax": (
        "import jax, jax.numpy as jnp; x = jnp.array([1.0, 2.0, 3.0])",
        "(x + 1).block_until_ready()",
    ),
    "jax.jit": (
        "import jax, jax.numpy as jnp; x = jnp.array([1.0, 2.0, 3.0])",
        "jax.jit(lambda x: x + 1)(x).block_until_ready()",
    ),
}

_DATA = """
import numpy as np
rng = np.random.default_rng(0)
sizes = (784, 256), (256,), (256, 10), (10,), (64, 784), (64, 10)
*p, x, y = [array(rng.normal(size=size).astype(np.float32)) for size in sizes]
def loss(p, x, y):
    hidden = tanh(x @ p[0] + p[1])
    return mean((hidden @ p[2] + p[3] - y) ** 2)
"""

_MLP = {
    "nabla": (
        "import nabla as nb; from nabla import tanh, mean, tensor as array" + _DATA,
        "[g.realize() for g in nb.compile(nb.grad(loss))(p, x, y)]",
    ),
    "nabla, eager": (
        "import nabla as nb; from nabla import tanh, mean, tensor as array" + _DATA,
        "[g.realize() for g in nb.grad(loss)(p, x, y)]",
    ),
    "jax.jit": (
        "import jax; from jax.numpy import tanh, mean, array" + _DATA,
        "[g.block_until_ready() for g in jax.jit(jax.grad(loss))(p, x, y)]",
    ),
}


def rows(quick: bool) -> list[Row]:
    times = 1 if quick else 7
    return [
        Row("first x + 1", "ms", scaled(_medians(_ADD, times, not quick), 1e3), "60 ms"),
        Row("first MLP gradient", "ms", scaled(_medians(_MLP, times, not quick), 1e3), "500 ms"),
    ]


def _medians(cases: dict[str, tuple[str, str]], times: int, peers: bool) -> dict[str, float]:
    codes = {
        peer: _TIMED.format(setup=setup, work=work)
        for peer, (setup, work) in cases.items()
        if peer.startswith("nabla") or (peers and installed("jax"))
    }
    return fresh_interleaved(codes, times)
