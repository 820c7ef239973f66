# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Configuration of lit: `lit tests/lit`, or `pytest`, which collects the same files.

nabla-opt is that of the `nabla` package which this Python would import, so an
installed package and PYTHONPATH=<build>/python both work.
"""

import importlib.util
import os
import pathlib
import sys

import lit.formats


def find(package, name):
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = pathlib.Path(folder, name)
        if path.exists():
            return path
    lit_config.fatal(f"{name} is not in the package '{package}': is it installed?")


config.name = "nabla"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.test_source_root = os.path.dirname(__file__)
# One folder a Python, as tests of two versions may run at once.
version = f"{sys.version_info.major}{sys.version_info.minor}"
config.test_exec_root = os.path.join(config.test_source_root, "..", "..", "build", f"lit-{version}")

tools = [find("nabla", "_libs/nabla-opt").parent, find("llvm", "bin/FileCheck").parent]
config.environment["PATH"] = os.pathsep.join([*map(str, tools), config.environment["PATH"]])
