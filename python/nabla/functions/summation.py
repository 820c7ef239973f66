# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Einstein's summation."""

from __future__ import annotations

import itertools
import math
import string
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.dtypes import bool_
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.tree import wrap
from nabla._generated import build
from nabla.functions.contraction import dot

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["einsum"]


class Term(NamedTuple):
    """A value and a label for each of its dimensions."""

    value: Value
    labels: tuple[str, ...]


def einsum(subscripts: str, *operands: TensorLike) -> Tensor:
    """The sum of products that a formula describes, as in NumPy: `"ij,jk->ik"`.

    A letter names a dimension. Elements are multiplied where letters agree and summed over
    the letters that the result does not have; a letter that an operand has twice takes its
    diagonal. `...` stands for dimensions that broadcast. Without `->` the result has the
    letters that occur once, in alphabetical order. Dtypes promote; a sum of bools says whether
    any holds.

    ValueError if the formula cannot be read or does not fit the shapes.

    >>> nb.einsum("ij,j->i", nb.tensor([[1.0, 2.0], [3.0, 4.0]]), nb.tensor([1.0, 10.0]))
    Tensor([21. 43.] : f32[2])
    """
    if not isinstance(subscripts, str):
        raise TypeError(at_user(f"einsum: the formula comes first, as text: got {subscripts!r}"))
    values = [as_value(operand, "einsum") for operand in operands]
    inputs, output = _parse(subscripts, [value.type.shape for value in values])
    dtype, weak = e.common_dtype(values)
    values = [e.convert(value, dtype) for value in values]
    extents = _extents(subscripts, inputs, values)
    terms = [_simple(Term(*pair), extents) for pair in zip(values, inputs, strict=True)]
    result = _transposed(_contracted(terms, output), output)
    result.weak = weak
    return wrap(result)


# ---------------------------------------------------------------- reading


def _parse(
    subscripts: str, shapes: Sequence[tuple[int, ...]]
) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """The labels of the operands and of the result; those of an ellipsis are numbers."""
    formula = subscripts.replace(" ", "")
    left, arrow, right = formula.partition("->")
    parts = left.split(",")
    if not shapes or len(parts) != len(shapes):
        raise ValueError(
            at_user(
                f"einsum: {subscripts!r} has {len(parts)} operands, but {len(shapes)} are given"
            )
        )
    inputs = [_labels(subscripts, part, len(s)) for part, s in zip(parts, shapes, strict=True)]
    counts = Counter(itertools.chain(*inputs))
    dots = sorted((label for label in counts if label.isdigit()), key=int, reverse=True)
    if not arrow:
        letters = sorted(label for label, n in counts.items() if n == 1 and not label.isdigit())
        return inputs, (*dots, *letters)
    rank = len(right.replace("...", "")) + (len(dots) if "..." in right else 0)
    output = _labels(subscripts, right, rank)
    for label in output:
        if label not in counts or output.count(label) > 1:
            raise ValueError(
                at_user(f"einsum: {label!r} of the result of {subscripts!r} is not in the operands")
                if label not in counts
                else at_user(f"einsum: the result of {subscripts!r} has {label!r} twice")
            )
    if dots and "..." not in right:
        raise ValueError(at_user(f"einsum: the result of {subscripts!r} lacks the ellipsis"))
    return inputs, output


def _labels(subscripts: str, part: str, rank: int) -> tuple[str, ...]:
    """One label a dimension. Those of an ellipsis count down to "0", to align at the end."""
    before, dots, after = part.partition("...")
    letters = before + after
    if not set(letters) <= set(string.ascii_letters):
        raise ValueError(at_user(f"einsum: {part!r} of {subscripts!r} is not made of letters"))
    hidden = rank - len(letters)
    if hidden < 0 or (hidden and not dots):
        raise ValueError(
            at_user(f"einsum: {part!r} of {subscripts!r} names {len(letters)} of {rank} dimensions")
        )
    return (*before, *(str(i) for i in reversed(range(hidden))), *after)


