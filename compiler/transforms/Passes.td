//===- Passes.td - Autodiff, batching, simplification ------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Alphabetical. Each description says what the pass does, shows IR before and
// after, and states what it needs and what it leaves.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_PASSES_TD
#define NABLA_COMPILER_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

class NablaModulePass<string argument>
    : Pass<argument, "::mlir::ModuleOp"> {
  let dependentDialects = ["::nabla::NablaDialect",
                           "::mlir::func::FuncDialect"];
}

def AutodiffPass : NablaModulePass<"nabla-autodiff"> {
  let summary = "Expands jvp, linearize, apply and apply_transposed";
  let description = [{
    Each `nabla.jvp` becomes a call of a derived function that computes results and
    tangents side by side. Each `nabla.linearize` becomes a call of the known part of
    that function, which returns residuals; applying the linear map calls its linear
    part, and applying it transposed calls the transpose of that. Small functions and
    those called once are inlined.

    ```mlir
    func.func private @f(%x: tensor<f32>) -> tensor<f32> {
      %y = nabla.sin %x : tensor<f32>
      return %y : tensor<f32>
    }
    func.func @main(%x: tensor<f32>, %t: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
      %y, %dy = nabla.jvp @f(%x) tangents(%t) wrt = [0]
          : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
      return %y, %dy : tensor<f32>, tensor<f32>
    }
    ```
    becomes
    ```mlir
    func.func @main(%x: tensor<f32>, %t: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
      %y = nabla.sin %x : tensor<f32>
      %c = nabla.cos %x : tensor<f32>
      %dy = nabla.mul_zero %t, %c : tensor<f32>
      return %y, %dy : tensor<f32>, tensor<f32>
    }
    ```

    A tangent that goes through elementwise ops is multiplied last: the derivatives of a
    chain of them are multiplied with each other first, so that they are known to the
    linear part as one residual. Their signs, scales and like terms are merged. This
    changes derivatives by rounding only, and no value of the function itself. Forward
    mode, an op at a time, of `sin(x) * 3 - x`,
    ```mlir
      %c = nabla.cos %x : tensor<f32>
      %ds = nabla.mul_zero %t, %c : tensor<f32>
      %dp = nabla.mul_zero %ds, %three : tensor<f32>
      %dx = nabla.neg %t : tensor<f32>
      %dy = nabla.add %dp, %dx : tensor<f32>
    ```
    becomes
    ```mlir
      %c = nabla.cos %x : tensor<f32>
      %p = nabla.mul %c, %three : tensor<f32>
      %d = nabla.sub %p, %one : tensor<f32>
      %dy = nabla.mul_zero %t, %d : tensor<f32>
    ```

    An op whose callee still holds `nabla.vmap` stays as it is. A public function that
    returns a linear map returns its residuals instead.
  }];
}

def BatchPass : NablaModulePass<"nabla-batch"> {
  let summary = "Expands vmap";
  let description = [{
    Each `nabla.vmap` becomes a call of a derived function in which a value that
    depends on the example has one more dimension in front.

    ```mlir
    func.func private @f(%x: tensor<3xf32>) -> tensor<f32> {
      %y = nabla.reduce_sum %x dims = [0] : tensor<3xf32> -> tensor<f32>
      return %y : tensor<f32>
    }
    func.func @main(%x: tensor<8x3xf32>) -> tensor<8xf32> {
      %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
          : (tensor<8x3xf32>) -> tensor<8xf32>
      return %y : tensor<8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @main(%x: tensor<8x3xf32>) -> tensor<8xf32> {
      %y = nabla.reduce_sum %x dims = [1] : tensor<8x3xf32> -> tensor<8xf32>
      return %y : tensor<8xf32>
    }
    ```

    An op whose callee still holds another transform stays as it is.
  }];
}

