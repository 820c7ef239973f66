# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What transforms take and return: argnums, trees, axes, aux, statics, and what they reject."""

from __future__ import annotations

import collections
import functools
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import nabla as nb
import numpy as np
import pytest

X = np.array([1.0, 2.0, 3.0])


def square(x: Any) -> Any:
    return nb.sum(x * x)


class Pair(NamedTuple):
    w: Any
    b: Any


def raises(kind: type[Exception], pattern: str, work: Callable[[], Any]) -> None:
    with pytest.raises(kind, match=pattern) as caught:
        work()
    assert re.search(r'at file ".*test_transforms\.py", line \d+', str(caught.value))


# ---------------------------------------------------------------- argnums

BY_ARGNUM = {
    "grad": nb.grad,
    "value_and_grad": lambda f, argnums=0: (
        lambda *a, **k: nb.value_and_grad(f, argnums)(*a, **k)[1]
    ),
    "jacrev": nb.jacrev,
    "jacfwd": nb.jacfwd,
}


@pytest.mark.parametrize("name", BY_ARGNUM)
def test_argnums(name: str) -> None:
    transform = BY_ARGNUM[name]

    def f(x: Any, y: Any, z: Any) -> Any:
        return nb.sum(x * y)

    for argnums, expected in ((0, X + 1), (1, X), (-2, X), (2, 0 * X), (-1, 0 * X)):
        found = transform(f, argnums)(X, X + 1, X)
        np.testing.assert_allclose(found.numpy(), expected)
    np.testing.assert_allclose(transform(f)(X, X + 1, X).numpy(), X + 1)
    for argnums in ((1, 0), [1, 0]):
        found = transform(f, argnums)(X, X + 1, X)
        assert type(found) is tuple
        np.testing.assert_allclose(found[0].numpy(), X)
        np.testing.assert_allclose(found[1].numpy(), X + 1)
    assert type(transform(f, (0,))(X, X, X)) is tuple
    assert transform(f, ())(X, X, X) == ()
    raises(ValueError, "argnum 3 out of bounds for 3", lambda: transform(f, 3)(X, X, X))
    raises(ValueError, "argnum -4 out of bounds", lambda: transform(f, -4)(X, X, X))
    raises(ValueError, "twice", lambda: transform(f, (0, -3))(X, X, X))
    raises(ValueError, "by keyword", lambda: transform(f)(x=X, y=X, z=X))
    for wrong in (True, "x", 1.0, None):
        raises(TypeError, "argnums must be integers", lambda w=wrong: transform(f, w)(X, X, X))


@pytest.mark.parametrize("name", BY_ARGNUM)
@pytest.mark.parametrize("wrong", [3, True, np.array([1, 2]), nb.tensor([True]), {"n": 3, "x": X}])
def test_integers_are_not_differentiated(name: str, wrong: Any) -> None:
    transform = BY_ARGNUM[name]
    raises(TypeError, "only floats", lambda: transform(lambda x: nb.tensor(1.0))(wrong))
    found = transform(lambda k, x: nb.sum(x * 2.0), 1)(wrong, X)
    assert found.tolist() == [2.0, 2.0, 2.0]


def test_second_derivatives_by_several_arguments() -> None:
    h = nb.hessian(lambda x, y: nb.sum(x * x * y), argnums=(0, 1))(X, X + 1)
    np.testing.assert_allclose(h[0][0].numpy(), np.diag(2 * (X + 1)))
    np.testing.assert_allclose(h[0][1].numpy(), np.diag(2 * X))
    np.testing.assert_allclose(h[1][0].numpy(), np.diag(2 * X))
    np.testing.assert_allclose(h[1][1].numpy(), np.zeros((3, 3)))


# ---------------------------------------------------------------- values in and out


def test_numbers_lists_and_arrays_are_arguments() -> None:
    assert nb.grad(lambda x: x**3)(2.0).item() == 12.0
    assert nb.grad(lambda x: x**3)(np.float64(2.0)).dtype == np.float64
    found = nb.grad(lambda p: p[0] * p[1])([2.0, 3.0])
    assert [g.item() for g in found] == [3.0, 2.0]
    assert nb.vmap(lambda x: x * 2)(X).tolist() == [2.0, 4.0, 6.0]
    assert nb.jacfwd(lambda x: x * x)(3.0).item() == 6.0
    assert nb.jacrev(lambda x: x * X)(3.0).tolist() == X.tolist()
    y, pullback = nb.vjp(lambda x, y: x * y, 2.0, 3.0)
    assert y.item() == 6.0 and [g.item() for g in pullback(1.0)] == [3.0, 2.0]
    assert nb.linearize(lambda x: x * x, 3.0)[1](2.0).item() == 12.0


