//===- lowering.cpp - What the lowerings of op families share -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {

Type storageType(Type element) {
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer)
    return element;
  unsigned width = integer.getWidth() == 1 ? 8 : integer.getWidth();
  return IntegerType::get(element.getContext(), width);
}

RankedTensorType storageTensor(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return RankedTensorType::get(tensor.getShape(),
                               storageType(tensor.getElementType()));
}

StorageTypeConverter::StorageTypeConverter() {
  addConversion([](Type type) -> std::optional<Type> {
    if (!isa<RankedTensorType>(type))
      return std::nullopt;
    return storageTensor(type);
  });
}

Value load(ImplicitLocOpBuilder &b, Type element, Value stored) {
  if (!element.isInteger(1))
    return stored;
  Value zero =
      arith::ConstantOp::create(b, b.getIntegerAttr(stored.getType(), 0));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, stored, zero);
}

Value store(ImplicitLocOpBuilder &b, Type element, Value value) {
  if (!element.isInteger(1))
    return value;
  return arith::ExtUIOp::create(b, storageType(element), value);
}

linalg::GenericOp buildGeneric(OpBuilder &builder, Location loc,
                               ValueRange inputs, ValueRange outputs,
                               ArrayRef<AffineMap> maps,
                               ArrayRef<int64_t> reductions, BodyFn body) {
  SmallVector<utils::IteratorType> iterators(maps.front().getNumDims(),
                                             utils::IteratorType::parallel);
  for (int64_t dim : reductions)
    iterators[dim] = utils::IteratorType::reduction;
  return linalg::GenericOp::create(
      builder, loc, outputs.getTypes(), inputs, outputs, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange args) {
        ImplicitLocOpBuilder b(loc, nested);
        linalg::YieldOp::create(b, body(b, args));
      });
}

Value buildParallel(OpBuilder &builder, Location loc, RankedTensorType type,
                    ValueRange inputs, ArrayRef<AffineMap> maps, BodyFn body) {
  SmallVector<AffineMap> all(maps);
  all.push_back(builder.getMultiDimIdentityMap(type.getRank()));
  auto ofInputs = [&](ImplicitLocOpBuilder &b, ValueRange args) {
    return body(b, args.drop_back());
  };
  return buildGeneric(builder, loc, inputs, emptyTensor(builder, loc, type),
                      all, {}, ofInputs)
      .getResult(0);
}

Value emptyTensor(OpBuilder &builder, Location loc, RankedTensorType type) {
  return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                 type.getElementType());
}

Value filledTensor(OpBuilder &builder, Location loc, RankedTensorType type,
                   Value scalar) {
  Value empty = emptyTensor(builder, loc, type);
  return linalg::FillOp::create(builder, loc, scalar, empty).getResult(0);
}

Value roundTensor(OpBuilder &builder, Location loc, Value x,
                  RankedTensorType type) {
  if (x.getType() == type)
    return x;
  auto body = [&](ImplicitLocOpBuilder &b, ValueRange args) {
    return SmallVector<Value>{
        truncateFromCompute(b, args[0], type.getElementType())};
  };
  return buildParallel(builder, loc, type, x,
                       builder.getMultiDimIdentityMap(type.getRank()), body);
}

} // namespace nabla
