# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns the op records of the dialect into C++ and Python.

Usage: generate.py OPS.json OUT, where OPS.json is what `llvm-tblgen --dump-json` prints
for dialects/nabla/NablaOps.td. Writes below OUT, touching only what changed:

- dialects/nabla/NablaRules.cpp.inc: derivative, transpose and batch rules of elementwise ops
- dialects/nabla/NablaScalars.cpp.inc: the op that computes one element, by kind of number
- python/nabla/_generated/ops.py: one function an elementwise op
- python/nabla/_generated/op_table.json: what every op is, for bindings, docs and tests
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cpp_rules
import cpp_scalars
import python_ops
import table
from records import RecordError, Records


def write_if_changed(path: Path, text: str) -> None:
    """Leaves the time stamp of an up-to-date file alone, so that nothing is rebuilt."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def generate(records: Records) -> dict[str, str]:
    """The generated files, by path below the output folder."""
    return {
        "dialects/nabla/NablaRules.cpp.inc": cpp_rules.emit(records),
        "dialects/nabla/NablaScalars.cpp.inc": cpp_scalars.emit(records),
        "python/nabla/_generated/__init__.py": python_ops.PACKAGE,
        "python/nabla/_generated/ops.py": python_ops.emit(records),
        "python/nabla/_generated/op_table.json": table.emit(records),
    }


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, out = Path(arguments[0]), Path(arguments[1])
    try:
        files = generate(Records(json.loads(source.read_text())))
    except RecordError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for name, text in files.items():
        write_if_changed(out / name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
