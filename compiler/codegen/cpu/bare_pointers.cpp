//===- bare_pointers.cpp - Buffers as the addresses they begin at ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The descriptors that upstream makes of buffers would be most of what LLVM
// sees of a long program, only to find that all their fields are known.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/access.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace nabla {
#define GEN_PASS_DEF_BAREPOINTERSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// In bytes; that of the memory that the runtime gives.
constexpr uint64_t mostAlignment = 64;

/// Where the elements of a buffer are; the offset may be dynamic.
struct Layout {
  SmallVector<int64_t> strides;
  int64_t offset;
};

/// Nothing for a buffer with an extent or stride that is not known.
std::optional<Layout> layoutOf(Type type) {
  auto buffer = dyn_cast<MemRefType>(type);
  Layout layout;
  if (!buffer || !buffer.hasStaticShape() || buffer.getMemorySpace() ||
      !buffer.getElementType().isIntOrIndexOrFloat() ||
      failed(buffer.getStridesAndOffset(layout.strides, layout.offset)) ||
      llvm::any_of(layout.strides, ShapedType::isDynamic))
    return std::nullopt;
  return layout;
}

bool isBuffer(Type type) { return isa<BaseMemRefType>(type); }

bool hasLayout(Type type) { return !isBuffer(type) || layoutOf(type); }

/// Whether values of the type can be handed on as pointers.
bool canBePassed(Type type) {
  std::optional<Layout> layout = layoutOf(type);
  return !isBuffer(type) || (layout && !ShapedType::isDynamic(layout->offset));
}

bool isContiguous(Type type) {
  return cast<MemRefType>(type).getLayout().isIdentity();
}

bool isRow(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return !vector || (vector.getRank() == 1 && !vector.isScalable());
}

/// Whether `op` shows a buffer in another way.
bool isView(Operation *op) {
  return isa<memref::CastOp, memref::SubViewOp, memref::CollapseShapeOp,
             memref::ExpandShapeOp, memref::ReinterpretCastOp, memref::ViewOp,
             memref::ExtractStridedMetadataOp>(op);
}

bool isAccess(Operation *op) {
  return isa<memref::LoadOp, memref::StoreOp, vector::LoadOp, vector::StoreOp,
             vector::MaskedLoadOp, vector::MaskedStoreOp, vector::GatherOp,
             memref::PrefetchOp>(op) ||
         (isa<vector::ScatterOp>(op) && op->getNumResults() == 0);
}

/// Whether `op` hands buffers on.
bool isPassing(Operation *op) {
  return isa<func::CallOp, func::ReturnOp, arith::SelectOp, scf::ForOp,
             scf::WhileOp, scf::IfOp, scf::YieldOp, scf::ConditionOp>(op);
}

/// Whether all that `op` has to do with buffers can be done by pointers.
bool isUnderstood(Operation *op) {
  if (auto function = dyn_cast<func::FuncOp>(op))
    if (!llvm::all_of(function.getArgumentTypes(), canBePassed) ||
        !llvm::all_of(function.getResultTypes(), canBePassed))
      return false;
  bool hasBuffers = llvm::any_of(op->getOperandTypes(), isBuffer) ||
                    llvm::any_of(op->getResultTypes(), isBuffer);
  for (Region &region : op->getRegions())
    for (Block &block : region) {
      hasBuffers |= llvm::any_of(block.getArgumentTypes(), isBuffer);
      // Uses must come behind what they use.
      if (!isa<ModuleOp>(op) && !region.hasOneBlock())
        return false;
    }
  if (auto global = dyn_cast<memref::GlobalOp>(op))
    return layoutOf(global.getType()) && isContiguous(global.getType()) &&
           isa_and_present<DenseElementsAttr>(global.getInitialValueAttr());
  if (isa<func::FuncOp>(op) || !hasBuffers)
    return true;
  if (isView(op))
    return llvm::all_of(op->getOperandTypes(), hasLayout) &&
           llvm::all_of(op->getResultTypes(), hasLayout);
  if (isAccess(op))
    return llvm::all_of(op->getOperandTypes(), hasLayout) &&
           llvm::all_of(op->getOperandTypes(), isRow) &&
           llvm::all_of(op->getResultTypes(), isRow);
  if (isa<memref::CopyOp>(op))
    return llvm::all_of(op->getOperandTypes(), hasLayout) &&
           llvm::all_of(op->getOperandTypes(), isContiguous);
  if (auto alloc = dyn_cast<memref::AllocOp>(op))
    if (alloc.getAlignment().value_or(0) > mostAlignment)
      return false;
  for (Region &region : op->getRegions())
    if (!region.empty() &&
        !llvm::all_of(region.getArgumentTypes(), canBePassed))
      return false;
  return (isPassing(op) || isa<memref::AllocOp, memref::AllocaOp,
                               memref::DeallocOp, memref::GetGlobalOp>(op)) &&
         llvm::all_of(op->getOperandTypes(), canBePassed) &&
         llvm::all_of(op->getResultTypes(), canBePassed);
}

