# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where to cut pending work: at the turns of the user's loops.

A loop shows in a list of nodes as a place in the program, with an operation, that comes
again. Work of some size is cut there into parts, which run one after the other: so the parts
of a loop have the same structure, one executable serves all of them, and what is compiled
does not depend on how many turns there are.
"""

from __future__ import annotations

from nabla import _nabla
from nabla._nabla import finished, parts, weight

WHOLE = _nabla.WHOLE  # work up to this weight is not cut

__all__ = ["WHOLE", "finished", "parts", "weight"]
