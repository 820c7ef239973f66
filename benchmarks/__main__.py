# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`python -m benchmarks [names...] [--quick] [--json]`"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from typing import Any

import benchmarks
from benchmarks.measure import as_json, table


def names() -> list[str]:
    """The modules of this package that have `rows`."""
    found = {module.name for module in pkgutil.iter_modules(benchmarks.__path__)} - {"__main__"}
    return sorted(name for name in found if hasattr(_module(name), "rows"))


def _module(name: str) -> Any:
    return importlib.import_module(f"benchmarks.{name}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(names())}")
    parser.add_argument("--quick", action="store_true", help="once each: shows that it runs")
    parser.add_argument("--json", action="store_true", help="a line of JSON a figure")
    options = parser.parse_args()
    unknown = set(options.names) - set(names())
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    rows = []
    for name in options.names or names():
        rows += _module(name).rows(options.quick)
    print(as_json(rows) if options.json else table(rows))


main()
