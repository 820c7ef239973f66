//===- expand.cpp - Expansion of transform ops ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Visits functions from the callees to the callers, so that the callee of a
// transform op is a plain function when the op is expanded. A linear map is
// known by the `nabla.bind_linear` that makes it; where it goes into a
// function, that function is cloned for the symbol of the map and takes its
// residuals instead.
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/expand.h"

#include "compiler/transforms/callees.h"
#include "compiler/transforms/deriver.h"
#include "dialects/nabla/Emit.h"

#include <map>

using namespace mlir;

namespace nabla {
namespace {

class Expander {
public:
  Expander(ModuleOp module, ExpandOptions options)
      : module(module), options(options), deriver(module) {}

  LogicalResult run();

  Expansion expansion;

private:
  LogicalResult expand(func::FuncOp function);
  LogicalResult visit(Operation *op);
  LogicalResult visitCallLike(Operation *op);

  LogicalResult expandCall(CallOp op);
  LogicalResult expandJvp(JvpOp op);
  LogicalResult expandLinearize(LinearizeOp op);
  LogicalResult expandVmap(VmapOp op);
  LogicalResult expandApply(Operation *op, Value linear, ValueRange arguments,
                            bool transposed);

  /// Passes the residuals of linear operands instead of the maps.
  Operation *passResiduals(Operation *op);
  FlatSymbolRefAttr specialize(func::FuncOp callee,
                               ArrayRef<BindLinearOp> maps);

  /// Makes an entry that returns linear maps return their residuals.
  void returnResiduals(func::FuncOp entry);
  /// Erases the functions that nothing calls any more.
  void eraseUnused();
  /// Reports the transform ops that are left.
  bool reportLeft();

  /// Whether `function` or a function that it calls holds a transform op.
  bool holdsTransforms(func::FuncOp function);

  ModuleOp module;
  ExpandOptions options;
  Deriver deriver;
  DenseSet<Operation *> done;
  std::map<std::vector<std::string>, FlatSymbolRefAttr> specialized;
};

} // namespace

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

static bool isTransform(Operation *op) {
  return isa<JvpOp, LinearizeOp, VmapOp, ApplyOp, ApplyTransposedOp,
             BindLinearOp>(op);
}

static bool hasLinear(TypeRange types) {
  return llvm::any_of(types, llvm::IsaPred<LinearType>);
}

static FlatSymbolRefAttr calleeOf(Operation *op) {
  return op->getAttrOfType<FlatSymbolRefAttr>("callee");
}

static SmallVector<bool> maskOf(ArrayRef<int64_t> positions, size_t size) {
  SmallVector<bool> mask(size, false);
  for (int64_t position : positions)
    mask[position] = true;
  return mask;
}

bool Expander::holdsTransforms(func::FuncOp function) {
  return function
      .walk([&](Operation *op) {
        if (isTransform(op))
          return WalkResult::interrupt();
        auto call = dyn_cast<CallOp>(op);
        if (call && holdsTransforms(deriver.lookup(call.getCalleeAttr())))
          return WalkResult::interrupt();
        return WalkResult::advance();
      })
      .wasInterrupted();
}

//===----------------------------------------------------------------------===//
// Linear maps as arguments
//===----------------------------------------------------------------------===//

FlatSymbolRefAttr Expander::specialize(func::FuncOp callee,
                                       ArrayRef<BindLinearOp> maps) {
  std::vector<std::string> key{callee.getName().str()};
  for (BindLinearOp map : maps)
    key.push_back(map ? map.getCallee().str() : "");
  if (auto found = specialized.find(key); found != specialized.end())
    return found->second;

  func::FuncOp clone = callee.clone();
  clone.setPrivate();
  Block &entry = clone.getBody().front();
  OpBuilder b = OpBuilder::atBlockBegin(&entry);
  unsigned position = 0;
  for (BindLinearOp map : maps) {
    BlockArgument argument = entry.getArgument(position);
    if (!map) {
      ++position;
      continue;
    }
    SmallVector<Value> residuals;
    for (Type type : map.getResiduals().getTypes())
      residuals.push_back(
          entry.insertArgument(position++, type, argument.getLoc()));
    auto bound = BindLinearOp::create(b, argument.getLoc(), argument.getType(),
                                      map.getCalleeAttr(), residuals);
    argument.replaceAllUsesWith(bound.getResult());
    entry.eraseArgument(position);
  }
  clone.setFunctionType(
      b.getFunctionType(entry.getArgumentTypes(), callee.getResultTypes()));
  return specialized[key] = deriver.insert(clone);
}

/// The numbers of operands once each linear one is replaced by its residuals.
static SmallVector<int64_t> shiftPositions(ArrayRef<int64_t> positions,
                                           ArrayRef<BindLinearOp> maps) {
  SmallVector<int64_t> starts;
  int64_t next = 0;
  for (BindLinearOp map : maps) {
    starts.push_back(next);
    next += map ? map.getResiduals().size() : 1;
  }
  return llvm::map_to_vector(positions, [&](int64_t p) { return starts[p]; });
}

Operation *Expander::passResiduals(Operation *op) {
  func::FuncOp callee = deriver.lookup(calleeOf(op));
  size_t arity = callee.getNumArguments();
  SmallVector<BindLinearOp> maps;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands().take_front(arity)) {
    auto map = isa<LinearType>(operand.getType())
                   ? operand.getDefiningOp<BindLinearOp>()
                   : BindLinearOp();
    maps.push_back(map);
    if (map)
      llvm::append_range(operands, map.getResiduals());
    else
      operands.push_back(operand);
  }
  FlatSymbolRefAttr symbol = specialize(callee, maps);
  OpBuilder b(op);
  Operation *fresh = nullptr;
  if (isa<CallOp>(op)) {
    fresh =
        CallOp::create(b, op->getLoc(), op->getResultTypes(), symbol, operands);
  } else if (auto jvp = dyn_cast<JvpOp>(op)) {
    fresh = JvpOp::create(
        b, op->getLoc(), op->getResultTypes(), symbol, operands,
        jvp.getTangents(),
        b.getDenseI64ArrayAttr(shiftPositions(jvp.getWrt(), maps)));
  } else if (auto linearize = dyn_cast<LinearizeOp>(op)) {
    fresh = LinearizeOp::create(
        b, op->getLoc(), op->getResultTypes(), symbol, operands,
        b.getDenseI64ArrayAttr(shiftPositions(linearize.getWrt(), maps)));
  } else {
    auto vmap = cast<VmapOp>(op);
    SmallVector<int64_t> axes;
    for (auto [map, axis] : llvm::zip_equal(maps, vmap.getInAxes()))
      axes.append(map ? map.getResiduals().size() : 1, map ? -1 : axis);
    fresh = VmapOp::create(b, op->getLoc(), op->getResultTypes(), symbol,
                           operands, b.getDenseI64ArrayAttr(axes),
                           vmap.getOutAxesAttr(), vmap.getSizeAttr());
  }
  op->replaceAllUsesWith(fresh);
  op->erase();
  return fresh;
}

