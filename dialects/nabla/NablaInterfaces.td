//===- NablaInterfaces.td - What a differentiable op must know -*- tablegen -*-//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No method has a default implementation: an op that forgets a rule does not
// compile.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_INTERFACES_TD
#define NABLA_INTERFACES_TD

include "mlir/IR/OpBase.td"

class NablaInterface<string name> : OpInterface<name> {
  let cppNamespace = "::nabla";
}

def JvpOpInterface : NablaInterface<"JvpOpInterface"> {
  let description = [{
    The forward-mode derivative of one operation. The operation itself stays in
    the function being differentiated; the rule emits, through `ctx.builder`,
    both the operation on the new `primals` and the tangents of its results.
  }];
  let methods = [InterfaceMethod<[{
      Emits the op applied to `primals` and the tangents of its results.
      A null value among `tangents` is a symbolic zero (or an operand that has
      no tangent, such as an integer). Appends one value a result to
      `outs.primals` and to `outs.tangents`, a null tangent being zero.
    }], "::llvm::LogicalResult", "jvp",
    (ins "::nabla::JvpContext &":$ctx, "::mlir::ValueRange":$primals,
         "::llvm::ArrayRef<::mlir::Value>":$tangents,
         "::nabla::JvpResult &":$outs)>];
}

def SplitOpInterface : NablaInterface<"SplitOpInterface"> {
  let description = [{
    Partial evaluation of an operation that holds both primal and tangent
    computation: calls and control flow. Straight-line operations need no rule,
    since each depends on a tangent or does not.
  }];
  let methods = [InterfaceMethod<[{
      Emits the part that does not depend on tangents with `ctx.known()` and the
      rest with `ctx.linear()`. `linear[i]` says whether operand i depends on a
      tangent. The rule maps every result in one of the two parts.
    }], "::llvm::LogicalResult", "split",
    (ins "::nabla::SplitContext &":$ctx, "::llvm::ArrayRef<bool>":$linear)>];
}

def TransposeOpInterface : NablaInterface<"TransposeOpInterface"> {
  let description = [{
    The transpose of an operation that is linear in some of its operands, given
    the others.
  }];
  let methods = [InterfaceMethod<[{
      `linear[i]` says whether operand i is an argument of the linear map; the
      op is linear in these operands jointly. `operands[i]` is the value of an
      operand that is not, and null for one that is. `cotangents` holds one value
      a result, null being zero; one at least is there. Appends one cotangent an
      operand to `outs`, null being zero or an operand that is not linear.
    }], "::llvm::LogicalResult", "transpose",
    (ins "::nabla::TransposeContext &":$ctx, "::llvm::ArrayRef<bool>":$linear,
         "::llvm::ArrayRef<::mlir::Value>":$operands,
         "::llvm::ArrayRef<::mlir::Value>":$cotangents,
         "::llvm::SmallVectorImpl<::mlir::Value> &":$outs)>];
}

def BatchOpInterface : NablaInterface<"BatchOpInterface"> {
  let description = [{
    The operation applied to every example of a batch. A batched value carries
    the batch as its leading dimension.
  }];
  let methods = [InterfaceMethod<[{
      Emits the op applied to `operands`, of which those with `batched[i]` hold
      `ctx.size` examples along dimension 0. Appends one value a result to
      `outs.values` and says in `outs.batched` whether it holds a batch.
    }], "::llvm::LogicalResult", "batch",
    (ins "::nabla::BatchContext &":$ctx, "::mlir::ValueRange":$operands,
         "::llvm::ArrayRef<bool>":$batched, "::nabla::BatchResult &":$outs)>];
}

// Marks the ops that act element by element on tensors of one shape: their
// lowering, batching and fusion is that of the family.
def ElementwiseFamily : NativeOpTrait<"ElementwiseFamily"> {
  let cppNamespace = "::nabla";
}

// Reductions over `dims` with a common shape, batching and lowering.
def ReductionFamily : NativeOpTrait<"ReductionFamily"> {
  let cppNamespace = "::nabla";
}

#endif // NABLA_INTERFACES_TD