/// An address, and how to count elements from there.
struct Buffer {
  Value base;
  Type element;
  Layout layout;
  Value offset; // if dynamic
};

int64_t bytesOfElement(Type type) {
  return llvm::divideCeil(bitsOfElement(type), 8);
}

int64_t bytesOf(Type type) {
  auto buffer = cast<MemRefType>(type);
  return buffer.getNumElements() * bytesOfElement(buffer.getElementType());
}

class Rewriter {
public:
  explicit Rewriter(ModuleOp module)
      : module(module), b(module.getLoc(), module.getContext()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  void run();

private:
  void rewrite(Operation *op);
  /// A function of the runtime, declared at its first use. LLVM would make
  /// calloc, which there is not, of one that is called malloc.
  LLVM::LLVMFuncOp allocator();
  LLVM::LLVMFuncOp releaser();
  LLVM::LLVMFuncOp declare(StringRef name, Type result, Type argument);
  void rewriteGlobal(memref::GlobalOp op);
  void rewriteMemory(Operation *op);
  void rewriteCopy(memref::CopyOp op);
  void rewriteView(Operation *op);
  Value offsetOfView(Operation *op, const Buffer &source);
  void rewriteMetadata(memref::ExtractStridedMetadataOp op);
  void rewriteAccess(Operation *op);
  void rewriteGather(vector::GatherOp op);
  void rewriteScatter(vector::ScatterOp op);
  /// Lets `op` take pointers for buffers and give such.
  void pass(Operation *op);
  void pass(func::FuncOp function);

  void define(Value buffer, Value base, Value offset = {}) {
    Type element = cast<MemRefType>(buffer.getType()).getElementType();
    buffers[buffer] = {base, element, *layoutOf(buffer.getType()), offset};
  }
  /// The value becomes the pointer, in the end: accessors of ops that are still
  /// there insist on buffers.
  void becomePointer(Value buffer) {
    if (!isBuffer(buffer.getType()))
      return;
    define(buffer, buffer);
    retyped.push_back(buffer);
  }
  void replace(Operation *op, Value value) {
    op->getResult(0).replaceAllUsesWith(value);
    dead.push_back(op);
  }

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value integer(int64_t value) {
    return arith::ConstantIntOp::create(b, value, 64);
  }
  /// An index as a 64-bit integer.
  Value asInteger(Value index);
  Value offsetOf(const Buffer &buffer) {
    return buffer.offset ? buffer.offset : constant(buffer.layout.offset);
  }
  Value linear(const Buffer &buffer, ValueRange indices);
  Value address(const Buffer &buffer, ValueRange indices,
                LLVM::GEPNoWrapFlags flags = LLVM::GEPNoWrapFlags::none);
  Value pointers(Value base, ValueRange indices, Value rowOfIndices);

  /// The type in memory: LLVM has no index.
  Type stored(Type type) {
    if (!getElementTypeOrSelf(type).isIndex())
      return type;
    auto vector = dyn_cast<VectorType>(type);
    return vector ? Type(vector.clone(b.getI64Type())) : b.getI64Type();
  }
  Value toStored(Value value) {
    return converted(value, stored(value.getType()));
  }
  Value converted(Value value, Type type) {
    if (value.getType() == type)
      return value;
    return arith::IndexCastOp::create(b, type, value);
  }

  ModuleOp module;
  ImplicitLocOpBuilder b;
  Type pointer;
  LLVM::LLVMFuncOp allocate, release;
  DenseMap<Value, Buffer> buffers;
  DenseMap<Value, Value> integers;
  SmallVector<Value> retyped;
  SmallVector<Operation *> dead;
};

void Rewriter::run() {
  module.walk<WalkOrder::PreOrder>([&](Operation *op) { rewrite(op); });
  for (Operation *op : llvm::reverse(dead))
    op->erase();
  for (Value value : retyped)
    value.setType(pointer);
  for (auto [index, number] : integers)
    if (index.use_empty() && matchPattern(index, m_Constant()))
      index.getDefiningOp()->erase();
}

void Rewriter::rewrite(Operation *op) {
  b.setLoc(op->getLoc());
  b.setInsertionPoint(op);
  if (auto function = dyn_cast<func::FuncOp>(op))
    pass(function);
  else if (auto global = dyn_cast<memref::GlobalOp>(op))
    rewriteGlobal(global);
  else if (isView(op))
    rewriteView(op);
  else if (auto gather = dyn_cast<vector::GatherOp>(op))
    rewriteGather(gather);
  else if (auto scatter = dyn_cast<vector::ScatterOp>(op))
    rewriteScatter(scatter);
  else if (isAccess(op))
    rewriteAccess(op);
  else if (auto copy = dyn_cast<memref::CopyOp>(op))
    rewriteCopy(copy);
  else if (isa<memref::AllocOp, memref::AllocaOp, memref::DeallocOp,
               memref::GetGlobalOp>(op))
    rewriteMemory(op);
  else
    pass(op);
}

void Rewriter::pass(func::FuncOp function) {
  auto pointers = [&](TypeRange types) {
    return llvm::map_to_vector(
        types, [&](Type type) { return isBuffer(type) ? pointer : type; });
  };
  FunctionType type = function.getFunctionType();
  function.setFunctionType(b.getFunctionType(pointers(type.getInputs()),
                                             pointers(type.getResults())));
  for (BlockArgument argument : function.getArguments())
    becomePointer(argument);
}

void Rewriter::pass(Operation *op) {
  for (OpOperand &operand : op->getOpOperands())
    if (auto it = buffers.find(operand.get()); it != buffers.end())
      operand.set(it->second.base);
  for (Value result : op->getResults())
    becomePointer(result);
  for (Region &region : op->getRegions())
    if (!region.empty())
      for (BlockArgument argument : region.getArguments())
        becomePointer(argument);
}

LLVM::LLVMFuncOp Rewriter::declare(StringRef name, Type result, Type argument) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  return LLVM::LLVMFuncOp::create(
      b, name, LLVM::LLVMFunctionType::get(result, argument));
}

