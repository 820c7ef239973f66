# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The modules for derivatives of derivatives of a sample, as text."""

from __future__ import annotations

from ops_matrix.programs import float_positions, main, names, signature
from ops_matrix.sample import Sample


def _function(
    name: str,
    inputs: list[str],
    types: list[str],
    body: str,
    outputs: list[str],
    results: list[str],
) -> str:
    given = ", ".join(results)
    return (
        f"func.func private @{name}({signature(inputs, types)}) -> ({given}) {{\n{body}"
        f"  return {', '.join(outputs)} : {given}\n}}\n"
    )


def _jvp(
    label: str,
    callee: str,
    inputs: list[str],
    types: list[str],
    tangents: list[str],
    wrt: list[int],
    results: list[str],
) -> str:
    given = [*types, *(types[i] for i in wrt)]
    return (
        f"  %{label}:{len(results)} = nabla.jvp @{callee}({', '.join(inputs)}) tangents("
        f"{', '.join(tangents)}) wrt = {wrt} : ({', '.join(given)}) -> ({', '.join(results)})\n"
    )


def _vjp(
    label: str,
    callee: str,
    inputs: list[str],
    types: list[str],
    wrt: list[int],
    results: list[str],
    cotangents: list[str],
) -> str:
    """The cotangents of `wrt`, as %label#0 and so on."""
    floats = [results[i] for i in float_positions(results)]
    own = [types[i] for i in wrt]
    linear = f"!nabla.linear<({', '.join(own)}) -> ({', '.join(floats)})>"
    count = len(results)
    return (
        f"  %{label}l:{count + 1} = nabla.linearize @{callee}({', '.join(inputs)}) wrt = {wrt} : "
        f"({', '.join(types)}) -> ({', '.join([*results, linear])})\n"
        f"  %{label}:{len(own)} = nabla.apply_transposed %{label}l#{count}"
        f"({', '.join(cotangents)}) : ({', '.join([linear, *floats])}) -> ({', '.join(own)})\n"
    )


def both_orders(sample: Sample) -> str:
    """(operands, t, ct) -> d<ct, J t>/dx, once as jvp of vjp and once as vjp of jvp."""
    types, results = list(sample.types), list(sample.results)
    wrt = float_positions(types)
    tangents = [types[i] for i in wrt]
    floats = [results[i] for i in float_positions(results)]
    x, t, ct = names("x", len(types)), names("t", len(tangents)), names("ct", len(floats))
    # (x, ct) -> J^T ct, and (x, t) -> J t.
    pulled = _function(
        "pulled",
        [*x, *ct],
        [*types, *floats],
        _vjp("b", "f", x, types, wrt, results, ct),
        [f"%b#{i}" for i in range(len(wrt))],
        tangents,
    )
    pushed = _function(
        "pushed",
        [*x, *t],
        [*types, *tangents],
        _jvp("j", "f", x, types, t, wrt, [*results, *floats]),
        [f"%j#{len(results) + i}" for i in range(len(floats))],
        floats,
    )
    forward = _jvp("r", "pulled", [*x, *ct], [*types, *floats], t, wrt, [*tangents, *tangents])
    reverse = _vjp("s", "pushed", [*x, *t], [*types, *tangents], wrt, floats, ct)
    outputs = [f"%r#{len(wrt) + i}" for i in range(len(wrt))]
    outputs += [f"%s#{i}" for i in range(len(wrt))]
    entry = main(
        [*x, *t, *ct],
        [*types, *tangents, *floats],
        forward + reverse,
        ", ".join(outputs),
        ", ".join([*tangents, *tangents]),
    )
    return entry + pulled + pushed + sample.function("f", "private") + sample.helpers


def third(sample: Sample) -> str:
    """x -> the second and the third derivative of a unary op, in forward mode."""
    (type,) = sample.types
    ones = f"  %one = nabla.constant dense<1.0> : {type}\n"
    functions = []
    for order, callee in ((1, "f"), (2, "d1"), (3, "d2")):
        body = ones + _jvp("j", callee, ["%x"], [type], ["%one"], [0], [type, type])
        functions.append(_function(f"d{order}", ["%x"], [type], body, ["%j#1"], [type]))
    body = f"  %a = nabla.call @d2(%x) : ({type}) -> {type}\n"
    body += f"  %b = nabla.call @d3(%x) : ({type}) -> {type}\n"
    entry = main(["%x"], [type], body, "%a, %b", f"{type}, {type}")
    return entry + "".join(functions) + sample.function("f", "private") + sample.helpers
