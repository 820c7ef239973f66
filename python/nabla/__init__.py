# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Differentiable array programs, compiled through MLIR."""

from nabla import _nabla as _nabla
from nabla import functions as functions
from nabla import random as random
from nabla._core.cache import cache_dir as cache_dir
from nabla._core.device import CPU as CPU
from nabla._core.dtypes import DType as DType
from nabla._core.dtypes import (
    bfloat16,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    promote_types,
    uint8,
    uint16,
    uint32,
    uint64,
)
from nabla._core.dtypes import bool_ as bool_
from nabla._core.errors import (
    DerivativeCutWarning,
    DonatedError,
    TracedValueError,
    TracerLeakError,
)
from nabla._core.types import Dim, Shape
from nabla._generated.functions import *
from nabla._tensor.tensor import Tensor
from nabla.control_flow import cond, scan, while_loop
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
from nabla.pytrees import (
    PyTreeDef,
    register_dataclass,
    register_pytree_node,
    tree_flatten,
    tree_leaves,
    tree_map,
    tree_structure,
    tree_unflatten,
)
from nabla.transforms import (
    CompilationStats,
    CompiledFunction,
    CompileReport,
    compile,
    compile_report,
    grad,
    hessian,
    inspect,
    jacfwd,
    jacrev,
    jit,
    jvp,
    linearize,
    run_mlir,
    value_and_grad,
    vjp,
    vmap,
)

__all__ = [
    "CPU",
    "CompilationStats",
    "CompileReport",
    "CompiledFunction",
    "DType",
    "DerivativeCutWarning",
    "Dim",
    "DonatedError",
    "PyTreeDef",
    "Shape",
    "Tensor",
    "TracedValueError",
    "TracerLeakError",
    "bfloat16",
    "bool_",
    "cache_dir",
    "compile",
    "compile_report",
    "cond",
    "float16",
    "float32",
    "float64",
    "grad",
    "hessian",
    "inspect",
    "int8",
    "int16",
    "int32",
    "int64",
    "jacfwd",
    "jacrev",
    "jit",
    "jvp",
    "linearize",
    "promote_types",
    "random",
    "register_dataclass",
    "register_pytree_node",
    "run_mlir",
    "scan",
    "tree_flatten",
    "tree_leaves",
    "tree_map",
    "tree_structure",
    "tree_unflatten",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "value_and_grad",
    "vjp",
    "vmap",
    "while_loop",
]
__all__ += functions.__all__

__version__ = _nabla.version()
