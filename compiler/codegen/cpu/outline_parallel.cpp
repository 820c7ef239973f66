//===- outline_parallel.cpp - Parallel loops as calls of the runtime ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/access.h"

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"

namespace nabla {
#define GEN_PASS_DEF_OUTLINEPARALLELPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

constexpr StringLiteral runtimeName = "nabla_parallel_for";

/// What is handed over lies in words of so many bytes.
constexpr int64_t wordBytes = 8;

/// The words that a capture takes: one, but for vectors.
int64_t numWords(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return 1;
  int64_t bytes = llvm::divideCeil(bitsOfElement(vector.getElementType()), 8);
  return llvm::divideCeil(vector.getNumElements() * bytes, wordBytes);
}

/// The first word of each capture, and behind them how many words all take.
SmallVector<int64_t> placeCaptures(ArrayRef<Value> captures) {
  SmallVector<int64_t> words{0};
  for (Value capture : captures)
    words.push_back(words.back() + numWords(capture.getType()));
  return words;
}

/// The type of an index, or of several, in memory.
Type withoutIndex(Type type) {
  Type word = IntegerType::get(type.getContext(), 8 * wordBytes);
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.clone(word) : word;
}

/// Outlines the loops of one module.
class Outliner {
public:
  explicit Outliner(ModuleOp module)
      : module(module), symbols(module), converter(module.getContext()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        bodyType(FunctionType::get(
            module.getContext(),
            {IntegerType::get(module.getContext(), 64), pointer}, {})) {}

  LogicalResult outline(scf::ForallOp loop);

private:
  /// A function of the turn and the pointer to the captures, which holds the
  /// body of the loop.
  func::FuncOp makeBody(scf::ForallOp loop, ArrayRef<Value> captures);
  /// Stores captures in memory of the caller and returns the pointer to it.
  Value pack(ImplicitLocOpBuilder &b, func::FuncOp caller,
             ArrayRef<Value> captures);
  Value unpack(ImplicitLocOpBuilder &b, Type type, Value memory, int64_t word);
  Value addressOf(ImplicitLocOpBuilder &b, Value memory, int64_t word);
  FlatSymbolRefAttr runtime();

  ModuleOp module;
  SymbolTable symbols;
  LLVMTypeConverter converter;
  Type pointer;
  FunctionType bodyType;
};

} // namespace

/// How often the body of a loop runs; nothing if the bounds are not known.
static std::optional<int64_t> numTurns(scf::ForallOp loop) {
  int64_t turns = 1;
  for (auto [lower, upper, step] :
       llvm::zip_equal(loop.getStaticLowerBound(), loop.getStaticUpperBound(),
                       loop.getStaticStep())) {
    if (ShapedType::isDynamic(lower) || ShapedType::isDynamic(upper) ||
        ShapedType::isDynamic(step))
      return std::nullopt;
    turns *= std::max<int64_t>(0, llvm::divideCeil(upper - lower, step));
  }
  return turns;
}

/// Whether `op` costs less to compute again than to hand over, and can be.
static bool isCheap(Operation *op) {
  return op && isPure(op) && op->getNumRegions() == 0 &&
         (isa<memref::SubViewOp, memref::ExpandShapeOp, memref::CollapseShapeOp,
              memref::CastOp, memref::ReinterpretCastOp, vector::BroadcastOp>(
              op) ||
          isa<arith::ArithDialect>(op->getDialect()));
}

/// Copies cheap values from outside into the body, so that what is handed over
/// are whole buffers and scalars.
static void sinkCheapValues(scf::ForallOp loop) {
  OpBuilder b(loop.getContext());
  SetVector<Value> used;
  for (bool changed = true; changed;) {
    changed = false;
    used.clear();
    getUsedValuesDefinedAbove(loop.getRegion(), used);
    b.setInsertionPointToStart(loop.getBody());
    for (Value value : used) {
      Operation *op = value.getDefiningOp();
      if (!isCheap(op))
        continue;
      Operation *copy = b.clone(*op);
      for (auto [outer, inner] :
           llvm::zip_equal(op->getResults(), copy->getResults()))
        replaceAllUsesInRegionWith(outer, inner, loop.getRegion());
      // A later copy may be an operand of this one.
      b.setInsertionPointToStart(loop.getBody());
      changed = true;
    }
  }
}

FlatSymbolRefAttr Outliner::runtime() {
  if (!symbols.lookup(runtimeName)) {
    OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
    Type count = b.getI64Type();
    auto declaration =
        func::FuncOp::create(b, module.getLoc(), runtimeName,
                             b.getFunctionType({count, bodyType, pointer}, {}));
    declaration.setPrivate();
    symbols.insert(declaration);
  }
  return FlatSymbolRefAttr::get(module.getContext(), runtimeName);
}

Value Outliner::addressOf(ImplicitLocOpBuilder &b, Value memory, int64_t word) {
  return LLVM::GEPOp::create(b, pointer, b.getI64Type(), memory,
                             LLVM::GEPArg(static_cast<int32_t>(word)));
}

Value Outliner::pack(ImplicitLocOpBuilder &b, func::FuncOp caller,
                     ArrayRef<Value> captures) {
  SmallVector<int64_t> words = placeCaptures(captures);
  // In the entry block, where it is allocated once.
  Value memory;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&caller.getBody().front());
    Value size = LLVM::ConstantOp::create(
        b, b.getI64IntegerAttr(std::max<int64_t>(words.back(), 1)));
    memory = LLVM::AllocaOp::create(b, pointer, b.getI64Type(), size);
  }
  for (auto [word, capture] : llvm::zip(words, captures)) {
    Value value = capture;
    if (isa<MemRefType>(value.getType())) {
      Value address = memref::ExtractAlignedPointerAsIndexOp::create(b, value);
      value = arith::IndexCastOp::create(b, b.getI64Type(), address);
    } else if (getElementTypeOrSelf(value.getType()).isIndex()) {
      value =
          arith::IndexCastOp::create(b, withoutIndex(value.getType()), value);
    }
    LLVM::StoreOp::create(b, value, addressOf(b, memory, word), wordBytes);
  }
  return memory;
}

