# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arrays that come from and go to NumPy, JAX and PyTorch: layout, lifetime, who may write."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import weakref
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla._core import dtypes

NAMES = [d.name for d in dtypes.ALL]


class Lender:
    """An array that is only known by DLPack, without its own NumPy class."""

    def __init__(self, array: Any, device: tuple[int, int] = (1, 0)) -> None:
        self.array = array
        self.device = device

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.device


class Legacy(Lender):
    """A consumer, or a lender, from before DLPack 1.0."""

    def __dlpack__(self, stream: Any = None) -> Any:
        return self.array.__dlpack__(stream=stream)


def address(array: Any) -> int:
    return int(np.asarray(array).__array_interface__["data"][0])


# ---------------------------------------------------------------- coming in


@pytest.mark.parametrize("name", NAMES)
def test_numpy_arrays_are_shared(name: str) -> None:
    dtype = nb.DType[name].to_numpy()
    for shape in ((), (3,), (2, 3), (0, 2), (2, 0)):
        array = np.array(np.arange(np.prod(shape)).reshape(shape) % 2, dtype)
        x = nb.Tensor.from_dlpack(array)
        assert x.dtype == name and x.shape == shape and x.is_realized
        np.testing.assert_array_equal(x.numpy(), array)
        assert x.tolist() == array.tolist() and x.numpy().dtype == dtype
        if array.size:
            assert address(x) == address(array)
        if array.size == 1:
            assert x.item() == array.item()
        made = nb.tensor(array)
        assert array.size == 0 or address(made) != address(array)
        np.testing.assert_array_equal(np.asarray(made), array)
        doubled = nb.where(x == x, x, x)
        np.testing.assert_array_equal(doubled.numpy(), array)


def layouts() -> dict[str, Any]:
    a = np.arange(24.0).reshape(2, 3, 4)
    bytes_ = np.zeros(8 * 3 + 1, np.uint8)
    unaligned = bytes_[1:].view(np.float64)
    unaligned[:] = [1.0, 2.0, 3.0]
    fields = np.zeros(3, [("x", "i1"), ("y", "f4")])
    fields["y"] = [1, 2, 3]
    return {
        "transposed": a.T,
        "strided": a[:, ::2, 1:],
        "backwards": a[::-1, :, ::-2],
        "repeated": np.broadcast_to(a[0], (5, 3, 4)),
        "big endian": a.astype(">f8"),
        "big endian ints": np.arange(5, dtype=">u2"),
        "fortran": np.asfortranarray(a),
        "unaligned": unaligned,
        "field": fields["y"],
        "nothing, strided": a[:, 1:1, ::2],
        "0-d view": a[1, 2, 3:][0:1].reshape(()),
    }


@pytest.mark.parametrize("layout", layouts())
def test_other_layouts(layout: str) -> None:
    array = layouts()[layout]
    for x in (nb.Tensor.from_dlpack(array), nb.tensor(array), nb.asarray(array)):
        np.testing.assert_array_equal(x.numpy(), array)
        assert x.numpy().dtype == array.dtype.newbyteorder("=")
        np.testing.assert_array_equal((x + x).numpy(), array + array)
        assert array.size == 0 or address(x) % array.itemsize == 0
    if array.dtype.isnative and array.flags.aligned:
        for take in (nb.Tensor.from_dlpack, nb.tensor):
            np.testing.assert_array_equal(take(Lender(array)).numpy(), array)


@pytest.mark.parametrize("name", ["float32", "int8", "uint16", "float64"])
def test_arrays_known_by_dlpack(name: str) -> None:
    array = np.arange(6).astype(name).reshape(2, 3)
    for lent in (array, array.T):
        for take in (nb.Tensor.from_dlpack, nb.tensor):
            x = take(Lender(lent))
            assert x.dtype == name
            np.testing.assert_array_equal(x.numpy(), lent)


def test_scalars_and_subclasses() -> None:
    assert nb.Tensor.from_dlpack(np.float64(2.5)).tolist() == 2.5
    assert nb.tensor(np.bool_(True)).dtype == "bool"
    subclass = np.arange(3.0).view(type("Sub", (np.ndarray,), {}))
    assert nb.tensor(subclass).tolist() == [0.0, 1.0, 2.0]
    x = nb.tensor([1.0])
    assert nb.Tensor.from_dlpack(x) is x and nb.asarray(x) is x


