//===- part_totals.cpp - Reductions over parts of a loop ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a loop is divided depends on its shape alone, and parts are combined in
// order: the bits of a sum are the same for any number of threads.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/part_totals.h"
#include "compiler/codegen/cpu/emit_body.h"
#include "compiler/codegen/cpu/selection.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace nabla {

bool hasPartTotals(Kernel &kernel) {
  if (!kernel.isReduction.front() || !kernel.keepsOutputs(0))
    return false;
  if (Selection::match(kernel.op))
    return true;
  for (unsigned i = 0; i < kernel.op.getNumDpsInits(); ++i)
    if (!findCombiner(kernel.op, i))
      return false;
  return true;
}

int64_t bitsOfTotals(Kernel &kernel) {
  int64_t bits = 0;
  for (auto [i, access] : llvm::enumerate(kernel.accesses))
    if (kernel.isOutput(i))
      bits += access->bits();
  for (auto [extent, isReduction] :
       llvm::zip_equal(kernel.extents, kernel.isReduction))
    bits *= isReduction ? 1 : extent;
  return bits;
}

namespace {

/// Works on one kernel that reduces along the loop over parts, level 0, and
/// the loop over one part, level 1.
class Separator {
public:
  Separator(LoopBuilder &b, Nest &nest, Kernel &kernel, int64_t parts)
      : b(b), nest(nest), kernel(kernel), parts(parts) {
    for (unsigned l = 2; l < kernel.depth(); ++l)
      if (!kernel.isReduction[l])
        levels.push_back(l);
  }

  void run();

private:
  /// An output of the kernel, and its room in each part.
  struct Total {
    Value output;
    Access access;
    Value slots;
    Access slot; // in the loops of the kernel
  };

  Total makeRoom(unsigned output);
  void addFirst(ArrayRef<Total> totals, Operation *combiner);
  void addLast(ArrayRef<Total> totals, Operation *combiner);
  std::unique_ptr<Kernel> newKernel(linalg::LinalgOp op, int64_t extent,
                                    bool isReduction);
  Access selected(const Access &access, int64_t stride);

  LoopBuilder &b;
  Nest &nest;
  Kernel &kernel;
  int64_t parts;
  /// Of the loops that move the totals.
  SmallVector<unsigned> levels;
};

} // namespace

/// A nest of the loops of `kernel` from `level` on.
static std::unique_ptr<Nest> loopsOf(Kernel &kernel, unsigned level) {
  auto nest = std::make_unique<Nest>();
  if (level == kernel.depth()) {
    nest->kernel = &kernel;
    return nest;
  }
  nest->extent = kernel.extents[level];
  nest->children.push_back(loopsOf(kernel, level + 1));
  collapseLoops(*nest, level);
  return nest;
}

Separator::Total Separator::makeRoom(unsigned output) {
  unsigned operand = kernel.op.getNumDpsInputs() + output;
  Total total{
      kernel.op.getDpsInits()[output], *kernel.accesses[operand], {}, {}};
  total.slot.strides = denseStrides(kernel.extents, levels);
  int64_t size = 1;
  for (unsigned l : levels)
    size *= kernel.extents[l];
  Type element = getElementTypeOrSelf(total.output.getType());
  total.slots = memref::AllocOp::create(
      b, MemRefType::get({parts, size}, element), b.getI64IntegerAttr(64));
  total.slot.root = total.slots;
  nest.slots.push_back(total.slots);
  kernel.accesses[operand] = total.slot;
  return total;
}

/// The access without the loops that do not move totals, in a loop with this
/// stride.
Access Separator::selected(const Access &access, int64_t stride) {
  Access result = inLoops(access, levels);
  result.strides.insert(result.strides.begin(), stride);
  return result;
}

/// A kernel of one loop and those that move totals.
std::unique_ptr<Kernel> Separator::newKernel(linalg::LinalgOp op,
                                             int64_t extent, bool isReduction) {
  SmallVector<int64_t> extents{extent};
  for (unsigned l : levels)
    extents.push_back(kernel.extents[l]);
  return std::make_unique<Kernel>(Kernel::around(op, extents, isReduction));
}

/// At the start of a part its totals are what makes no difference: the best
/// element so far, or what is neutral.
void Separator::addFirst(ArrayRef<Total> totals, Operation *combiner) {
  SmallVector<Value> inputs, outputs;
  for (const Total &total : totals) {
    outputs.push_back(total.slots);
    if (!combiner)
      inputs.push_back(total.output);
  }
  linalg::LinalgOp op;
  if (combiner)
    op = carryBody(b, {}, outputs, [&](ValueRange) -> SmallVector<Value> {
      return {arith::ConstantOp::create(b, neutralElement(combiner))};
    });
  else
    op = carryBody(b, inputs, outputs, [&](ValueRange arguments) {
      return SmallVector<Value>(arguments.take_front(inputs.size()));
    });
  auto first = newKernel(op, nest.extent, /*isReduction=*/false);
  for (const Total &total : totals)
    if (!combiner)
      first->accesses.push_back(selected(total.access, 0));
  for (const Total &total : totals)
    first->accesses.push_back(selected(total.slot, 0));
  nest.children.insert(nest.children.begin(), loopsOf(*first, 1));
  nest.ownKernels.push_back(std::move(first));
}

void Separator::addLast(ArrayRef<Total> totals, Operation *combiner) {
  SmallVector<Value> inputs, outputs;
  for (const Total &total : totals) {
    inputs.push_back(total.slots);
    outputs.push_back(total.output);
  }
  auto body = [&](ValueRange arguments) -> SmallVector<Value> {
    if (combiner)
      return {combine(b, combiner, arguments[1], arguments[0])};
    Value isBetter =
        Selection::match(kernel.op)->compare(b, arguments[0], arguments[2]);
    return {arith::SelectOp::create(b, isBetter, arguments[0], arguments[2]),
            arith::SelectOp::create(b, isBetter, arguments[1], arguments[3])};
  };
  auto last = newKernel(carryBody(b, inputs, outputs, body), parts,
                        /*isReduction=*/true);
  for (const Total &total : totals) {
    auto type = cast<MemRefType>(total.slots.getType());
    last->accesses.push_back(selected(total.slot, type.getDimSize(1)));
  }
  for (const Total &total : totals)
    last->accesses.push_back(selected(total.access, 0));
  nest.combiners.push_back(loopsOf(*last, 0));
  nest.ownKernels.push_back(std::move(last));
}

void Separator::run() {
  OpBuilder::InsertionGuard guard(b);
  bool isSelection = Selection::match(kernel.op).has_value();
  SmallVector<Total> totals;
  for (unsigned i = 0; i < kernel.op.getNumDpsInits(); ++i)
    totals.push_back(makeRoom(i));
  if (isSelection) {
    addFirst(totals, nullptr);
    addLast(totals, nullptr);
    return;
  }
  for (auto [i, total] : llvm::enumerate(totals)) {
    Operation *combiner = findCombiner(kernel.op, i);
    addFirst(total, combiner);
    addLast(total, combiner);
  }
}

void separateTotals(LoopBuilder &b, Nest &nest, int64_t parts) {
  SmallVector<Kernel *> kernels;
  nest.forEachKernel([&](Kernel &kernel) {
    if (kernel.isReduction.front())
      kernels.push_back(&kernel);
  });
  for (Kernel *kernel : kernels)
    Separator(b, nest, *kernel, parts).run();
}

} // namespace nabla