def test_gradients_of_outputs_with_one_element() -> None:
    for shape in ((), (1,), (1, 1)):
        value, gradient = nb.value_and_grad(lambda x, s=shape: nb.reshape(square(x), s))(X)
        assert value.shape == shape and value.dtype == np.float64
        np.testing.assert_allclose(gradient.numpy(), 2 * X)
    assert nb.grad(lambda x: 3.0)(2.0).item() == 0.0
    raises(TypeError, r"f64\[3\].*nb\.sum", lambda: nb.grad(lambda x: x)(X))
    raises(TypeError, "one tensor", lambda: nb.grad(lambda x: [x])(2.0))
    raises(TypeError, "one tensor", lambda: nb.grad(lambda x: None)(2.0))
    raises(TypeError, "no tensor", lambda: nb.value_and_grad(lambda x: "a")(2.0))
    raises(TypeError, "not of floats", lambda: nb.grad(lambda x: nb.tensor(1))(2.0))


def test_ties_share_equally() -> None:
    x = np.array([1.0, 3.0, 3.0, 3.0])
    third = 1 / 3
    np.testing.assert_allclose(nb.grad(nb.max)(x).numpy(), [0, third, third, third])
    np.testing.assert_allclose(nb.grad(nb.min)(-x).numpy(), [0, third, third, third])
    _, tangent = nb.jvp(nb.max, (x,), (np.array([5.0, 1.0, 2.0, 6.0]),))
    assert tangent.item() == pytest.approx(3.0)


def test_unused_and_integer_inputs() -> None:
    _, pullback = nb.vjp(lambda x, n, u: (x * n, n + 1), X, nb.tensor(2), {"u": X})
    gx, gn, gu = pullback((X, None))
    assert gn is None
    np.testing.assert_allclose(gx.numpy(), 2 * X)
    np.testing.assert_array_equal(gu["u"].numpy(), 0 * X)
    again = pullback((X, nb.tensor(0)))  # zeros stand for no tangent too
    np.testing.assert_allclose(again[0].numpy(), 2 * X)
    assert nb.jacrev(lambda x: {"x": x, "n": nb.tensor(1)})(X)["n"] is None
    assert nb.jacfwd(lambda x: (x, 1))(X)[1] is None


def test_not_functions() -> None:
    for transform in (
        nb.grad,
        nb.value_and_grad,
        nb.jacrev,
        nb.jacfwd,
        nb.hessian,
        nb.vmap,
        nb.compile,
        lambda f: nb.vjp(f, 1.0),
        lambda f: nb.linearize(f, 1.0),
        lambda f: nb.jvp(f, (1.0,), (1.0,)),
    ):
        raises(TypeError, "3 is not a function", lambda t=transform: t(3))


def test_callables_of_all_kinds() -> None:
    class Model:
        def __init__(self, scale: float) -> None:
            self.scale = scale

        def __call__(self, x: Any) -> Any:
            return nb.sum(x * self.scale)

        def loss(self, x: Any) -> Any:
            return self(x) * 2

    partial = functools.partial(lambda k, x: nb.sum(x * k), 3.0)
    for f, scale in ((Model(2.0), 2.0), (Model(2.0).loss, 4.0), (partial, 3.0)):
        for made in (nb.grad(f), nb.compile(nb.grad(f)), nb.grad(nb.compile(f)), nb.jacfwd(f)):
            assert made(X).tolist() == [scale] * 3


# ---------------------------------------------------------------- aux


def test_aux_everywhere() -> None:
    def f(x: Any) -> Any:
        return square(x), {"x": x * 3, "text": "kept", "none": None, "n": 7}

    def check(aux: Any) -> None:
        np.testing.assert_allclose(aux["x"].numpy(), 3 * X)
        assert aux["text"] == "kept" and aux["none"] is None and aux["n"].item() == 7

    gradient, aux = nb.grad(f, has_aux=True)(X)
    check(aux)
    (value, aux), same = nb.value_and_grad(f, has_aux=True)(X)
    check(aux)
    assert value.item() == 14.0 and same.tolist() == gradient.tolist() == (2 * X).tolist()
    value, tangent, aux = nb.jvp(f, (X,), (X,), has_aux=True)
    check(aux)
    assert tangent.item() == 28.0
    value, pullback, aux = nb.vjp(f, X, has_aux=True)
    check(aux)
    assert pullback(np.float64(1))[0].tolist() == (2 * X).tolist()
    value, push, aux = nb.linearize(f, X, has_aux=True)
    check(aux)
    assert push(X).item() == 28.0
    for jacobian in (nb.jacrev, nb.jacfwd):
        found, aux = jacobian(f, has_aux=True)(X)
        check(aux)
        assert found.tolist() == (2 * X).tolist()
    found, aux = nb.hessian(f, has_aux=True)(X)
    check(aux)
    np.testing.assert_allclose(found.numpy(), 2 * np.eye(3))
    for wrong in (
        lambda: nb.grad(square, has_aux=True)(X),
        lambda: nb.vjp(square, X, has_aux=True),
        lambda: nb.jvp(lambda x: (x, x, x), (X,), (X,), has_aux=True),
        lambda: nb.jacfwd(lambda x: [x, x], has_aux=True)(X),
    ):
        raises(ValueError, r"has_aux=True expects fn to return \(output, aux\)", wrong)


