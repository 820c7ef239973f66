# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Differentiable array programs, compiled through MLIR."""

from nabla import _nabla

__version__ = _nabla.version()
