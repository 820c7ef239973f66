// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-pipeline=to=object | FileCheck %s
// RUN: nabla-opt %s --nabla-pipeline=to=llvm | nabla-opt --nabla-pipeline="from=llvm to=object" | FileCheck %s
// RUN: nabla-opt %s --nabla-pipeline=to=llvm --nabla-emit-assembly --mlir-print-ir-after=nabla-emit-assembly -o /dev/null 2>&1 | FileCheck %s --check-prefix=MODULE

// Assembly, as an assembler takes it, and nothing else.
// CHECK-NOT: module
// CHECK: .text
// CHECK: .globl main_packed
// CHECK: {{^}}main_packed:
// CHECK: ret
// CHECK-NOT: module

// MODULE: module attributes {llvm.module_asm = ["{{.*}}", {{.*}}"main_packed:{{.*}}]} {
// MODULE-NEXT: }
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = nabla.add %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
