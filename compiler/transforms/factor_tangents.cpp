//===- factor_tangents.cpp - Tangents as products -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise ops turn a tangent t into t d, with a derivative d that does not
// depend on t. Here each such tangent is kept as the pair of t and d, so that
// the next op multiplies its derivative with d and not with t d: what a chain
// of ops does to its tangent is one product, whose factor belongs to the known
// part and is differentiated alike in either mode.
//
// The pair stands for `mul_zero(t, d)`. Where the ops gave 0 because of a zero
// factor or a predicate, so does the pair: nothing that is hidden comes to
// light. Otherwise results change by rounding only.
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/factor_tangents.h"

#include "compiler/transforms/factor.h"
#include "dialects/nabla/Emit.h"
#include "dialects/nabla/ops/RegionRewrite.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nabla {
namespace {

struct Product {
  Value base;
  Factor factor;

  bool isNumber() const {
    return factor.terms.size() == 1 && !factor.terms.front().value &&
           !factor.divisor;
  }
  bool isBase() const {
    return isNumber() && factor.terms.front().scale == 1.0;
  }
};

class Factorizer {
public:
  explicit Factorizer(const EmittedTangents &emitted) : emitted(emitted) {
    for (Value input : emitted.inputs)
      if (input)
        addBase(input);
  }

  void visit(Operation &op);
  /// A value that holds the product.
  Value materialize(Value tangent, OpBuilder &b);

private:
  void addBase(Value value) {
    products[value] = {value, {{{1.0, nullptr}}, nullptr}};
  }
  bool isTangent(Value value) const { return products.contains(value); }
  /// The value of a product without its sign, and whether it is negative.
  std::pair<Value, bool> magnitude(const Product &product, OpBuilder &b);
  /// The factor of a tangent, once it is multiplied with something.
  Factor collected(Value tangent, FactorBuilder &f);

  /// The product that an op makes of those of its operands, or nothing if it
  /// makes none.
  std::optional<Product> multiply(Operation &op);
  std::optional<Product> visitMulZero(MulZeroOp op);
  std::optional<Product> visitDivZero(DivZeroOp op);
  std::optional<Product> visitAdd(AddOp op);
  std::optional<Product> visitSelect(SelectOp op);

