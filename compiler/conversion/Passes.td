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

def SplitConvolutionsPass
    : Pass<"nabla-split-convolutions", "::mlir::ModuleOp"> {
  let summary = "Make a convolution of spread elements several of dense ones";
  let description = [{
    The cotangent of a convolution with strides is a convolution of elements
    with zeros between them. A window reads every other weight then (with a
    stride of two), the others meet zeros. Windows that read the same weights
    become a convolution of their own, without the zeros, whose results lie
    apart in the whole one. Nothing happens if that would be more than 16.

    ```mlir
    %s = nabla.pad %x, %zero low = [0, 0, 0] high = [0, 0, 0] interior = [0, 1, 0]
        : (tensor<2x4x3xf32>, tensor<f32>) -> tensor<2x7x3xf32>
    %y = nabla.convolution %s, %k strides = [1] dilations = [1] groups = 1
        : (tensor<2x7x3xf32>, tensor<2x3x5xf32>) -> tensor<2x6x5xf32>
    ```
    becomes, without slices of a whole tensor
    ```mlir
    %e = tensor.empty() : tensor<2x6x5xf32>
    %x0 = nabla.slice %x starts = [0, 0, 0] limits = [2, 3, 3] strides = [1, 1, 1]
        : tensor<2x4x3xf32> -> tensor<2x3x3xf32>
    %k0 = nabla.slice %k starts = [0, 0, 0] limits = [2, 3, 5] strides = [2, 1, 1]
        : tensor<2x3x5xf32> -> tensor<1x3x5xf32>
    %y0 = nabla.convolution %x0, %k0 strides = [1] dilations = [1] groups = 1
        : (tensor<2x3x3xf32>, tensor<1x3x5xf32>) -> tensor<2x3x5xf32>
    %r0 = tensor.insert_slice %y0 into %e[0, 0, 0] [2, 3, 5] [1, 2, 1]
        : tensor<2x3x5xf32> into tensor<2x6x5xf32>
    // %x1, %k1 and %y1 of the elements and weights from 1 on
    %y = tensor.insert_slice %y1 into %r0[0, 1, 0] [2, 3, 5] [1, 2, 1]
        : tensor<2x3x5xf32> into tensor<2x6x5xf32>
    ```

    Precondition: transforms are expanded; convolutions come from simplified
    programs, in which a pad stands before its convolution.
    Postcondition: no result changes, but for sums with one term less that is 0.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def SplitScansPass : Pass<"nabla-split-scans", "::mlir::ModuleOp"> {
  let summary = "Do outside of a scan what need not be done in each turn";
  let description = [{
    In front of the scan goes what does not depend on the turn, but for changes of
    shape: products, reductions and functions of constants that are no larger than
    these, 64 MiB in all, and the transpose of a constant that is multiplied by
    columns.

    Behind it goes a sum that nothing else reads while it grows. The turns stack its
    factors instead, which become one product, if these take no more memory in a turn
    than the sum, and 64 MiB or what the scan stacks already in all.

    ```mlir
    %sum = nabla.scan length = 9 consts(%w) carries(%zero) xs(%x, %d)
        : (tensor<4xf32>, tensor<4x5xf32>, tensor<9x4xf32>, tensor<9x5xf32>)
        -> tensor<4x5xf32> {
    ^bb0(%w1: tensor<4xf32>, %s: tensor<4x5xf32>, %x1: tensor<4xf32>, %d1: tensor<5xf32>):
      %e = nabla.exp %w1 : tensor<4xf32>
      %p = nabla.mul %x1, %e : tensor<4xf32>
      %q = nabla.dot_general %p, %d1 batch = [] x [] contract = [] x []
          : (tensor<4xf32>, tensor<5xf32>) -> tensor<4x5xf32>
      %r = nabla.add %s, %q : tensor<4x5xf32>
      nabla.yield %r : tensor<4x5xf32>
    }
    ```
    becomes
    ```mlir
    %e = nabla.exp %w : tensor<4xf32>
    %ps = nabla.scan length = 9 consts(%w, %e) carries() xs(%x, %d)
        : (tensor<4xf32>, tensor<4xf32>, tensor<9x4xf32>, tensor<9x5xf32>)
        -> tensor<9x4xf32> {
    ^bb0(%w1: tensor<4xf32>, %e1: tensor<4xf32>, %x1: tensor<4xf32>, %d1: tensor<5xf32>):
      %p = nabla.mul %x1, %e1 : tensor<4xf32>
      nabla.yield %p : tensor<4xf32>
    }
    %sum = nabla.dot_general %ps, %d batch = [] x [] contract = [0] x [0]
        : (tensor<9x4xf32>, tensor<9x5xf32>) -> tensor<4x5xf32>
    ```

    Precondition: transforms are expanded.
    Postcondition: the terms of sums may be added in another order.
  }];
}

#endif // NABLA_CONVERSION_PASSES_TD