LLVM::LLVMFuncOp Rewriter::allocator() {
  if (!allocate) {
    allocate = declare("nabla_allocate", pointer, b.getI64Type());
    allocate.setResultAttr(0, LLVM::LLVMDialect::getNoAliasAttrName(),
                           b.getUnitAttr());
  }
  return allocate;
}

LLVM::LLVMFuncOp Rewriter::releaser() {
  if (!release)
    release = declare("nabla_release", LLVM::LLVMVoidType::get(b.getContext()),
                      pointer);
  return release;
}

void Rewriter::rewriteGlobal(memref::GlobalOp op) {
  MemRefType buffer = op.getType();
  auto numbers = cast<DenseElementsAttr>(*op.getInitialValue());
  Type type = stored(buffer.getElementType());
  for (int64_t extent : llvm::reverse(buffer.getShape()))
    type = LLVM::LLVMArrayType::get(type, extent);
  Attribute value =
      buffer.getRank() == 0 ? numbers.getSplatValue<Attribute>() : numbers;
  LLVM::GlobalOp::create(b, type, op.getConstant(),
                         op.isPublic() ? LLVM::Linkage::External
                                       : LLVM::Linkage::Private,
                         op.getSymName(), value, op.getAlignment().value_or(0));
  dead.push_back(op);
}

void Rewriter::rewriteMemory(Operation *op) {
  if (auto dealloc = dyn_cast<memref::DeallocOp>(op)) {
    LLVM::CallOp::create(b, releaser(), buffers.at(dealloc.getMemref()).base);
    dead.push_back(op);
    return;
  }
  Value result = op->getResult(0), base;
  auto type = cast<MemRefType>(result.getType());
  if (auto global = dyn_cast<memref::GetGlobalOp>(op)) {
    base = LLVM::AddressOfOp::create(b, pointer, global.getNameAttr());
  } else if (auto alloca = dyn_cast<memref::AllocaOp>(op)) {
    base = LLVM::AllocaOp::create(b, pointer, stored(type.getElementType()),
                                  integer(type.getNumElements()),
                                  alloca.getAlignment().value_or(0));
  } else {
    base = LLVM::CallOp::create(b, allocator(), integer(bytesOf(type)))
               .getResult();
  }
  define(result, base);
  dead.push_back(op);
}

