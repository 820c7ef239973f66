//===- expand_math.cpp - Functions of mathematics without a library -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/math/float_math.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace nabla {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// How a function is approximated.
struct Approximation {
  Value (FloatMath::*unary)(Value) = nullptr;
  Value (FloatMath::*binary)(Value, Value) = nullptr;
  /// Whether f32 is computed in f32, else in f64: shorter to write, and close
  /// to exact, for functions that are used less.
  bool inFloat = false;
  /// The function of the C library for huge arguments, without the f of f32.
  StringRef forHuge = {};
};

std::optional<Approximation> approximationOf(Operation *op) {
  using A = Approximation;
  return llvm::TypeSwitch<Operation *, std::optional<A>>(op)
      .Case([](math::ExpOp) { return A{&FloatMath::exp, {}, true}; })
      .Case([](math::Exp2Op) { return A{&FloatMath::exp2, {}, true}; })
      .Case([](math::ExpM1Op) { return A{&FloatMath::expm1, {}, true}; })
      .Case([](math::LogOp) { return A{&FloatMath::log, {}, true}; })
      .Case([](math::Log1pOp) { return A{&FloatMath::log1p, {}, true}; })
      .Case([](math::Log2Op) { return A{&FloatMath::log2}; })
      .Case([](math::Log10Op) { return A{&FloatMath::log10}; })
      .Case([](math::CbrtOp) { return A{&FloatMath::cbrt}; })
      .Case([](math::TanhOp) { return A{&FloatMath::tanh, {}, true}; })
      .Case([](math::ErfOp) { return A{&FloatMath::erf, {}, true}; })
      .Case([](math::SinOp) { return A{&FloatMath::sin, {}, true, "sin"}; })
      .Case([](math::CosOp) { return A{&FloatMath::cos, {}, true, "cos"}; })
      .Case([](math::TanOp) { return A{&FloatMath::tan, {}, false, "tan"}; })
      .Case([](math::SinhOp) { return A{&FloatMath::sinh}; })
      .Case([](math::CoshOp) { return A{&FloatMath::cosh}; })
      .Case([](math::AsinhOp) { return A{&FloatMath::asinh}; })
      .Case([](math::AcoshOp) { return A{&FloatMath::acosh}; })
      .Case([](math::AtanhOp) { return A{&FloatMath::atanh}; })
      .Case([](math::AsinOp) { return A{&FloatMath::asin}; })
      .Case([](math::AcosOp) { return A{&FloatMath::acos}; })
      .Case([](math::AtanOp) { return A{&FloatMath::atan}; })
      .Case([](math::Atan2Op) { return A{nullptr, &FloatMath::atan2}; })
      .Case([](math::PowFOp) { return A{nullptr, &FloatMath::pow}; })
      .Case([](arith::MaximumFOp) {
        return A{nullptr, &FloatMath::maximum, true};
      })
      .Case([](arith::MinimumFOp) {
        return A{nullptr, &FloatMath::minimum, true};
      })
      .Default([](Operation *) { return std::nullopt; });
}

class Expansion {
public:
  Expansion(Operation *op, const Approximation &approximation)
      : op(op), approximation(approximation), b(op->getLoc(), op),
        type(op->getResult(0).getType()),
        isDouble(getElementTypeOrSelf(type).isF64()) {}

  Value emit() {
    Value result = approximate();
    return approximation.forHuge.empty() ? result : fixHuge(result);
  }

private:
  Value approximate() {
    if (isDouble || approximation.inFloat) {
      FloatMath math(b, type, /*isPrecise=*/isDouble);
      return apply(math, op->getOperands());
    }
    Type wide = b.getF64Type();
    if (auto vector = dyn_cast<VectorType>(type))
      wide = vector.clone(wide);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(arith::ExtFOp::create(b, wide, operand));
    FloatMath math(b, wide, /*isPrecise=*/false);
    return arith::TruncFOp::create(b, type, apply(math, operands));
  }

  Value apply(FloatMath &math, ValueRange operands) {
    if (approximation.unary)
      return (math.*approximation.unary)(operands[0]);
    return (math.*approximation.binary)(operands[0], operands[1]);
  }

