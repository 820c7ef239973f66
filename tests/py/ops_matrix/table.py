# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The table of ops that the build generates from the records of the dialect."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

_TEXT = resources.files("nabla._generated").joinpath("op_table.json").read_text()

# Rows of the table by mnemonic, in the order of the records.
OPS: dict[str, dict[str, Any]] = {
    row["name"].removeprefix("nabla."): row for row in json.loads(_TEXT)
}


def of_family(family: str) -> list[str]:
    return [op for op, row in OPS.items() if row["family"] == family]


def attributes_of(op: str) -> list[str]:
    return [attribute["name"] for attribute in OPS[op]["attributes"]]
