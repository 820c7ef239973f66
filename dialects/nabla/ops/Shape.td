//===- Shape.td - Moving elements without changing them ----*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_SHAPE_TD
#define NABLA_OPS_SHAPE_TD

include "dialects/nabla/NablaBase.td"

class Nabla_ShapeOp<string mnemonic, list<Trait> traits = []>
    : Nabla_LinearOp<mnemonic, traits> {
  let family = "shape";
}

def Nabla_BroadcastOp : Nabla_ShapeOp<"broadcast"> {
  let summary = "Repeats x along new dimensions";
  let description = [{
    Dimension i of the operand becomes dimension `dims[i]` of the result, with the
    same extent; `dims` is strictly increasing, and every other dimension of the
    result is new. A dimension of extent 1 is not stretched: reshape it away first.

    ```mlir
    %y = nabla.broadcast %x dims = [1] : tensor<3xf32> -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Nabla_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat =
      "$x `dims` `=` $dims attr-dict `:` type($x) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Nabla_ReshapeOp : Nabla_ShapeOp<"reshape"> {
  let summary = "x in another shape, elements in row-major order";
  let arguments = (ins Nabla_Tensor:$x);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Nabla_TransposeOp : Nabla_ShapeOp<"transpose", [Nabla_InferType]> {
  let summary = "x with its dimensions permuted";
  let description = "Dimension i of the result is dimension `permutation[i]` of x.";
  let arguments = (ins Nabla_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat =
      "$x `permutation` `=` $permutation attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Nabla_ReverseOp : Nabla_ShapeOp<"reverse", [SameOperandsAndResultType]> {
  let summary = "x with the order of some dimensions reversed";
  let arguments = (ins Nabla_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = "$x `dims` `=` $dims attr-dict `:` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Nabla_SliceOp : Nabla_ShapeOp<"slice", [Nabla_InferType]> {
  let summary = "A strided box of x";
  let description = [{
    The elements `start, start + stride, ...` below `limit` of each dimension;
    0 <= start <= limit <= extent and stride >= 1.
  }];
  let arguments = (ins Nabla_Tensor:$x, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$limits, DenseI64ArrayAttr:$strides);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = [{
    $x `starts` `=` $starts `limits` `=` $limits `strides` `=` $strides attr-dict
    `:` type($x) `->` type($result)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Nabla_PadOp : Nabla_ShapeOp<"pad", [Nabla_InferType]> {
  let summary = "x with a value around and between its elements";
  let description = [{
    Each dimension gets `low` elements before, `high` after and `interior` between
    any two of its own; none is negative.
  }];
  let arguments = (ins Nabla_Tensor:$x, Nabla_Tensor:$value,
                       DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $value `low` `=` $low `high` `=` $high `interior` `=` $interior attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Nabla_ConcatenateOp : Nabla_ShapeOp<"concatenate", [Nabla_InferType]> {
  let summary = "Tensors joined along one dimension";
  let arguments = (ins Variadic<Nabla_Tensor>:$inputs, I64Attr:$dim);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = [{
    $inputs `dim` `=` $dim attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // NABLA_OPS_SHAPE_TD
