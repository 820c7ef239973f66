// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Standard input, phases, and what is wrong with them.

// RUN: cat %s | nabla-opt - --nabla-pipeline="to=linalg" | FileCheck %s
// RUN: nabla-opt %s --nabla-pipeline="from=trace to=linalg" | FileCheck %s
// CHECK: func.func @main
// CHECK-NOT: nabla.

// RUN: not nabla-opt %s --nabla-pipeline="to=machine" 2>&1 | FileCheck %s --check-prefix=PHASE
// RUN: not nabla-opt %s --nabla-pipeline="from=machine" 2>&1 | FileCheck %s --check-prefix=PHASE
// PHASE: error: nabla-pipeline: there is no phase 'machine', only trace, transforms, simplify, linalg, schedule, bufferize, llvm, object

// RUN: not nabla-opt %s --nabla-pipeline="until=llvm" 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error: nabla-pipeline: invalid options 'until=llvm'

// RUN: not nabla-opt %t.missing 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: cannot open input file

// RUN: nabla-opt --help | FileCheck %s --check-prefix=HELP
// HELP-DAG: --nabla-autodiff {{ *}}- Expands jvp, linearize, apply and apply_transposed
// HELP-DAG: --nabla-batch {{ *}}- Expands vmap
// HELP-DAG: --nabla-linearize {{ *}}- Expands linearize
// HELP-DAG: --nabla-simplify {{ *}}- Inlines
// HELP-DAG: --nabla-to-linalg
// HELP-DAG: --nabla-transforms {{ *}}- Expands every transform op
// HELP-DAG: --nabla-verify-linear
// HELP-DAG: --nabla-pipeline {{ *}}- Run the phases of compilation up to one
// HELP-DAG: --split-input-file
// HELP-DAG: --verify-diagnostics

// RUN: nabla-opt --show-dialects | FileCheck %s --check-prefix=DIALECTS
// DIALECTS: nabla

// Texts that the parser would not survive.

// RUN: echo 'func.func private @f(tensor<3000000000x3000000000xf32>)' > %t.size
// RUN: not nabla-opt %t.size 2>&1 | FileCheck %s --check-prefix=SIZE
// SIZE: an array of this shape has too many elements: <3000000000x3000000000xf32>

// RUN: echo '"func."() : () -> ()' > %t.name
// RUN: not nabla-opt %t.name 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: an operation of a dialect has no name

// Types without memory.

// RUN: echo 'func.func @main(%%x: tensor<3x!nabla.linear<() -> ()>>) { return }' > %t.memory
// RUN: not nabla-opt %t.memory --nabla-pipeline 2>&1 | FileCheck %s --check-prefix=MEMORY
// MEMORY: 'func.func' op takes or returns 'tensor<3x!nabla.linear<() -> ()>>', which has no place in memory

func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = nabla.sin %x : tensor<3xf32>
  return %y : tensor<3xf32>
}
