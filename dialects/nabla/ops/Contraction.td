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

def Nabla_ConvolutionOp : Nabla_LinearOp<"convolution", [Nabla_InferType]> {
  let summary = "Sums of windows of x weighted by a kernel";
  let description = [{
    Dimensions lie channels last: x is (batch, space..., channels), the kernel
    (space..., channels / groups, features), the result (batch, space...,
    features). Windows begin every `strides` elements and take every
    `dilations`-th one; only whole windows count, so padding is an op of its own.
    Channels and features fall into `groups` equal parts, and features of one part
    see the channels of that part. The kernel is not flipped. f16 and bf16 are
    summed in f32. Zero times infinity is NaN, also in derivatives.

    ```mlir
    %y = nabla.convolution %x, %kernel strides = [1, 1] dilations = [1, 1] groups = 1
        : (tensor<2x5x5x3xf32>, tensor<3x3x3x8xf32>) -> tensor<2x3x3x8xf32>
    ```
  }];
  let family = "contraction";
  let arguments = (ins Nabla_NumberTensor:$x, Nabla_NumberTensor:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       I64Attr:$groups);
  let results = (outs Nabla_NumberTensor:$result);
  let assemblyFormat = [{
    $x `,` $kernel `strides` `=` $strides `dilations` `=` $dilations `groups` `=`
    $groups attr-dict `:` functional-type(operands, results)
  }];
}

#endif // NABLA_OPS_CONTRACTION_TD
