# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of tensors. They take arrays and Python numbers as they take tensors."""

from nabla._generated import functions as generated
from nabla._generated.functions import *
from nabla.functions import (
    accumulation,
    activation,
    arithmetic,
    attention,
    choosing,
    closeness,
    comparison,
    constants,
    contraction,
    counting,
    creation,
    diagonals,
    differences,
    elementary,
    grids,
    indexing,
    joining,
    loops,
    nan_reduction,
    noise,
    nonlinear,
    numpy_names,
    products,
    quantiles,
    ranges,
    reduction,
    repetition,
    searching,
    shape,
    signals,
    signs,
    sorting,
    stacking,
    statistics,
    summation,
    windows,
)
from nabla.functions.accumulation import *
from nabla.functions.activation import *
from nabla.functions.arithmetic import *
from nabla.functions.attention import *
from nabla.functions.choosing import *
from nabla.functions.closeness import *
from nabla.functions.comparison import *
from nabla.functions.constants import *
from nabla.functions.contraction import *
from nabla.functions.counting import *
from nabla.functions.creation import *
from nabla.functions.diagonals import *
from nabla.functions.differences import *
from nabla.functions.elementary import *
from nabla.functions.grids import *
from nabla.functions.indexing import *
from nabla.functions.joining import *
from nabla.functions.loops import *
from nabla.functions.nan_reduction import *
from nabla.functions.noise import *
from nabla.functions.nonlinear import *
from nabla.functions.numpy_names import *
from nabla.functions.products import *
from nabla.functions.quantiles import *
from nabla.functions.ranges import *
from nabla.functions.reduction import *
from nabla.functions.repetition import *
from nabla.functions.searching import *
from nabla.functions.shape import *
from nabla.functions.signals import *
from nabla.functions.signs import *
from nabla.functions.sorting import *
from nabla.functions.stacking import *
from nabla.functions.statistics import *
from nabla.functions.summation import *
from nabla.functions.windows import *

__all__: list[str] = []
__all__ += generated.__all__
__all__ += accumulation.__all__
__all__ += activation.__all__
__all__ += arithmetic.__all__
__all__ += attention.__all__
__all__ += choosing.__all__
__all__ += closeness.__all__
__all__ += comparison.__all__
__all__ += constants.__all__
__all__ += contraction.__all__
__all__ += counting.__all__
__all__ += creation.__all__
__all__ += diagonals.__all__
__all__ += differences.__all__
__all__ += elementary.__all__
__all__ += grids.__all__
__all__ += indexing.__all__
__all__ += joining.__all__
__all__ += loops.__all__
__all__ += nan_reduction.__all__
__all__ += noise.__all__
__all__ += nonlinear.__all__
__all__ += numpy_names.__all__
__all__ += products.__all__
__all__ += quantiles.__all__
__all__ += ranges.__all__
__all__ += reduction.__all__
__all__ += repetition.__all__
__all__ += searching.__all__
__all__ += shape.__all__
__all__ += signals.__all__
__all__ += signs.__all__
__all__ += sorting.__all__
__all__ += stacking.__all__
__all__ += statistics.__all__
__all__ += summation.__all__
__all__ += windows.__all__