def test_what_is_no_array() -> None:
    for wrong in (1.0, [1.0], "x", None):
        with pytest.raises(TypeError, match=r"from_dlpack: .* has no __dlpack__"):
            nb.Tensor.from_dlpack(wrong)
    for kind in ("c16", "U3", "M8[s]", "O"):
        with pytest.raises(TypeError, match=r"no tensors of .*\n  at file .*test_exchange"):
            nb.Tensor.from_dlpack(np.zeros(2, kind))
    with pytest.raises(TypeError, match="DLPack code 5 and 128 bits"):
        nb.Tensor.from_dlpack(Lender(np.zeros(2, "c16")))
    with pytest.raises(TypeError, match="on DLPack device 2; move it"):
        nb.Tensor.from_dlpack(Lender(np.zeros(2), (2, 0)))


def test_arrays_of_others_are_not_overlooked() -> None:
    """As part of a tree they would be constants, known by identity, whatever they hold."""
    x, other = nb.tensor([1.0, 2.0]), Lender(np.ones(2))
    calls = [
        lambda: nb.compile(lambda d: d["a"])({"a": other}),
        lambda: nb.compile(lambda a: other)(x),
        lambda: nb.vmap(lambda a, b: a)(x, other),
        lambda: nb.grad(lambda a: nb.sum(a))(other),
        lambda: nb.scan(lambda c, a: (c, a), 0.0, other),
        lambda: nb.cond(nb.sum(x) > 0, lambda a: a, lambda a: a, other),
        lambda: nb.sin(other),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"test_exchange\.Lender is an array of another lib"):
            call()


def test_masks_are_not_dropped() -> None:
    masked = np.ma.masked_array([1.0, 2.0], [True, False])
    for take in (nb.tensor, nb.Tensor.from_dlpack, nb.sin, nb.compile(nb.sin), nb.grad(nb.sum)):
        with pytest.raises(TypeError, match=r"no masks.*\n  at file .*test_exchange"):
            take(masked)


# ---------------------------------------------------------------- going out


def test_views_cannot_be_written() -> None:
    owned = nb.tensor([1.0, 2.0]) * 2
    for x in (owned, nb.Tensor.from_dlpack(np.array([2.0, 4.0]))):
        for view in (np.asarray(x), np.from_dlpack(x), x.__array__()):
            assert not view.flags.writeable and view.tolist() == [2.0, 4.0]
            with pytest.raises(ValueError, match="read-only"):
                view[0] = 9.0
            with pytest.raises(ValueError, match="cannot set WRITEABLE"):
                view.flags.writeable = True
        for copy in (x.numpy(), np.array(x), np.from_dlpack(x, copy=True)):
            copy[0] = 9.0
        assert x.tolist() == [2.0, 4.0]


def test_the_arguments_of_dlpack() -> None:
    x = nb.tensor([1.0, 2.0]) * 2
    assert x.__dlpack_device__() == (1, 0)
    assert '"dltensor"' in repr(x.__dlpack__())
    assert '"dltensor"' in repr(x.__dlpack__(max_version=(0, 8)))
    assert '"dltensor_versioned"' in repr(x.__dlpack__(max_version=(1, 1)))
    shared = np.from_dlpack(x, device="cpu", copy=False)
    assert address(shared) == address(x)
    own = np.from_dlpack(x, copy=True)
    assert address(own) != address(x) and own.flags.writeable
    with pytest.raises(BufferError, match="stream must be None"):
        x.__dlpack__(stream=1)
    with pytest.raises(BufferError, match="device"):
        x.__dlpack__(dl_device=(2, 0))
    with pytest.raises(TypeError):
        x.__dlpack__(1)  # type: ignore[misc]
    np.testing.assert_array_equal(np.from_dlpack(nb.zeros((0, 3))), np.zeros((0, 3)))
    assert np.from_dlpack(nb.tensor(2.5)).shape == ()


