# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""op x {value, jvp, transpose, batch, lower}, every entry run."""

from __future__ import annotations

import pytest

from ops_matrix.arrays import KIND_OF, parse_type
from ops_matrix.checks import CHECKS
from ops_matrix.sample import Sample
from ops_matrix.samples import ROWS, samples_of
from ops_matrix.table import OPS, attributes_of


@pytest.mark.parametrize("column", CHECKS)
@pytest.mark.parametrize("op", OPS)
def test_entry(op: str, column: str) -> None:
    chosen = [sample for sample in samples_of(op) if column in sample.columns]
    assert chosen, f"nabla.{op}: nothing to check for {column}"
    for sample in chosen:
        CHECKS[column](sample)


def test_rows_are_ops() -> None:
    assert set(ROWS) <= set(OPS), "samples of what is not an op"
    for op in ROWS:
        assert all(sample.op == op for sample in samples_of(op))
        names = [sample.name for sample in samples_of(op)]
        assert len(set(names)) == len(names), f"{op}: two samples have one name"


def _kinds(samples: list[Sample]) -> set[str]:
    return {KIND_OF[parse_type(type)[0]] for sample in samples for type in sample.types}


@pytest.mark.parametrize(
    "op", [op for op in OPS if OPS[op]["family"] not in ("transform", "control flow")]
)
def test_samples_cover_the_kinds_of_numbers(op: str) -> None:
    wanted = {kind for operand in OPS[op]["operands"] for kind in operand["kinds"]}
    assert wanted <= _kinds(samples_of(op)), f"{op} has no sample of {wanted}"


@pytest.mark.parametrize(
    "op", [op for op in OPS if len(attributes_of(op)) > ("callee" in attributes_of(op))]
)
def test_samples_vary_the_attributes(op: str) -> None:
    texts = {sample.body for sample in samples_of(op)}
    assert len(texts) > 1, f"{op}: its attributes are always the same"
