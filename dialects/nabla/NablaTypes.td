//===- NablaTypes.td - Types of the Nabla dialect ----------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_TYPES_TD
#define NABLA_TYPES_TD

include "dialects/nabla/NablaBase.td"

def Nabla_LinearType : TypeDef<Nabla_Dialect, "Linear"> {
  let mnemonic = "linear";
  let summary = "a linear map whose residuals are not chosen yet";
  let description = [{
    The linear part of a function at a point: `!nabla.linear<(T...) -> (U...)>`
    maps tangents of types T to tangents of types U (`nabla.apply`), and
    cotangents of types U to cotangents of types T (`nabla.apply_transposed`).
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::Type">:$inputs,
                        ArrayRefParameter<"::mlir::Type">:$results);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif // NABLA_TYPES_TD
