//===- canonicalize.cpp - Canonicalization, prepared once -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/pipelines/canonicalize.h"

#include "dialects/nabla/NablaDialect.h"

#include "mlir/IR/DialectInterface.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Rewrite/FrozenRewritePatternSet.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <mutex>

using namespace mlir;

namespace {

using Patterns = std::shared_ptr<const FrozenRewritePatternSet>;

/// The patterns of all ops and dialects of a context.
class Canonicalizations : public DialectInterface::Base<Canonicalizations> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Canonicalizations)

  explicit Canonicalizations(Dialect *dialect) : Base(dialect) {}

  Patterns get() const {
    std::lock_guard lock(mutex);
    auto dialects = getContext()->getLoadedDialects();
    // Dialects are loaded, but never unloaded.
    if (!patterns || numDialects != dialects.size()) {
      patterns = gather(dialects);
      numDialects = dialects.size();
    }
    return patterns;
  }

private:
  Patterns gather(ArrayRef<Dialect *> dialects) const {
    RewritePatternSet found(getContext());
    for (Dialect *dialect : dialects)
      dialect->getCanonicalizationPatterns(found);
    for (RegisteredOperationName op : getContext()->getRegisteredOperations())
      op.getCanonicalizationPatterns(found, getContext());
    return std::make_shared<FrozenRewritePatternSet>(std::move(found));
  }

  mutable std::mutex mutex;
  mutable Patterns patterns;
  mutable size_t numDialects = 0;
};

struct CanonicalizePass : PassWrapper<CanonicalizePass, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CanonicalizePass)

  StringRef getArgument() const final { return "nabla-canonicalize"; }
  StringRef getDescription() const final {
    return "Canonicalize with the patterns of all ops, gathered once a context";
  }

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<nabla::NablaDialect>();
  }

  LogicalResult initialize(MLIRContext *context) override {
    patterns = context->getLoadedDialect<nabla::NablaDialect>()
                   ->getRegisteredInterface<Canonicalizations>()
                   ->get();
    return success();
  }

  void runOnOperation() override {
    // Control flow is in regions of one block each, so there is nothing to do
    // for what simplifies graphs of blocks and asks of each op whether it is
    // dead. Patterns look again at what they change: a second walk over all ops
    // would find next to nothing.
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal()
        .setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled)
        .setMaxIterations(1);
    // What does not converge is right all the same.
    (void)applyPatternsGreedily(getOperation(), *patterns, config);
  }

  Patterns patterns;
};

} // namespace

std::unique_ptr<Pass> nabla::createCanonicalizePass() {
  return std::make_unique<CanonicalizePass>();
}

void nabla::registerCanonicalizations(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, nabla::NablaDialect *dialect) {
    dialect->addInterfaces<Canonicalizations>();
  });
}
