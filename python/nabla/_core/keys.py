# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The process-wide generator of random keys, inside traces and out.

A key is two words. Eagerly it is made of the seed and a count (python/bindings/keys.cpp). A
trace that runs many times (of compile, vmap or scan) gets a key as one more input and derives
its draws from it, so that every call, example or step draws anew; the transform supplies that
input. In any other trace a draw is one of the surrounding trace, captured.
"""

from __future__ import annotations

from collections.abc import Sequence

from nabla import _nabla
from nabla._core.apply import apply1
from nabla._core.attributes import int_array
from nabla._core.convert import as_int
from nabla._core.dtypes import uint32
from nabla._core.elementwise import reshape
from nabla._core.graph import Value
from nabla._core.trace import Trace, current, within
from nabla._core.types import tensor_type

KEY = tensor_type(uint32, (2,))


def _mixed(seed: int) -> int:
    """64 bits made of a seed, so that the keys of two seeds, or `nb.random.key`, do not meet.

    The finalizer of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
    generators", OOPSLA 2014.
    """
    bits = (seed + 0x9E3779B97F4A7C15) & _WORD64
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & _WORD64
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & _WORD64
    return bits ^ bits >> 31


_WORD64 = (1 << 64) - 1
_nabla.begin_keys(_mixed(0))
_nabla.connect(key_type=KEY)


def seed(value: int) -> None:
    """Begin the process-wide generator anew; it begins with 0.

    >>> nb.seed(3); x = nb.gaussian().item(); nb.seed(3)
    >>> x == nb.gaussian().item()
    True
    """
    _nabla.begin_keys(_mixed(as_int("seed", "value", value)))


def draw() -> Value:
    """A key that no other draw gets, in the innermost trace."""
    return draw_in(current())


def draw_in(trace: Trace | None) -> Value:
    """A key that no other draw gets, in this trace or around it."""
    if trace is None:
        return _nabla.draw_key()
    if not trace.repeats:
        return draw_in(trace.parent)
    if trace.key is None:
        trace.key = trace.key_input = trace.input(KEY)
    with within(trace):
        trace.key, drawn = split(trace.key, 2)
    return drawn


def split(key: Value, count: int) -> Sequence[Value]:
    """Keys made from one."""
    keys = split_stacked(key, count)
    return [_row(keys, i) for i in range(count)]


def split_stacked(key: Value, count: int) -> Value:
    """Keys made from one, stacked."""
    words = apply1("random_bits", (key,), (), tensor_type(uint32, (2 * count,)))
    return reshape(words, (count, 2))


def _row(keys: Value, i: int) -> Value:
    attributes = (
        ("starts", int_array((i, 0))),
        ("limits", int_array((i + 1, 2))),
        ("strides", int_array((1, 1))),
    )
    return reshape(apply1("slice", (keys,), attributes), (2,))
