//===- split_scans.cpp - What a scan need not do in each turn -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reverse mode turns a constant of a scan, such as weights, into a carry that
// every turn adds a product to: memory as large as the weights, read and
// written each time. One product over all turns adds up the same terms.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Passes.h"

#include "dialects/nabla/Emit.h"
#include "dialects/nabla/NablaOps.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

namespace nabla {
#define GEN_PASS_DEF_SPLITSCANSPASS
#include "compiler/conversion/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// What goes in front of a scan takes at most so much memory, and so do the
/// factors of sums, or as much as the scan stacks in any case.
constexpr int64_t mostBytes = 64 << 20;
/// Rows that are farther apart are copied by each product in any case.
constexpr int64_t mostBytesOfRow = 2048;
/// Products of fewer rows read their columns as they lie in memory.
constexpr int64_t minRows = 4;

int64_t bytesOf(Value value) {
  auto type = tensorTypeOf(value);
  return llvm::divideCeil(type.getNumElements() * type.getElementTypeBitWidth(),
                          8);
}

/// A carry to which each turn adds a term, and that nothing else reads.
struct Sum {
  unsigned carry;
  AddOp add;
  Operation *term; // a product or a sum over dimensions
};

class Splitter {
public:
  explicit Splitter(ScanOp op)
      : b(op.getLoc(), op), op(op), body(op.getBody().front()),
        consts(op.getConsts()), xs(op.getXs()) {}

  void run() {
    moveInvariants();
    transposeConsts();
    SmallVector<Sum> sums = chooseSums();
    if (!sums.empty() || consts.size() != op.getConsts().size())
      rebuild(sums);
  }

private:
  // What does not depend on the turn, in front.
  SetVector<Operation *> findInvariants();
  void moveInvariants();
  bool isInvariant(Value value);
  Value inFront(Value value);
  Value addConst(Value value);
  bool copiesInTurns(DotGeneralOp dot);
  void transposeConsts();
  Value transposed(DotGeneralOp dot);

  // Sums over the turns, behind.
  std::optional<Sum> findSum(unsigned carry);
  SmallVector<Sum> chooseSums();
  int64_t newBytes(const Sum &sum);
  Value stacked(Value value);
  Value total(Sum &sum);
  void rebuild(MutableArrayRef<Sum> sums);

  unsigned firstX() { return body.getNumArguments() - xs.size(); }
  Operation *yield() { return body.getTerminator(); }

  ImplicitLocOpBuilder b; // in front of the scan, in the end behind it
  ScanOp op;
  Block &body;
  SmallVector<Value> consts, xs;
  /// Values computed in the body, and the size of the largest constant that
  /// each is made of.
  DenseMap<Value, int64_t> invariants;
  IRMapping front; // what they are in front
  /// Values of which all turns are known behind the scan: slices of `xs`, what
  /// is yielded for results, and factors of sums, which are stacked for these.
  DenseSet<Value> known;
  SmallVector<Value> factors;
  /// The stacked results, once there are any: of the old ones, then of factors.
  SmallVector<Value> ys;
};

} // namespace

//===----------------------------------------------------------------------===//
// In front
//===----------------------------------------------------------------------===//

bool Splitter::isInvariant(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  return argument ? argument.getArgNumber() < consts.size()
                  : invariants.contains(value);
}

/// Finds them, and those of them that are worth moving: not what only changes
/// shapes, and nothing larger than the constants that it is made of.
SetVector<Operation *> Splitter::findInvariants() {
  SetVector<Operation *> found;
  int64_t bytesLeft = mostBytes;
  for (Operation &inner : body.without_terminator()) {
    if (inner.getNumRegions() != 0 || !isMemoryEffectFree(&inner) ||
        !llvm::all_of(inner.getOperands(),
                      [&](Value operand) { return isInvariant(operand); }))
      continue;
    int64_t largest = 0, bytes = 0;
    for (Value operand : inner.getOperands())
      largest = std::max(largest, isa<BlockArgument>(operand)
                                      ? bytesOf(operand)
                                      : invariants.lookup(operand));
    for (Value result : inner.getResults())
      bytes += bytesOf(result);
    bool isProduct = isa<DotGeneralOp, ConvolutionOp>(inner);
    if (isProduct && largest != 0)
      largest = std::max(largest, bytes);
    for (Value result : inner.getResults())
      invariants[result] = largest;
    bool isWork = isProduct || inner.hasTrait<ElementwiseFamily>() ||
                  inner.hasTrait<ReductionFamily>();
    if (!isWork || bytes == 0 || bytes > std::min(largest, bytesLeft))
      continue;
    found.insert(&inner);
    bytesLeft -= bytes;
  }
  return found;
}

/// An invariant, computed in front of the scan.
Value Splitter::inFront(Value value) {
  if (Value done = front.lookupOrNull(value))
    return done;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return consts[argument.getArgNumber()];
  Operation *inner = value.getDefiningOp();
  for (Value operand : inner->getOperands())
    front.map(operand, inFront(operand));
  b.clone(*inner, front);
  return front.lookup(value);
}

