# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Print where the Python packages of LLVM, MLIR and nanobind are, for CMake.

One `key=value` a line. A namespace package may lie in several places, as in an
isolated build over an environment that has the run-time packages only: the place
that holds everything a build needs is the one to take.
"""

import importlib.metadata
import importlib.util
import pathlib
import sys

NEEDED = {
    "mlir": ("include/mlir/IR/MLIRContext.h", "bin/mlir-tblgen", "_mlir_libs/libMLIRPythonCAPI.so"),
    "llvm": ("lib/cmake/llvm/LLVMConfig.cmake", "bin/llvm-tblgen", "lib/libLLVM.so"),
    "nanobind": ("cmake/nanobind-config.cmake",),
}


def locate(package: str, needed: tuple[str, ...]) -> pathlib.Path:
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in map(pathlib.Path, places):
        if all((place / name).exists() for name in needed):
            return place
    sys.exit(
        f"no complete '{package}' package: looked for {', '.join(needed)} in {places}; "
        "install the build requirements listed in pyproject.toml"
    )


for package, needed in NEEDED.items():
    print(f"{package}={locate(package, needed)}")
print(f"version={importlib.metadata.version('xtc-mlir-python-bindings')}")