def test_memory_that_is_read_only_goes_to_old_consumers_as_a_copy() -> None:
    array = np.arange(3.0)
    array.flags.writeable = False
    x = nb.Tensor.from_dlpack(array)
    assert address(x) == address(array)
    assert address(np.from_dlpack(x)) == address(array)
    old = nb.Tensor.from_dlpack(Legacy(x))
    assert address(old) != address(array) and old.tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(BufferError, match=r"max_version=\(1, 0\)"):
        x.__dlpack__(copy=False)
    again = nb.Tensor.from_dlpack(Lender(array))
    assert address(again) == address(array) and again._value.data.read_only
    writable = nb.Tensor.from_dlpack(Lender(np.arange(3.0)))
    assert not writable._value.data.read_only
    assert address(nb.Tensor.from_dlpack(Legacy(writable))) == address(writable)


def test_array_protocol() -> None:
    x = nb.tensor([1.5, 2.5])
    assert np.asarray(x, np.float64).dtype == np.float64
    assert np.asarray(x, copy=False).dtype == np.float32
    with pytest.raises(ValueError, match="only by a copy"):
        np.asarray(x, np.int32, copy=False)
    assert address(np.array(x)) != address(x)
    assert nb.tensor(3).item() == 3 and isinstance(nb.tensor(3).item(), int)
    assert isinstance(nb.tensor(True).item(), bool)
    assert isinstance(nb.tensor([2.5], "bfloat16").item(), float)
    assert nb.tensor([[1.5]], "float16").tolist() == [[1.5]]
    with pytest.raises(TypeError, match="single-element"):
        x.item()


# ---------------------------------------------------------------- lifetime


def dies(ref: Any) -> bool:
    gc.collect()
    return ref() is None


@pytest.mark.parametrize("lend", [lambda a: a, Lender, Legacy], ids=["numpy", "dlpack", "legacy"])
def test_a_tensor_keeps_what_it_shares(lend: Any) -> None:
    array = np.arange(1000.0)
    expected = array.copy()
    ref = weakref.ref(array)
    x = nb.Tensor.from_dlpack(lend(array))
    y = x * 2
    del array
    assert not dies(ref)
    np.testing.assert_array_equal(x.numpy(), expected)
    del x
    assert not dies(ref), "y is still to be computed"
    np.testing.assert_array_equal(y.numpy(), expected * 2)
    assert dies(ref)


@pytest.mark.parametrize(
    "view",
    [np.asarray, np.from_dlpack, lambda x: x.numpy(), memoryview],
    ids=["asarray", "from_dlpack", "numpy", "slice"],
)
def test_a_view_keeps_what_it_shows(view: Any) -> None:
    """Large enough that freed memory would be used again at once."""
    x = nb.full((1 << 18,), 3.0) + 0.0
    seen = np.asarray(x)[::2] if view is memoryview else view(x)
    x = None
    for i in range(4):
        (nb.full((1 << 18,), float(i)) + 0.0).realize()
    assert (seen == 3.0).all()


def test_capsules_that_nobody_takes_are_freed() -> None:
    array = np.arange(10.0)
    ref = weakref.ref(array)
    x = nb.Tensor.from_dlpack(array)
    del array
    for options in ({}, {"max_version": (1, 0)}, {"copy": True}):
        x.__dlpack__(**options)
    taken = np.from_dlpack(x)
    del x
    assert not dies(ref)
    del taken
    assert dies(ref)


def test_exchange_does_not_leak() -> None:
    """Of 4 GB that pass through, a few arrays stay: the greatest memory used hardly grows."""
    array = np.zeros(1 << 18)  # 2 MB

    def round_trip() -> None:
        x = nb.Tensor.from_dlpack(array.copy())
        y = nb.tensor(np.from_dlpack(x + 1.0))
        z = nb.Tensor.from_dlpack(Legacy(y))
        np.asarray(z)[:1].sum()
        z.__dlpack__(copy=True)
        z.numpy()

    for _ in range(20):
        round_trip()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(300):
        round_trip()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


# ---------------------------------------------------------------- inputs stay as they are

