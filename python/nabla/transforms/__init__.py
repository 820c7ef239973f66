# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of functions. They record transform operations; the compiler derives."""

from nabla.transforms.compile import CompilationStats as CompilationStats
from nabla.transforms.compile import CompiledFunction as CompiledFunction
from nabla.transforms.compile import compile as compile
from nabla.transforms.compile import jit as jit
from nabla.transforms.grad import grad as grad
from nabla.transforms.grad import value_and_grad as value_and_grad
from nabla.transforms.inspect import CompileReport as CompileReport
from nabla.transforms.inspect import compile_report as compile_report
from nabla.transforms.inspect import inspect as inspect
from nabla.transforms.inspect import run_mlir as run_mlir
from nabla.transforms.jacobian import hessian as hessian
from nabla.transforms.jacobian import jacfwd as jacfwd
from nabla.transforms.jacobian import jacrev as jacrev
from nabla.transforms.jvp import jvp as jvp
from nabla.transforms.vjp import linearize as linearize
from nabla.transforms.vjp import vjp as vjp
from nabla.transforms.vmap import vmap as vmap