Value Splitter::addConst(Value value) {
  consts.push_back(value);
  return body.insertArgument(consts.size() - 1, value.getType(), op.getLoc());
}

void Splitter::moveInvariants() {
  SetVector<Operation *> moved = findInvariants();
  for (Operation *inner : moved)
    for (Value result : inner->getResults()) {
      Value value = inFront(result);
      auto isUsedInTurns = [&](OpOperand &use) {
        return !moved.contains(use.getOwner());
      };
      if (llvm::any_of(result.getUses(), isUsedInTurns))
        result.replaceUsesWithIf(addConst(value), isUsedInTurns);
    }
  for (Operation *inner : llvm::reverse(moved)) {
    for (Value result : inner->getResults()) {
      invariants.erase(result);
      front.erase(result);
    }
    inner->erase();
  }
}

/// How many elements a factor has for each value of the other dimensions.
static int64_t freeElements(Value factor, ArrayRef<int64_t> batch,
                            ArrayRef<int64_t> contract) {
  SmallVector<int64_t> bound(batch);
  llvm::append_range(bound, contract);
  int64_t elements = 1;
  for (int64_t dim : otherDims(shapeOf(factor).size(), bound))
    elements *= shapeOf(factor)[dim];
  return elements;
}

/// Whether each turn would copy the right factor of `dot` to read it by rows.
bool Splitter::copiesInTurns(DotGeneralOp dot) {
  Value y = dot.getY();
  if (!isa<BlockArgument>(y) || !isInvariant(y) || isInvariant(dot.getX()) ||
      op.getLength() < 2 || bytesOf(y) > mostBytes)
    return false;
  int64_t rank = shapeOf(y).size();
  int64_t numBound = dot.getYBatch().size() + dot.getYContract().size();
  bool isByColumns =
      numBound < rank && llvm::is_contained(dot.getYContract(), rank - 1);
  int64_t rows = freeElements(dot.getX(), dot.getXBatch(), dot.getXContract());
  int64_t bitsOfRow = freeElements(y, dot.getYBatch(), dot.getYContract()) *
                      tensorTypeOf(y).getElementTypeBitWidth();
  return isByColumns && rows >= minRows && bitsOfRow <= mostBytesOfRow * 8;
}

/// The right factor of `dot`, with the dimensions that are summed before those
/// that are not, as it is read by rows.
Value Splitter::transposed(DotGeneralOp dot) {
  int64_t rank = shapeOf(dot.getY()).size();
  SmallVector<int64_t> order(dot.getYBatch());
  llvm::append_range(order, dot.getYContract());
  llvm::append_range(order, otherDims(rank, order));
  return nabla::TransposeOp::create(b, inFront(dot.getY()), order);
}

/// Transposes constants that every turn would.
void Splitter::transposeConsts() {
  for (Operation &inner : llvm::make_early_inc_range(body)) {
    auto dot = dyn_cast<DotGeneralOp>(inner);
    if (!dot || !copiesInTurns(dot))
      continue;
    OpBuilder inside(dot);
    size_t numBatch = dot.getYBatch().size();
    SmallVector<int64_t> dims = iotaDims(numBatch + dot.getYContract().size());
    Value fresh = DotGeneralOp::create(
        inside, dot.getLoc(), dot.getX(), addConst(transposed(dot)),
        dot.getXBatch(), ArrayRef(dims).take_front(numBatch),
        dot.getXContract(), ArrayRef(dims).drop_front(numBatch));
    dot.replaceAllUsesWith(fresh);
    dot.erase();
  }
}

//===----------------------------------------------------------------------===//
// Behind
//===----------------------------------------------------------------------===//

std::optional<Sum> Splitter::findSum(unsigned carry) {
  BlockArgument argument = body.getArgument(consts.size() + carry);
  auto add = yield()->getOperand(carry).getDefiningOp<AddOp>();
  if (!add || !add->hasOneUse() || !argument.hasOneUse() ||
      *argument.user_begin() != add)
    return std::nullopt;
  Value term = add.getX() == argument ? add.getY() : add.getX();
  Operation *inner = term.getDefiningOp();
  if (!inner || !isa<DotGeneralOp, ReduceSumOp>(inner) || !term.hasOneUse() ||
      llvm::any_of(inner->getOperands(),
                   [&](Value factor) { return isInvariant(factor); }))
    return std::nullopt;
  return Sum{carry, add, inner};
}

int64_t Splitter::newBytes(const Sum &sum) {
  SetVector<Value> own;
  for (Value factor : sum.term->getOperands())
    if (!known.contains(factor))
      own.insert(factor);
  int64_t bytes = 0;
  for (Value factor : own)
    bytes += bytesOf(factor);
  return bytes;
}

