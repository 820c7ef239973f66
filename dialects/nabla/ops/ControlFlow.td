//===- ControlFlow.td - Operations with regions ------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regions are isolated: whatever a body needs from outside is an operand.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_CONTROLFLOW_TD
#define NABLA_OPS_CONTROLFLOW_TD

include "dialects/nabla/NablaBase.td"

class Nabla_RegionOp<string mnemonic, list<Trait> traits = []>
    : Nabla_LinearOp<mnemonic,
                     !listconcat([IsolatedFromAbove, RecursiveMemoryEffects,
                                  SingleBlockImplicitTerminator<"YieldOp">,
                                  DeclareOpInterfaceMethods<SplitOpInterface>],
                                 traits)> {
  let family = "control flow";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Nabla_YieldOp
    : Nabla_Op<"yield", [Terminator,
                         ParentOneOf<["CondOp", "ScanOp", "WhileOp"]>]> {
  let summary = "Ends a region with its results";
  let family = "control flow";
  let arguments = (ins Variadic<Nabla_Tensor>:$results);
  let assemblyFormat = "($results^ `:` type($results))? attr-dict";
  let builders = [OpBuilder<(ins), [{
    build($_builder, $_state, ::mlir::ValueRange());
  }]>];
}

def Nabla_CondOp : Nabla_RegionOp<"cond"> {
  let summary = "Runs one of two regions";
  let description = [{
    Both regions take the operands after the predicate and yield the results.

    ```mlir
    %r = nabla.cond %p(%x) : (tensor<i1>, tensor<3xf32>) -> tensor<3xf32> then {
    ^bb0(%a: tensor<3xf32>):
      %s = nabla.sin %a : tensor<3xf32>
      nabla.yield %s : tensor<3xf32>
    } else {
    ^bb0(%a: tensor<3xf32>):
      nabla.yield %a : tensor<3xf32>
    }
    ```
  }];
  let arguments = (ins Nabla_BoolTensor:$predicate,
                       Variadic<Nabla_Tensor>:$inputs);
  let results = (outs Variadic<Nabla_Tensor>:$results);
  let regions = (region SizedRegion<1>:$then_region,
                        SizedRegion<1>:$else_region);
  let assemblyFormat = [{
    $predicate `(` $inputs `)` attr-dict `:` functional-type(operands, results)
    `then` $then_region `else` $else_region
  }];
}

def Nabla_ScanOp : Nabla_RegionOp<"scan", [AttrSizedOperandSegments]> {
  let summary = "Runs a region once for each slice along the leading dimension";
  let description = [{
    The region takes the constants, the carries and one slice of each of `xs`, and
    yields the next carries and one slice of each stacked result. The results are
    the last carries, then the stacked slices. With `reverse`, slices are taken and
    stacked from the last to the first.

    ```mlir
    %last, %ys = nabla.scan length = 4 consts() carries(%c) xs(%xs)
        : (tensor<f32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
    ^bb0(%carry: tensor<f32>, %x: tensor<f32>):
      %next = nabla.add %carry, %x : tensor<f32>
      nabla.yield %next, %next : tensor<f32>, tensor<f32>
    }
    ```
  }];
  let arguments = (ins Variadic<Nabla_Tensor>:$consts,
                       Variadic<Nabla_Tensor>:$carries,
                       Variadic<Nabla_Tensor>:$xs, I64Attr:$length,
                       UnitAttr:$reverse);
  let results = (outs Variadic<Nabla_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`reverse` $reverse^)? `length` `=` $length `consts` `(` $consts `)` `carries` `(`
    $carries `)` `xs` `(` $xs `)` attr-dict `:` functional-type(operands, results) $body
  }];
}

def Nabla_WhileOp : Nabla_RegionOp<"while", [AttrSizedOperandSegments]> {
  let summary = "Runs a region as long as a condition holds";
  let description = [{
    Both regions take the constants and the carries. The first yields whether to go on,
    the second the next carries; the results are the last ones. It has forward mode and
    batches, in which examples that are done keep what they have, but no reverse mode:
    what the turns compute is not kept.

    ```mlir
    %last = nabla.while consts(%limit) carries(%x)
        : (tensor<f32>, tensor<f32>) -> tensor<f32> while {
    ^bb0(%l: tensor<f32>, %now: tensor<f32>):
      %p = nabla.compare lt %now, %l : tensor<f32>
      nabla.yield %p : tensor<i1>
    } do {
    ^bb0(%l: tensor<f32>, %now: tensor<f32>):
      %next = nabla.add %now, %now : tensor<f32>
      nabla.yield %next : tensor<f32>
    }
    ```
  }];
  let arguments = (ins Variadic<Nabla_Tensor>:$consts, Variadic<Nabla_Tensor>:$carries);
  let results = (outs Variadic<Nabla_Tensor>:$results);
  let regions = (region SizedRegion<1>:$condition, SizedRegion<1>:$body);
  let assemblyFormat = [{
    `consts` `(` $consts `)` `carries` `(` $carries `)` attr-dict
    `:` functional-type(operands, results) `while` $condition `do` $body
  }];
  let hasCanonicalizer = 0;
}

#endif // NABLA_OPS_CONTROLFLOW_TD
