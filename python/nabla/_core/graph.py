# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is recorded: operations and the values between them.

The same graph serves eager work and traces. An eager value has no trace; it is pending
while it has a node, and a leaf once it has data. A traced value belongs to its trace.
The classes are C++ (python/bindings/graph.h); `_nabla.pyi` tells their fields.
"""

from __future__ import annotations

from nabla._nabla import Node, Value, ancestors, now

__all__ = ["Node", "Value", "ancestors", "now"]
