# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Noise from the process-wide generator; `nb.random` has functions of explicit keys.

Each call draws anew: also each call of a compiled function, each example under `nb.vmap` and
each step of `nb.scan`. Under `nb.grad` and the other derivatives, noise is a constant: the same
draw makes the value and the derivative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nabla._core.keys import draw, seed
from nabla._core.tree import wrap
from nabla.functions import _draws as d

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["gaussian", "normal", "seed", "uniform"]


def gaussian(
    shape: Any = None,
    mean: TensorLike = 0.0,
    std: TensorLike = 1.0,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
) -> Tensor:
    """Noise of the normal distribution; every call draws anew.

    The shape is that of `mean` and `std` together if none is given; float32 unless `dtype` says
    otherwise. Differentiable in `mean` and `std`. ValueError if these do not broadcast to the
    shape, TypeError for a dtype that is no float.

    >>> nb.gaussian((2, 3)).shape
    [Dim(2), Dim(3)]
    >>> nb.gaussian((), mean=5.0, std=0.0)
    Tensor(5. : f32[])
    """
    kind = d.float_dtype("gaussian", dtype)
    return wrap(d.shaped("gaussian", draw(), shape, mean, std, kind))


normal = gaussian


def uniform(
    shape: Any = None,
    low: TensorLike = 0.0,
    high: TensorLike = 1.0,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
) -> Tensor:
    """Noise evenly spread in [low, high), never `high` itself; every call draws anew.

    The shape is that of `low` and `high` together if none is given; float32 unless `dtype` says
    otherwise. Differentiable in `low` and `high`. ValueError if these do not broadcast to the
    shape, TypeError for a dtype that is no float.

    >>> x = nb.uniform((2, 3), -1.0, 1.0)
    >>> bool(nb.max(x) < 1.0) and bool(nb.min(x) >= -1.0)
    True
    """
    kind = d.float_dtype("uniform", dtype)
    return wrap(d.scaled("uniform", draw(), shape, low, high, kind))
