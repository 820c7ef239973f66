//===- Creation.td - Tensors from nothing ------------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_CREATION_TD
#define NABLA_OPS_CREATION_TD

include "dialects/nabla/NablaBase.td"

def Nabla_DenseAttr
    : ElementsAttrBase<CPred<"::llvm::isa<::mlir::DenseIntOrFPElementsAttr>($_self)">,
                       "elements of numbers or bools, written dense<...>">;

def Nabla_ConstantOp
    : Nabla_DiffOp<"constant", [ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "A tensor known to the compiler";
  let description = [{
    The elements stand in the program: `dense` rather than `dense_resource`.

    ```mlir
    %c = nabla.constant dense<2.0> : tensor<3xf32>
    ```
  }];
  let family = "creation";
  let arguments = (ins Nabla_DenseAttr:$value);
  let results = (outs Nabla_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Nabla_IotaOp : Nabla_DiffOp<"iota"> {
  let summary = "0, 1, 2, ... along one dimension";
  let description = [{
    ```mlir
    %i = nabla.iota 1 : tensor<2x3xi32>   // [[0, 1, 2], [0, 1, 2]]
    ```
  }];
  let family = "creation";
  let arguments = (ins I64Attr:$dim);
  let results = (outs Nabla_NumberTensor:$result);
  let assemblyFormat = "$dim attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Nabla_BasisOp : Nabla_DiffOp<"basis"> {
  let summary = "The standard basis of a space of tensors";
  let description = [{
    The leading dimension counts the vectors, one for each element of the others: 1
    there, 0 elsewhere. What is linear may be applied to the vectors one by one, without
    the products in which their zeros are factors: a contraction with a basis takes the
    elements of the other tensor as they are, also where there are infinities and NaNs
    beside them.

    ```mlir
    %e = nabla.basis : tensor<2x2xf32>     // [[1, 0], [0, 1]]
    %d = nabla.basis : tensor<6x2x3xf32>
    ```
  }];
  let family = "creation";
  let arguments = (ins);
  let results = (outs Nabla_FloatTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif // NABLA_OPS_CREATION_TD
