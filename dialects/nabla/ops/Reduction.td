//===- Reduction.td - Reductions, running sums, sorting ----*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_REDUCTION_TD
#define NABLA_OPS_REDUCTION_TD

include "dialects/nabla/NablaBase.td"

// `dims` is strictly increasing; the reduced dimensions are dropped.
class Nabla_ReduceOp<string mnemonic, Type element, list<Trait> traits = []>
    : Nabla_DiffOp<mnemonic, !listconcat([ReductionFamily, Nabla_InferType], traits)> {
  let family = "reduction";
  let arguments = (ins element:$x, DenseI64ArrayAttr:$dims);
  let results = (outs element:$result);
  let assemblyFormat =
      "$x `dims` `=` $dims attr-dict `:` type($x) `->` type($result)";
}

def Nabla_ReduceSumOp
    : Nabla_ReduceOp<"reduce_sum", Nabla_NumberTensor, [Nabla_Linear]> {
  let summary = "The sum along dimensions; 0 of nothing";
  let numpy = "sum";
  let hasFolder = 1;
}
def Nabla_ReduceProdOp : Nabla_ReduceOp<"reduce_prod", Nabla_NumberTensor> {
  let summary = "The product along dimensions; 1 of nothing";
  let numpy = "prod";
}
def Nabla_ReduceMaxOp : Nabla_ReduceOp<"reduce_max", Nabla_Tensor> {
  let summary = "The largest element along dimensions";
  let description = [{
    NaN if there is one; the lowest value of the type of nothing. Ties share the
    tangent equally.
  }];
  let numpy = "max";
}
def Nabla_ReduceMinOp : Nabla_ReduceOp<"reduce_min", Nabla_Tensor> {
  let summary = "The smallest element along dimensions";
  let description = [{
    NaN if there is one; the highest value of the type of nothing. Ties share the
    tangent equally.
  }];
  let numpy = "min";
}
def Nabla_ReduceAndOp : Nabla_ReduceOp<"reduce_and", Nabla_IntOrBoolTensor> {
  let summary = "The (bitwise) conjunction along dimensions; true of nothing";
  let numpy = "bitwise_and.reduce";
}
def Nabla_ReduceOrOp : Nabla_ReduceOp<"reduce_or", Nabla_IntOrBoolTensor> {
  let summary = "The (bitwise) disjunction along dimensions; false of nothing";
  let numpy = "bitwise_or.reduce";
}

class Nabla_ArgReduceOp<string mnemonic>
    : Nabla_DiffOp<mnemonic, [Nabla_InferType]> {
  let family = "reduction";
  let arguments = (ins Nabla_Tensor:$x, I64Attr:$dim);
  let results = (outs Nabla_TensorOf<[I64], "a tensor of 64-bit integers">:$result);
  let assemblyFormat =
      "$x `dim` `=` $dim attr-dict `:` type($x) `->` type($result)";
  let numpy = mnemonic;
}
def Nabla_ArgmaxOp : Nabla_ArgReduceOp<"argmax"> {
  let summary = "The position of the first largest element along a dimension";
  let description = "The position of the first NaN if there is one.";
}
def Nabla_ArgminOp : Nabla_ArgReduceOp<"argmin"> {
  let summary = "The position of the first smallest element along a dimension";
  let description = "The position of the first NaN if there is one.";
}

def Nabla_CumsumOp
    : Nabla_LinearOp<"cumsum", [SameOperandsAndResultType]> {
  let summary = "The running sum along a dimension";
  let description = "With `reverse`, the sum runs from the end to the start.";
  let family = "reduction";
  let arguments = (ins Nabla_NumberTensor:$x, I64Attr:$dim, UnitAttr:$reverse);
  let results = (outs Nabla_NumberTensor:$result);
  let assemblyFormat =
      "$x `dim` `=` $dim (`reverse` $reverse^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Nabla_ArgsortOp : Nabla_DiffOp<"argsort", [Nabla_InferType]> {
  let summary = "The positions that sort x along a dimension, or the first of them";
  let description = [{
    From small to large, or `descending`; equal elements keep their order. NaN count as
    largest. Of each row the first `count` positions are given. To sort is to gather with
    them, and so differentiates.
  }];
  let family = "reduction";
  let arguments = (ins Nabla_Tensor:$x, I64Attr:$dim, I64Attr:$count, UnitAttr:$descending);
  let results = (outs Nabla_TensorOf<[I64], "a tensor of 64-bit integers">:$result);
  let assemblyFormat = [{
    $x `dim` `=` $dim `count` `=` $count (`descending` $descending^)? attr-dict
    `:` type($x) `->` type($result)
  }];
}

#endif // NABLA_OPS_REDUCTION_TD
