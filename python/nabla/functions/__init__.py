# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of tensors. They take arrays and Python numbers as they take tensors."""

from nabla._generated import functions as generated
from nabla._generated.functions import *
from nabla.functions import (
    activation,
    arithmetic,
    closeness,
    comparison,
    contraction,
    creation,
    indexing,
    joining,
    noise,
    ranges,
    reduction,
    repetition,
    shape,
    sorting,
    statistics,
    summation,
    windows,
)
from nabla.functions.activation import *
from nabla.functions.arithmetic import *
from nabla.functions.closeness import *
from nabla.functions.comparison import *
from nabla.functions.contraction import *
from nabla.functions.creation import *
from nabla.functions.indexing import *
from nabla.functions.joining import *
from nabla.functions.noise import *
from nabla.functions.ranges import *
from nabla.functions.reduction import *
from nabla.functions.repetition import *
from nabla.functions.shape import *
from nabla.functions.sorting import *
from nabla.functions.statistics import *
from nabla.functions.summation import *
from nabla.functions.windows import *

__all__: list[str] = []
__all__ += generated.__all__
__all__ += activation.__all__
__all__ += arithmetic.__all__
__all__ += closeness.__all__
__all__ += comparison.__all__
__all__ += contraction.__all__
__all__ += creation.__all__
__all__ += indexing.__all__
__all__ += joining.__all__
__all__ += noise.__all__
__all__ += ranges.__all__
__all__ += reduction.__all__
__all__ += repetition.__all__
__all__ += shape.__all__
__all__ += sorting.__all__
__all__ += statistics.__all__
__all__ += summation.__all__
__all__ += windows.__all__