  /// The C library reduces arguments of any size, one at a time.
  Value fixHuge(Value result) {
    Value isHuge = FloatMath(b, type, isDouble).isHuge(op->getOperand(0));
    if (isa<VectorType>(type))
      isHuge =
          vector::ReductionOp::create(b, vector::CombiningKind::OR, isHuge);
    auto branch = scf::IfOp::create(b, type, isHuge, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(b, result);
    b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(b, callLibrary(op->getOperand(0)));
    return branch.getResult(0);
  }

  /// Vectors go through a function, so that what hardly ever happens is small
  /// where it could.
  Value callLibrary(Value x) {
    auto vector = dyn_cast<VectorType>(type);
    func::FuncOp function =
        vector ? makeVectorFunction(vector) : declareLibraryFunction();
    return func::CallOp::create(b, function, x).getResult(0);
  }

  /// Calls the function of the library for each element.
  func::FuncOp makeVectorFunction(VectorType vector) {
    func::FuncOp library = declareLibraryFunction();
    std::string name =
        (library.getName() + ".of" + std::to_string(vector.getNumElements()))
            .str();
    auto module = op->getParentOfType<ModuleOp>();
    if (auto known = module.lookupSymbol<func::FuncOp>(name))
      return known;
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointAfter(library);
    auto function =
        func::FuncOp::create(b, name, b.getFunctionType(type, type));
    function.setPrivate();
    function.setNoInline(true);
    function->setAttr("passthrough", b.getStrArrayAttr({"cold"}));
    Block *block = function.addEntryBlock();
    b.setInsertionPointToStart(block);
    Value x = block->getArgument(0);
    auto constant = [&](int64_t value) {
      return arith::ConstantIndexOp::create(b, value);
    };
    auto loop = scf::ForOp::create(
        b, constant(0), constant(vector.getNumElements()), constant(1), x);
    func::ReturnOp::create(b, loop.getResults());
    b.setInsertionPointToStart(loop.getBody());
    OpFoldResult lane = loop.getInductionVar();
    Value element = vector::ExtractOp::create(b, x, lane);
    Value result = func::CallOp::create(b, library, element).getResult(0);
    scf::YieldOp::create(
        b, vector::InsertOp::create(b, result, loop.getRegionIterArg(0), lane)
               .getResult());
    return function;
  }

  func::FuncOp declareLibraryFunction() {
    std::string name = (approximation.forHuge + (isDouble ? "" : "f")).str();
    auto module = op->getParentOfType<ModuleOp>();
    if (auto known = module.lookupSymbol<func::FuncOp>(name))
      return known;
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    Type element = getElementTypeOrSelf(type);
    auto function =
        func::FuncOp::create(b, name, b.getFunctionType(element, element));
    function.setPrivate();
    function->setAttr(LLVM::LLVMDialect::getReadnoneAttrName(),
                      b.getUnitAttr());
    return function;
  }

  Operation *op;
  const Approximation &approximation;
  ImplicitLocOpBuilder b;
  Type type;
  bool isDouble;
};

/// Powers of f64 need more than f64: they stay with the C library.
bool hasApproximation(Operation *op) {
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  return element.isF32() || (element.isF64() && !isa<math::PowFOp>(op));
}

/// With more numbers than that a straight line would be long, and have many
/// branches, which costs compilers more than its length.
constexpr size_t fewScalars = 16;

/// Functions of numbers that run once a call, outside of loops, are shared if
/// there are many: each is called, not repeated.
void shareScalars(ModuleOp module) {
  SmallVector<Operation *> scalars;
  module->walk([&](Operation *op) {
    if (isa<math::MathDialect>(op->getDialect()) && approximationOf(op) &&
        hasApproximation(op) && op->getResult(0).getType().isFloat() &&
        !op->getParentOfType<LoopLikeOpInterface>())
      scalars.push_back(op);
  });
  if (scalars.size() <= fewScalars)
    return;
  for (Operation *op : scalars) {
    std::string name = ("nabla." + op->getName().stripDialect()).str();
    llvm::raw_string_ostream(name) << '.' << op->getResult(0).getType();
    auto function = module.lookupSymbol<func::FuncOp>(name);
    if (!function) {
      OpBuilder b(module.getBodyRegion());
      function = func::FuncOp::create(
          b, op->getLoc(), name,
          b.getFunctionType(op->getOperandTypes(), op->getResultTypes()));
      function.setPrivate();
      function->setAttr("passthrough", b.getStrArrayAttr({"noinline"}));
      Block *body = function.addEntryBlock();
      b.setInsertionPointToStart(body);
      Operation *own = b.clone(*op);
      own->setOperands(body->getArguments());
      func::ReturnOp::create(b, op->getLoc(), own->getResults());
    }
    OpBuilder b(op);
    op->replaceAllUsesWith(
        func::CallOp::create(b, op->getLoc(), function, op->getOperands()));
    op->erase();
  }
}

class ExpandMathPass : public impl::ExpandMathPassBase<ExpandMathPass> {
public:
  void runOnOperation() override {
    shareScalars(getOperation());
    SmallVector<std::pair<Operation *, Approximation>> work;
    getOperation()->walk([&](Operation *op) {
      if (auto approximation = approximationOf(op);
          approximation && hasApproximation(op))
        work.emplace_back(op, *approximation);
    });
    for (auto &[op, approximation] : work) {
      op->replaceAllUsesWith(ValueRange(Expansion(op, approximation).emit()));
      op->erase();
    }
  }
};

} // namespace
} // namespace nabla
