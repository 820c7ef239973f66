# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Nabla beside its peers, in one run."""
