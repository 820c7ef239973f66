//===- RuleContexts.h - What rules may ask of a transform -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of compiler/transforms implement these; the rules beside the ops
// use them. A null value stands for a symbolic zero throughout.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_RULECONTEXTS_H
#define NABLA_DIALECTS_NABLA_RULECONTEXTS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Support/LLVM.h"

namespace nabla {

/// The results of one op and their tangents.
struct JvpResult {
  llvm::SmallVector<mlir::Value, 2> primals;
  llvm::SmallVector<mlir::Value, 2> tangents;
};

/// A callee derived by forward mode: takes the primals, then the tangents of
/// the active arguments; returns the results, then the tangents of the active
/// ones.
struct JvpCallee {
  mlir::FlatSymbolRefAttr symbol;
  llvm::SmallVector<bool> activeResults;
};

class JvpContext {
public:
  explicit JvpContext(mlir::OpBuilder &builder) : builder(builder) {}
  virtual ~JvpContext() = default;

  /// Differentiates the body of `block` at the insertion point, given its
  /// arguments and their tangents.
  virtual llvm::LogicalResult
  differentiate(mlir::Block &block, mlir::ValueRange primals,
                llvm::ArrayRef<mlir::Value> tangents, JvpResult &outs) = 0;

  /// The derivative of a function, derived once for each set of active
  /// arguments.
  virtual llvm::FailureOr<JvpCallee> derive(mlir::FlatSymbolRefAttr callee,
                                            llvm::ArrayRef<bool> active) = 0;

  mlir::OpBuilder &builder;
};

/// A block split in two. The known part takes the arguments that do not depend
/// on a tangent and returns the results that do not, then residuals. The linear
/// part takes all residuals, then the other arguments, and returns the other
/// results.
struct SplitBlock {
  /// Which results depend on a tangent.
  llvm::SmallVector<bool> linearResults;
  llvm::SmallVector<mlir::Type> residuals;
  /// A residual that is an argument of the known part is not returned by it:
  /// this holds its number then, and -1 for a residual that is returned.
  llvm::SmallVector<int64_t> forwarded;
};

/// A callee split in two, likewise.
struct SplitCallee : SplitBlock {
  mlir::FlatSymbolRefAttr known;
  mlir::FlatSymbolRefAttr linear;
};

class SplitContext {
public:
  virtual ~SplitContext() = default;

  /// Builders at the ends of the two parts.
  virtual mlir::OpBuilder &known() = 0;
  virtual mlir::OpBuilder &linear() = 0;

  /// The value in the known part of a value that does not depend on a tangent.
  virtual mlir::Value getKnown(mlir::Value original) = 0;
  /// The value in the linear part: a value that depends on a tangent, or a
  /// residual for one that does not.
  virtual mlir::Value getLinear(mlir::Value original) = 0;
  /// Makes a value of the known part available to the linear one.
  virtual mlir::Value residual(mlir::Value known) = 0;

  virtual void mapKnown(mlir::Value original, mlir::Value known) = 0;
  virtual void mapLinear(mlir::Value original, mlir::Value linear) = 0;

  /// Splits the body of `block`, whose arguments with `linear` depend on a
  /// tangent, into two empty blocks, which get terminators. A result with
  /// `forced` is a result of the linear part even if it depends on no tangent.
  virtual llvm::FailureOr<SplitBlock> split(mlir::Block &block,
                                            llvm::ArrayRef<bool> linear,
                                            llvm::ArrayRef<bool> forced,
                                            mlir::Block &known,
                                            mlir::Block &linearPart) = 0;
  virtual llvm::FailureOr<SplitCallee> derive(mlir::FlatSymbolRefAttr callee,
                                              llvm::ArrayRef<bool> linear) = 0;
};

/// The transpose of a callee: takes the arguments that are not linear, then the
/// cotangents of the active results; returns the cotangents of the linear
/// arguments that are active.
struct TransposeCallee {
  mlir::FlatSymbolRefAttr symbol;
  llvm::SmallVector<bool> activeArguments;
};

class TransposeContext {
public:
  explicit TransposeContext(mlir::OpBuilder &builder) : builder(builder) {}
  virtual ~TransposeContext() = default;

  /// Transposes the body of `block` at the insertion point. `arguments[i]` is
  /// the value of an argument that is not linear, null for one that is. `outs`
  /// receives one cotangent an argument.
  virtual llvm::LogicalResult
  transpose(mlir::Block &block, llvm::ArrayRef<mlir::Value> arguments,
            llvm::ArrayRef<mlir::Value> cotangents,
            llvm::SmallVectorImpl<mlir::Value> &outs) = 0;

  virtual llvm::FailureOr<TransposeCallee>
  derive(mlir::FlatSymbolRefAttr callee, llvm::ArrayRef<bool> linear,
         llvm::ArrayRef<bool> activeResults) = 0;

  mlir::OpBuilder &builder;
};

struct BatchResult {
  llvm::SmallVector<mlir::Value, 2> values;
  llvm::SmallVector<bool, 2> batched;
};

struct BatchCallee {
  mlir::FlatSymbolRefAttr symbol;
  llvm::SmallVector<bool> batchedResults;
};

class BatchContext {
public:
  BatchContext(mlir::OpBuilder &builder, int64_t size)
      : builder(builder), size(size) {}
  virtual ~BatchContext() = default;

  /// Batches the body of `block` at the insertion point.
  virtual llvm::LogicalResult batch(mlir::Block &block,
                                    mlir::ValueRange arguments,
                                    llvm::ArrayRef<bool> batched,
                                    BatchResult &outs) = 0;

  virtual llvm::FailureOr<BatchCallee> derive(mlir::FlatSymbolRefAttr callee,
                                              llvm::ArrayRef<bool> batched) = 0;

  mlir::OpBuilder &builder;
  /// The number of examples.
  const int64_t size;
};

} // namespace nabla

#endif // NABLA_DIALECTS_NABLA_RULECONTEXTS_H