# ---------------------------------------------------------------- trees


def test_trees_keep_their_kind() -> None:
    found = nb.grad(lambda p: nb.sum(p.w * p.b))(Pair(X, X + 1))
    assert type(found) is Pair and found.b.tolist() == X.tolist()
    ordered = collections.OrderedDict(b=X, a=X + 1)
    found = nb.grad(lambda p: nb.sum(p["a"] * p["b"]))(ordered)
    assert type(found) is collections.OrderedDict and list(found) == ["b", "a"]
    plain = nb.grad(lambda p: nb.sum(p["b"] * p[1]))({"b": X, 1: X + 1, "none": None})
    assert list(plain) == ["b", 1, "none"] and plain["none"] is None
    default = collections.defaultdict(list, x=X)
    assert type(nb.grad(lambda p: nb.sum(p["x"]))(default)) is collections.defaultdict
    outputs = nb.vmap(lambda x: Pair(x, [x, {"x": x}]))(X)
    assert type(outputs) is Pair and outputs.b[1]["x"].tolist() == X.tolist()
    _, tangent = nb.jvp(lambda p: Pair(p.w, p.b * 2), (Pair(X, X),), (Pair(X, X),))
    assert type(tangent) is Pair and tangent.b.tolist() == (2 * X).tolist()


def test_opaque_arguments() -> None:
    class Opaque:
        pass

    raises(TypeError, "no tensor .* Opaque.*register_pytree_node", lambda: nb.grad(id)(Opaque()))
    found = nb.grad(lambda x, o: square(x) if isinstance(o, Opaque) else x)(X, Opaque())
    assert found.tolist() == (2 * X).tolist()


# ---------------------------------------------------------------- jvp and vjp


def test_jvp_and_pullback_reject() -> None:
    raises(ValueError, "structure", lambda: nb.jvp(lambda x, y: x, (X, X), (X, None)))
    raises(ValueError, r"f32\[\], expected shape \[3\]", lambda: nb.jvp(square, (X,), (1.0,)))
    raises(TypeError, "tangents must be a tuple", lambda: nb.jvp(square, (X,), X))
    _, pullback = nb.vjp(lambda x: (x, x), X)
    raises(ValueError, "structure", lambda: pullback(X))
    raises(TypeError, "f32.*expected f64", lambda: pullback((X, X.astype(np.float32))))
    _, push = nb.linearize(lambda x: x, X)
    raises(ValueError, "structure", lambda: push(X, X))


# ---------------------------------------------------------------- vmap


def test_vmap_axes() -> None:
    a = np.arange(6.0).reshape(2, 3)
    assert nb.vmap(lambda x: x * 2, -1, -1)(a).tolist() == (a * 2).tolist()
    assert nb.vmap(lambda x: x * 2, -1)(a).tolist() == (a.T * 2).tolist()
    left, right = nb.vmap(lambda x: (x, x), out_axes=(0, 1))(a)
    assert left.shape == (2, 3) and right.shape == (3, 2)
    found = nb.vmap(lambda x: {"a": (x, x), "b": x}, out_axes={"a": 1, "b": 0})(a)
    assert found["a"][1].shape == (3, 2) and found["b"].shape == (2, 3)
    shared = nb.vmap(lambda p: p.w["a"] * p.b, in_axes=(Pair(0, None),))(Pair({"a": X}, 2.0))
    assert shared.tolist() == (2 * X).tolist()
    deep = ({"a": 0, "b": [None, 1]}, None)
    tree = {"a": X, "b": [2.0, np.ones((2, 3))]}
    found = nb.vmap(lambda d, k: d["a"] * d["b"][0] + nb.sum(d["b"][1]) * k, in_axes=deep)
    assert found(tree, 10.0).tolist() == (2 * X + 20).tolist()
    assert (
        nb.vmap(lambda d: d["a"] * d["b"], {"a": 0, "b": None})({"a": X, "b": 3.0}).tolist()
        == (3 * X).tolist()
    )
    assert nb.vmap(lambda p: p[0])((X, None)).tolist() == X.tolist()
    assert nb.vmap(lambda x, mode: x if mode == "a" else -x, (0, None))(X, "b").tolist() == (
        (-X).tolist()
    )


