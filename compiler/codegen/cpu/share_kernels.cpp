//===- share_kernels.cpp - One function for equal loop nests --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/access.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"

namespace nabla {
#define GEN_PASS_DEF_SHAREKERNELSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// A call costs about as much code as so many operations.
constexpr unsigned minOps = 4;

/// With more than so many nests each one is a function, so that none gets long:
/// much in LLVM takes four times as long for a function twice as long.
constexpr size_t manyNests = 16;

/// A loop nest, and the values from outside that it uses, constants excepted,
/// in the order in which it does.
struct LoopNest {
  Operation *loop;
  SetVector<Value> captures;
};

/// Whether a value can be an argument of a function whose buffers are bare
/// pointers.
bool canBePassed(Type type) {
  auto buffer = dyn_cast<MemRefType>(type);
  if (!buffer)
    return type.isIntOrIndexOrFloat() || isa<VectorType>(type);
  SmallVector<int64_t> strides;
  int64_t offset;
  return buffer.hasStaticShape() && buffer.getNumElements() != 0 &&
         succeeded(buffer.getStridesAndOffset(strides, offset)) &&
         !ShapedType::isDynamic(offset) &&
         llvm::none_of(strides, ShapedType::isDynamic);
}

bool isConstant(Value value) { return matchPattern(value, m_Constant()); }

/// Describes `op` if it is a nest that can be a function.
std::optional<LoopNest> findNest(Operation *op) {
  if (!isa<scf::ForOp, scf::ForallOp>(op) ||
      llvm::any_of(op->getResultTypes(),
                   llvm::IsaPred<BaseMemRefType, TensorType>))
    return std::nullopt;
  LoopNest nest{op, {}};
  unsigned numOps = 0;
  WalkResult result = op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    // Programs of their own, which call nests.
    if (isa<memref::AllocOp, memref::DeallocOp, func::CallOp, scf::WhileOp>(
            inner))
      return WalkResult::interrupt();
    ++numOps;
    for (Value value : inner->getOperands()) {
      if (op->isAncestor(value.getParentRegion()->getParentOp()) ||
          isConstant(value))
        continue;
      if (!canBePassed(value.getType()))
        return WalkResult::interrupt();
      nest.captures.insert(value);
    }
    return WalkResult::advance();
  });
  if (result.wasInterrupted() || numOps < minOps)
    return std::nullopt;
  return nest;
}

void findNests(Region &region, SmallVectorImpl<LoopNest> &nests) {
  for (Operation &op : region.getOps()) {
    if (std::optional<LoopNest> nest = findNest(&op))
      nests.push_back(std::move(*nest));
    else
      for (Region &inner : op.getRegions())
        findNests(inner, nests);
  }
}

/// Of constants alone, which need not be in the nest.
llvm::hash_code hashOf(Value value) {
  Attribute number;
  matchPattern(value, m_Constant(&number));
  return hash_value(number);
}

llvm::hash_code hashOf(Operation *nest) {
  llvm::hash_code hash(0);
  nest->walk<WalkOrder::PreOrder>([&](Operation *op) {
    hash = llvm::hash_combine(hash,
                              OperationEquivalence::computeHash(
                                  op, [](Value value) { return hashOf(value); },
                                  OperationEquivalence::ignoreHashValue,
                                  OperationEquivalence::IgnoreLocations));
  });
  return hash;
}

/// Whether two nests are the same but for their captures, which correspond one
/// to one.
bool areEqual(const LoopNest &a, const LoopNest &b) {
  if (a.captures.size() != b.captures.size())
    return false;
  DenseMap<Value, Value> partners;
  for (auto [mine, other] : llvm::zip_equal(a.captures, b.captures)) {
    if (mine.getType() != other.getType())
      return false;
    partners[mine] = other;
  }
  auto check = [&](Value mine, Value other) {
    auto it = partners.find(mine);
    if (it != partners.end())
      return success(it->second == other);
    Attribute number, otherNumber;
    return success(matchPattern(mine, m_Constant(&number)) &&
                   matchPattern(other, m_Constant(&otherNumber)) &&
                   number == otherNumber);
  };
  auto mark = [&](Value mine, Value other) { partners[mine] = other; };
  return OperationEquivalence::isEquivalentTo(
      a.loop, b.loop, check, mark, OperationEquivalence::IgnoreLocations);
}

/// The buffer that `view` shows.
Value rootOf(Value view) {
  while (auto op = view.getDefiningOp<ViewLikeOpInterface>())
    view = op.getViewSource();
  return view;
}

