# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of calls and transforms, which the checks put under further transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ops_matrix.arrays import Array, bools, ints, signed
from ops_matrix.sample import Sample, function

V, M = "tensor<3xf64>", "tensor<2x3xf64>"
LINEAR = f"!nabla.linear<({V}, {V}) -> ({V})>"

# g(x, w, n) = (sin(x) w, n), of which the last is no float.
G = f"""func.func private @g(%x: {V}, %w: {V}, %n: tensor<3xi32>) -> ({V}, tensor<3xi32>) {{
  %s = nabla.sin %x : {V}
  %y = nabla.mul %s, %w : {V}
  return %y, %n : {V}, tensor<3xi32>
}}
"""
OPERANDS = f"{V}, {V}, tensor<3xi32>"


def _tangent(x: Array, w: Array, t: Array, u: Array) -> Array:
    return np.cos(x) * w * t + np.sin(x) * u


def call() -> list[Sample]:
    body = f"  %r:2 = nabla.call @g(%0, %1, %2) : ({OPERANDS}) -> ({V}, tensor<3xi32>)"
    twice = f"""
  %a:2 = nabla.call @g(%0, %1, %2) : ({OPERANDS}) -> ({V}, tensor<3xi32>)
  %r:2 = nabla.call @g(%a#0, %0, %2) : ({OPERANDS}) -> ({V}, tensor<3xi32>)"""
    operands = [signed(3), signed(3), ints(3)]
    results = [V, "tensor<3xi32>"]
    return [
        function("call", "once", operands, results, body, lambda x, w, n: (np.sin(x) * w, n), G),
        function(
            "call",
            "twice",
            operands,
            results,
            twice,
            lambda x, w, n: (np.sin(np.sin(x) * w) * x, n),
            G,
        ),
    ]


def jvp() -> list[Sample]:
    both = f"""
  %r:3 = nabla.jvp @g(%0, %1, %2) tangents(%3, %4) wrt = [0, 1]
      : ({OPERANDS}, {V}, {V}) -> ({V}, tensor<3xi32>, {V})"""
    one = f"""
  %r:3 = nabla.jvp @g(%0, %1, %2) tangents(%3) wrt = [1]
      : ({OPERANDS}, {V}) -> ({V}, tensor<3xi32>, {V})"""
    operands = [signed(3), signed(3), ints(3), signed(3), signed(3)]
    results = [V, "tensor<3xi32>", V]
    return [
        function(
            "jvp",
            "in both",
            operands,
            results,
            both,
            lambda x, w, n, t, u: (np.sin(x) * w, n, _tangent(x, w, t, u)),
            G,
        ),
        function(
            "jvp",
            "in one",
            operands[:4],
            results,
            one,
            lambda x, w, n, u: (np.sin(x) * w, n, np.sin(x) * u),
            G,
        ),
    ]


def linearized(rest: str) -> str:
    return f"""
  %y:3 = nabla.linearize @g(%0, %1, %2) wrt = [0, 1]
      : ({OPERANDS}) -> ({V}, tensor<3xi32>, {LINEAR})
{rest}"""


APPLY = f"  %r{{}} = nabla.apply %y#2({{}}) : ({LINEAR}, {V}, {V}) -> {V}\n"


def linearize() -> list[Sample]:
    body = linearized(APPLY.format("1", "%3, %4") + APPLY.format("2", "%4, %3"))
    body += f"  %r0 = nabla.add %y#0, %y#0 : {V}"

    def reference(x: Array, w: Array, n: Array, t: Array, u: Array) -> Any:
        return 2 * np.sin(x) * w, _tangent(x, w, t, u), _tangent(x, w, u, t)

    operands = [signed(3), signed(3), ints(3), signed(3), signed(3)]
    alone = f"!nabla.linear<({V}) -> ({V})>"
    one = f"""
  %y:3 = nabla.linearize @g(%0, %1, %2) wrt = [1] : ({OPERANDS}) -> ({V}, tensor<3xi32>, {alone})
  %r = nabla.apply_transposed %y#2(%3) : ({alone}, {V}) -> {V}"""
    return [
        function("linearize", "applied twice", operands, [V, V, V], body, reference, G),
        function(
            "linearize", "in one", operands[:4], [V], one, lambda x, w, n, ct: np.sin(x) * ct, G
        ),
    ]


