# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of cond, scan and while, also within each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ops_matrix.arrays import Array, bools, floats, ints, signed
from ops_matrix.sample import Sample, function

S, V, M, N = "tensor<f64>", "tensor<3xf64>", "tensor<4x3xf64>", "tensor<i32>"

COND = f"""
  %r:2 = nabla.cond %0(%1, %2) : (tensor<i1>, {V}, {V}) -> ({V}, {V}) then {{
  ^bb0(%a: {V}, %b: {V}):
    %s = nabla.sin %a : {V}
    %y = nabla.mul %s, %b : {V}
    nabla.yield %y, %b : {V}, {V}
  }} else {{
  ^bb0(%a: {V}, %b: {V}):
    %e = nabla.exp %b : {V}
    nabla.yield %a, %e : {V}, {V}
  }}"""


def _cond(p: Array, x: Array, w: Array) -> Any:
    return (np.sin(x) * w, w) if p else (x, np.exp(w))


# One branch forgets its operand: its tangent is zero there. The other result is no float.
CONSTANT = f"""
  %r:2 = nabla.cond %0(%1, %2) : (tensor<i1>, {V}, {N}) -> ({V}, {N}) then {{
  ^bb0(%a: {V}, %n: {N}):
    %c = nabla.constant dense<2.0> : {V}
    nabla.yield %c, %n : {V}, {N}
  }} else {{
  ^bb0(%a: {V}, %n: {N}):
    %y = nabla.mul %a, %a : {V}
    %m = nabla.add %n, %n : {N}
    nabla.yield %y, %m : {V}, {N}
  }}"""


def _constant(p: Array, x: Array, n: Array) -> Any:
    return (np.full(3, 2.0), n) if p else (x * x, n + n)


NESTED = f"""
  %r = nabla.cond %0(%1, %2) : (tensor<i1>, tensor<i1>, {V}) -> {V} then {{
  ^bb0(%q: tensor<i1>, %a: {V}):
    %y = nabla.cond %q(%a) : (tensor<i1>, {V}) -> {V} then {{
    ^bb0(%b: {V}):
      %s = nabla.sin %b : {V}
      nabla.yield %s : {V}
    }} else {{
    ^bb0(%b: {V}):
      %s = nabla.cos %b : {V}
      nabla.yield %s : {V}
    }}
    %z = nabla.mul %y, %a : {V}
    nabla.yield %z : {V}
  }} else {{
  ^bb0(%q: tensor<i1>, %a: {V}):
    %s = nabla.exp %a : {V}
    nabla.yield %s : {V}
  }}"""


def _nested(p: Array, q: Array, x: Array) -> Array:
    return (np.sin(x) if q else np.cos(x)) * x if p else np.exp(x)


EMPTY = """
  nabla.cond %0() : (tensor<i1>) -> () then {
    nabla.yield
  } else {
    nabla.yield
  }
  %r = nabla.not %0 : tensor<i1>"""


def cond() -> list[Sample]:
    return [
        function("cond", "two results", [bools(), signed(3), signed(3)], [V, V], COND, _cond),
        function(
            "cond", "a constant branch", [bools(), signed(3), ints()], [V, N], CONSTANT, _constant
        ),
        function("cond", "no result", [bools()], ["tensor<i1>"], EMPTY, np.logical_not),
        function("cond", "nested", [bools(), bools(), signed(3)], [V], NESTED, _nested),
    ]


def scan_text(reverse: bool) -> str:
    return f"""
  %r:3 = nabla.scan {"reverse " if reverse else ""}length = 4 consts(%0) carries(%1, %2) xs(%3)
      : ({V}, {V}, {N}, {M}) -> ({V}, {N}, {M}) {{
  ^bb0(%w: {V}, %c: {V}, %n: {N}, %x: {V}):
    %one = nabla.constant dense<1> : {N}
    %next = nabla.add %n, %one : {N}
    %s = nabla.sin %c : {V}
    %p = nabla.mul %s, %w : {V}
    %y = nabla.add %p, %x : {V}
    %z = nabla.mul %y, %c : {V}
    nabla.yield %y, %next, %z : {V}, {N}, {M}
  }}""".replace(f"{V}, {N}, {M}\n  }}", f"{V}, {N}, {V}\n  }}")


def _scan(reverse: bool) -> Callable[..., Any]:
    def run(w: Array, c: Array, n: Array, xs: Array) -> Any:
        ys = np.zeros_like(xs)
        for i in range(3, -1, -1) if reverse else range(4):
            y = np.sin(c) * w + xs[i]
            ys[i] = y * c
            c, n = y, n + np.int32(1)
        return c, n, ys

    return run


# Two carries change places; the counter chooses the branch; nothing is sliced.
SWAP = f"""
  %r:3 = nabla.scan length = 5 consts(%0) carries(%1, %2, %3) xs()
      : ({S}, {S}, {S}, {N}) -> ({S}, {S}, {N}) {{
  ^bb0(%w: {S}, %a: {S}, %b: {S}, %n: {N}):
    %two = nabla.constant dense<2> : {N}
    %one = nabla.constant dense<1> : {N}
    %m = nabla.add %n, %one : {N}
    %even = nabla.rem %n, %two : {N}
    %p = nabla.compare eq %even, %one : {N}
    %y = nabla.cond %p(%a, %w) : (tensor<i1>, {S}, {S}) -> {S} then {{
    ^bb0(%c: {S}, %v: {S}):
      %s = nabla.sin %c : {S}
      %z = nabla.mul %s, %v : {S}
      nabla.yield %z : {S}
    }} else {{
    ^bb0(%c: {S}, %v: {S}):
      %z = nabla.mul %c, %c : {S}
      nabla.yield %z : {S}
    }}
    nabla.yield %b, %y, %m : {S}, {S}, {N}
  }}"""


