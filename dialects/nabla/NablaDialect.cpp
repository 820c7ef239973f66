//===- NablaDialect.cpp - The dialect and its types -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/NablaDialect.h"
#include "dialects/nabla/NablaOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include "dialects/nabla/NablaDialect.cpp.inc"
#include "dialects/nabla/NablaEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/nabla/NablaAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/nabla/NablaTypes.cpp.inc"

using namespace mlir;

namespace nabla {

void NablaDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/nabla/NablaOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/nabla/NablaAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/nabla/NablaTypes.cpp.inc"
      >();
}

Operation *NablaDialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}

Type boolTypeLike(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return {};
  return RankedTensorType::get(tensor.getShape(),
                               IntegerType::get(type.getContext(), 1));
}

bool hasSupportedShape(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || tensor.getEncoding())
    return false;
  // Extents of zero do not count: other code multiplies in any order.
  int64_t bytes = 8;
  for (int64_t extent : tensor.getShape())
    if (extent != 0 && llvm::MulOverflow(bytes, extent, bytes))
      return false;
  return true;
}

bool isDifferentiable(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

//===----------------------------------------------------------------------===//
// !nabla.linear<(T...) -> (U...)>
//===----------------------------------------------------------------------===//

static ParseResult parseTypes(AsmParser &parser, SmallVectorImpl<Type> &types) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&] {
    return parser.parseType(types.emplace_back());
  });
}

LogicalResult LinearType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<Type> inputs,
                                 ArrayRef<Type> results) {
  for (Type type : llvm::concat<const Type>(inputs, results))
    if (!isDifferentiable(type) || !hasSupportedShape(type))
      return emitError() << "a linear map acts on tensors of floats, not on "
                         << type;
  return success();
}

Type LinearType::parse(AsmParser &parser) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<Type> inputs, results;
  if (parser.parseLess() || parseTypes(parser, inputs) || parser.parseArrow() ||
      parseTypes(parser, results) || parser.parseGreater())
    return {};
  return parser.getChecked<LinearType>(loc, parser.getContext(), inputs,
                                       results);
}

void LinearType::print(AsmPrinter &printer) const {
  printer << "<(" << getInputs() << ") -> (" << getResults() << ")>";
}

} // namespace nabla
