# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Figures of Nabla and its peers, side by side; see README.md. They report and assert nothing."""