def _swap(w: Array, a: Array, b: Array, n: Array) -> Any:
    for _ in range(5):
        y = np.sin(a) * w if n % 2 == 1 else a * a
        a, b, n = b, y, n + np.int32(1)
    return a, b, n


NESTED_SCAN = f"""
  %r:2 = nabla.scan length = 4 consts() carries(%0) xs(%1) : ({S}, {M}) -> ({S}, {M}) {{
  ^bb0(%c: {S}, %row: {V}):
    %y:2 = nabla.scan reverse length = 3 consts(%c) carries(%c) xs(%row)
        : ({S}, {S}, {V}) -> ({S}, {V}) {{
    ^bb0(%k: {S}, %d: {S}, %x: {S}):
      %p = nabla.mul %d, %x : {S}
      %s = nabla.sin %k : {S}
      %n = nabla.add %p, %s : {S}
      nabla.yield %n, %p : {S}, {S}
    }}
    %t = nabla.tanh %y#0 : {S}
    nabla.yield %t, %y#1 : {S}, {V}
  }}"""


def _nested_scan(c: Array, rows: Array) -> Any:
    ys = np.zeros_like(rows)
    for i in range(4):
        d = c
        for j in (2, 1, 0):
            ys[i, j] = d * rows[i, j]
            d = ys[i, j] + np.sin(c)
        c = np.tanh(d)
    return c, ys


NO_TURN = f"""
  %r:2 = nabla.scan length = 0 consts() carries(%0) xs(%1)
      : ({V}, tensor<0x3xf64>) -> ({V}, tensor<0x3xf64>) {{
  ^bb0(%c: {V}, %x: {V}):
    %y = nabla.mul %c, %x : {V}
    nabla.yield %y, %y : {V}, {V}
  }}"""


def scan() -> list[Sample]:
    operands = [signed(3), signed(3), ints(), signed(4, 3)]
    found = [
        function(
            "scan",
            "backwards" if reverse else "forwards",
            operands,
            [V, N, M],
            scan_text(reverse),
            _scan(reverse),
        )
        for reverse in (False, True)
    ]
    return [
        *found,
        function(
            "scan", "with a cond", [signed(), signed(), signed(), ints()], [S, S, N], SWAP, _swap
        ),
        function("scan", "nested", [signed(), signed(4, 3)], [S, M], NESTED_SCAN, _nested_scan),
        function(
            "scan",
            "no turn",
            [signed(3), signed(0, 3)],
            [V, "tensor<0x3xf64>"],
            NO_TURN,
            lambda c, xs: (c, xs),
        ),
    ]


# Doubles a number until it is past the limit; what depends on it is no part of the loop.
COUNTED = f"""
  %n = nabla.while consts(%1) carries(%2) : ({N}, {N}) -> {N} while {{
  ^bb0(%limit: {N}, %i: {N}):
    %p = nabla.compare lt %i, %limit : {N}
    nabla.yield %p : tensor<i1>
  }} do {{
  ^bb0(%limit: {N}, %i: {N}):
    %m = nabla.add %i, %i : {N}
    nabla.yield %m : {N}
  }}
  %x = nabla.convert %n : {N} -> {S}
  %r = nabla.mul %0, %x : {S}"""


def _counted(x: Array, limit: Array, n: Array) -> Array:
    while n < limit:
        n = n + n
    return x * n


GROWING = f"""
  %r:2 = nabla.while consts(%0) carries(%1, %2) : ({V}, {V}, {N}) -> ({V}, {N}) while {{
  ^bb0(%w: {V}, %c: {V}, %n: {N}):
    %sum = nabla.reduce_sum %c dims = [0] : {V} -> {S}
    %ten = nabla.constant dense<10.0> : {S}
    %p = nabla.compare lt %sum, %ten : {S}
    nabla.yield %p : tensor<i1>
  }} do {{
  ^bb0(%w: {V}, %c: {V}, %n: {N}):
    %one = nabla.constant dense<1> : {N}
    %m = nabla.add %n, %one : {N}
    %y = nabla.mul %c, %w : {V}
    nabla.yield %y, %m : {V}, {N}
  }}"""


def _growing(w: Array, c: Array, n: Array) -> Any:
    while c.sum() < 10:
        c, n = c * w, n + np.int32(1)
    return c, n


def while_() -> list[Sample]:
    grown = [floats(3, low=1.2, high=2.5), floats(3), ints()]
    return [
        function(
            "while",
            "beside a derivative",
            [signed(), ints(low=3, high=40), ints(low=1)],
            [S],
            COUNTED,
            _counted,
        ),
        # tests/py/test_while_loop.py has the forward mode of loops, which have no reverse mode.
        replace(
            function("while", "of floats", grown, [V, N], GROWING, _growing),
            columns=("value", "batch", "lower"),
        ),
    ]


def yields() -> list[Sample]:
    operands = [signed(3), signed(3), ints(), signed(4, 3)]
    return [
        function("yield", "of a cond", [bools(), signed(3), signed(3)], [V, V], COND, _cond),
        function("yield", "of a scan", operands, [V, N, M], scan_text(True), _scan(True)),
    ]


ROWS: dict[str, Callable[[], list[Sample]]] = {
    "cond": cond,
    "scan": scan,
    "while": while_,
    "yield": yields,
}
