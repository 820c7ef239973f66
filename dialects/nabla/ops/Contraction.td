//===- Contraction.td - Products summed over dimensions ----*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_CONTRACTION_TD
#define NABLA_OPS_CONTRACTION_TD

include "dialects/nabla/NablaBase.td"

def Nabla_DotGeneralOp : Nabla_LinearOp<"dot_general", [Nabla_InferType]> {
  let summary = "The product of two tensors, summed over contracting dimensions";
  let description = [{
    The result has the batch dimensions, then the free dimensions of x, then those
    of y. f16 and bf16 are summed in f32. Zero times infinity is NaN, also in
    derivatives.

    ```mlir
    // matrix product
    %z = nabla.dot_general %x, %y batch = [] x [] contract = [1] x [0]
        : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
    ```
  }];
  let family = "contraction";
  let arguments = (ins Nabla_NumberTensor:$x, Nabla_NumberTensor:$y,
                       DenseI64ArrayAttr:$x_batch, DenseI64ArrayAttr:$y_batch,
                       DenseI64ArrayAttr:$x_contract,
                       DenseI64ArrayAttr:$y_contract);
  let results = (outs Nabla_NumberTensor:$result);
  let assemblyFormat = [{
    $x `,` $y `batch` `=` $x_batch `x` $y_batch `contract` `=` $x_contract `x`
    $y_contract attr-dict `:` functional-type(operands, results)
  }];
  let hasCanonicalizer = 1;
}

#endif // NABLA_OPS_CONTRACTION_TD
