# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The driver beneath the public names: graph, tracing and execution."""
