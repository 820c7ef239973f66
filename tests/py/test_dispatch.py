# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Calls of compiled functions: what is a hit, what runs on one, what comes back."""

from __future__ import annotations

import collections
import gc
import operator
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import ml_dtypes
import nabla as nb
import numpy as np
import pytest
from nabla._core.program import counters


class Point(NamedTuple):
    x: Any
    y: Any


def stats(f: Any) -> tuple[int, int, int]:
    return f.stats.hits, f.stats.misses, f.stats.compilations


def python_frames(*calls: Callable[[], Any]) -> list[str]:
    """The names of the Python functions that run, but for the calls themselves."""
    frames: list[str] = []

    def profile(frame: Any, event: str, arg: Any) -> None:
        if event == "call" and frame.f_code not in own:
            frames.append(frame.f_code.co_name)

    own = [call.__code__ for call in calls]
    sys.setprofile(profile)
    for call in calls:
        call()
    sys.setprofile(None)
    return frames


def test_a_hit_runs_no_python() -> None:
    f = nb.compile(lambda tree, k: {"a": tree["a"] + k, "b": (tree["b"][0], None)})

    class Model:
        @nb.compile
        def apply(self, x: Any) -> Any:
            return x * 2 + 41

        __hash__ = object.__hash__

    model = Model()
    args = ({"b": [nb.tensor([1.0])], "a": nb.tensor([2.0])}, 3.0)
    f(*args)
    f(args[0], k=3.0)
    assert python_frames(lambda: f(*args), lambda: f(args[0], k=4.0)) == []
    assert stats(f) == (2, 2, 1)
    assert model.apply(3.0).item() == 47.0 and Model.apply(model, 4.0).item() == 49.0
    assert stats(Model.apply) == (1, 1, 1)


def test_the_order_of_keys_is_no_new_program() -> None:
    f = nb.compile(lambda tree: tree["a"] * 10 + tree["c"] - tree["b"])
    a, b, c = (nb.tensor(float(i)) for i in (1, 2, 3))
    for tree in ({"a": a, "b": b, "c": c}, {"c": c, "b": b, "a": a}, {"b": b, "c": c, "a": a}):
        assert f(tree).item() == 11.0
    assert stats(f) == (0, 3, 1)
    # The order of the arguments is kept apart from their identity.
    assert f({"c": a, "b": a, "a": a}).item() == 10.0
    assert f({"c": a, "b": a, "a": b}).item() == 20.0
    assert stats(f) == (2, 3, 1)


def test_results_come_in_any_tree() -> None:
    @nb.compile
    def f(x, label):
        ordered = collections.OrderedDict(b=x, a=x + 1)
        return [Point(x * 2, None), ordered, {}, (), label, {"z": [x], "a": 7.5}]

    for _ in range(2):
        point, ordered, empty, nothing, label, plain = f(nb.tensor([1.0, 2.0]), "x")
        assert type(point) is Point and point.x.tolist() == [2.0, 4.0] and point.y is None
        assert list(ordered) == ["b", "a"] and ordered["a"].tolist() == [2.0, 3.0]
        assert (empty, nothing, label) == ({}, (), "x")
        assert list(plain) == ["z", "a"] and plain["a"].item() == 7.5
    assert f.stats.hits == 1
    g = nb.compile(lambda x: {"b": x, "a": [x + 1, None]})
    first, second = g(nb.tensor(1.0)), g(nb.tensor(5.0))
    assert list(second) == ["b", "a"] and second["a"] is not first["a"]
    assert second["a"][0].item() == 6.0 and second["a"][1] is None


def test_arguments_in_registered_trees() -> None:
    f = nb.compile(lambda p, o, k: p.x * o["w"] + k)
    x = nb.tensor([1.0, 2.0])
    for k in (1, 2, np.float32(3)):
        result = f(Point(x, None), collections.OrderedDict(w=nb.tensor(10.0), v=None), k)
        np.testing.assert_array_equal(result.numpy(), [10.0 + k, 20.0 + k])
    assert stats(f)[:2] == (1, 2)  # float32 of NumPy is not weak
    f(Point(x, x), collections.OrderedDict(w=nb.tensor(10.0), v=None), 1)
    assert f.stats.misses == 3


def test_numbers_and_arrays_are_operands_and_the_rest_is_compared() -> None:
    traced = []

    @nb.compile
    def f(x, y, mode):
        traced.append(mode)
        return x + y if mode == "add" else x - y

    x = np.array([1, 2], np.int32)
    assert f(x, 3, "add").tolist() == [4, 5]
    assert f(nb.tensor(1.5), True, "add").dtype == "float32"
    assert f(x, 7, "sub").tolist() == [-6, -5]
    assert f(1, 2**40, "add").item() == 2**40 + 1
    count = len(traced)
    assert f(x, -1, "add").tolist() == [0, 1]
    assert f(2, -(2**40), "add").item() == 2 - 2**40
    assert len(traced) == count
    with pytest.raises(OverflowError, match=r"test_dispatch\.py"):
        f(x, 2**80, "add")
    g = nb.compile(lambda x, mode: x * 2 if mode == "double" else x)
    assert [g(2.0, m).item() for m in ("double", "same", "dou" + "ble"[0:])] == [4.0, 2.0, 4.0]
    assert stats(g)[:2] == (1, 2)
    with pytest.raises(TypeError, match=r"hash[\s\S]*test_dispatch\.py"):
        g(2.0, bytearray(b"x"))


