# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each public name is documented with an example, and the example is right."""

from __future__ import annotations

import doctest
from types import ModuleType
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla._generated import functions as generated


def public(owner: Any, prefix: str) -> dict[str, Any]:
    names = getattr(owner, "__all__", None) or [n for n in vars(owner) if not n.startswith("_")]
    return {f"{prefix}.{name}": getattr(owner, name) for name in names}


NAMES = public(nb, "nb")
FUNCTIONS = {n: f for n, f in NAMES.items() if callable(f) and not isinstance(f, type)}
CLASSES = {n: c for n, c in NAMES.items() if isinstance(c, type)}
EXAMPLES = FUNCTIONS | CLASSES


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    text = EXAMPLES[name].__doc__ or ""
    if name in FUNCTIONS:
        assert ">>>" in text, f"{name} has no example"
    test = doctest.DocTestParser().get_doctest(text, {"nb": nb, "np": np}, name, None, None)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("name", NAMES)
def test_everything_public_is_documented(name: str) -> None:
    value = NAMES[name]
    if not isinstance(value, (ModuleType, nb.DType)) and callable(value):
        assert value.__doc__, name


@pytest.mark.parametrize("name", generated.__all__)
def test_each_generated_function_is_public(name: str) -> None:
    assert getattr(nb, name) is getattr(generated, name)
    assert name in nb.__all__
    assert getattr(nb.Tensor, name) is getattr(generated, name)
