# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Large, deep, concurrent and hostile uses end in a result or in a Python exception."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla import _nabla

# ---------------------------------------------------------------- too large


def test_temporaries_that_do_not_fit_are_a_memory_error() -> None:
    def f(x: Any) -> Any:
        # A product is no part of a fused loop, so that its operand is stored.
        return nb.sum(nb.sin(nb.reshape(nb.arange(1 << 40), (-1, 4))) @ x)

    compiled = nb.compile(f)
    for _ in range(2):
        with pytest.raises(MemoryError):
            compiled(np.ones(4, np.float32)).realize()
    assert (nb.tensor(1.0) + 1).item() == 2.0


def test_results_that_do_not_fit_are_a_memory_error() -> None:
    for make in (
        lambda: nb.zeros((1 << 44,)),
        lambda: nb.broadcast_to(1.0, (1 << 44,)),
        lambda: nb.vmap(nb.sin, in_axes=None, axis_size=1 << 44)(1.0),
    ):
        with pytest.raises(MemoryError):
            make().realize()


def test_large_constants_are_no_part_of_the_program() -> None:
    text = nb.inspect(lambda: nb.full((1000, 1000), 3.0), "schedule")()
    assert "linalg.fill" in text and "dense<" not in text
    assert nb.full((1000, 1000), 3.0).numpy().sum() == 3e6
    assert len(nb.inspect(lambda: nb.full((1000, 1000), 3.0), "object")()) < 10_000


# ---------------------------------------------------------------- deep and long


def nested(transform: Callable[..., Any], times: int) -> Callable[..., Any]:
    f: Callable[..., Any] = nb.sin
    for _ in range(times):
        f = transform(f)
    return f


def test_deep_nests() -> None:
    np.testing.assert_allclose(nested(nb.grad, 60)(1.0).item(), np.sin(1.0), rtol=1e-6)
    np.testing.assert_allclose(nested(nb.jacfwd, 60)(1.0).item(), np.sin(1.0), rtol=1e-6)
    np.testing.assert_allclose(nested(nb.compile, 60)(1.0).item(), np.sin(1.0), rtol=1e-6)
    assert nested(nb.vmap, 60)(np.ones((1,) * 60, np.float32)).shape == (1,) * 60


def test_nests_that_are_too_deep_do_not_overflow_the_stack() -> None:
    for transform in (nb.grad, nb.jacfwd, nb.compile):
        with contextlib.suppress(RecursionError):
            value = nested(transform, 2000)(1.0).item()
            np.testing.assert_allclose(value, np.sin(1.0), rtol=1e-6)
    assert nb.grad(nb.sin)(0.0).item() == 1.0


def test_long_chains_do_not_recurse() -> None:
    def chain(x: Any) -> Any:
        for _ in range(20_000):
            x = nb.sin(x)
        return x

    assert nb.inspect(chain, "linalg")(1.0).count("math.sin") == 20_000
    gradient = nb.inspect(nb.grad(chain), "simplify")(1.0)
    assert gradient.count("nabla.cos") == 20_000
    batched = nb.inspect(nb.vmap(chain), "simplify")(np.ones(3, np.float32))
    assert batched.count("nabla.sin") == 20_000


def test_regions_that_nest_too_deep_are_refused() -> None:
    text = "func.func @f() {\n" + "scf.execute_region {\n" * 100_000
    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        nb.run_mlir(text)


# ---------------------------------------------------------------- threads and processes


def test_eight_threads() -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(3):
                c = 10.0 * number + turn
                x = np.arange(3.0 + number)
                gradient = nb.grad(lambda y, c=c: nb.sum(nb.sin(y * c) * y))
                np.testing.assert_allclose(gradient(x), np.sin(x * c) + x * c * np.cos(x * c))
                squares = nb.compile(nb.vmap(nb.grad(lambda y, c=c: y * y * c)))
                np.testing.assert_allclose(squares(x), 2 * c * x)
                assert "llvm.func" in nb.inspect(gradient, "llvm")(x)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]