/// Whether a capture is never the same memory as another one.
bool isAlone(const LoopNest &nest, unsigned position) {
  Value root = rootOf(nest.captures[position]);
  for (auto [i, other] : llvm::enumerate(nest.captures))
    if (i != position && isa<MemRefType>(other.getType()) &&
        mayAlias(root, rootOf(other)))
      return false;
  return true;
}

/// Nests that are equal, the first one first.
using Group = SmallVector<LoopNest *>;

class Sharer {
public:
  explicit Sharer(ModuleOp module) : module(module), symbols(module) {}

  void share(ArrayRef<LoopNest *> group) {
    takeResults(*group.front());
    func::FuncOp function = makeFunction(*group.front());
    markAlone(function, group);
    for (LoopNest *nest : group) {
      takeResults(*nest); // another one of the group may have given them
      ImplicitLocOpBuilder b(nest->loop->getLoc(), nest->loop);
      auto call =
          func::CallOp::create(b, function, nest->captures.getArrayRef());
      for (auto [old, result] :
           llvm::zip_equal(nest->loop->getResults(), call.getResults())) {
        results[old] = result;
        old.replaceAllUsesWith(result);
      }
      shared.push_back(nest->loop);
    }
  }

  /// Only once all are shared: the captures of others name their results.
  void eraseNests() {
    for (Operation *loop : shared)
      loop->erase();
  }

private:
  /// Captures that nests gave, calls give now.
  void takeResults(LoopNest &nest) {
    SetVector<Value> captures;
    for (Value value : nest.captures) {
      Value result = results.lookup(value);
      captures.insert(result ? result : value);
    }
    nest.captures = std::move(captures);
  }

  func::FuncOp makeFunction(const LoopNest &nest) {
    ImplicitLocOpBuilder b(nest.loop->getLoc(), module.getContext());
    b.setInsertionPointToEnd(module.getBody());
    SmallVector<Type> inputs =
        llvm::map_to_vector(nest.captures, [](Value v) { return v.getType(); });
    auto function = func::FuncOp::create(
        b, "kernel", b.getFunctionType(inputs, nest.loop->getResultTypes()));
    function.setPrivate();
    function.setNoInline(true);
    symbols.insert(function);
    Block *block = function.addEntryBlock();
    b.setInsertionPointToStart(block);
    IRMapping map;
    map.map(nest.captures.getArrayRef(), block->getArguments());
    nest.loop->walk([&](Operation *op) {
      for (Value value : op->getOperands())
        if (!map.contains(value) && isConstant(value) &&
            !nest.loop->isAncestor(value.getDefiningOp()))
          b.clone(*value.getDefiningOp(), map);
    });
    Operation *copy = b.clone(*nest.loop, map);
    func::ReturnOp::create(b, copy->getResults());
    return function;
  }

  /// Tells LLVM which buffers are memory of their own in all calls.
  void markAlone(func::FuncOp function, ArrayRef<LoopNest *> group) {
    for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i)
      if (isa<MemRefType>(function.getArgumentTypes()[i]) &&
          llvm::all_of(group,
                       [i](LoopNest *nest) { return isAlone(*nest, i); }))
        function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                            UnitAttr::get(module.getContext()));
  }

  ModuleOp module;
  SymbolTable symbols;
  DenseMap<Value, Value> results;
  SmallVector<Operation *> shared;
};

class ShareKernelsPass : public impl::ShareKernelsPassBase<ShareKernelsPass> {
public:
  void runOnOperation() override {
    SmallVector<LoopNest> nests;
    for (auto function : getOperation().getOps<func::FuncOp>())
      findNests(function.getBody(), nests);
    llvm::MapVector<size_t, SmallVector<Group, 1>> groups;
    for (LoopNest &nest : nests) {
      SmallVector<Group, 1> &candidates = groups[hashOf(nest.loop)];
      auto found = llvm::find_if(candidates, [&](const Group &group) {
        return areEqual(*group.front(), nest);
      });
      if (found == candidates.end())
        candidates.push_back({&nest});
      else
        found->push_back(&nest);
    }
    Sharer sharer(getOperation());
    for (auto &[hash, candidates] : groups)
      for (const Group &group : candidates)
        if (group.size() > 1 || nests.size() > manyNests) {
          sharer.share(group);
          ++numKernels;
          numNests += group.size();
        }
    sharer.eraseNests();
  }
};

} // namespace
} // namespace nabla