Value Outliner::unpack(ImplicitLocOpBuilder &b, Type type, Value memory,
                       int64_t word) {
  Value address = addressOf(b, memory, word);
  if (auto buffer = dyn_cast<MemRefType>(type)) {
    Value start = LLVM::LoadOp::create(b, pointer, address);
    Value descriptor = MemRefDescriptor::fromStaticShape(
        b, b.getLoc(), converter, buffer, start);
    return UnrealizedConversionCastOp::create(b, type, descriptor).getResult(0);
  }
  if (!getElementTypeOrSelf(type).isIndex())
    return LLVM::LoadOp::create(b, type, address, wordBytes);
  Value number =
      LLVM::LoadOp::create(b, withoutIndex(type), address, wordBytes);
  return arith::IndexCastOp::create(b, type, number);
}

func::FuncOp Outliner::makeBody(scf::ForallOp loop, ArrayRef<Value> captures) {
  ImplicitLocOpBuilder b(loop.getLoc(), module.getContext());
  auto caller = loop->getParentOfType<func::FuncOp>();
  b.setInsertionPointAfter(caller);
  auto body =
      func::FuncOp::create(b, (caller.getName() + ".parallel").str(), bodyType);
  body.setPrivate();
  symbols.insert(body);
  Block *block = body.addEntryBlock();
  b.setInsertionPointToStart(block);

  IRMapping map;
  for (auto [word, value] : llvm::zip(placeCaptures(captures), captures))
    map.map(value, unpack(b, value.getType(), block->getArgument(1), word));
  // The turn is split into the induction variables, the last one fastest.
  Value rest =
      arith::IndexCastOp::create(b, b.getIndexType(), block->getArgument(0));
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, value);
  };
  for (int64_t dim = loop.getRank(); dim-- > 0;) {
    int64_t lower = loop.getStaticLowerBound()[dim];
    int64_t step = loop.getStaticStep()[dim];
    int64_t extent =
        llvm::divideCeil(loop.getStaticUpperBound()[dim] - lower, step);
    Value number =
        dim == 0 ? rest : arith::RemUIOp::create(b, rest, constant(extent));
    if (dim > 0)
      rest = arith::DivUIOp::create(b, rest, constant(extent));
    Value scaled = arith::MulIOp::create(b, number, constant(step));
    map.map(loop.getInductionVar(dim),
            arith::AddIOp::create(b, scaled, constant(lower)));
  }
  for (Operation &op : loop.getBody()->without_terminator())
    b.clone(op, map);
  func::ReturnOp::create(b, ValueRange{});
  return body;
}

LogicalResult Outliner::outline(scf::ForallOp loop) {
  std::optional<int64_t> turns = numTurns(loop);
  if (!turns || loop.getNumResults() != 0)
    return loop.emitOpError("has bounds or results that cannot be handed to "
                            "the runtime");
  sinkCheapValues(loop);
  SetVector<Value> used;
  getUsedValuesDefinedAbove(loop.getRegion(), used);
  SmallVector<Value> captures = used.takeVector();
  func::FuncOp body = makeBody(loop, captures);

  ImplicitLocOpBuilder b(loop.getLoc(), loop);
  Value memory = pack(b, loop->getParentOfType<func::FuncOp>(), captures);
  Value count = arith::ConstantIntOp::create(b, *turns, 64);
  Value function = func::ConstantOp::create(
      b, bodyType, FlatSymbolRefAttr::get(body.getSymNameAttr()));
  func::CallOp::create(b, runtime(), TypeRange(),
                       ValueRange{count, function, memory});
  loop.erase();
  return success();
}

namespace {
class OutlineParallelPass
    : public impl::OutlineParallelPassBase<OutlineParallelPass> {
public:
  void runOnOperation() override {
    SmallVector<scf::ForallOp> loops;
    getOperation().walk<WalkOrder::PreOrder>([&](scf::ForallOp loop) {
      loops.push_back(loop);
      return WalkResult::skip();
    });
    Outliner outliner(getOperation());
    for (scf::ForallOp loop : loops)
      if (failed(outliner.outline(loop)))
        return signalPassFailure();
  }
};
} // namespace
} // namespace nabla
