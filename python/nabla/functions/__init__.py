# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of tensors. They take arrays and Python numbers as they take tensors."""

from nabla.functions import (
    arithmetic,
    comparison,
    contraction,
    creation,
    indexing,
    random,
    reduction,
    shape,
    windows,
)
from nabla.functions.arithmetic import *
from nabla.functions.comparison import *
from nabla.functions.contraction import *
from nabla.functions.creation import *
from nabla.functions.indexing import *
from nabla.functions.random import *
from nabla.functions.reduction import *
from nabla.functions.shape import *
from nabla.functions.windows import *

__all__: list[str] = []
__all__ += arithmetic.__all__
__all__ += comparison.__all__
__all__ += contraction.__all__
__all__ += windows.__all__
__all__ += creation.__all__
__all__ += indexing.__all__
__all__ += random.__all__
__all__ += reduction.__all__
__all__ += shape.__all__
