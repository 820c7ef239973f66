# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The names that users of Nabla know are there, as functions and as methods."""

from __future__ import annotations

import nabla as nb
import numpy as np
import pytest

CREATION = (
    "constant full zeros ones arange gaussian uniform normal "
    "hann_window triu tril zeros_like ones_like full_like"
)
UNARY = (
    "relu sigmoid tanh exp neg abs log sqrt rsqrt acos atanh cos sin erf floor trunc round "
    "log1p silu is_inf is_nan gelu cast softmax logsoftmax"
)
MORE_UNARY = (
    "square tan asin atan sinh cosh asinh acosh expm1 sign ceil is_finite stop_gradient "
    "exp2 log2 log10 cbrt"
)
BINARY = (
    "add mul sub div mod pow outer matmul equal not_equal greater greater_equal less less_equal "
    "logical_and logical_or logical_xor logical_not"
)
MORE_BINARY = (
    "atan2 fmod floor_divide maximum minimum bitwise_and bitwise_or bitwise_xor bitwise_not "
    "left_shift right_shift"
)
REDUCTION = (
    "reduce_sum mean reduce_max reduce_min sum max min argmax argmin cumsum prod any all var std "
    "logsumexp sort argsort"
)
SHAPE = (
    "reshape flatten squeeze unsqueeze swap_axes transpose moveaxis permute flip broadcast_to "
    "rebind pad slice_tensor slice_update gather scatter tile repeat roll"
)
APART = "split chunk unbind minmax"
FUNCTIONS_ONLY = (
    "top_k concatenate stack where eye linspace einsum array asarray clip cond scan while_loop "
    "one_hot isclose allclose tensordot"
)
METHODS = " ".join(
    [UNARY, MORE_UNARY, BINARY, MORE_BINARY, REDUCTION, SHAPE, APART, "clip triu tril"]
)
ARRAY = (
    "all any argmax argmin argsort astype clip cumprod cumsum diagonal dot flatten max mean min "
    "nonzero prod ravel repeat reshape round searchsorted sort squeeze std sum swapaxes take trace "
    "transpose var T mT"
)
TENSOR = (
    "shape dtype device rank ndim T real is_realized is_traced dim size numel num_elements item "
    "to_numpy to_numpy_all numpy tolist realize cpu to detach new_zeros new_ones new_full "
    "new_empty type_as view expand permute transpose from_dlpack constant full zeros ones "
    "arange gaussian uniform normal at"
)
DUNDERS = (
    "len iter float int index format bool array dlpack dlpack_device hash deepcopy repr str "
    "getitem add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow "
    "lshift rlshift rshift rrshift matmul rmatmul and rand or ror xor rxor neg pos abs invert "
    "eq ne lt le gt ge"
)


def test_functions() -> None:
    wanted = " ".join([CREATION, METHODS, FUNCTIONS_ONLY]).split()
    assert [name for name in wanted if name not in nb.__all__] == []
    assert all(callable(getattr(nb, name)) for name in wanted)


def test_methods() -> None:
    x = nb.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert [name for name in METHODS.split() if not callable(getattr(x, name, None))] == []
    assert [name for name in ARRAY.split() if not hasattr(x, name)] == [], "methods of NumPy"
    assert [name for name in TENSOR.split() if not hasattr(x, name)] == []
    assert [name for name in DUNDERS.split() if not hasattr(nb.Tensor, f"__{name}__")] == []


@pytest.mark.parametrize("name", (UNARY + " " + MORE_UNARY).split())
def test_unary_methods_are_the_functions(name: str) -> None:
    x = nb.tensor([[0.25, 0.5], [0.75, 0.875]], nb.float64)
    if name == "acosh":
        x = x + 1
    with np.errstate(all="ignore"):
        method, function = getattr(x, name)(), getattr(nb, name)(x)
    assert method.dtype == function.dtype
    np.testing.assert_array_equal(method.numpy(), function.numpy())


@pytest.mark.parametrize("name", ["add", "div", "mod", "pow", "atan2", "maximum", "equal"])
def test_binary_methods_are_the_functions(name: str) -> None:
    x, y = nb.tensor([1.5, 2.5]), np.array([2.0, 0.5])
    np.testing.assert_array_equal(getattr(x, name)(y).numpy(), getattr(nb, name)(x, y).numpy())


def test_methods_with_signatures_of_their_own() -> None:
    x = nb.tensor(np.arange(6.0).reshape(2, 3))
    assert x.reshape(3, 2).shape == x.reshape((3, 2)).shape == x.view(3, -1).shape == (3, 2)
    assert x.permute(1, 0).shape == x.permute((1, 0)).shape == x.T.shape == (3, 2)
    assert nb.tensor([1.0, 2.0]).expand(3, -1).shape == (3, 2)
    assert nb.tensor([[1.0], [2.0]]).expand(-1, 4).shape == (2, 4)
    assert x.new_zeros((2,)).dtype == x.new_full((2,), 3).dtype == nb.float64
    assert x.new_ones((2,), dtype=nb.int8).tolist() == [1, 1]
    assert x.type_as(nb.tensor(1)).dtype == nb.int32
    assert x.sum(0).shape == (3,) and x.max(1, True).shape == (2, 1)
    assert x.to(nb.float16).dtype == x.to("float16").dtype == x.to(np.float16).dtype == nb.float16
    assert x.to("cpu") is x.to(nb.CPU()) is x.cpu() is x.real is x
    assert str(x.device) == "Device(type=cpu,id=0)"
    assert [a.shape for a in nb.Tensor.to_numpy_all(x, x.T)] == [(2, 3), (3, 2)]
    assert nb.grad(lambda y: (y.detach() * y).sum())(np.ones(2)).tolist() == [1.0, 1.0]


def test_devices_that_are_not_there() -> None:
    for mistake in (lambda: nb.zeros((2,), device="gpu:0"), lambda: nb.zeros((2,)).to("gpu:0")):
        with pytest.raises(ValueError, match="no device 'gpu:0'"):
            mistake()
    with pytest.raises(TypeError, match="neither a device nor a dtype"):
        nb.zeros((2,)).to("nonsense")


def test_the_protocol_of_numbers() -> None:
    loss = nb.tensor([[1.23456]])
    assert f"{loss:.4f}" == "1.2346" and f"{nb.tensor(3)}" == "Tensor(3 : i32[])"
    assert divmod(7, 2) == (7 // nb.tensor(2), 7 % nb.tensor(2))
    assert (7 // nb.tensor([2.0]), 7 % nb.tensor([-4.0])) == (3.0, -1.0)
    assert 2 ** nb.tensor([3.0]) == 8
    assert (-nb.tensor([1]), +nb.tensor([1]), abs(nb.tensor([-1]))) == (-1, 1, 1)
    assert list(range(5))[nb.tensor(2) : nb.tensor(4)] == [2, 3]
