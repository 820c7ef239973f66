# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The modules that put a sample under each transform, as text."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from ops_matrix.arrays import KIND_OF, parse_type, type_of
from ops_matrix.sample import Sample

SIZE, OUTER = 3, 2  # examples in a batch, and in a batch of batches


def is_float(type: str) -> bool:
    return KIND_OF[parse_type(type)[0]] == "float"


def float_positions(types: Sequence[str]) -> list[int]:
    return [i for i, type in enumerate(types) if is_float(type)]


def with_axis(type: str, axis: int, size: int) -> str:
    dtype, shape = parse_type(type)
    return type_of(dtype, (*shape[:axis], size, *shape[axis:]))


def names(prefix: str, count: int) -> list[str]:
    return [f"%{prefix}{i}" for i in range(count)]


def signature(inputs: Sequence[str], types: Sequence[str]) -> str:
    return ", ".join(f"{name}: {type}" for name, type in zip(inputs, types, strict=True))


def main(inputs: Sequence[str], types: Sequence[str], body: str, outputs: str, results: str) -> str:
    return (
        f"func.func public @main({signature(inputs, types)}) -> ({results}) {{\n{body}"
        f"  return {outputs} : {results}\n}}\n"
    )


def values(sample: Sample) -> str:
    """The op alone, in the entry."""
    return sample.function("main", "public") + sample.helpers


def derivatives(sample: Sample) -> str:
    """(operands, tangents, cotangents) -> (results, tangents, cotangents of the operands).

    One more operand, which passes through, has a tangent where the sample has none.
    """
    operands = [*sample.types, "tensor<f64>"]
    results = [*sample.results, "tensor<f64>"]
    last = f"%{len(operands) - 1}"
    passing = Sample(
        sample.op,
        sample.name,
        (),
        tuple(results),
        (*sample.outputs, last),
        sample.body,
        sample.reference,
    ).function("f", "private")
    passing = passing.replace("@f()", f"@f({signature(names('', len(operands)), operands)})")
    wrt = float_positions(operands)
    tangents = [operands[i] for i in wrt]
    cotangents = [results[i] for i in float_positions(results)]
    x, t, ct = names("x", len(operands)), names("t", len(tangents)), names("ct", len(cotangents))
    linear = f"!nabla.linear<({', '.join(tangents)}) -> ({', '.join(cotangents)})>"
    n, m, k = len(results), len(cotangents), len(tangents)
    body = (
        f"  %j:{n + m} = nabla.jvp @f({', '.join(x)}) tangents({', '.join(t)}) wrt = {wrt} : "
        f"({', '.join([*operands, *tangents])}) -> ({', '.join([*results, *cotangents])})\n"
        f"  %l:{n + 1} = nabla.linearize @f({', '.join(x)}) wrt = {wrt} : "
        f"({', '.join(operands)}) -> ({', '.join([*results, linear])})\n"
        f"  %b:{k} = nabla.apply_transposed %l#{n}({', '.join(ct)}) : "
        f"({', '.join([linear, *cotangents])}) -> ({', '.join(tangents)})\n"
    )
    outputs = [f"%j#{i}" for i in range(n + m)] + [f"%b#{i}" for i in range(k)]
    types = [*results, *cotangents, *tangents]
    return (
        main(
            [*x, *t, *ct],
            [*operands, *tangents, *cotangents],
            body,
            ", ".join(outputs),
            ", ".join(types),
        )
        + passing
        + sample.helpers
    )


@dataclass(frozen=True)
class Batching:
    """For each operand, the axis of the inner and of the outer batch (-1: none)."""

    inner: tuple[int, ...]
    outer: tuple[int, ...] | None = None
    out_last: bool = False  # examples of the results lie along their last axis


def batchings(sample: Sample, thorough: bool) -> list[Batching]:
    """Every choice of operands that hold a batch; if thorough, also other axes and batches of
    batches."""
    count = len(sample.operands)
    if count == 0:
        return [Batching(()), Batching((), ())]
    found = [Batching(inner) for inner in itertools.product((0, -1), repeat=count)][:-1]
    if not thorough:
        return found
    ranks = [len(operand.shape) for operand in sample.operands]
    found.append(Batching(tuple(ranks), None, out_last=True))
    found.append(Batching((0,) * count, (0,) * count))
    apart = tuple(0 if i % 2 else -1 for i in range(count))
    others = tuple(-1 if i % 2 else 0 for i in range(count))
    return [*found, Batching(apart, others)] if count > 1 else found


def batched_types(sample: Sample, batching: Batching) -> list[str]:
    types = list(sample.types)
    for axes, size in ((batching.inner, SIZE), (batching.outer, OUTER)):
        for i, axis in enumerate(axes or ()):
            if axis >= 0:
                types[i] = with_axis(types[i], axis, size)
    return types


def _vmap(
    callee: str,
    label: str,
    inputs: Sequence[str],
    types: Sequence[str],
    axes: Sequence[int],
    results: Sequence[str],
    out_axes: Sequence[int],
    size: int,
) -> str:
    return (
        f"  %{label}:{len(results)} = nabla.vmap @{callee}({', '.join(inputs)}) in_axes = "
        f"{list(axes)} out_axes = {list(out_axes)} size = {size} : ({', '.join(types)}) -> "
        f"({', '.join(results)})\n"
    )


def batches(sample: Sample, thorough: bool) -> tuple[str, list[Batching]]:
    """One entry with every batching, each on operands of its own."""
    functions = [sample.function("f", "private"), sample.helpers]
    inputs: list[str] = []
    types: list[str] = []
    outputs: list[str] = []
    results: list[str] = []
    body = ""
    found = batchings(sample, thorough)
    for number, batching in enumerate(found):
        given = batched_types(sample, batching)
        own = names(f"b{number}x", len(given))
        out_axes = [len(parse_type(r)[1]) if batching.out_last else 0 for r in sample.results]
        once = [with_axis(r, a, SIZE) for r, a in zip(sample.results, out_axes, strict=True)]
        if batching.outer is None:
            made = once
            body += _vmap("f", f"r{number}", own, given, batching.inner, once, out_axes, SIZE)
        else:
            inner = batched_types(sample, Batching(batching.inner))
            text = _vmap(
                "f", "r", names("x", len(inner)), inner, batching.inner, once, out_axes, SIZE
            )
            functions.append(
                f"func.func private @g{number}({signature(names('x', len(inner)), inner)}) -> "
                f"({', '.join(once)}) {{\n{text}  return "
                f"{', '.join(f'%r#{i}' for i in range(len(once)))} : {', '.join(once)}\n}}\n"
            )
            made = [with_axis(r, 0, OUTER) for r in once]
            body += _vmap(
                f"g{number}", f"r{number}", own, given, batching.outer, made, [0] * len(made), OUTER
            )
        inputs += own
        types += given
        outputs += [f"%r{number}#{i}" for i in range(len(made))]
        results += made
    text = main(inputs, types, body, ", ".join(outputs), ", ".join(results))
    return text + "".join(functions), found
