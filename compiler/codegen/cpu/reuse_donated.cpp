//===- reuse_donated.cpp - Results in the memory of arguments -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace nabla {
#define GEN_PASS_DEF_REUSEDONATEDPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// The users of a buffer in the body of the function, or what they are in.
SmallVector<Operation *> usersIn(Block &body, Value buffer) {
  SmallVector<Operation *> users;
  for (Operation *user : buffer.getUsers())
    users.push_back(body.findAncestorOpInBlock(*user));
  return users;
}

/// Whether the op reads an element of `donated` only to make the same element
/// of `result`.
bool isElementwise(Operation *op, Value donated, Value result) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic || generic.getNumParallelLoops() != generic.getNumLoops())
    return false;
  bool looksUp = llvm::any_of(donated.getUsers(), [&](Operation *user) {
    return generic->isProperAncestor(user); // a load of any element
  });
  if (looksUp)
    return false;
  AffineMap map;
  for (OpOperand &output : generic.getDpsInitsMutable()) {
    if (output.get() == donated)
      return false;
    if (output.get() == result)
      map = generic.getMatchingIndexingMap(&output);
  }
  if (!map || !map.isPermutation())
    return false;
  return llvm::all_of(generic.getDpsInputOperands(), [&](OpOperand *input) {
    return input->get() != donated ||
           generic.getMatchingIndexingMap(input) == map;
  });
}

/// Whether nothing reads the argument after a part of the result is written.
bool isReadBeforeWritten(Block &body, Value donated, Value result) {
  Operation *first = nullptr;
  for (Operation *user : usersIn(body, result))
    if (!first || user->isBeforeInBlock(first))
      first = user;
  return llvm::all_of(usersIn(body, donated), [&](Operation *user) {
    bool gives = llvm::any_of(user->getResultTypes(), [](Type type) {
      return isa<BaseMemRefType>(type); // a view, which others may read
    });
    return !gives && (!first || user->isBeforeInBlock(first) ||
                      (user == first && isElementwise(user, donated, result)));
  });
}

void reuse(Block &body, BlockArgument donated, BlockArgument result) {
  if (!isReadBeforeWritten(body, donated, result)) {
    OpBuilder b(&body, body.begin());
    auto copy = memref::AllocOp::create(b, donated.getLoc(),
                                        cast<MemRefType>(donated.getType()));
    auto fill = memref::CopyOp::create(b, donated.getLoc(), donated, copy);
    donated.replaceAllUsesExcept(copy, fill);
  }
  result.replaceAllUsesWith(donated);
}

class ReuseDonatedPass : public impl::ReuseDonatedPassBase<ReuseDonatedPass> {
public:
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i) {
      auto result =
          function.getArgAttrOfType<IntegerAttr>(i, donatedAttributeName);
      if (!result)
        continue;
      function.removeArgAttr(i, donatedAttributeName);
      if (result.getInt() < 0 || result.getInt() >= e ||
          function.getArgument(result.getInt()).getType() !=
              function.getArgument(i).getType() ||
          !function.getBody().hasOneBlock()) {
        function.emitError() << "argument " << i << " is donated to "
                             << result.getInt() << ", which it does not fit";
        return signalPassFailure();
      }
      reuse(function.getBody().front(), function.getArgument(i),
            function.getArgument(result.getInt()));
    }
  }
};

} // namespace
} // namespace nabla