def test_numbers_of_python_yield_to_dtypes() -> None:
    f = nb.compile(lambda x, y: x + y)
    half = nb.tensor([1.0], dtype="float16")
    for _ in range(2):
        assert f(2.0, half).dtype == "float16"
        assert f(nb.tensor(2.0), half).dtype == "float32"
        assert f(f(2.0, 1.0), half).dtype == "float16"  # the sum of two such is one
    assert f.stats.hits == 5


def test_true_is_no_static_one() -> None:
    f = nb.compile(lambda x, n: x + (100 if n is True else n), static_argnums=1)
    assert [f(1.0, 1).item(), f(1.0, True).item(), f(1.0, n=1).item()] == [2.0, 101.0, 2.0]
    assert f.stats.misses == 3


def test_static_values_are_told_apart_where_python_says_equal() -> None:
    x = nb.tensor([3])
    f = nb.compile(lambda x, n: x * n[0], static_argnums=1)
    for n, dtype in [((2,), "int32"), ((2.0,), "float32"), ((2,), "int32"), ((True,), "int32")]:
        assert f(x, n).dtype == dtype
    assert stats(f)[:2] == (1, 3)
    g = nb.compile(lambda x, n: x * n, static_argnums=1)
    assert [np.signbit(g(1.0, n).item()) for n in (0.0, -0.0, 0.0)] == [False, True, False]
    assert g.stats.hits == 1


def test_arrays_are_not_copied_on_a_hit() -> None:
    f = nb.compile(lambda x: nb.sum(x))
    a = np.arange(10.0)
    f(a)
    for i in range(3):
        a[0] = i
        assert f(a).item() == 45.0 + i
    assert f(a[::2]).item() == 22.0  # what is not contiguous is


DTYPES = ["bool", *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))]
DTYPES += ["float16", "float32", "float64"]


def test_arrays_of_numpy_are_what_tensors_of_them_are() -> None:
    f = nb.compile(lambda x, y: (x + 1, nb.sum(x.astype("float32")) + y))
    y = nb.tensor(0.25)
    for dtype in DTYPES:
        a = (np.arange(12).reshape(3, 4) % 5).astype(dtype)
        fixed = a.copy()
        fixed.flags.writeable = False
        odd = np.frombuffer(bytearray(a.nbytes + 1), np.uint8)[1:].view(a.dtype).reshape(3, 4)
        odd[...] = a
        expected = f(nb.tensor(a), y)
        misses = f.stats.misses
        for array in (a, a, fixed, np.asfortranarray(a), odd, a.astype(a.dtype.newbyteorder())):
            for result, wanted in zip(f(array, y), expected, strict=True):
                assert result.dtype == wanted.dtype
                np.testing.assert_array_equal(result.numpy(), wanted.numpy(), dtype)
        assert f.stats.misses == misses
        assert python_frames(lambda a=a: f(a, y)) == []  # type: ignore[misc]
    for shape in ((), (0, 3), (1, 1)):
        for _ in range(2):
            assert f(np.ones(shape, np.float32), y)[0].shape == shape
    brief = ml_dtypes.bfloat16
    assert f(np.ones(2, brief), y)[0].dtype == f(np.ones(2, brief), y)[0].dtype == "bfloat16"
    with pytest.raises(TypeError, match=r"test_dispatch\.py"):
        f(np.array(["a"]), y)
    with pytest.raises(TypeError, match=r"test_dispatch\.py"):
        f(np.ones(2, np.complex64), y)


def test_an_array_is_let_go_after_the_call() -> None:
    f = nb.compile(lambda x: x + 1)
    a = np.arange(5.0)
    for _ in range(3):
        f(a)
    a.resize(7)  # refused while somebody sees its memory
    assert f(a).shape == (7,)


def test_comparisons_run_no_python() -> None:
    x, y = nb.tensor([1.0, np.nan, 3.0]), nb.tensor([2.0, np.nan, 3.0])
    whole = nb.tensor([1, 2])
    calls = [lambda: x < y, lambda: x >= 2.0, lambda: 2 != x, lambda: whole == whole]  # noqa: SIM300
    for call in calls:
        call()
    assert python_frames(*calls) == []


