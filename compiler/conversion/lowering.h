//===- lowering.h - What the lowerings of op families share -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CONVERSION_LOWERING_H
#define NABLA_COMPILER_CONVERSION_LOWERING_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/DialectConversion.h"

namespace nabla {

/// Erases signedness, and keeps bools as bytes: a tensor<3xui8> becomes a
/// tensor<3xi8>, and so does a tensor<3xi1>, since vectors of i1 are packed
/// bits in memory.
class StorageTypeConverter : public mlir::TypeConverter {
public:
  StorageTypeConverter();
};

/// The type in which memory holds an element of type `element`.
mlir::Type storageType(mlir::Type element);
mlir::RankedTensorType storageTensor(mlir::Type type);

/// Between memory and registers (see scalars.h), for an element of the Nabla
/// type `element`.
mlir::Value load(mlir::ImplicitLocOpBuilder &b, mlir::Type element,
                 mlir::Value stored);
mlir::Value store(mlir::ImplicitLocOpBuilder &b, mlir::Type element,
                  mlir::Value value);

/// Emits a body: takes the elements of inputs and outputs as they lie in
/// memory, returns the new elements of the outputs.
using BodyFn = llvm::function_ref<llvm::SmallVector<mlir::Value>(
    mlir::ImplicitLocOpBuilder &, mlir::ValueRange)>;

/// A linalg.generic of these operands; `maps` has one entry an operand, inputs
/// first. The loops of `reductions` are reductions, all others parallel.
mlir::linalg::GenericOp
buildGeneric(mlir::OpBuilder &builder, mlir::Location loc,
             mlir::ValueRange inputs, mlir::ValueRange outputs,
             llvm::ArrayRef<mlir::AffineMap> maps,
             llvm::ArrayRef<int64_t> reductions, BodyFn body);

/// A parallel linalg.generic over the shape of `type`, the type of its result.
/// `maps` has one entry an input, and so have the arguments of the body.
mlir::Value buildParallel(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::RankedTensorType type, mlir::ValueRange inputs,
                          llvm::ArrayRef<mlir::AffineMap> maps, BodyFn body);

/// A tensor without contents, and one filled with a scalar.
mlir::Value emptyTensor(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::RankedTensorType type);
mlir::Value filledTensor(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::RankedTensorType type, mlir::Value scalar);

/// `x` rounded to the elements of `type`, after sums in a wider one.
mlir::Value roundTensor(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value x, mlir::RankedTensorType type);

/// The body of a sum of products: args are two factors and the sum so far.
llvm::SmallVector<mlir::Value> multiplyAdd(mlir::ImplicitLocOpBuilder &b,
                                           mlir::ValueRange args);

void populateElementwisePatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateCreationPatterns(const mlir::TypeConverter &converter,
                              mlir::RewritePatternSet &patterns);
void populateShapePatterns(const mlir::TypeConverter &converter,
                           mlir::RewritePatternSet &patterns);
void populateIndexingPatterns(const mlir::TypeConverter &converter,
                              mlir::RewritePatternSet &patterns);
void populateReductionPatterns(const mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);
void populateSortPatterns(const mlir::TypeConverter &converter,
                          mlir::RewritePatternSet &patterns);
void populateContractionPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateConvolutionPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateRandomPatterns(const mlir::TypeConverter &converter,
                            mlir::RewritePatternSet &patterns);
void populateControlFlowPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);

} // namespace nabla

#endif // NABLA_COMPILER_CONVERSION_LOWERING_H
