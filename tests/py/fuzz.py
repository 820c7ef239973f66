# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Textual mutations of MLIR, to find crashes with: mostly still parsed, mostly wrong.

A mutation replaces one piece of the text (a number, a type, an attribute, a value, the name
of an op or of a function) by a hostile one, or drops, repeats or swaps lines.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "-2",
    "7",
    "200",
    "65536",
    "4294967296",
    "281474976710656",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
]
TYPES = [
    "tensor<f32>",
    "tensor<0xf32>",
    "tensor<1xf32>",
    "tensor<3xf32>",
    "tensor<2x3xf64>",
    "tensor<4x0x2xf32>",
    "tensor<1x1x1x1x1x1x1x1x1xf32>",
    "tensor<i1>",
    "tensor<3xi1>",
    "tensor<2xi64>",
    "tensor<2xui32>",
    "tensor<3xsi32>",
    "tensor<3xi4>",
    "tensor<3xi128>",
    "tensor<3xindex>",
    "tensor<3xbf16>",
    "tensor<3xf16>",
    "tensor<3xf8E4M3FN>",
    "tensor<3xf128>",
    "tensor<3xcomplex<f32>>",
    "tensor<?xf32>",
    "tensor<*xf32>",
    'tensor<3xf32, "encoding">',
    "tensor<3xvector<2xf32>>",
    "tensor<3x!nabla.linear<(tensor<f32>) -> (tensor<f32>)>>",
    "memref<3xf32>",
    "vector<3xf32>",
    "f32",
    "index",
    "none",
    "!llvm.ptr",
    "tuple<tensor<f32>>",
    "tensor<3000000000x3000000000xf32>",
    "tensor<281474976710655xf32>",
    "!nabla.linear<() -> ()>",
    "!nabla.linear<(tensor<f32>) -> (tensor<f32>)>",
    "!nabla.linear<(tensor<3xf32>, tensor<f64>) -> ()>",
]
ATTRIBUTES = [
    "[]",
    "[0]",
    "[0, 0]",
    "[-1]",
    "[1, 0]",
    "[0, 1, 2, 3]",
    "[9223372036854775807]",
    "[9223372036854775807, 9223372036854775807]",
    "[-9223372036854775808]",
    "[3000000000, 3000000000]",
]
CONSTANTS = [
    "dense<0.0>",
    "dense<1>",
    "dense<true>",
    "dense<[1.0, 2.0]>",
    "dense<[[1, 2], [3, 4]]>",
    "dense<>",
    'dense<"0x00">',
    'dense<"0x0000803F0000803F">',
    "dense<0x7FC00000>",
    "dense_resource<missing>",
    "sparse<[[0]], [1.0]>",
    "array<i64: 1, 2>",
    "unit",
    '"text"',
    "@main",
]

TYPE = re.compile(r"(?:tensor|memref|vector)<[^<>]*(?:<[^<>]*>[^<>]*)*>|!nabla\.linear<[^\n]*?\)>")
NUMBER = re.compile(r"(?<![\w%#@.])-?\d+(?![\w.])")
LIST = re.compile(r"(?<== )\[[^\]\n]*\]|(?<=x )\[[^\]\n]*\]|(?<=: )-?\d+(?:, -?\d+)+(?=>)")
VALUE = re.compile(r"%[\w#:]+")
CONSTANT = re.compile(r"dense<[^<>\n]*>")
SYMBOL = re.compile(r"@[\w.]+")
OP = re.compile(r"nabla\.[a-z]\w*")


def _replace(pattern: re.Pattern[str], choices: list[str]) -> Callable[[random.Random, str], str]:
    def mutate(rng: random.Random, text: str) -> str:
        found = list(pattern.finditer(text))
        if not found:
            return text
        match = rng.choice(found)
        # A piece of the same program is as good as one of the list, and fits more often.
        choice = rng.choice(choices) if choices and rng.random() < 0.6 else rng.choice(found)[0]
        if rng.random() < 0.2:
            return text.replace(match[0], choice)
        return text[: match.start()] + choice + text[match.end() :]

    return mutate


def _extents(rng: random.Random, text: str) -> str:
    """One dimension of one type is changed, added or dropped, everywhere or once."""
    found = [m for m in TYPE.finditer(text) if m[0].startswith("tensor<")]
    if not found:
        return text
    match = rng.choice(found)
    *dims, element = match[0][len("tensor<") : -1].split("x")
    how = rng.randrange(3)
    if how == 0 or not dims:
        dims.insert(rng.randint(0, len(dims)), rng.choice(["0", "1", "2", "3", "?"]))
    elif how == 1:
        del dims[rng.randrange(len(dims))]
    else:
        dims[rng.randrange(len(dims))] = rng.choice(["0", "1", "2", "5", "?", "4294967296"])
    changed = "tensor<" + "x".join([*dims, element]) + ">"
    if rng.random() < 0.5:
        return text.replace(match[0], changed)
    return text[: match.start()] + changed + text[match.end() :]


def _elements(rng: random.Random, text: str) -> str:
    """One element type becomes another, everywhere."""
    found = re.findall(r"(?<=[x<])(?:f|bf|i|ui)\d+(?=>)", text)
    if not found:
        return text
    old = rng.choice(found)
    new = rng.choice(["f16", "bf16", "f32", "f64", "i1", "i8", "ui8", "i64", "ui64"])
    return re.sub(rf"(?<=[x<]){old}(?=>)", new, text)


def _lines(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.randrange(3)
    if how == 0:
        del lines[first]
    elif how == 1:
        lines.insert(second, lines[first])
    else:
        lines[first], lines[second] = lines[second], lines[first]
    return "\n".join(lines)


def _characters(rng: random.Random, text: str) -> str:
    first = rng.randrange(len(text))
    second = min(len(text), first + rng.randint(1, 8))
    return text[:first] + rng.choice(["", " ", "x", "<", ">", "(", ")", '"']) + text[second:]


MUTATIONS = [
    _replace(TYPE, TYPES),
    _replace(NUMBER, NUMBERS),
    _replace(LIST, ATTRIBUTES),
    _replace(VALUE, []),
    _replace(CONSTANT, CONSTANTS),
    _replace(SYMBOL, ["@missing"]),
    _replace(OP, []),
    _extents,
    _extents,
    _elements,
    _lines,
    _characters,
]


def mutate(rng: random.Random, text: str) -> str:
    """The text with one to three mutations."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        text = rng.choice(MUTATIONS)(rng, text) or text
    return text
