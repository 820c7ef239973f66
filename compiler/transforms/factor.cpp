//===- factor.cpp - What a tangent is multiplied with ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/factor.h"

#include "dialects/nabla/Emit.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nabla {

/// More terms than this are summed at once, lest long sums be copied over and
/// over.
static constexpr size_t maxTerms = 8;

static std::optional<double> splatNumber(Value value) {
  SplatElementsAttr splat;
  if (!matchPattern(value, m_Constant(&splat)) ||
      !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  APFloat number = splat.getSplatValue<APFloat>();
  if (!number.isFiniteNonZero())
    return std::nullopt;
  bool inexact;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &inexact);
  return number.convertToDouble();
}

bool FactorBuilder::isScale(double scale) const {
  APFloat number(scale);
  bool inexact;
  number.convert(
      cast<FloatType>(getElementTypeOrSelf(type)).getFloatSemantics(),
      APFloat::rmNearestTiesToEven, &inexact);
  return number.isNormal();
}

Term FactorBuilder::read(Value value) {
  double scale = 1.0;
  while (true) {
    if (auto neg = value.getDefiningOp<NegOp>()) {
      scale = -scale;
      value = neg.getX();
      continue;
    }
    auto mul = value.getDefiningOp<MulOp>();
    std::optional<double> number = splatNumber(mul ? mul.getY() : value);
    if (!number || !isScale(scale * *number))
      return {scale, value};
    scale *= *number;
    if (!mul)
      return {scale, nullptr};
    value = mul.getX();
  }
}

Factor FactorBuilder::scaled(Factor factor, double scale) {
  if (!llvm::all_of(factor.terms, [&](const Term &term) {
        return isScale(term.scale * scale);
      }))
    return {{{scale, emit(factor)}}, nullptr};
  for (Term &term : factor.terms)
    term.scale *= scale;
  return factor;
}

Factor FactorBuilder::multiply(Factor factor, Value derivative) {
  Term right = read(derivative);
  if (!right.value)
    return scaled(std::move(factor), right.scale);
  Term left = collect(factor);
  Value product = left.value
                      ? MulZeroOp::create(builder, loc, left.value, right.value)
                      : right.value;
  return scaled({{{left.scale, product}}, nullptr}, right.scale);
}

Factor FactorBuilder::divide(Factor factor, Value divisor) {
  if (factor.divisor)
    factor = collected(factor);
  factor.divisor = divisor;
  return factor;
}

void FactorBuilder::addTerm(SmallVectorImpl<Term> &terms, Term term) {
  auto like = llvm::find_if(
      terms, [&](const Term &other) { return other.value == term.value; });
  if (like == terms.end() || like->scale + term.scale == 0.0)
    terms.push_back(term);
  else
    like->scale += term.scale;
}

Factor FactorBuilder::add(Factor lhs, Factor rhs) {
  if (lhs.divisor != rhs.divisor) {
    lhs = collected(lhs);
    rhs = collected(rhs);
  }
  for (Term term : rhs.terms)
    addTerm(lhs.terms, term);
  if (lhs.terms.size() > maxTerms)
    lhs.terms = {sum(lhs.terms)};
  return lhs;
}

Term FactorBuilder::sum(ArrayRef<Term> terms) {
  if (terms.size() == 1)
    return terms.front();
  // The scale is that of the first positive term, unless the others become
  // inexact by that.
  const Term *first =
      llvm::find_if(terms, [](const Term &term) { return term.scale > 0; });
  if (first == terms.end())
    first = terms.begin();
  double scale = first->scale;
  if (!llvm::all_of(terms, [&](const Term &term) {
        return std::fmod(term.scale, scale) == 0.0;
      }))
    scale = scale < 0 ? -1.0 : 1.0;
  Value total = emit(Term{first->scale / scale, first->value});
  for (const Term &term : terms) {
    if (&term == first)
      continue;
    double ratio = term.scale / scale;
    if (ratio < 0)
      total =
          SubOp::create(builder, loc, total, emit(Term{-ratio, term.value}));
    else
      total = AddOp::create(builder, loc, total, emit(Term{ratio, term.value}));
  }
  return {scale, total};
}

Term FactorBuilder::collect(const Factor &factor) {
  Term total = sum(factor.terms);
  if (!factor.divisor)
    return total;
  if (!total.value)
    return {1.0, DivOp::create(builder, loc, emit(total), factor.divisor)};
  return {total.scale,
          DivZeroOp::create(builder, loc, total.value, factor.divisor)};
}

Value FactorBuilder::emit(Term term) {
  auto [scale, value] = term;
  if (!value)
    return emitSplat(builder, loc, type, scale);
  if (scale == 1.0)
    return value;
  if (scale == -1.0)
    return NegOp::create(builder, loc, value);
  return MulOp::create(builder, loc, value,
                       emitSplat(builder, loc, type, scale));
}

Value FactorBuilder::emit(const Factor &factor) {
  return emit(collect(factor));
}

} // namespace nabla
