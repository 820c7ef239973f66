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

/// A call costs about as much code as so many operations, and as much time as
/// so many that are done once.
constexpr unsigned minOps = 4, minStraightOps = 8;

/// With more than so many nests each one is a function, so that none gets long:
/// much in LLVM takes four times as long for a function twice as long.
constexpr size_t manyNests = 16;

/// A loop nest or a unit.
struct LoopNest {
  Operation *op;
  /// The values from outside that it uses, constants excepted, in the order in
  /// which it does; buffers instead of their parts.
  SetVector<Value> captures;
  /// Views of parts of buffers, of which a function makes its own.
  SetVector<Value> parts;
  /// Whether nothing in it is done more than once.
  bool isStraight;
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

/// The view of a part of a buffer that `value` is, or null. Its type does not
/// say where it begins.
memref::ReinterpretCastOp partOf(Value value) {
  auto part = value.getDefiningOp<memref::ReinterpretCastOp>();
  bool isPart = part && part->getNumOperands() == 1 &&
                part.getType().getRank() == 1 &&
                !part.getType().getLayout().isIdentity();
  return isPart ? part : memref::ReinterpretCastOp();
}

/// Describes `op` if it is a nest that can be a function.
std::optional<LoopNest> findNest(Operation *op) {
  if (!isa<scf::ForOp, scf::ForallOp, scf::ExecuteRegionOp>(op) ||
      llvm::any_of(op->getResultTypes(),
                   llvm::IsaPred<BaseMemRefType, TensorType>))
    return std::nullopt;
  LoopNest nest{op, {}, {}, /*isStraight=*/true};
  unsigned numOps = 0;
  WalkResult result = op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    // Programs of their own, which call nests.
    if (isa<memref::AllocOp, memref::DeallocOp, func::CallOp, scf::WhileOp>(
            inner))
      return WalkResult::interrupt();
    numOps += !isa<scf::ExecuteRegionOp>(inner);
    nest.isStraight &= !isa<scf::ForOp, scf::ForallOp>(inner);
    for (Value value : inner->getOperands()) {
      if (op->isAncestor(value.getParentRegion()->getParentOp()) ||
          isConstant(value))
        continue;
      if (memref::ReinterpretCastOp part = partOf(value)) {
        nest.parts.insert(value);
        value = part.getSource();
      }
      if (!canBePassed(value.getType()))
        return WalkResult::interrupt();
      nest.captures.insert(value);
    }
    return WalkResult::advance();
  });
  if (result.wasInterrupted() ||
      numOps < (nest.isStraight ? minStraightOps : minOps))
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
/// to one, and for where in their buffers parts begin.
bool areEqual(const LoopNest &a, const LoopNest &b) {
  if (a.captures.size() != b.captures.size() ||
      a.parts.size() != b.parts.size())
    return false;
  DenseMap<Value, Value> partners;
  for (auto [mine, other] : llvm::zip_equal(a.captures, b.captures)) {
    if (mine.getType() != other.getType())
      return false;
    partners[mine] = other;
  }
  for (auto [mine, other] : llvm::zip_equal(a.parts, b.parts)) {
    if (mine.getType() != other.getType() ||
        partners.lookup(partOf(mine).getSource()) != partOf(other).getSource())
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
      a.op, b.op, check, mark, OperationEquivalence::IgnoreLocations);
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

int64_t offsetOf(Value part) { return partOf(part).getStaticOffsets().front(); }

/// Which parts do not begin at the same place in all nests of a group.
SmallVector<unsigned> movingParts(ArrayRef<LoopNest *> group) {
  SmallVector<unsigned> moving;
  for (unsigned i = 0, e = group.front()->parts.size(); i < e; ++i)
    if (llvm::any_of(group, [&](LoopNest *nest) {
          return offsetOf(nest->parts[i]) != offsetOf(group.front()->parts[i]);
        }))
      moving.push_back(i);
  return moving;
}

/// Puts what is in a unit into its place.
void takeApart(scf::ExecuteRegionOp unit) {
  Block &block = unit.getRegion().front();
  Operation *yield = block.getTerminator();
  unit->replaceAllUsesWith(yield->getOperands());
  yield->erase();
  unit->getBlock()->getOperations().splice(unit->getIterator(),
                                           block.getOperations());
  unit.erase();
}

class Sharer {
public:
  explicit Sharer(ModuleOp module) : module(module), symbols(module) {}

  void share(ArrayRef<LoopNest *> group) {
    SmallVector<unsigned> moving = movingParts(group);
    takeResults(*group.front());
    func::FuncOp function = makeFunction(*group.front(), moving);
    markAlone(function, group);
    for (LoopNest *nest : group) {
      takeResults(*nest); // another one of the group may have given them
      ImplicitLocOpBuilder b(nest->op->getLoc(), nest->op);
      SmallVector<Value> arguments(nest->captures.getArrayRef());
      for (unsigned i : moving)
        arguments.push_back(
            arith::ConstantIndexOp::create(b, offsetOf(nest->parts[i])));
      auto call = func::CallOp::create(b, function, arguments);
      for (auto [old, result] :
           llvm::zip_equal(nest->op->getResults(), call.getResults())) {
        results[old] = result;
        old.replaceAllUsesWith(result);
      }
      shared.push_back(nest->op);
    }
  }

  /// Only once all are shared: the captures of others name their results.
  void eraseNests() {
    for (Operation *nest : shared)
      nest->erase();
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

  /// It takes the captures, and where the parts begin that are `moving`.
  func::FuncOp makeFunction(const LoopNest &nest, ArrayRef<unsigned> moving) {
    ImplicitLocOpBuilder b(nest.op->getLoc(), module.getContext());
    b.setInsertionPointToEnd(module.getBody());
    SmallVector<Type> inputs =
        llvm::map_to_vector(nest.captures, [](Value v) { return v.getType(); });
    size_t numCaptures = inputs.size();
    inputs.append(moving.size(), b.getIndexType());
    auto function = func::FuncOp::create(
        b, "kernel", b.getFunctionType(inputs, nest.op->getResultTypes()));
    function.setPrivate();
    function.setNoInline(true);
    symbols.insert(function);
    Block *block = function.addEntryBlock();
    b.setInsertionPointToStart(block);
    IRMapping map;
    map.map(nest.captures.getArrayRef(),
            block->getArguments().take_front(numCaptures));
    for (auto [i, part] : llvm::enumerate(nest.parts)) {
      const unsigned *moves = llvm::find(moving, i);
      Value start;
      if (moves != moving.end())
        start = block->getArgument(numCaptures + (moves - moving.begin()));
      map.map(part, makePart(b, partOf(part), map, start));
    }
    nest.op->walk([&](Operation *op) {
      for (Value value : op->getOperands())
        if (!map.contains(value) && isConstant(value) &&
            !nest.op->isAncestor(value.getDefiningOp()))
          b.clone(*value.getDefiningOp(), map);
    });
    Operation *copy = b.clone(*nest.op, map);
    func::ReturnOp::create(b, copy->getResults());
    return function;
  }

  /// A copy of the view, which begins at `start` if that is given.
  static Value makePart(ImplicitLocOpBuilder &b, memref::ReinterpretCastOp part,
                        IRMapping &map, Value start) {
    if (!start)
      return b.clone(*part, map)->getResult(0);
    return memref::ReinterpretCastOp::create(
        b, part.getType(), map.lookup(part.getSource()), OpFoldResult(start),
        getAsIndexOpFoldResult(b.getContext(), part.getStaticSizes()),
        getAsIndexOpFoldResult(b.getContext(), part.getStaticStrides()));
  }

  /// Tells LLVM which buffers are memory of their own in all calls.
  void markAlone(func::FuncOp function, ArrayRef<LoopNest *> group) {
    for (unsigned i = 0, e = group.front()->captures.size(); i < e; ++i)
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
      SmallVector<Group, 1> &candidates = groups[hashOf(nest.op)];
      auto found = llvm::find_if(candidates, [&](const Group &group) {
        return areEqual(*group.front(), nest);
      });
      if (found == candidates.end())
        candidates.push_back({&nest});
      else
        found->push_back(&nest);
    }
    bool isLong = nests.size() > manyNests;
    Sharer sharer(getOperation());
    for (auto &[hash, candidates] : groups)
      for (const Group &group : candidates)
        if (isLong || (group.size() > 1 && !group.front()->isStraight)) {
          sharer.share(group);
          ++numKernels;
          numNests += group.size();
        }
    sharer.eraseNests();
    getOperation()->walk(takeApart);
  }
};

} // namespace
} // namespace nabla
