# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the op definitions generate: signatures, domains, builders."""

from __future__ import annotations

import inspect
import re
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla._core import dtypes
from nabla._generated import build, functions
from ops_matrix.table import OPS

KIND = {"float": "float", "signed": "int", "unsigned": "uint", "bool": "bool"}
STEPS = ("floor", "ceil", "trunc")


def op_of(name: str) -> str:
    """The op that a generated function records."""
    found = re.search(r'pointwise\(\s*"(\w+)"', inspect.getsource(getattr(functions, name)))
    assert found is not None
    return found[1]


def named(builder: Any) -> str:
    return builder.__name__.removesuffix("_")


BUILDERS = {named(f): f for _, f in inspect.getmembers(build, inspect.isfunction)}
BUILDERS = {name: f for name, f in BUILDERS.items() if f.__module__ == build.__name__}


@pytest.mark.parametrize("name", functions.__all__)
def test_function_takes_what_the_op_takes(name: str) -> None:
    row = OPS[op_of(name)]
    function = getattr(nb, name)
    assert list(inspect.signature(function).parameters) == [o["name"] for o in row["operands"]]
    kinds = {KIND[kind] for kind in row["operands"][0]["kinds"]}
    for dtype in dtypes.ALL:
        arguments = [nb.ones((2,), dtype=dtype) for _ in row["operands"]]
        if dtype.kind in kinds:
            expected: Any = dtype
        elif kinds == {"float"}:
            expected = dtype if name in STEPS else nb.float32
        else:
            with pytest.raises(TypeError, match=f"{name} is not defined on {dtype.name}"):
                function(*arguments)
            continue
        if row["results"][0]["kinds"] == ["bool"]:
            expected = nb.bool_
        result = function(*arguments)
        assert result.dtype == expected, dtype
        assert result.shape == (2,)


def test_every_plain_op_has_a_builder() -> None:
    def is_plain(row: Any) -> bool:
        kinds = [kind for value in row["operands"] + row["results"] for kind in value["kinds"]]
        symbols = any(attribute["type"] == "symbol" for attribute in row["attributes"])
        return not row["regions"] and "linear" not in kinds and not symbols and row["results"]

    assert set(BUILDERS) == {name for name, row in OPS.items() if is_plain(row)}


@pytest.mark.parametrize("name", BUILDERS)
def test_builder_has_the_arguments_of_the_op(name: str) -> None:
    row, parameters = OPS[name], inspect.signature(BUILDERS[name]).parameters
    names = [value["name"] for value in row["operands"]]
    if not row["infer"]:
        names.append("type")
    keywords = [n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY]
    assert [n for n in parameters if n not in keywords] == names
    assert keywords == [attribute["name"] for attribute in row["attributes"]]
    assert BUILDERS[name].__doc__


def test_builders_record_the_attributes() -> None:
    x = nb.tensor(np.arange(6.0).reshape(2, 3))._value
    assert str(build.reduce_sum(x, dims=[1]).type) == "f64[2]"
    assert str(build.transpose(x, permutation=[1, 0]).type) == "f64[3,2]"
    node = build.cumsum(x, dim=1, reverse=True).node
    assert node is not None and dict(node.attributes) == {"dim": "1 : i64", "reverse": "unit"}
    node = build.compare(x, x, predicate="lt").node
    assert node is not None and dict(node.attributes) == {"predicate": "#nabla<predicate lt>"}
    with pytest.raises(ValueError, match=r"reduce_sum: .*dim"):
        build.reduce_sum(x, dims=[5])