  const EmittedTangents &emitted;
  DenseMap<Value, Product> products;
  DenseMap<Value, Value> materialized;
  /// What is left of a base where a predicate keeps it, and where it drops it.
  DenseMap<std::pair<Value, Value>, Value> kept, dropped;
};

Value Factorizer::materialize(Value tangent, OpBuilder &b) {
  auto found = products.find(tangent);
  if (found == products.end())
    return tangent;
  Product &product = found->second;
  if (product.isBase())
    return product.base;
  Value &value = materialized[tangent];
  if (value)
    return value;
  Location loc = tangent.getLoc();
  if (product.isNumber()) {
    auto [magnitude, isNegative] = this->magnitude(product, b);
    value = isNegative ? NegOp::create(b, loc, magnitude) : magnitude;
    return value;
  }
  FactorBuilder f(b, loc, tangent.getType());
  value = MulZeroOp::create(b, loc, product.base, f.emit(product.factor));
  return value;
}

Factor Factorizer::collected(Value tangent, FactorBuilder &f) {
  Factor &factor = products[tangent].factor;
  return factor = f.collected(factor);
}

std::pair<Value, bool> Factorizer::magnitude(const Product &product,
                                             OpBuilder &b) {
  Location loc = product.base.getLoc();
  FactorBuilder f(b, loc, product.base.getType());
  Term term = f.collect(product.factor);
  bool isNegative = term.scale < 0;
  term.scale = std::abs(term.scale);
  if (!term.value && term.scale == 1.0)
    return {product.base, isNegative};
  Value value = f.emit({{term}, nullptr});
  return {MulZeroOp::create(b, loc, product.base, value), isNegative};
}

std::optional<Product> Factorizer::visitMulZero(MulZeroOp op) {
  OpBuilder b(op);
  FactorBuilder f(b, op.getLoc(), op.getType());
  Value t = op.getT(), d = op.getD();
  if (isTangent(t) && isTangent(d))
    return std::nullopt;
  if (!isTangent(t))
    std::swap(t, d);
  Product &product = products[t];
  if (product.isNumber()) {
    Term right = f.read(d);
    double scale = product.factor.terms.front().scale * right.scale;
    // The number alone would be infinite or 0.
    if (!right.value && !f.isScale(scale))
      return std::nullopt;
  }
  Value base = product.base;
  return Product{base, f.multiply(collected(t, f), d)};
}

std::optional<Product> Factorizer::visitDivZero(DivZeroOp op) {
  if (!isTangent(op.getT()) || isTangent(op.getY()))
    return std::nullopt;
  OpBuilder b(op);
  FactorBuilder f(b, op.getLoc(), op.getType());
  auto [base, factor] = products[op.getT()];
  return Product{base, f.divide(factor, op.getY())};
}

std::optional<Product> Factorizer::visitAdd(AddOp op) {
  if (!isTangent(op.getX()) || !isTangent(op.getY()))
    return std::nullopt;
  Product x = products[op.getX()], y = products[op.getY()];
  OpBuilder b(op);
  FactorBuilder f(b, op.getLoc(), op.getType());
  if (x.base == y.base)
    return Product{x.base, f.add(x.factor, y.factor)};
  // A common divisor divides the sum.
  Value divisor = x.factor.divisor;
  if (divisor && divisor == y.factor.divisor)
    x.factor.divisor = y.factor.divisor = nullptr;
  else
    divisor = nullptr;
  auto [left, leftIsNegative] = magnitude(x, b);
  auto [right, rightIsNegative] = magnitude(y, b);
  if (leftIsNegative && !rightIsNegative)
    std::swap(left, right);
  Value sum;
  if (leftIsNegative == rightIsNegative)
    sum = AddOp::create(b, op.getLoc(), left, right);
  else
    sum = SubOp::create(b, op.getLoc(), left, right);
  double sign = leftIsNegative && rightIsNegative ? -1.0 : 1.0;
  return Product{sum, {{{sign, nullptr}}, divisor}};
}

std::optional<Product> Factorizer::visitSelect(SelectOp op) {
  OpBuilder b(op);
  FactorBuilder f(b, op.getLoc(), op.getType());
  auto select = [&](Value x, Value y) {
    return SelectOp::create(b, op.getLoc(), op.getPredicate(), x, y);
  };
  Value x = op.getX(), y = op.getY();
  bool first = isTangent(x);
  if (first && isTangent(y)) {
    if (products[x].base != products[y].base)
      return std::nullopt;
    Value derivative = select(f.emit(collected(x, f)), f.emit(collected(y, f)));
    return Product{products[x].base, {{{1.0, derivative}}, nullptr}};
  }
  if (!matchPattern(first ? y : x, m_AnyZeroFloat()))
    return std::nullopt;
  Value tangent = first ? x : y;
  auto [base, factor] = products[tangent];
  if (!products[tangent].isNumber()) {
    Value derivative = f.emit(collected(tangent, f));
    derivative = first ? select(derivative, y) : select(x, derivative);
    return Product{base, {{{1.0, derivative}}, nullptr}};
  }
  Value &selected = (first ? kept : dropped)[{op.getPredicate(), base}];
  if (!selected)
    selected = first ? select(base, y) : select(x, base);
  return Product{selected, factor};
}

std::optional<Product> Factorizer::multiply(Operation &op) {
  if (auto product = dyn_cast<MulZeroOp>(op))
    return visitMulZero(product);
  if (auto quotient = dyn_cast<DivZeroOp>(op))
    return visitDivZero(quotient);
  if (auto sum = dyn_cast<AddOp>(op))
    return visitAdd(sum);
  if (auto select = dyn_cast<SelectOp>(op))
    return visitSelect(select);
  auto neg = dyn_cast<NegOp>(op);
  if (!neg)
    return std::nullopt;
  Product product = products[neg.getX()];
  for (Term &term : product.factor.terms)
    term.scale = -term.scale;
  return product;
}

void Factorizer::visit(Operation &op) {
  bool any =
      llvm::any_of(usedValues(op), [&](Value used) { return isTangent(used); });
  if (any) {
    if (auto product = multiply(op)) {
      products[op.getResult(0)] = *product;
      return;
    }
    OpBuilder b(&op);
    op.walk([&](Operation *inner) {
      for (OpOperand &operand : inner->getOpOperands())
        operand.set(materialize(operand.get(), b));
    });
  }
  // Calls and ops with regions have primal results, too.
  bool only = any && !isa<CallOp>(op) && op.getNumRegions() == 0;
  for (Value result : op.getResults())
    if (only || emitted.tangents.contains(result))
      addBase(result);
}

} // namespace

void factorTangents(const EmittedTangents &emitted, OpBuilder &after,
                    MutableArrayRef<Value> results) {
  Factorizer factorizer(emitted);
  for (Operation &op : llvm::make_early_inc_range(emitted.ops))
    factorizer.visit(op);
  for (Value &result : results)
    if (result)
      result = factorizer.materialize(result, after);
}

} // namespace nabla