void Rewriter::rewriteCopy(memref::CopyOp op) {
  Value bytes = integer(bytesOf(op.getSource().getType()));
  LLVM::MemcpyOp::create(b, buffers.at(op.getTarget()).base,
                         buffers.at(op.getSource()).base, bytes,
                         /*isVolatile=*/false);
  dead.push_back(op);
}

void Rewriter::rewriteView(Operation *op) {
  Buffer source = buffers.at(op->getOperand(0));
  if (auto metadata = dyn_cast<memref::ExtractStridedMetadataOp>(op))
    return rewriteMetadata(metadata);
  dead.push_back(op);
  Value result = op->getResult(0);
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    Value start = LLVM::GEPOp::create(b, pointer, b.getI8Type(), source.base,
                                      asInteger(view.getByteShift()));
    define(result, start);
    return;
  }
  if (!ShapedType::isDynamic(layoutOf(result.getType())->offset)) {
    define(result, source.base);
    return;
  }
  Value offset = offsetOfView(op, source);
  std::optional<int64_t> known = getConstantIntValue(offset);
  define(result, source.base, known ? Value() : offset);
  if (known) // though its type does not tell
    buffers[result].layout.offset = *known;
}

Value Rewriter::offsetOfView(Operation *op, const Buffer &source) {
  auto cast = dyn_cast<memref::ReinterpretCastOp>(op);
  auto part = dyn_cast<memref::SubViewOp>(op);
  if (cast)
    return getValueOrCreateConstantIndexOp(b, b.getLoc(),
                                           cast.getMixedOffsets().front());
  if (!part)
    return offsetOf(source);
  SmallVector<Value> offsets =
      llvm::map_to_vector(part.getMixedOffsets(), [&](OpFoldResult offset) {
        return getValueOrCreateConstantIndexOp(b, b.getLoc(), offset);
      });
  return linear(source, offsets);
}

void Rewriter::rewriteMetadata(memref::ExtractStridedMetadataOp op) {
  const Buffer source = buffers.at(op.getSource());
  auto type = cast<MemRefType>(op.getSource().getType());
  define(op.getBaseBuffer(), source.base);
  op.getOffset().replaceAllUsesWith(offsetOf(source));
  for (auto [result, extent] : llvm::zip_equal(op.getSizes(), type.getShape()))
    result.replaceAllUsesWith(constant(extent));
  for (auto [result, stride] :
       llvm::zip_equal(op.getStrides(), source.layout.strides))
    result.replaceAllUsesWith(constant(stride));
  dead.push_back(op);
}

Value Rewriter::linear(const Buffer &buffer, ValueRange indices) {
  int64_t number = buffer.offset ? 0 : buffer.layout.offset;
  Value sum = buffer.offset;
  for (auto [index, stride] : llvm::zip_equal(indices, buffer.layout.strides)) {
    if (std::optional<int64_t> known = getConstantIntValue(index)) {
      number += *known * stride;
      continue;
    }
    Value term = index;
    if (stride != 1)
      term = arith::MulIOp::create(b, index, constant(stride));
    sum = sum ? arith::AddIOp::create(b, sum, term).getResult() : term;
  }
  if (sum && number == 0)
    return sum;
  Value last = constant(number);
  return sum ? arith::AddIOp::create(b, sum, last).getResult() : last;
}

/// Where the index is made, for all who use it.
Value Rewriter::asInteger(Value index) {
  Value &integer = integers[index];
  if (!integer) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointAfterValue(index);
    if (std::optional<int64_t> known = getConstantIntValue(index))
      integer = arith::ConstantIntOp::create(b, *known, 64);
    else
      integer = arith::IndexCastOp::create(b, b.getI64Type(), index);
  }
  return integer;
}

Value Rewriter::address(const Buffer &buffer, ValueRange indices,
                        LLVM::GEPNoWrapFlags flags) {
  Value index = linear(buffer, indices);
  if (isConstantIntValue(index, 0))
    return buffer.base;
  return LLVM::GEPOp::create(b, pointer, stored(buffer.element), buffer.base,
                             asInteger(index), flags);
}