PROGRAMS = {
    "identity": lambda x: x,
    "reshape": lambda x: nb.reshape(x, (6,)),
    "twice": lambda x: (x, x),
    "neg": lambda x: -x,
    "set": lambda x: x.at[1].set(0.0),
    "scatter": lambda x: x.at[nb.tensor([0, 0])].add(1.0),
    "scan": lambda x: nb.scan(lambda c, _: (c * 2.0, c), x, None, length=3),
    "cond": lambda x: nb.cond(nb.sum(x) > 0, lambda x: x, lambda x: x + 1.0, x),
    "grad": nb.grad(lambda x: nb.sum(x * x)),
    "grad of itself": nb.grad(lambda x: nb.sum(x)),
    "pullback": lambda x: nb.vjp(lambda x: x, x)[1](x),
    "batch": nb.vmap(lambda row: row),
    "update": lambda x: nb.slice_update(x, x[:1], (1, 0)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_neither_write_nor_return_their_inputs(name: str) -> None:
    array = np.arange(1.0, 7.0).reshape(2, 3)
    before = array.copy()
    for transform in (lambda f: f, nb.compile):
        x = nb.Tensor.from_dlpack(array)
        leaves = nb.compile(lambda x: x)(x), transform(PROGRAMS[name])(x)
        results = [leaf.realize() for leaf in flat(leaves)]
        np.testing.assert_array_equal(array, before)
        values = [r.numpy() for r in results]
        others = [r for r in results if r is not x]
        assert len({address(r) for r in others} | {address(array)}) == len(others) + 1
        array[:] = -7.0  # who shares memory would see it
        for result, value in zip(results, values, strict=True):
            if result is not x:
                np.testing.assert_array_equal(result.numpy(), value)
        array[:] = before


def flat(tree: Any) -> list[Any]:
    if isinstance(tree, (tuple, list)):
        return [leaf for part in tree for leaf in flat(part)]
    return [] if tree is None else [tree]


# ---------------------------------------------------------------- JAX and PyTorch


def test_jax() -> None:
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    cases = [
        jnp.arange(6.0).reshape(2, 3),
        jnp.float32(2.5),
        jnp.array([True, False]),
        jnp.arange(4, dtype=jnp.float16),
        jnp.arange(4, dtype=jnp.bfloat16),
        jnp.arange(4, dtype=jnp.uint8),
        jnp.arange(4, dtype=jnp.int32),
        jnp.zeros((0, 3)),
    ]
    for array in cases:
        x = nb.Tensor.from_dlpack(array)
        assert x.dtype == array.dtype and x.shape == array.shape
        np.testing.assert_array_equal(x.numpy(), np.asarray(array))
        if array.size:
            assert address(x) == array.unsafe_buffer_pointer()
        np.testing.assert_array_equal(nb.tensor(array).numpy(), np.asarray(array))
        result = nb.where(x == x, x, x)
        back = jax.dlpack.from_dlpack(result)
        assert back.dtype == array.dtype
        np.testing.assert_array_equal(np.asarray(back), np.asarray(array))
    aligned = nb.ones((16,)) * 3.0
    shared = jax.dlpack.from_dlpack(aligned)
    assert shared.unsafe_buffer_pointer() == address(aligned)
    del aligned
    gc.collect()
    assert (np.asarray(shared) == 3.0).all()
    constant = np.arange(4.0, dtype=np.float32)
    constant.flags.writeable = False
    assert jax.dlpack.from_dlpack(nb.Tensor.from_dlpack(constant)).tolist() == [0, 1, 2, 3]


def test_torch() -> None:
    torch = pytest.importorskip("torch")
    for dtype in ("float32", "float64", "float16", "bfloat16", "int8", "uint8", "int64", "bool"):
        array = torch.ones((2, 3), dtype=getattr(torch, dtype))
        x = nb.Tensor.from_dlpack(array)
        assert x.dtype == dtype and address(x) == array.data_ptr()
        back = torch.from_dlpack(nb.where(x == x, x, x))
        assert back.dtype == array.dtype and bool((back == array).all())
        np.testing.assert_array_equal(
            nb.tensor(array.T[::2]).numpy().astype(float), np.ones((2, 2))
        )
    assert nb.Tensor.from_dlpack(torch.tensor(2.5)).item() == 2.5


def test_exit_is_silent_beside_torch() -> None:
    """It keeps modules alive, and with them what they hold, until the process ends."""
    pytest.importorskip("torch")
    program = "import torch, nabla as nb; (nb.Tensor.from_dlpack(torch.ones(3)) + 1).numpy()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