//===----------------------------------------------------------------------===//
// Linear maps as results
//===----------------------------------------------------------------------===//

/// Makes `function` return residuals instead of linear maps.
static void replaceLinearResults(func::FuncOp function) {
  Operation *terminator = function.getBody().front().getTerminator();
  SmallVector<Value> results;
  for (Value result : terminator->getOperands()) {
    if (auto map = result.getDefiningOp<BindLinearOp>())
      llvm::append_range(results, map.getResiduals());
    else
      results.push_back(result);
  }
  terminator->setOperands(results);
  function.setFunctionType(FunctionType::get(function.getContext(),
                                             function.getArgumentTypes(),
                                             TypeRange(ValueRange(results))));
}

/// The maps that `function` returns, null for a result of another type. Fails
/// if a linear result is not made by a bind_linear of the function.
static FailureOr<SmallVector<BindLinearOp>>
returnedMaps(func::FuncOp function) {
  SmallVector<BindLinearOp> maps;
  for (Value result :
       function.getBody().front().getTerminator()->getOperands()) {
    maps.push_back(result.getDefiningOp<BindLinearOp>());
    if (!maps.back() && isa<LinearType>(result.getType()))
      return failure();
  }
  return maps;
}

LogicalResult Expander::expandCall(CallOp op) {
  if (!hasLinear(op.getResultTypes()))
    return success();
  func::FuncOp callee = deriver.lookup(op.getCalleeAttr());
  FailureOr<SmallVector<BindLinearOp>> maps = returnedMaps(callee);
  // The maps come from arguments of the callee, which are not known yet.
  if (failed(maps))
    return success();
  func::FuncOp clone = callee.clone();
  clone.setPrivate();
  replaceLinearResults(clone);
  FlatSymbolRefAttr symbol = deriver.insert(clone);
  OpBuilder b(op);
  auto call = CallOp::create(b, op.getLoc(), clone.getResultTypes(), symbol,
                             op.getInputs());
  unsigned next = 0;
  for (auto [result, map] : llvm::zip_equal(op.getResults(), *maps)) {
    if (!map) {
      result.replaceAllUsesWith(call.getResult(next++));
      continue;
    }
    unsigned count = map.getResiduals().size();
    auto bound = BindLinearOp::create(b, op.getLoc(), result.getType(),
                                      map.getCalleeAttr(),
                                      call.getResults().slice(next, count));
    next += count;
    result.replaceAllUsesWith(bound.getResult());
  }
  op.erase();
  return success();
}

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

