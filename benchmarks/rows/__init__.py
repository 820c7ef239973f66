# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each module has `rows(quick)`: what it measures, smaller if quick."""
