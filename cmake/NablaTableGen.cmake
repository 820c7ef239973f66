# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# nabla_tablegen(<source, from the root> <output, from the build folder> <option>...)
#
# Runs mlir-tblgen and adds the output to NABLA_GENERATED of the caller. An output that
# would not change keeps its time stamp, so nothing that includes it is compiled again.
function(nabla_tablegen source output)
  set(out ${CMAKE_BINARY_DIR}/${output})
  get_filename_component(folder ${out} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  list(TRANSFORM NABLA_MLIR_INCLUDE_DIRS PREPEND -I OUTPUT_VARIABLE includes)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${NABLA_MLIR_TBLGEN} ${ARGN} -I${CMAKE_SOURCE_DIR} ${includes}
            ${CMAKE_SOURCE_DIR}/${source} --write-if-changed -o ${out} -d ${out}.d
    MAIN_DEPENDENCY ${CMAKE_SOURCE_DIR}/${source}
    DEPFILE ${out}.d
    COMMENT "Generating ${output}"
    VERBATIM)
  set(NABLA_GENERATED ${NABLA_GENERATED} ${out} PARENT_SCOPE)
endfunction()

# nabla_tablegen_pair(<source> <stem> <kind> [<option>...])
#
# Declarations to <stem>.h.inc and definitions to <stem>.cpp.inc.
macro(nabla_tablegen_pair source stem kind)
  nabla_tablegen(${source} ${stem}.h.inc -gen-${kind}-decls ${ARGN})
  nabla_tablegen(${source} ${stem}.cpp.inc -gen-${kind}-defs ${ARGN})
endmacro()
