# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every op of the dialect against every transform, drawn from the generated table of ops."""