def test_fork_after_use() -> None:
    program = """
import os
import nabla as nb
assert nb.grad(nb.sin)(0.0).item() == 1.0
child = os.fork()
value = nb.grad(lambda x: nb.cos(x) * 3 if child else nb.cos(x) * 2)(0.5).item()
if child == 0:
    os._exit(0 if abs(value + 0.9588511) < 1e-6 else 1)
assert os.waitpid(child, 0)[1] == 0
print("parent", value)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("parent -1.43")
    assert os.getpid() > 0


# ---------------------------------------------------------------- hostile descriptions


F32 = "tensor<f32>"
INFER: dict[str, tuple[Any, ...]] = {
    "unknown operation 'nabla.none'": ("nabla.none", (), (), None),
    "unknown operation ''": ("", (), (), None),
    "result types have to be stated": ("func.func", (), (), None),
    "expected 2 operands, but found 1": ("nabla.add", (F32,), (), None),
    "expects 1 operands, but has 0": ("nabla.is_nan", (), (), None),
    "operand 0 is not a tensor of static shape": ("nabla.is_nan", ("memref<2xf32>",), (), None),
    "expected": ("nabla.neg", ("tensor<2x",), (), None),
    "trailing characters in": ("nabla.neg", ("f32 f32",), (), None),
    "failed to satisfy constraint": ("nabla.reduce_sum", (F32,), (("dims", "3"),), None),
    "has no attribute 'dim'": ("nabla.reduce_sum", (F32,), (("dim", "array<i64>"),), None),
    "has two attributes 'dims'": ("nabla.reduce_sum", (F32,), (("dims", "array<i64>"),) * 2, None),
    "requires attribute 'dims'": ("nabla.reduce_sum", (F32,), (), None),
    "expected 2 regions": ("nabla.cond", ("tensor<i1>",), (), ()),
    "cannot have negative elements": (
        "nabla.jvp",
        (F32,),
        (
            ("callee", "@f"),
            ("wrt", "array<i64: 0>"),
            ("operandSegmentSizes", "array<i32: -1, 2>"),
        ),
        (F32,),
    ),
    "result is too large along dimension 0": (
        "nabla.concatenate",
        ("tensor<281474976710655xf32>",) * 40_000,
        (("dim", "0 : i64"),),
        None,
    ),
    "result has too many elements": (
        "nabla.concatenate",
        ("tensor<281474976710655xf32>",) * 2,
        (("dim", "0 : i64"),),
        None,
    ),
    "requires one result": ("nabla.reshape", (F32,), (), ()),
}


@pytest.mark.parametrize("message", INFER)
def test_infer_refuses(message: str) -> None:
    with pytest.raises(_nabla.MLIRError) as caught:
        _nabla.infer(*INFER[message])
    assert message in str(caught.value)
    assert "internal error" not in str(caught.value)


def node(op: str, operands: Any = (), attributes: Any = (), types: Any = (), regions: Any = ()):
    return (op, operands, attributes, types, regions, None)


def entry(*nodes: Any, inputs: Any = (), results: Any = (), name: Any = "main") -> Any:
    return (name, True, inputs, nodes, results, None)


EMPTY = ((), (), ())
BUILD: dict[str, Any] = {
    "value number 1 is none of the 1 values": entry(inputs=(F32,), results=(1,)),
    "value number -1 is none of": entry(inputs=(F32,), results=(-1,)),
    "a function has no name": entry(name=""),
    "expected 2 operands, but found 0": entry(node("nabla.add", types=(F32,))),
    "must be the last operation": entry(node("func.return")),
    "expects parent op to be one of": entry(node("nabla.yield")),
    "expected 2 regions": entry(node("nabla.cond", (0,)), inputs=("tensor<i1>",)),
    "requires one region": entry(node("func.func")),
    "requires 1 successor": entry(node("cf.br")),
    "does not match with the total size": entry(
        node(
            "nabla.scan",
            (),
            (("length", "3 : i64"), ("operandSegmentSizes", "array<i32: 1, 2, 3>")),
            (),
            (EMPTY,),
        )
    ),
    "have same type": entry(
        node("nabla.constant", (), (("value", "dense<1.0> : tensor<2xf32>"),), ("tensor<3xf32>",))
    ),
    "expected non-function type": entry(inputs=("f",)),
}


@pytest.mark.parametrize("message", BUILD)
def test_build_refuses(message: str) -> None:
    with pytest.raises(_nabla.MLIRError) as caught:
        _nabla.Module.build([BUILD[message]])
    assert message in str(caught.value)
    assert "internal error" not in str(caught.value)


def test_wrong_python_types_are_type_errors() -> None:
    module = _nabla.Module.build([entry(inputs=(F32,), results=(0,))])
    for make in (
        lambda: _nabla.infer("nabla.add", (1, 2), (), None),
        lambda: _nabla.infer("nabla.add", None, (), None),
        lambda: _nabla.Module.build([entry(inputs=(F32,), results=(1 << 80,))]),
        lambda: _nabla.Module.build([None]),
        lambda: _nabla.Module.build([], [(None, "a", "b")]),
        lambda: _nabla.Executable(module)([1]),
        lambda: _nabla.Executable(None),
        lambda: _nabla.Module.parse(3),
        lambda: _nabla.Buffer.from_pointer(0, "f33", (1,), object()),
    ):
        with pytest.raises(TypeError):
            make()
    with pytest.raises(_nabla.MLIRError, match="two functions are named 'main'"):
        _nabla.Module.build([entry(), entry()])
    with pytest.raises(_nabla.MLIRError, match="there is no function 'a' to import"):
        _nabla.Module.build([], [(module, "a", "b")])


ENTRIES = {
    "one public function": "",
    "one public function, the entry": "func.func @a() {return} func.func @b() {return}",
    "on tensors": "func.func @a(%x: memref<3xf32>) {return}",
    "tensor<?xf32>": "func.func @a(%x: tensor<?xf32>) {return}",
    "tensor<3xcomplex<f32>>": "func.func @a(%x: tensor<3xcomplex<f32>>) {return}",
    "which calls itself this way": """
        func.func @a(%x: tensor<f32>) -> tensor<f32> {
          %y = nabla.call @a(%x) : (tensor<f32>) -> tensor<f32>
          return %y : tensor<f32>
        }""",
    "failed to legalize operation 'cf.br'": """
        func.func @a(%x: tensor<f32>) -> tensor<f32> {
          cf.br ^next(%x : tensor<f32>)
        ^next(%y: tensor<f32>):
          return %y : tensor<f32>
        }""",
}


@pytest.mark.parametrize("message", ENTRIES)
def test_entries_that_cannot_be_compiled(message: str) -> None:
    module = _nabla.Module.parse(ENTRIES[message])
    with pytest.raises(_nabla.MLIRError) as caught:
        _nabla.Executable(module)
    assert message in str(caught.value)
    assert "internal error" not in str(caught.value)
