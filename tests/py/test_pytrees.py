# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The functions on trees, and classes registered as such."""

from __future__ import annotations

import dataclasses
from typing import Any

import nabla as nb
import numpy as np
import pytest


def test_flatten_and_back() -> None:
    tree = {"b": (1, None), "a": [2, {"x": 3}]}
    leaves, treedef = nb.tree_flatten(tree)
    assert leaves == [2, 3, 1] == nb.tree_leaves(tree)
    assert treedef == nb.tree_structure(tree) and isinstance(treedef, nb.PyTreeDef)
    assert nb.tree_unflatten(treedef, iter([4, 5, 6])) == {"b": (6, None), "a": [4, {"x": 5}]}
    assert nb.tree_leaves(tree, is_leaf=lambda t: isinstance(t, tuple)) == [2, 3, (1, None)]
    with pytest.raises(ValueError, match=r"Expected 3 leaves, got 2[^@]*test_pytrees"):
        nb.tree_unflatten(treedef, [1, 2])


def test_map() -> None:
    params = {"w": nb.tensor([1.0, 2.0]), "b": nb.tensor(3.0)}
    gradients = nb.grad(lambda p: nb.sum(p["w"] * p["b"]))(params)
    stepped = nb.tree_map(lambda p, g: p - g, params, gradients)
    assert list(stepped) == ["w", "b"]
    assert stepped["w"].tolist() == [-2.0, -1.0] and stepped["b"].item() == 0.0
    assert nb.tree_map(sum, [(1, 2)], is_leaf=lambda t: isinstance(t, tuple)) == [3]
    with pytest.raises(ValueError, match=r"Tree structure mismatch[^@]*test_pytrees"):
        nb.tree_map(lambda a, b: a, [1, 2], [1])
    with pytest.raises(ValueError, match="mine"):  # what the function raises goes through

        def fail(_: Any) -> None:
            raise ValueError("mine")

        nb.tree_map(fail, [1])


class Affine:
    def __init__(self, scale: Any, shift: Any, name: str) -> None:
        self.scale, self.shift, self.name = scale, shift, name


nb.register_pytree_node(
    Affine,
    lambda a: ((a.scale, a.shift), a.name),
    lambda name, parts: Affine(*parts, name),
)


@nb.register_dataclass
@dataclasses.dataclass(frozen=True)
class Layer:
    w: Any
    b: Any = None

    def __post_init__(self) -> None:
        if not hasattr(self.w, "shape"):
            raise TypeError("w must have a shape")


@dataclasses.dataclass
class Optimizer:
    rate: Any
    kind: str


nb.register_dataclass(Optimizer, meta_fields=("kind",))


def test_registered_classes_go_through_all_transforms() -> None:
    x = np.array([1.0, 2.0])
    affine = Affine(np.float64(3.0), x, "mine")

    def f(a: Any) -> Any:
        return Affine(a.scale * a.shift, a.shift, a.name)

    def loss(a: Any) -> Any:
        return nb.sum(f(a).scale)

    gradient = nb.grad(loss)(affine)
    assert type(gradient) is Affine and gradient.name == "mine"
    assert gradient.shift.tolist() == [3.0, 3.0] and gradient.scale.item() == 3.0
    assert nb.compile(f)(affine).scale.tolist() == [3.0, 6.0]
    batched = nb.vmap(f, in_axes=(Affine(None, 0, "mine"),))(affine)
    assert batched.scale.tolist() == [3.0, 6.0]
    _, tangent = nb.jvp(f, (affine,), (affine,))
    assert tangent.scale.tolist() == [6.0, 12.0]
    jacobian = nb.jacrev(f)(affine)
    assert jacobian.scale.shift.tolist() == [[3.0, 0.0], [0.0, 3.0]]
    carry, _ = nb.scan(lambda a, _: (f(a), None), Affine(x, x, "mine"), length=2)
    assert type(carry) is Affine and carry.scale.tolist() == [1.0, 8.0]


def test_dataclasses() -> None:
    x = np.array([1.0, 2.0])
    gradient = nb.grad(lambda layer: nb.sum(layer.w * x))(Layer(x))
    assert type(gradient) is Layer and gradient.w.tolist() == [1.0, 2.0] and gradient.b is None
    leaves, treedef = nb.tree_flatten(Layer(x, 3.0))
    assert len(leaves) == 2
    assert nb.tree_unflatten(treedef, [1, 2]).b == 2, "what __post_init__ checks need not hold"

    step = nb.compile(lambda o, x: x * o.rate if o.kind == "sgd" else x)
    assert step(Optimizer(0.5, "sgd"), x).tolist() == [0.5, 1.0]
    assert step(Optimizer(0.5, "none"), x).tolist() == [1.0, 2.0]
    assert step(Optimizer(0.25, "sgd"), x).tolist() == [0.25, 0.5]
    assert (step.stats.hits, step.stats.misses) == (1, 2)


def test_registering_rejects() -> None:
    with pytest.raises(TypeError, match="cls must be a type"):
        nb.register_pytree_node(3, lambda x: ((), None), lambda a, c: 3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Affine"):
        nb.register_pytree_node(Affine, lambda a: ((), None), lambda a, c: a)
    with pytest.raises(TypeError, match="not a dataclass"):
        nb.register_dataclass(Affine)
    with pytest.raises(ValueError, match="no field 'x'"):
        nb.register_dataclass(dataclasses.make_dataclass("D", ["y"]), meta_fields=("x",))
