# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(_json ${CMAKE_BINARY_DIR}/nabla_ops.json)
list(TRANSFORM NABLA_MLIR_INCLUDE_DIRS PREPEND -I OUTPUT_VARIABLE _includes)
add_custom_command(
  OUTPUT ${_json}
  COMMAND ${NABLA_LLVM_TBLGEN} --dump-json -I${CMAKE_SOURCE_DIR} ${_includes}
          ${CMAKE_SOURCE_DIR}/dialects/nabla/NablaOps.td --write-if-changed -o ${_json} -d ${_json}.d
  MAIN_DEPENDENCY ${CMAKE_SOURCE_DIR}/dialects/nabla/NablaOps.td
  DEPFILE ${_json}.d
  COMMENT "Generating nabla_ops.json"
  VERBATIM)

file(GLOB _generators CONFIGURE_DEPENDS tblgen/*.py)
set(_rules ${CMAKE_BINARY_DIR}/dialects/nabla/NablaRules.cpp.inc
           ${CMAKE_BINARY_DIR}/dialects/nabla/NablaScalars.cpp.inc)
set(_python __init__.py build.py functions.py op_table.json)
list(TRANSFORM _python PREPEND ${NABLA_PACKAGE_DIR}/_generated/)
add_custom_command(
  OUTPUT ${_rules} ${_python}
  COMMAND ${Python_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tblgen/generate.py ${_json}
          ${CMAKE_BINARY_DIR}
  DEPENDS ${_json} ${_generators}
  COMMENT "Generating rules and Python functions from the op records"
  VERBATIM)
list(APPEND NABLA_GENERATED ${_rules} ${_python})
install(FILES ${_python} DESTINATION nabla/_generated)
