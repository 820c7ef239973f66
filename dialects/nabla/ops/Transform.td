//===- Transform.td - Calls and transforms of functions ----*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Transforms are call-like: they name a function and say how to apply its
// derivative or its batched form. All are flat, variadic and pure, so equal ones
// merge. Passes expand them (compiler/transforms).
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_TRANSFORM_TD
#define NABLA_OPS_TRANSFORM_TD

include "dialects/nabla/NablaBase.td"
include "dialects/nabla/NablaTypes.td"

def Nabla_Value : AnyTypeOf<[Nabla_Tensor, Nabla_LinearType]>;

class Nabla_TransformOp<string mnemonic, list<Trait> traits = []>
    : Nabla_Op<mnemonic, traits> {
  let family = "transform";
}
class Nabla_CallLikeOp<string mnemonic, list<Trait> traits = []>
    : Nabla_TransformOp<
          mnemonic, !listconcat([DeclareOpInterfaceMethods<SymbolUserOpInterface>],
                                traits)>;

def Nabla_CallOp
    : Nabla_CallLikeOp<"call", [DeclareOpInterfaceMethods<JvpOpInterface>,
                                DeclareOpInterfaceMethods<BatchOpInterface>,
                                DeclareOpInterfaceMethods<SplitOpInterface>,
                                DeclareOpInterfaceMethods<TransposeOpInterface>]> {
  let summary = "Applies a function";
  let description = [{
    Unlike `func.call`, it is known to be pure.

    ```mlir
    %y = nabla.call @f(%x) : (tensor<3xf32>) -> tensor<3xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Nabla_Value>:$inputs);
  let results = (outs Variadic<Nabla_Value>:$results);
  let assemblyFormat =
      "$callee `(` $inputs `)` attr-dict `:` functional-type(operands, results)";
}

def Nabla_JvpOp : Nabla_CallLikeOp<"jvp", [AttrSizedOperandSegments]> {
  let summary = "Applies a function and its forward-mode derivative";
  let description = [{
    `wrt` lists the positions of the arguments that have a tangent, in increasing
    order. Results: those of the function, then one tangent for each of them that is
    of floats.

    ```mlir
    %y, %dy = nabla.jvp @f(%x) tangents(%dx) wrt = [0]
        : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Nabla_Value>:$primals,
                       Variadic<Nabla_FloatTensor>:$tangents,
                       DenseI64ArrayAttr:$wrt);
  let results = (outs Variadic<Nabla_Value>:$results);
  let assemblyFormat = [{
    $callee `(` $primals `)` `tangents` `(` $tangents `)` `wrt` `=` $wrt attr-dict
    `:` functional-type(operands, results)
  }];
}

def Nabla_LinearizeOp : Nabla_CallLikeOp<"linearize"> {
  let summary = "Applies a function and gives its linear part at that point";
  let description = [{
    `wrt` lists the positions of the arguments of the linear map. Results: those of
    the function, then the linear map from tangents of these arguments to tangents
    of those results that are of floats.

    ```mlir
    %y, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<3xf32>)
        -> (tensor<3xf32>, !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>)>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Nabla_Value>:$primals,
                       DenseI64ArrayAttr:$wrt);
  let results = (outs Variadic<Nabla_Value>:$results);
  let assemblyFormat = [{
    $callee `(` $primals `)` `wrt` `=` $wrt attr-dict
    `:` functional-type(operands, results)
  }];
}

class Nabla_ApplyBase<string mnemonic> : Nabla_TransformOp<mnemonic> {
  let results = (outs Variadic<Nabla_FloatTensor>:$results);
  let hasVerifier = 1;
}

def Nabla_ApplyOp : Nabla_ApplyBase<"apply"> {
  let summary = "Applies a linear map to tangents";
  let arguments = (ins Nabla_LinearType:$linear,
                       Variadic<Nabla_FloatTensor>:$tangents);
  let assemblyFormat = [{
    $linear `(` $tangents `)` attr-dict `:` functional-type(operands, results)
  }];
}

def Nabla_ApplyTransposedOp : Nabla_ApplyBase<"apply_transposed"> {
  let summary = "Applies the transpose of a linear map to cotangents";
  let description = "The pullback of the function that was linearized.";
  let arguments = (ins Nabla_LinearType:$linear,
                       Variadic<Nabla_FloatTensor>:$cotangents);
  let assemblyFormat = [{
    $linear `(` $cotangents `)` attr-dict `:` functional-type(operands, results)
  }];
}

def Nabla_BindLinearOp : Nabla_CallLikeOp<"bind_linear"> {
  let summary = "A linear map from a function and its residuals";
  let description = [{
    What `nabla.linearize` expands to: the function takes the residuals, then the
    tangents.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee,
                       Variadic<Nabla_Tensor>:$residuals);
  let results = (outs Nabla_LinearType:$result);
  let assemblyFormat = [{
    $callee `(` $residuals `)` attr-dict `:` functional-type(operands, results)
  }];
}

def Nabla_VmapOp : Nabla_CallLikeOp<"vmap"> {
  let summary = "Applies a function to every example of a batch";
  let description = [{
    `in_axes` holds, for each operand, the dimension along which its `size` examples
    lie, or -1 for an operand that all examples share; `out_axes` likewise for the
    results, where -1 takes a result that does not depend on the example.

    ```mlir
    %y = nabla.vmap @f(%x, %w) in_axes = [0, -1] out_axes = [0] size = 8
        : (tensor<8x3xf32>, tensor<3xf32>) -> tensor<8xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Nabla_Value>:$inputs,
                       DenseI64ArrayAttr:$in_axes, DenseI64ArrayAttr:$out_axes,
                       I64Attr:$size);
  let results = (outs Variadic<Nabla_Tensor>:$results);
  let assemblyFormat = [{
    $callee `(` $inputs `)` `in_axes` `=` $in_axes `out_axes` `=` $out_axes `size` `=`
    $size attr-dict `:` functional-type(operands, results)
  }];
}

#endif // NABLA_OPS_TRANSFORM_TD
