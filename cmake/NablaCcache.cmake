# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Compile through ccache where there is one, so that a second build folder, a second
# checkout or an isolated environment of pip finds the objects of the first. All paths
# under the checkout are made relative, and precompiled headers need the sloppiness.
find_program(NABLA_CCACHE ccache DOC "The ccache to compile through")
find_program(NABLA_ENV env)
mark_as_advanced(NABLA_CCACHE NABLA_ENV)

if(NABLA_CCACHE AND NABLA_ENV AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${NABLA_ENV}
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${NABLA_CCACHE})
endif()