def LinearizePass : NablaModulePass<"nabla-linearize"> {
  let summary = "Expands linearize into a known and a linear function";
  let description = [{
    The first half of reverse mode, on its own to be looked at: forward mode, then the
    split into what does not depend on a tangent and what does. Linear maps stay, each
    made by a `nabla.bind_linear` of the linear function and its residuals.

    ```mlir
    func.func private @f(%x: tensor<f32>) -> tensor<f32> {
      %y = nabla.sin %x : tensor<f32>
      return %y : tensor<f32>
    }
    func.func @main(%x: tensor<f32>) -> !nabla.linear<(tensor<f32>) -> (tensor<f32>)> {
      %y, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>)
          -> (tensor<f32>, !nabla.linear<(tensor<f32>) -> (tensor<f32>)>)
      return %lin : !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
    }
    ```
    becomes
    ```mlir
    func.func @main(%x: tensor<f32>) -> !nabla.linear<(tensor<f32>) -> (tensor<f32>)> {
      %c = nabla.cos %x : tensor<f32>
      %lin = nabla.bind_linear @f.jvp.linear(%c)
          : (tensor<f32>) -> !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
      return %lin : !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
    }
    func.func private @f.jvp.linear(%c: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
      %dy = nabla.mul_zero %t, %c : tensor<f32>
      return %dy : tensor<f32>
    }
    ```
  }];
}

def SimplifyPass : NablaModulePass<"nabla-simplify"> {
  let summary = "Inlines, folds, merges equal ops and drops what is dead";
  let description = [{
    Runs from the callees to the callers until nothing changes, and erases functions
    that nothing calls. No result changes by a bit.

    ```mlir
    func.func @main(%x: tensor<f32>) -> tensor<f32> {
      %one = nabla.constant dense<1.0> : tensor<f32>
      %c = nabla.cos %x : tensor<f32>
      %y = nabla.mul_zero %one, %c : tensor<f32>
      return %y : tensor<f32>
    }
    ```
    becomes
    ```mlir
    func.func @main(%x: tensor<f32>) -> tensor<f32> {
      %c = nabla.cos %x : tensor<f32>
      return %c : tensor<f32>
    }
    ```
  }];
}

def TransformsPass : NablaModulePass<"nabla-transforms"> {
  let summary = "Expands every transform op, innermost first";
  let description = [{
    What `--nabla-autodiff` and `--nabla-batch` do, in whatever order the nesting asks
    for: afterwards no transform op is left. Functions that are not needed any more go
    after each function that is expanded; the statistic `peak-ops` is the size of the
    module when it was largest.

    ```mlir
    func.func private @df(%x: tensor<f32>) -> tensor<f32> {
      %y, %lin = nabla.linearize @f(%x) wrt = [0]
          : (tensor<f32>) -> (tensor<f32>, !nabla.linear<(tensor<f32>) -> (tensor<f32>)>)
      ...
    }
    func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
      %y = nabla.vmap @df(%x) in_axes = [0] out_axes = [0] size = 8
          : (tensor<8xf32>) -> tensor<8xf32>
      return %y : tensor<8xf32>
    }
    ```
    becomes, for the sine as `@f`,
    ```mlir
    func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
      %c = nabla.cos %x : tensor<8xf32>
      return %c : tensor<8xf32>
    }
    ```
  }];
  let statistics = [
    Statistic<"peakOps", "peak-ops",
              "The most ops at any time, constants not counted">
  ];
}

def VerifyLinearPass : NablaModulePass<"nabla-verify-linear"> {
  let summary = "Checks that linear functions are linear";
  let description = [{
    For tests, after `--nabla-linearize`. In the function of each `nabla.bind_linear`,
    every op that depends on a tangent must be linear in exactly the operands that do.
    The module stays as it is.

    ```mlir
    func.func private @g(%t: tensor<f32>) -> tensor<f32> {
      %y = nabla.mul %t, %t : tensor<f32>   // error: is not linear in operand 0
      return %y : tensor<f32>
    }
    ```
  }];
}

#endif // NABLA_COMPILER_TRANSFORMS_PASSES_TD
