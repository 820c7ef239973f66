# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The class of tensors: a handle of a value, with the functions as its methods and operators."""