LogicalResult Expander::expandJvp(JvpOp op) {
  FailureOr<JvpCallee> callee = deriver.jvp(
      op.getCalleeAttr(), maskOf(op.getWrt(), op.getPrimals().size()),
      /*everyTangent=*/true);
  if (failed(callee))
    return failure();
  OpBuilder b(op);
  auto call = CallOp::create(b, op.getLoc(), op.getResultTypes(),
                             callee->symbol, op.getOperands());
  op.replaceAllUsesWith(call.getResults());
  op.erase();
  return success();
}

LogicalResult Expander::expandLinearize(LinearizeOp op) {
  size_t arity = op.getPrimals().size(), numTangents = op.getWrt().size();
  FailureOr<JvpCallee> jvp = deriver.jvp(
      op.getCalleeAttr(), maskOf(op.getWrt(), arity), /*everyTangent=*/true);
  if (failed(jvp))
    return failure();
  SmallVector<bool> isTangent(arity, false);
  isTangent.append(numTangents, true);
  // Every tangent belongs to the linear part, also one that is zero.
  FailureOr<SplitCallee> parts =
      deriver.split(jvp->symbol, isTangent, op.getNumResults() - 1);
  if (failed(parts))
    return failure();

  OpBuilder b(op);
  func::FuncOp known = deriver.lookup(parts->known);
  auto call = CallOp::create(b, op.getLoc(), known.getResultTypes(),
                             parts->known, op.getPrimals());
  SmallVector<Value> residuals;
  unsigned next = op.getNumResults() - 1;
  for (int64_t forwarded : parts->forwarded)
    residuals.push_back(forwarded < 0 ? call.getResult(next++)
                                      : op.getPrimals()[forwarded]);
  auto map =
      BindLinearOp::create(b, op.getLoc(), op.getResults().back().getType(),
                           parts->linear, residuals);
  for (unsigned i = 0; i + 1 < op.getNumResults(); ++i)
    op.getResult(i).replaceAllUsesWith(call.getResult(i));
  op.getResults().back().replaceAllUsesWith(map.getResult());
  op.erase();
  return success();
}

LogicalResult Expander::expandApply(Operation *op, Value linear,
                                    ValueRange arguments, bool transposed) {
  auto map = linear.getDefiningOp<BindLinearOp>();
  // An argument of a function that is not specialized yet.
  if (!map)
    return success();
  FlatSymbolRefAttr symbol = map.getCalleeAttr();
  if (transposed) {
    func::FuncOp callee = deriver.lookup(symbol);
    SmallVector<bool> isLinear(map.getResiduals().size(), false);
    isLinear.resize(callee.getNumArguments(), true);
    FailureOr<TransposeCallee> transpose = deriver.transpose(
        symbol, isLinear, SmallVector<bool>(callee.getNumResults(), true),
        /*everyCotangent=*/true);
    if (failed(transpose))
      return failure();
    symbol = transpose->symbol;
  }
  SmallVector<Value> operands(map.getResiduals());
  llvm::append_range(operands, arguments);
  OpBuilder b(op);
  auto call =
      CallOp::create(b, op->getLoc(), op->getResultTypes(), symbol, operands);
  op->replaceAllUsesWith(call.getResults());
  op->erase();
  return success();
}

LogicalResult Expander::expandVmap(VmapOp op) {
  OpBuilder b(op);
  int64_t size = op.getSize();
  SmallVector<bool> batched;
  SmallVector<Value> operands;
  for (auto [operand, axis] : llvm::zip_equal(op.getInputs(), op.getInAxes())) {
    batched.push_back(axis >= 0);
    operands.push_back(axis > 0 ? emitMoveDim(b, op.getLoc(), operand, axis, 0)
                                : operand);
  }
  FailureOr<BatchCallee> callee =
      deriver.batch(op.getCalleeAttr(), batched, size);
  if (failed(callee))
    return failure();
  func::FuncOp function = deriver.lookup(callee->symbol);
  auto call = CallOp::create(b, op.getLoc(), function.getResultTypes(),
                             callee->symbol, operands);
  for (unsigned i = 0; i < op.getNumResults(); ++i) {
    Value value = call.getResult(i);
    int64_t axis = op.getOutAxes()[i];
    if (axis < 0 && callee->batchedResults[i])
      return op.emitOpError("result ")
             << i << " depends on the example, but its out_axes says -1";
    if (axis >= 0 && !callee->batchedResults[i])
      value = emitBatch(b, op.getLoc(), value, size);
    if (axis > 0)
      value = emitMoveDim(b, op.getLoc(), value, 0, axis);
    op.getResult(i).replaceAllUsesWith(value);
  }
  op.erase();
  return success();
}