def test_vmap_sizes_and_keywords() -> None:
    assert nb.vmap(lambda x: x * 2, in_axes=None, axis_size=2)(2.0).tolist() == [4.0, 4.0]
    assert nb.vmap(lambda x, y: x * y)(X, y=X).tolist() == (X * X).tolist()
    assert nb.vmap(lambda x, y: x * y[0], in_axes=None)(2.0, y=[X]).tolist() == (2 * X).tolist()
    assert nb.vmap(lambda x: x * 2)(np.ones((0, 3))).shape == (0, 3)
    constant = nb.vmap(lambda x: (x, 3, nb.ones((2,)), "text", None), axis_size=3)(X)
    assert constant[1].tolist() == [3, 3, 3] and constant[2].shape == (3, 2)
    assert constant[3:] == ("text", None)
    kept = nb.vmap(lambda x: (x, nb.ones((2,))), out_axes=(0, None))(X)
    assert kept[1].shape == (2,)

    @nb.vmap(in_axes=1)
    def columns(x: Any) -> Any:
        return nb.sum(x)

    assert columns(np.ones((2, 3))).tolist() == [2.0] * 3


def test_vmap_rejects() -> None:
    two = lambda x, y: x  # noqa: E731
    raises(TypeError, "dict, but there are 2", lambda: nb.vmap(two, {"a": 0})({"a": X}, X))
    raises(TypeError, "in_axes must be integers or None, got '0'", lambda: nb.vmap(two, "0")(X, X))
    raises(TypeError, "got 1.5", lambda: nb.vmap(two, (1.5, 0))(X, X))
    raises(TypeError, "got True", lambda: nb.vmap(two, (True, 0))(X, X))
    raises(TypeError, "out_axes", lambda: nb.vmap(two, 0, "0")(X, X))
    raises(
        ValueError, r"length \(3\) != number of args \(2\)", lambda: nb.vmap(two, (0, 0, 0))(X, X)
    )
    raises(ValueError, "no prefix", lambda: nb.vmap(two, ((0, 0), 0))(X, X))
    raises(ValueError, "Inconsistent", lambda: nb.vmap(two)(X, X[:2]))
    raises(ValueError, "All in_axes are None", lambda: nb.vmap(two, None)(X, X))
    raises(ValueError, "at least one", lambda: nb.vmap(lambda: 1.0)())
    raises(ValueError, "doesn't match", lambda: nb.vmap(two, axis_size=4)(X, X))
    raises(ValueError, "negative", lambda: nb.vmap(two, None, axis_size=-1)(X, X))
    raises(TypeError, "axis_size must be an integer", lambda: nb.vmap(two, axis_size="3"))
    raises(ValueError, "Cannot batch scalar", lambda: nb.vmap(two)(X, y=2.0))
    raises(ValueError, "Axis -2 out of bounds for 1-d", lambda: nb.vmap(two, (-2, 0))(X, X))
    raises(ValueError, "out_axes 2 is out of bounds", lambda: nb.vmap(two, 0, 2)(X, X))


# ---------------------------------------------------------------- compile


def test_compile_statics_by_position_and_by_name() -> None:
    def f(x: Any, n: Any, flag: Any = False) -> Any:
        assert isinstance(n, int) and not isinstance(flag, nb.Tensor)
        return x**n if flag else x * n

    for options in (
        {"static_argnums": (1, 2)},
        {"static_argnames": ("n", "flag")},
        {"static_argnums": -2, "static_argnames": "flag"},
    ):
        g = nb.compile(f, **options)
        assert g(X, 2).tolist() == g(X, n=2).tolist() == (2 * X).tolist()
        assert g(X, 3, True).tolist() == g(X, flag=True, n=3).tolist() == (X**3).tolist()
        assert nb.grad(lambda x, g=g: nb.sum(g(x, 2)))(X).tolist() == [2.0] * 3
        with pytest.raises(TypeError, match="static argument has no hash"):
            g(X, [1])
    variadic = nb.compile(lambda *args: args[0] * args[2], static_argnums=2)
    assert variadic(X, X, 3).tolist() == (3 * X).tolist()
    raises(ValueError, "static_argnums 3 is out of bounds", lambda: nb.compile(f, static_argnums=3))
    raises(ValueError, "no argument 'k'", lambda: nb.compile(f, static_argnames="k"))