def test_comparisons_are_those_of_numpy() -> None:
    operators = [operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]
    for dtype in ("float32", "float64", "float16", "int32", "uint8", "bool"):
        a = np.array([0, 1, 3, 1]).astype(dtype)
        b = np.array([1, 1, 2, 0]).astype(dtype)
        if dtype.startswith("float"):
            a[3] = np.nan
        for compare in operators:
            found = [compare(nb.tensor(a), other) for other in (nb.tensor(b), b, 1, True)]
            found += [compare(1, nb.tensor(a))]
            wanted = [compare(a, other) for other in (b, b, 1, True)] + [compare(1, a)]
            for one, other in zip(found, wanted, strict=True):
                assert one.dtype == "bool"
                np.testing.assert_array_equal(one.numpy(), other, str((dtype, compare)))
    x = nb.tensor([1.0, 2.0])
    assert (x == None) is False and (x != "a") is True  # noqa: E711
    with pytest.raises(TypeError, match="'<' not supported"):
        x < "a"  # noqa: B015
    assert not (nb.compile(lambda x: x < 1.5)(x)).numpy()[1]
    chosen = nb.grad(lambda x: nb.sum(nb.where(x > 1.5, x * x, x)))(x)
    assert chosen.tolist() == [1.0, 4.0]
    assert hash(x) == hash(x) and len({x, x}) == 1


def test_pending_and_traced_arguments() -> None:
    f = nb.compile(lambda x: x * x)
    x = nb.tensor(3.0)
    f(x)
    lazy = x + 1
    assert not lazy.is_realized
    assert f(lazy).item() == 16.0
    assert lazy.is_realized
    assert nb.grad(f)(x).item() == 6.0
    assert nb.vmap(f)(nb.tensor([1.0, 2.0])).tolist() == [1.0, 4.0]
    assert stats(f) == (1, 1, 1)
    kept = []
    nb.grad(lambda x: kept.append(x) or x)(x)
    with pytest.raises(nb.TracerLeakError, match=r"test_dispatch\.py"):
        f(kept[0])


def test_linear_maps_come_and_go() -> None:
    f = nb.compile(lambda x: nb.vjp(nb.sin, x))
    g = nb.compile(lambda pullback, y: pullback(y)[0])
    for x in (0.5, 1.5):
        y, pullback = f(nb.tensor(x))
        assert y.item() == pytest.approx(np.sin(x))
        assert g(pullback, nb.tensor(2.0)).item() == pytest.approx(2 * np.cos(x), rel=1e-6)
    assert f.stats.hits == 1 and g.stats.hits == 1


def test_a_function_and_what_it_holds_go() -> None:
    def use() -> list[weakref.ref[Any]]:
        w = nb.tensor([1.0, 2.0])

        def add(x: Any) -> Any:
            return x + w, label

        label = "x"
        compiled = nb.compile(add)
        compiled(1.0)
        nb.compile(lambda x, f: x, static_argnums=1)(1.0, add)
        return [weakref.ref(add), weakref.ref(compiled), weakref.ref(w)]

    gone = use()
    gc.collect()
    assert [ref() for ref in gone] == [None] * 3


def test_a_result_has_memory_of_its_own() -> None:
    f = nb.compile(lambda x: x + 1)
    x = nb.zeros((4,))
    views = [np.asarray(f(x)) for _ in range(3)]
    for view in views:
        assert view.tolist() == [1.0] * 4
    assert not np.shares_memory(views[0], views[1])


def test_memory_of_large_results_is_used_again() -> None:
    f = nb.compile(lambda x: x + 1)
    x = nb.zeros((1 << 19,)).realize()
    first = f(x)._value.data.pointer
    assert [f(x)._value.data.pointer for _ in range(3)] == [first] * 3
    view = np.asarray(f(x))  # the tensor is gone, its memory is not
    for _ in range(3):
        assert f(x)._value.data.pointer != view.ctypes.data
    assert view[0] == 1.0


def test_recursion_in_arguments_is_an_error() -> None:
    tree: list[Any] = []
    tree.append(tree)
    with pytest.raises(RecursionError):
        nb.compile(lambda x: x)(tree)


def test_threads_call_one_function() -> None:
    f = nb.compile(lambda x, n: (x + n, [x * n]), static_argnums=1, max_cache_size=2)
    wrong: list[Any] = []

    def work(n: int) -> None:
        for i in range(200):
            total, (product,) = f(nb.tensor(float(i)), n)
            if total.item() != i + n or product.item() != i * n:
                wrong.append((i, n))

    workers = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong
    assert f.stats.hits + f.stats.misses == 800


def test_hits_compile_nothing() -> None:
    f = nb.compile(lambda x: nb.tanh(x) * 3)
    f(nb.ones((5,)))
    before = counters.compilations
    for i in range(100):
        f(nb.full((5,), float(i)).realize())
    assert counters.compilations <= before + 1  # of `full`
    assert stats(f) == (100, 1, 1)
