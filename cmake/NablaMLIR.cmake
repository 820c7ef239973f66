# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Everything that is known about the MLIR we build on: to swap in another one, give
# this file's results from it. They are
#   Nabla::MLIR             headers, definitions and libraries, for C++ of ours
#   Nabla::MLIROptMain      what mlir-opt's driver needs beyond the above
#   NABLA_MLIR_TBLGEN, NABLA_LLVM_TBLGEN, NABLA_MLIR_INCLUDE_DIRS
#   NABLA_NANOBIND_DIR      where nanobind's CMake package is
#
# MLIR and LLVM come from Python packages. pip builds in an isolated environment, a
# new folder each time. The compiler is shown links of a fixed name instead, which carry
# the version, and headers behind them are not tracked as dependencies (-MMD): a new
# environment with the same packages rebuilds nothing, other packages rebuild everything.

execute_process(
  COMMAND ${Python_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/find_toolchain.py
  OUTPUT_VARIABLE _found OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" _found "${_found}")
foreach(_line IN LISTS _found)
  string(REGEX MATCH "^([a-z]+)=(.*)$" _ "${_line}")
  set(_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
endforeach()

set(_toolchain ${CMAKE_BINARY_DIR}/toolchain/${_version})
file(MAKE_DIRECTORY ${_toolchain})
foreach(_package mlir llvm)
  file(CREATE_LINK ${_${_package}} ${_toolchain}/${_package} SYMBOLIC)
endforeach()
# nanobind is compiled from source, so its time stamps have to last: a copy.
set(NABLA_NANOBIND_DIR ${_toolchain}/nanobind/cmake)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E copy_directory_if_different ${_nanobind} ${_toolchain}/nanobind
  COMMAND_ERROR_IS_FATAL ANY)

set(NABLA_MLIR_TBLGEN ${_toolchain}/mlir/bin/mlir-tblgen)
set(NABLA_LLVM_TBLGEN ${_toolchain}/llvm/bin/llvm-tblgen)
set(NABLA_MLIR_INCLUDE_DIRS ${_toolchain}/mlir/include ${_toolchain}/llvm/include)

find_package(LLVM REQUIRED CONFIG NO_DEFAULT_PATH PATHS ${_llvm}/lib/cmake/llvm)
separate_arguments(_definitions NATIVE_COMMAND ${LLVM_DEFINITIONS})

add_library(Nabla::MLIR INTERFACE IMPORTED)
target_include_directories(Nabla::MLIR SYSTEM INTERFACE ${NABLA_MLIR_INCLUDE_DIRS})
target_compile_definitions(Nabla::MLIR INTERFACE ${_definitions})
target_link_libraries(
  Nabla::MLIR INTERFACE ${_toolchain}/mlir/_mlir_libs/libMLIRPythonCAPI.so
                        ${_toolchain}/llvm/lib/libLLVM.so)

# The shared library lacks mlir-opt's driver. Of these archives the linker takes only
# the few members that the driver needs; the rest resolves to the shared library.
add_library(Nabla::MLIROptMain INTERFACE IMPORTED)
set(_archives)
foreach(_name OptLib Debug Observers PluginsLib RemarkStreamer Pass Support IR)
  list(APPEND _archives ${_toolchain}/mlir/lib/libMLIR${_name}.a)
endforeach()
target_link_libraries(Nabla::MLIROptMain INTERFACE -Wl,--start-group ${_archives} -Wl,--end-group)
