//===- fill_splats.cpp - Large constants of one number --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace nabla {
#define GEN_PASS_DEF_FILLSPLATSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Constants up to this size are as well data of the program.
constexpr int64_t smallConstant = 64;

class FillSplatsPass : public impl::FillSplatsPassBase<FillSplatsPass> {
public:
  void runOnOperation() override {
    getOperation()->walk([](arith::ConstantOp constant) {
      auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
      auto type = dyn_cast<RankedTensorType>(constant.getType());
      if (splat && type && type.getNumElements() > smallConstant)
        fill(constant, splat, type);
    });
  }

private:
  static void fill(arith::ConstantOp constant, SplatElementsAttr splat,
                   RankedTensorType type) {
    ImplicitLocOpBuilder b(constant.getLoc(), constant);
    Value number = arith::ConstantOp::create(
        b, cast<TypedAttr>(splat.getSplatValue<Attribute>()));
    Value empty = tensor::EmptyOp::create(b, type, ValueRange());
    auto filled = linalg::FillOp::create(b, number, empty);
    constant.replaceAllUsesWith(filled.getResult(0));
    constant.erase();
  }
};

} // namespace
} // namespace nabla