def test_compile_keeps_the_last_used() -> None:
    f = nb.compile(lambda x: x * 2, max_cache_size=2)
    for size in (1, 2, 1, 3, 1, 2):
        f(np.ones(size))
    assert (f.stats.hits, f.stats.misses) == (2, 4)
    assert repr(f) == "<CompiledFunction <lambda> cache_size=2>"
    assert repr(f.stats).endswith("hit_rate=33.3%)")
    f.clear_cache()
    f(np.ones(1))
    assert f.stats.misses == 5 and f.stats.compilations <= 3
    raises(ValueError, "max_cache_size is 0", lambda: nb.compile(square, max_cache_size=0))


def test_compile_methods_and_decorators() -> None:
    class Model:
        def __init__(self, scale: float) -> None:
            self.scale = scale

        @nb.compile
        def apply(self, x: Any) -> Any:
            """Scaled."""
            return x * self.scale

        @staticmethod
        @nb.jit(max_cache_size=3)
        def twice(x: Any) -> Any:
            return x * 2

    a, b = Model(2.0), Model(3.0)
    for _ in range(2):
        assert a.apply(X).tolist() == (2 * X).tolist()
        assert b.apply(X).tolist() == (3 * X).tolist()
    assert (Model.apply.stats.hits, a.apply.stats.misses) == (2, 2)
    assert a.apply.__name__ == "apply" and a.apply.__doc__ == "Scaled."
    assert Model.twice(X).tolist() == (2 * X).tolist()
    assert nb.compile(square).__wrapped__ is square
    assert nb.jit is nb.compile


def test_compile_outputs_and_signatures() -> None:
    traced = []

    @nb.compile
    def f(x: Any, mode: Any = None) -> Any:
        traced.append(mode)
        return {"x": x if mode == "a" else -x, "mode": mode, "n": 3}

    assert f(X, "a")["x"].tolist() == X.tolist()
    assert f(X, "b")["mode"] == "b" and f(X)["mode"] is None
    assert f(X, "a")["n"].item() == 3
    f(X, mode="a")  # another structure
    f(X.astype(np.float32), "a")
    f(1.0, "a")
    f(np.float32(1.0), "a")  # not weak
    assert traced == ["a", "b", None, "a", "a", "a", "a"]
    assert f.stats.hits == 1


def test_compile_report() -> None:
    report = nb.compile_report(nb.grad(square))(X)
    phases = ["trace", "transforms", "simplify", "linalg", "schedule", "bufferize", "llvm"]
    assert list(report) == [*phases, "object", "link"]
    assert all(seconds >= 0 for seconds in report.values())
    assert report.total == pytest.approx(sum(report.values()))
    assert re.search(r"link +\d+\.\d\d ms\ntotal +\d+\.\d\d ms$", repr(report))


@pytest.mark.parametrize("jacobian", [nb.jacrev, nb.jacfwd])
def test_a_jacobian_of_a_product_is_its_matrix(jacobian: Any) -> None:
    """Also where elements are not finite; and no product of matrices computes it."""
    rng = np.random.default_rng(5)
    a = np.array([[1.0, np.inf, 3.0], [np.nan, 5.0, -0.0]])
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(jacobian(lambda x: nb.tensor(a) @ x)(x).numpy(), a)
    assert np.signbit(jacobian(lambda x: nb.tensor(a) @ x)(x).numpy()[1, 2])

    def layer(x: Any, w: Any) -> Any:
        return nb.tanh(w @ x) * 2.0

    w = rng.normal(size=(4, 3))
    text = nb.inspect(jacobian(layer), "simplify")(x, w)
    assert text.count("nabla.dot_general") == 1 and "nabla.basis" not in text
    expected = 2 * (1 - np.tanh(w @ x) ** 2)[:, None] * w
    np.testing.assert_allclose(jacobian(layer)(x, w).numpy(), expected, rtol=1e-12)

    # With a scaled basis for each of several examples.
    ws = rng.normal(size=(5, 4, 3))
    found = nb.vmap(jacobian(layer), in_axes=(None, 0))(x, ws)
    for one, w in zip(found.numpy(), ws, strict=True):
        np.testing.assert_allclose(one, jacobian(layer)(x, w).numpy(), rtol=1e-12)