//===----------------------------------------------------------------------===//
// Driver
//===----------------------------------------------------------------------===//

LogicalResult Expander::visitCallLike(Operation *op) {
  if (hasLinear(op->getOperandTypes())) {
    bool known = llvm::all_of(op->getOperands(), [](Value operand) {
      return !isa<LinearType>(operand.getType()) ||
             operand.getDefiningOp<BindLinearOp>();
    });
    if (!known)
      return success();
    op = passResiduals(op);
  }
  func::FuncOp callee = deriver.lookup(calleeOf(op));
  if (failed(expand(callee)))
    return failure();
  if (auto call = dyn_cast<CallOp>(op))
    return expandCall(call);
  if (hasLinear(callee.getResultTypes()))
    return op->emitOpError("has a callee that returns a linear map");
  if (holdsTransforms(callee))
    return success();
  if (auto jvp = dyn_cast<JvpOp>(op))
    return options.jvp ? expandJvp(jvp) : success();
  if (auto linearize = dyn_cast<LinearizeOp>(op))
    return options.linearize ? expandLinearize(linearize) : success();
  return options.vmap ? expandVmap(cast<VmapOp>(op)) : success();
}

LogicalResult Expander::visit(Operation *op) {
  if (isa<CallOp, JvpOp, LinearizeOp, VmapOp>(op))
    return visitCallLike(op);
  if (!options.apply)
    return success();
  if (auto apply = dyn_cast<ApplyOp>(op))
    return expandApply(op, apply.getLinear(), apply.getTangents(), false);
  if (auto apply = dyn_cast<ApplyTransposedOp>(op))
    return expandApply(op, apply.getLinear(), apply.getCotangents(), true);
  return success();
}

LogicalResult Expander::expand(func::FuncOp function) {
  // A function of linear maps is expanded once it is specialized.
  if (function.isExternal() || hasLinear(function.getArgumentTypes()) ||
      !done.insert(function).second)
    return success();
  SmallVector<Operation *> ops;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<CallOp>(op) || isTransform(op))
      ops.push_back(op);
  });
  for (Operation *op : ops)
    if (failed(visit(op)))
      return failure();
  inlineCalls(function);
  deriver.cleanUp(function);
  if (!ops.empty())
    eraseUnused();
  return success();
}

void Expander::eraseUnused() {
  deriver.eraseUnused([&](func::FuncOp function) {
    done.erase(function);
    for (auto it = specialized.begin(); it != specialized.end();)
      it = it->first.front() == function.getName() ||
                   it->second.getValue() == function.getName()
               ? specialized.erase(it)
               : std::next(it);
  });
}

LogicalResult Expander::run() {
  if (failed(checkCallees(module)))
    return failure();
  SmallVector<func::FuncOp> entries;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic())
      entries.push_back(function);
  for (func::FuncOp entry : entries)
    if (failed(expand(entry)))
      return failure();
  if (options.apply)
    for (func::FuncOp entry : entries)
      returnResiduals(entry);
  eraseUnused();
  expansion.peakOps = deriver.getPeakOps();
  bool all = options.jvp && options.linearize && options.apply && options.vmap;
  return success(!all || !reportLeft());
}

void Expander::returnResiduals(func::FuncOp entry) {
  if (!hasLinear(entry.getResultTypes()) || !entry.getBody().hasOneBlock())
    return;
  FailureOr<SmallVector<BindLinearOp>> maps = returnedMaps(entry);
  if (failed(maps))
    return;
  for (auto [position, map] : llvm::enumerate(*maps)) {
    if (!map)
      continue;
    deriver.lookup(map.getCalleeAttr()).setNested();
    expansion.linearResults.push_back(
        {static_cast<int64_t>(position),
         static_cast<int64_t>(map.getResiduals().size()),
         map.getCallee().str()});
  }
  replaceLinearResults(entry);
  deriver.cleanUp(entry);
}

bool Expander::reportLeft() {
  bool any = false;
  for (auto function : module.getOps<func::FuncOp>())
    function.walk([&](Operation *op) {
      if (!isTransform(op) && !hasLinear(op->getOperandTypes()))
        return;
      any = true;
      if (isa<BindLinearOp>(op))
        op->emitOpError("makes a linear map that leaves the functions which "
                        "passes can follow");
      else
        op->emitOpError("cannot be expanded: where its linear map is made is "
                        "not known");
    });
  return any;
}

FailureOr<Expansion> expandTransforms(ModuleOp module, ExpandOptions options) {
  Expander expander(module, options);
  if (failed(expander.run()))
    return failure();
  return std::move(expander.expansion);
}

} // namespace nabla
