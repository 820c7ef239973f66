//===- emit_body.h - Iterations of kernels as vector ops --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_EMIT_BODY_H
#define NABLA_COMPILER_CODEGEN_CPU_EMIT_BODY_H

#include "compiler/codegen/cpu/kernel.h"
#include "compiler/codegen/cpu/loop_builder.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"

namespace nabla {

/// One-dimensional views of buffers, and offsets known at run time. Of a buffer
/// a view shows no more than what all accesses touch, from the first element
/// on: programs do the same to one part of a buffer after the other.
class FlatBuffers {
public:
  /// Adds an access from loops of these extents.
  void add(const Access &access, llvm::ArrayRef<int64_t> extents);
  /// Adds all of the buffer.
  void addAll(const Access &access);
  /// Adds what the kernel touches, where `which` says so, and what it may look
  /// up.
  void add(Kernel &kernel, llvm::function_ref<bool(Access &)> which);
  /// Makes the views that have been added and are not there yet, for use from
  /// here on.
  void prepare(LoopBuilder &b);
  mlir::Value buffer(const Access &access) const {
    return views.at(access.root).flat;
  }
  /// The element of the buffer at which the view begins.
  int64_t start(const Access &access) const {
    return views.at(access.root).range.low;
  }
  /// Lets stores to `root` go past the caches.
  void stream(mlir::Value root) { streamed.insert(root); }
  bool isStreamed(const Access &access) const {
    return streamed.contains(access.root);
  }
  bool hasStreams() const { return !streamed.empty(); }
  /// Lets loads from `root` ask for what comes next.
  void fetch(mlir::Value root) { fetched = root; }
  bool isFetched(const Access &access) const { return fetched == access.root; }
  bool fetches() const { return static_cast<bool>(fetched); }
  /// Of a view.
  mlir::Value offset(const Access &access) const {
    return offsets.lookup(access.view);
  }
  /// The index of the element at these values of the loops, plus `offset`.
  mlir::Value index(LoopBuilder &b, const Access &access,
                    llvm::ArrayRef<mlir::Value> ivs, int64_t offset = 0) const;

private:
  struct View {
    mlir::Value flat;
    Footprint range;
  };

  void cover(const Access &access, Footprint range);
  static mlir::Value flatten(LoopBuilder &b, mlir::Value root, Footprint range);

  llvm::MapVector<mlir::Value, View> views; // of roots
  llvm::MapVector<mlir::Value, mlir::Value> offsets;
  llvm::DenseSet<mlir::Value> streamed;
  mlir::Value fetched;
};

/// The type of `lanes` elements; the element's own type for one.
mlir::Type laneType(mlir::Type element, unsigned lanes);
/// `scalar` in each lane.
mlir::Value splat(LoopBuilder &b, mlir::Value scalar, unsigned lanes);
mlir::Value splatConstant(LoopBuilder &b, mlir::TypedAttr value,
                          unsigned lanes);
/// 0, 1, 2, ... as elements of `type`.
mlir::Value laneNumbers(LoopBuilder &b, mlir::Type type, unsigned lanes,
                        int64_t step = 1);
/// Loops over `extent` in steps, of which the last one moves back to end with
/// the extent; no loop for one step.
void forSteps(LoopBuilder &b, int64_t extent, int64_t step,
              llvm::function_ref<void(mlir::Value)> body);
/// A loop from `first` to `last`.
void forRange(LoopBuilder &b, mlir::Value first, mlir::Value last, int64_t step,
              llvm::function_ref<void(mlir::Value)> body);
/// Asks for the line that holds an element.
void prefetch(LoopBuilder &b, mlir::Value buffer, mlir::Value index);
/// The columns of a square of vectors.
llvm::SmallVector<mlir::Value> transpose(LoopBuilder &b,
                                         llvm::ArrayRef<mlir::Value> rows);
/// `combiner` applied to other operands.
mlir::Value combine(LoopBuilder &b, mlir::Operation *combiner, mlir::Value x,
                    mlir::Value y);

/// Emits iterations of kernels, each on as many elements as there are lanes
/// along the innermost loop. What one kernel stores, the next takes from its
/// register.
class BodyEmitter {
public:
  /// Where and on what: `ivs` has one value a loop, that of the innermost for
  /// the first lane.
  struct Place {
    llvm::ArrayRef<mlir::Value> ivs;
    unsigned lanes = 1;
    /// What does not change in this loop, the innermost, goes in front of it.
    mlir::Operation *loop = nullptr;
    /// If set, totals take only these lanes; with `maskStores`, so does memory.
    mlir::Value isNew = {};
    bool maskStores = false;
    /// How far ahead of a load lies what it asks for.
    int64_t linesAhead = 0;
  };

  BodyEmitter(LoopBuilder &b, const FlatBuffers &buffers, const Place &place)
      : b(b), buffers(buffers), ivs(place.ivs), lanes(place.lanes),
        loop(place.loop), isNew(place.isNew),
        maskStores(place.maskStores && place.isNew),
        linesAhead(place.linesAhead) {}
  ~BodyEmitter() { assert(waiting.empty() && "forgot to store"); }

  /// `totals` stand for the outputs of a reduction along the innermost loop and
  /// are replaced by the new ones; without them outputs are in memory.
  void emit(Kernel &kernel, llvm::MutableArrayRef<mlir::Value> totals = {});
  /// The elements of an operand.
  mlir::Value elements(Kernel &kernel, unsigned operand) {
    return load(*kernel.accesses[operand],
                kernel.op.getBlock()->getArgument(operand).getType());
  }
  mlir::Value load(const Access &access, mlir::Type element);
  void store(const Access &access, mlir::Value value);
  /// To be called when the value of the loop at `level` has changed: what it
  /// does not move stays in registers.
  void changeStep(unsigned level);
  /// Takes `value` for what is at `access`.
  void know(const Access &access, mlir::Value value) {
    known.emplace_back(access, value);
  }
  /// Keeps what is to be stored in registers until `storeAll`.
  void delayStores() { delaysStores = true; }
  void storeAll();

private:
  using Known = std::pair<Access, mlir::Value>;

  mlir::Value loadRow(const Access &access, mlir::Type element);
  mlir::Value loadLanes(const Access &access, mlir::Type element);
  void storeLanes(const Access &access, mlir::Value value);
  void storeRow(const Access &access, mlir::Value value);
  mlir::Value reversed(mlir::Value vector);
  mlir::Value index(const Access &access) {
    return buffers.index(b, access, ivs);
  }
  mlir::Value lowestIndex(const Access &access);
  mlir::Value laneOffsets(int64_t stride);
  mlir::Value allLanes();
  mlir::Value firstIndexOf(Kernel &kernel, unsigned dim);
  mlir::Value indexOf(Kernel &kernel, unsigned dim);
  mlir::Value lookUp(Kernel &kernel, Kernel::Lookup &lookup);
  mlir::Value scaled(mlir::Value index, int64_t stride);
  mlir::Value operand(mlir::Value value);
  int64_t stride(const Access &access) const {
    return lanes == 1 ? 0 : access.strides.back();
  }

  LoopBuilder &b;
  const FlatBuffers &buffers;
  llvm::ArrayRef<mlir::Value> ivs;
  unsigned lanes;
  mlir::Operation *loop;
  mlir::Value isNew;
  bool maskStores;
  int64_t linesAhead;
  bool delaysStores = false;
  mlir::IRMapping mapping;
  llvm::SmallVector<Known> known, waiting;
};

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_EMIT_BODY_H