/// Those whose factors take no more memory in a turn than the sum, which would
/// be read and written; the ones that need least of their own first. Those that
/// need nothing any more once others are chosen come last.
SmallVector<Sum> Splitter::chooseSums() {
  ValueRange results = op.getResults().drop_front(op.getCarries().size());
  int64_t stackedBytes = 0, bytes = 0;
  for (Value stack : llvm::concat<Value>(xs, llvm::to_vector(results)))
    stackedBytes += bytesOf(stack);
  known.insert_range(body.getArguments().drop_front(firstX()));
  known.insert_range(yield()->getOperands().drop_front(op.getCarries().size()));
  SmallVector<std::pair<int64_t, Sum>> candidates; // with their bytes
  for (unsigned i = 0; i < op.getCarries().size(); ++i)
    if (std::optional<Sum> sum = findSum(i))
      candidates.emplace_back(newBytes(*sum), *sum);
  llvm::stable_sort(candidates,
                    [](auto &a, auto &b) { return a.first < b.first; });
  SmallVector<Sum> chosen, rest;
  for (auto &[_, sum] : candidates) {
    int64_t more = newBytes(sum);
    if (more > bytesOf(sum.add) || (bytes + more) * int64_t(op.getLength()) >
                                       std::max(mostBytes, stackedBytes)) {
      rest.push_back(sum);
      continue;
    }
    chosen.push_back(sum);
    bytes += more;
    for (Value factor : sum.term->getOperands())
      if (known.insert(factor).second)
        factors.push_back(factor);
  }
  llvm::copy_if(rest, std::back_inserter(chosen),
                [&](const Sum &sum) { return newBytes(sum) == 0; });
  return chosen;
}

/// What `value` is in all turns.
Value Splitter::stacked(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (argument && argument.getArgNumber() >= firstX())
    return xs[argument.getArgNumber() - firstX()];
  auto yielded = yield()->getOperands().take_back(ys.size());
  return ys[std::distance(yielded.begin(), llvm::find(yielded, value))];
}

Value Splitter::total(Sum &sum) {
  if (auto reduce = dyn_cast<ReduceSumOp>(sum.term))
    return ReduceSumOp::create(b, stacked(reduce.getX()),
                               prepended(0, shifted(reduce.getDims())));
  auto dot = cast<DotGeneralOp>(sum.term);
  return DotGeneralOp::create(
      b, stacked(dot.getX()), stacked(dot.getY()), shifted(dot.getXBatch()),
      shifted(dot.getYBatch()), prepended(0, shifted(dot.getXContract())),
      prepended(0, shifted(dot.getYContract())));
}

/// Makes the scan anew, without the carries of `sums`.
void Splitter::rebuild(MutableArrayRef<Sum> sums) {
  unsigned numCarries = op.getCarries().size();
  SmallVector<Value> carries, yielded, kept;
  SmallVector<Type> types;
  DenseSet<unsigned> carriesOfSums;
  for (Sum &sum : sums)
    carriesOfSums.insert(sum.carry);
  auto isSum = [&](unsigned i) { return carriesOfSums.contains(i); };
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    if (i < numCarries && isSum(i))
      continue;
    if (i < numCarries)
      carries.push_back(op.getCarries()[i]);
    kept.push_back(result);
    types.push_back(result.getType());
    yielded.push_back(yield()->getOperand(i));
  }
  for (Value factor : factors) {
    types.push_back(withLeading(factor.getType(), op.getLength()));
    yielded.push_back(factor);
  }
  auto fresh = ScanOp::create(b, types, consts, carries, xs, op.getLength(),
                              op.getReverse());
  yield()->setOperands(yielded);
  ys.assign(fresh.getResults().begin() + carries.size(),
            fresh.getResults().end());
  for (Sum &sum : sums) {
    Value start = op.getCarries()[sum.carry], all = total(sum);
    if (!matchPattern(start, m_AnyZeroFloat()) &&
        !matchPattern(start, m_Zero()))
      all = AddOp::create(b, start, all);
    op.getResult(sum.carry).replaceAllUsesWith(all);
  }
  for (auto [i, result] : llvm::enumerate(kept))
    result.replaceAllUsesWith(fresh.getResult(i));
  for (Sum &sum : sums) {
    sum.add.erase();
    sum.term->erase();
  }
  body.eraseArguments([&](BlockArgument argument) {
    unsigned number = argument.getArgNumber();
    return number >= consts.size() && number < consts.size() + numCarries &&
           isSum(number - consts.size());
  });
  fresh.getBody().takeBody(op.getBody());
  op.erase();
  if (types.empty())
    fresh.erase();
}

namespace {

class SplitScansPass : public impl::SplitScansPassBase<SplitScansPass> {
public:
  void runOnOperation() override {
    SmallVector<ScanOp> scans; // inner ones first
    getOperation()->walk([&](ScanOp op) { scans.push_back(op); });
    for (ScanOp op : scans)
      Splitter(op).run();
  }
};

} // namespace
} // namespace nabla
