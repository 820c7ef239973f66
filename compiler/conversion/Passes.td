//===- Passes.td - Lowering of the dialect -----------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_CONVERSION_PASSES_TD
#define NABLA_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def NablaToLinalgPass : Pass<"nabla-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower all operations to linalg, tensor, scf, arith and math";
  let description = [{
    Each operation becomes structured ops on tensors, on its own: fusion comes
    later. Signedness is gone afterwards, and a bool in a tensor is a byte.
    What integer division by zero, a float outside the range of an integer and a
    position outside a tensor give is spelled out here, since LLVM leaves it
    undefined.

    ```mlir
    %z = nabla.add %x, %y : tensor<3xf32>
    ```
    becomes
    ```mlir
    %e = tensor.empty() : tensor<3xf32>
    %z = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
        ins(%x, %y : tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) {
    ^bb0(%a: f32, %b: f32, %out: f32):
      %s = arith.addf %a, %b : f32
      linalg.yield %s : f32
    } -> tensor<3xf32>
    ```

    Precondition: transforms are expanded (`--nabla-autodiff`, `--nabla-batch`).
    Postcondition: no operation or type of the dialect is left.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

#endif // NABLA_CONVERSION_PASSES_TD
