# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random programs under random nests of transforms, which must agree with each other."""