def _extents(
    subscripts: str, inputs: Sequence[tuple[str, ...]], values: Sequence[Value]
) -> dict[str, int]:
    """The extent of each label; 1 gives way to another."""
    found: dict[str, int] = {}
    owner: dict[str, Value] = {}
    for labels, value in zip(inputs, values, strict=True):
        for label, extent in zip(labels, value.type.shape, strict=True):
            known = found.get(label, 1)
            is_own = label in owner and owner[label] is value
            if known != extent and (is_own or 1 not in (known, extent)):
                first, second = list(owner[label].type.shape), list(value.type.shape)
                raise ValueError(
                    at_user(
                        f"einsum: {label!r} of {subscripts!r} is {known} in shape {first} and "
                        f"{extent} in shape {second}"
                    )
                )
            if label not in found or known == 1:
                found[label], owner[label] = extent, value
    return found


# ---------------------------------------------------------------- computing


def _simple(term: Term, extents: dict[str, int]) -> Term:
    """The term with each label once, and none that it is only repeated along."""
    value, labels = term
    kept = [n == extents[label] for n, label in zip(value.type.shape, labels, strict=True)]
    shape = [n for n, keep in zip(value.type.shape, kept, strict=True) if keep]
    labels = tuple(label for label, keep in zip(labels, kept, strict=True) if keep)
    term = Term(e.reshape(value, tuple(shape)), labels)
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        while term.labels.count(label) > 1:
            term = _diagonal(term, label)
    return term


def _diagonal(term: Term, label: str) -> Term:
    """The elements where two dimensions of this label agree: every (n + 1)-th of n x n."""
    first = term.labels.index(label)
    second = term.labels.index(label, first + 1)
    rest = [i for i in range(len(term.labels)) if i not in (first, second)]
    value = build.transpose(term.value, permutation=[*rest, first, second])
    *lead, n, _ = value.type.shape
    flat = e.reshape(value, (*lead, n * n))
    zeros, ones = [0] * len(lead), [1] * len(lead)
    taken = build.slice_(flat, starts=[*zeros, 0], limits=flat.type.shape, strides=[*ones, n + 1])
    return Term(taken, (*(term.labels[i] for i in rest), label))


def _contracted(terms: list[Term], output: tuple[str, ...]) -> Term:
    """All terms multiplied; always next the two whose product saves most, then costs least."""
    while len(terms) > 1:
        pairs = list(itertools.combinations(range(len(terms)), 2))
        i, j = min(pairs, key=lambda pair: _growth(terms, pair, output))
        others = [term for k, term in enumerate(terms) if k not in (i, j)]
        wanted = set(output).union(*(term.labels for term in others))
        terms = [*others, _product(terms[i], terms[j], wanted)]
    return _summed(terms[0], set(output))


def _growth(terms: list[Term], pair: tuple[int, int], output: tuple[str, ...]) -> tuple[int, int]:
    """How many elements more there are after this product, and how many multiplications."""
    a, b = terms[pair[0]], terms[pair[1]]
    others = [term.labels for k, term in enumerate(terms) if k not in pair]
    wanted = set(output).union(*others)
    extents = dict(zip(a.labels + b.labels, a.value.type.shape + b.value.type.shape, strict=True))
    size = math.prod(extents[label] for label in extents if label in wanted)
    return size - a.value.type.size - b.value.type.size, math.prod(extents.values())


def _summed(term: Term, wanted: set[str]) -> Term:
    dims = [i for i, label in enumerate(term.labels) if label not in wanted]
    if not dims:
        return term
    reduce = build.reduce_or if term.value.type.dtype is bool_ else build.reduce_sum
    value = reduce(term.value, dims=dims)
    return Term(value, tuple(label for label in term.labels if label in wanted))


def _product(a: Term, b: Term, wanted: set[str]) -> Term:
    """Two terms multiplied, and summed over the labels that nobody wants any more."""
    a, b = _summed(a, wanted | set(b.labels)), _summed(b, wanted | set(a.labels))
    shared = [label for label in a.labels if label in b.labels]
    batch = [label for label in shared if label in wanted]
    contract = [label for label in shared if label not in wanted]
    value = dot(
        a.value,
        b.value,
        [a.labels.index(label) for label in batch],
        [b.labels.index(label) for label in batch],
        [a.labels.index(label) for label in contract],
        [b.labels.index(label) for label in contract],
    )
    free = [label for label in a.labels + b.labels if label not in shared]
    return Term(value, (*batch, *free))


def _transposed(term: Term, output: tuple[str, ...]) -> Value:
    order = [term.labels.index(label) for label in output]
    if order == list(range(len(order))):
        return term.value
    return build.transpose(term.value, permutation=order)
