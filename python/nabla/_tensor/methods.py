# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Methods of tensors: functions of the package, or close to one.

A function whose first parameter is a tensor is a method as it stands: `x.softmax(axis=0)` is
`nb.softmax(x, axis=0)`. Written out are those that users know by another signature.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nabla import functions as f
from nabla._core.device import CPU, as_device
from nabla._core.dtypes import as_dtype
from nabla._core.errors import at_user
from nabla._nabla import Arithmetic

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._tensor.tensor import Tensor


class Methods(Arithmetic):
    """What a tensor can do by a name."""

    __slots__ = ()

    # ---------------------------------------------------------------- making tensors

    array = staticmethod(f.array)
    arange = staticmethod(f.arange)
    constant = staticmethod(f.constant)
    full = staticmethod(f.full)
    gaussian = staticmethod(f.gaussian)
    normal = staticmethod(f.normal)
    ones = staticmethod(f.ones)
    uniform = staticmethod(f.uniform)
    zeros = staticmethod(f.zeros)

    def new_zeros(self, shape: Any, *, dtype: DTypeLike | None = None) -> Tensor:
        """Zeros of another shape, in the dtype of x if none is given."""
        return f.zeros(shape, dtype=self._dtype_or(dtype))

    new_empty = new_zeros  # no memory is left as it was found

    def new_ones(self, shape: Any, *, dtype: DTypeLike | None = None) -> Tensor:
        """Ones of another shape, in the dtype of x if none is given."""
        return f.ones(shape, dtype=self._dtype_or(dtype))

    def new_full(self, shape: Any, value: Any, *, dtype: DTypeLike | None = None) -> Tensor:
        """A tensor full of one number, in the dtype of x if none is given."""
        return f.full(shape, value, dtype=self._dtype_or(dtype))

    def _dtype_or(self, dtype: DTypeLike | None) -> DTypeLike:
        return self._value.type.dtype if dtype is None else dtype

    full_like = f.full_like
    ones_like = f.ones_like
    zeros_like = f.zeros_like

    # ---------------------------------------------------------------- element by element

    # Generated of the records of ops:
    abs = f.abs
    acos = f.acos
    acosh = f.acosh
    asin = f.asin
    asinh = f.asinh
    atan = f.atan
    atan2 = f.atan2
    atanh = f.atanh
    bitwise_and = f.bitwise_and
    bitwise_not = f.bitwise_not
    bitwise_or = f.bitwise_or
    bitwise_xor = f.bitwise_xor
    ceil = f.ceil
    cos = f.cos
    cosh = f.cosh
    erf = f.erf
    cbrt = f.cbrt
    exp = f.exp
    exp2 = f.exp2
    expm1 = f.expm1
    floor = f.floor
    fmod = f.fmod
    is_finite = f.is_finite
    is_inf = f.is_inf
    is_nan = f.is_nan
    left_shift = f.left_shift
    log = f.log
    log10 = f.log10
    log1p = f.log1p
    log2 = f.log2
    maximum = f.maximum
    minimum = f.minimum
    neg = f.neg
    right_shift = f.right_shift
    rsqrt = f.rsqrt
    sigmoid = f.sigmoid
    sign = f.sign
    sin = f.sin
    sinh = f.sinh
    sqrt = f.sqrt
    stop_gradient = f.stop_gradient
    sub = f.sub
    tan = f.tan
    tanh = f.tanh
    trunc = f.trunc

    # Made of several ops, or of another by dtype:
    add = f.add
    clip = f.clip
    div = f.div
    equal = f.equal
    floor_divide = f.floor_divide
    gelu = f.gelu
    greater = f.greater
    greater_equal = f.greater_equal
    less = f.less
    less_equal = f.less_equal
    logical_and = f.logical_and
    logical_not = f.logical_not
    logical_or = f.logical_or
    logical_xor = f.logical_xor
    mod = f.mod
    mul = f.mul
    not_equal = f.not_equal
    pow = f.pow
    relu = f.relu
    round = f.round
    silu = f.silu
    square = f.square

    # ---------------------------------------------------------------- along dimensions

    all = f.all
    any = f.any
    argmax = f.argmax
    argmin = f.argmin
    argsort = f.argsort
    cumprod = f.cumprod
    cumsum = f.cumsum
    logsoftmax = f.logsoftmax
    logsumexp = f.logsumexp
    max = f.max
    mean = f.mean
    median = f.median
    min = f.min
    minmax = f.minmax
    prod = f.prod
    quantile = f.quantile
    reduce_max = f.reduce_max
    reduce_min = f.reduce_min
    reduce_sum = f.reduce_sum
    softmax = f.softmax
    sort = f.sort
    std = f.std
    sum = f.sum
    var = f.var

    diagonal = f.diagonal
    dot = f.dot
    matmul = f.matmul
    outer = f.outer
    tensordot = f.tensordot
    trace = f.trace

    # ---------------------------------------------------------------- elements

    gather = f.gather
    nonzero = f.nonzero
    scatter = f.scatter
    searchsorted = f.searchsorted
    slice_tensor = f.slice_tensor
    slice_update = f.slice_update
    take = f.take
    take_along_axis = f.take_along_axis

    # ---------------------------------------------------------------- shape

    broadcast_to = f.broadcast_to
    chunk = f.chunk
    flatten = f.flatten
    flip = f.flip
    moveaxis = f.moveaxis
    pad = f.pad
    ravel = f.ravel
    rebind = f.rebind
    repeat = f.repeat
    roll = f.roll
    split = f.split
    squeeze = f.squeeze
    swap_axes = f.swap_axes
    swapaxes = f.swapaxes
    tile = f.tile
    transpose = f.transpose
    tril = f.tril
    triu = f.triu
    unbind = f.unbind
    unsqueeze = f.unsqueeze

    def reshape(self, *shape: Any) -> Tensor:
        """`nb.reshape`; the shape as one sequence or as several integers."""
        return f.reshape(self, _sequence(shape))

    def view(self, *shape: Any) -> Tensor:
        """`nb.reshape`; the shape as one sequence or as several integers."""
        return f.reshape(self, _sequence(shape))

    def permute(self, *order: Any) -> Tensor:
        """`nb.permute`; the order as one sequence or as several integers."""
        return f.permute(self, _sequence(order))

    def expand(self, *shape: Any) -> Tensor:
        """`nb.broadcast_to`; an extent of -1 stays as it is."""
        wanted = _sequence(shape)
        if not isinstance(wanted, (tuple, list)):
            wanted = (wanted,)
        own = self._value.type.shape
        offset = len(wanted) - len(own)
        dims = [own[i - offset] if n == -1 and i >= offset else n for i, n in enumerate(wanted)]
        return f.broadcast_to(self, dims)

    @property
    def T(self) -> Tensor:
        """With the last two dimensions swapped; as it is with fewer than two."""
        return f.matrix_transpose(self)

    mT = T  # as NumPy has it

    # ---------------------------------------------------------------- dtype and device

    cast = f.cast

    def astype(self, dtype: DTypeLike) -> Tensor:
        """`nb.cast`"""
        return f.cast(self, dtype)

    def type_as(self, other: Tensor) -> Tensor:
        """In the dtype of another tensor."""
        return f.cast(self, other.dtype)

    @property
    def real(self) -> Tensor:
        """The real part: the tensor itself, for there are no complex numbers yet."""
        return self  # type: ignore[return-value]

    @property
    def device(self) -> CPU:
        """Where the elements are."""
        return CPU()

    def to(self, target: Any) -> Tensor:
        """On another device, or in another dtype. TypeError if it is neither."""
        if isinstance(target, CPU) or (isinstance(target, str) and ":" in target):
            as_device(target)
            return self  # type: ignore[return-value]
        if target == "cpu":
            return self.cpu()
        try:
            return f.cast(self, as_dtype(target))
        except TypeError:
            raise TypeError(at_user(f"to: {target!r} is neither a device nor a dtype")) from None

    def cpu(self) -> Tensor:
        """In the memory of the CPU, where it is already."""
        return self  # type: ignore[return-value]

    def detach(self) -> Tensor:
        """`nb.stop_gradient`"""
        return f.stop_gradient(self)


def _sequence(items: tuple[Any, ...]) -> Any:
    """Arguments given one by one, or as one sequence."""
    return items[0] if len(items) == 1 else items