def apply() -> list[Sample]:
    operands = [signed(3), signed(3), ints(3), signed(3), signed(3)]
    return [
        function(
            "apply",
            "once",
            operands,
            [V],
            linearized(APPLY.format("", "%3, %4")),
            lambda x, w, n, t, u: _tangent(x, w, t, u),
            G,
        ),
        function(
            "apply",
            "one tangent for both",
            operands[:4],
            [V],
            linearized(APPLY.format("", "%3, %3")),
            lambda x, w, n, t: _tangent(x, w, t, t),
            G,
        ),
    ]


def apply_transposed() -> list[Sample]:
    text = "  %r{} = nabla.apply_transposed %y#2({}) : ({}, {}) -> ({}, {})\n"
    once = linearized(text.format(":2", "%3", LINEAR, V, V, V))
    # The pullback of a pullback, which is the pushforward.
    twice = linearized(text.format(":2", "%y#0", LINEAR, V, V, V))
    operands = [signed(3), signed(3), ints(3), signed(3)]
    return [
        function(
            "apply_transposed",
            "once",
            operands,
            [V, V],
            once,
            lambda x, w, n, ct: (np.cos(x) * w * ct, np.sin(x) * ct),
            G,
        ),
        function(
            "apply_transposed",
            "to the value",
            operands[:3],
            [V, V],
            twice,
            lambda x, w, n: (np.cos(x) * w * np.sin(x) * w, np.sin(x) ** 2 * w),
            G,
        ),
    ]


def bind_linear() -> list[Sample]:
    helper = f"""func.func private @linear(%p: tensor<3xi1>, %c: {V}, %t: {V}) -> {V} {{
  %y = nabla.mul %t, %c : {V}
  %z = nabla.select %p, %y, %t : {V}
  return %z : {V}
}}
"""
    linear = f"!nabla.linear<({V}) -> ({V})>"
    body = f"""
  %l = nabla.bind_linear @linear(%0, %1) : (tensor<3xi1>, {V}) -> {linear}
  %r0 = nabla.apply %l(%2) : ({linear}, {V}) -> {V}
  %r1 = nabla.apply_transposed %l(%2) : ({linear}, {V}) -> {V}"""

    def reference(p: Array, c: Array, t: Array) -> Any:
        return np.where(p, t * c, t), np.where(p, t * c, t)

    operands = [bools(3), signed(3), signed(3)]
    return [function("bind_linear", "both ways", operands, [V, V], body, reference, helper)]


def vmap() -> list[Sample]:
    body = f"""
  %r:2 = nabla.vmap @g(%0, %1, %2) in_axes = [0, -1, 1] out_axes = [1, 0] size = 2
      : ({M}, {V}, tensor<3x2xi32>) -> (tensor<3x2xf64>, tensor<2x3xi32>)"""
    shared = f"""
  %r:2 = nabla.vmap @g(%0, %1, %2) in_axes = [-1, 0, -1] out_axes = [0, -1] size = 2
      : ({V}, {M}, tensor<3xi32>) -> ({M}, tensor<3xi32>)"""
    none = f"""
  %r:2 = nabla.vmap @g(%0, %1, %2) in_axes = [-1, -1, -1] out_axes = [0, -1] size = 2
      : ({V}, {V}, tensor<3xi32>) -> ({M}, tensor<3xi32>)"""
    return [
        function(
            "vmap",
            "axes",
            [signed(2, 3), signed(3), ints(3, 2)],
            ["tensor<3x2xf64>", "tensor<2x3xi32>"],
            body,
            lambda x, w, n: ((np.sin(x) * w).T, n.T),
            G,
        ),
        function(
            "vmap",
            "a result that all share",
            [signed(3), signed(2, 3), ints(3)],
            [M, "tensor<3xi32>"],
            shared,
            lambda x, w, n: (np.sin(x) * w, n),
            G,
        ),
        function(
            "vmap",
            "no operand that differs",
            [signed(3), signed(3), ints(3)],
            [M, "tensor<3xi32>"],
            none,
            lambda x, w, n: (np.stack([np.sin(x) * w] * 2), n),
            G,
        ),
    ]


ROWS: dict[str, Callable[[], list[Sample]]] = {
    "apply": apply,
    "apply_transposed": apply_transposed,
    "bind_linear": bind_linear,
    "call": call,
    "jvp": jvp,
    "linearize": linearize,
    "vmap": vmap,
}