void Rewriter::rewriteAccess(Operation *op) {
  // As upstream has it; a row that is masked may begin outside.
  constexpr auto inside =
      LLVM::GEPNoWrapFlags::inbounds | LLVM::GEPNoWrapFlags::nuw;
  TypeSwitch<Operation *>(op)
      .Case([&](memref::LoadOp load) {
        const Buffer &buffer = buffers.at(load.getMemref());
        Value value = LLVM::LoadOp::create(
            b, stored(buffer.element),
            address(buffer, load.getIndices(), inside), /*alignment=*/0,
            /*isVolatile=*/false, load.getNontemporal());
        replace(op, converted(value, buffer.element));
      })
      .Case([&](memref::StoreOp store) {
        const Buffer &buffer = buffers.at(store.getMemref());
        LLVM::StoreOp::create(b, toStored(store.getValue()),
                              address(buffer, store.getIndices(), inside),
                              /*alignment=*/0, /*isVolatile=*/false,
                              store.getNontemporal());
        dead.push_back(op);
      })
      .Case([&](memref::PrefetchOp fetch) {
        const Buffer &buffer = buffers.at(fetch.getMemref());
        LLVM::Prefetch::create(b, address(buffer, fetch.getIndices()),
                               fetch.getIsWrite(), fetch.getLocalityHint(),
                               fetch.getIsDataCache());
        dead.push_back(op);
      })
      .Case([&](vector::LoadOp load) {
        const Buffer &buffer = buffers.at(load.getBase());
        Type type = load.getResult().getType();
        Value value = LLVM::LoadOp::create(
            b, stored(type), address(buffer, load.getIndices()),
            load.getAlignment().value_or(bytesOfElement(buffer.element)),
            /*isVolatile=*/false, load.getNontemporal());
        replace(op, converted(value, type));
      })
      .Case([&](vector::StoreOp store) {
        const Buffer &buffer = buffers.at(store.getBase());
        LLVM::StoreOp::create(
            b, toStored(store.getValueToStore()),
            address(buffer, store.getIndices()),
            store.getAlignment().value_or(bytesOfElement(buffer.element)),
            /*isVolatile=*/false, store.getNontemporal());
        dead.push_back(op);
      })
      .Case([&](vector::MaskedLoadOp load) {
        const Buffer &buffer = buffers.at(load.getBase());
        Type type = load.getResult().getType();
        Value value = LLVM::MaskedLoadOp::create(
            b, stored(type), address(buffer, load.getIndices()), load.getMask(),
            toStored(load.getPassThru()), bytesOfElement(buffer.element));
        replace(op, converted(value, type));
      })
      .Case([&](vector::MaskedStoreOp store) {
        const Buffer &buffer = buffers.at(store.getBase());
        LLVM::MaskedStoreOp::create(b, toStored(store.getValueToStore()),
                                    address(buffer, store.getIndices()),
                                    store.getMask(),
                                    bytesOfElement(buffer.element));
        dead.push_back(op);
      });
}

/// The addresses of elements that lie `each` behind the one at `indices`.
Value Rewriter::pointers(Value base, ValueRange indices, Value each) {
  const Buffer &buffer = buffers.at(base);
  int64_t lanes = cast<VectorType>(each.getType()).getNumElements();
  return LLVM::GEPOp::create(b, LLVM::getVectorType(pointer, lanes),
                             stored(buffer.element), address(buffer, indices),
                             toStored(each));
}

void Rewriter::rewriteGather(vector::GatherOp op) {
  Type type = op.getResult().getType();
  Value value = LLVM::masked_gather::create(
      b, stored(type), pointers(op.getBase(), op.getOffsets(), op.getIndices()),
      op.getMask(), toStored(op.getPassThru()),
      bytesOfElement(getElementTypeOrSelf(type)));
  replace(op, converted(value, type));
}

void Rewriter::rewriteScatter(vector::ScatterOp op) {
  Value values = op.getValueToStore();
  LLVM::masked_scatter::create(
      b, toStored(values),
      pointers(op.getBase(), op.getOffsets(), op.getIndices()), op.getMask(),
      bytesOfElement(getElementTypeOrSelf(values.getType())));
  dead.push_back(op);
}

class BarePointersPass : public impl::BarePointersPassBase<BarePointersPass> {
public:
  void runOnOperation() override {
    WalkResult result = getOperation()->walk([](Operation *op) {
      return isUnderstood(op) ? WalkResult::advance() : WalkResult::interrupt();
    });
    if (!result.wasInterrupted())
      Rewriter(getOperation()).run();
  }
};

} // namespace
} // namespace nabla
