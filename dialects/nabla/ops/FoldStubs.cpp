//===- FoldStubs.cpp - No folds yet ---------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/NablaOps.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace nabla {

#define FOLD(Op)                                                               \
  OpFoldResult Op::fold(FoldAdaptor) { return {}; }
#define CANON(Op)                                                              \
  void Op::getCanonicalizationPatterns(RewritePatternSet &, MLIRContext *) {}
FOLD(NegOp)
FOLD(IntegerPowOp)
FOLD(AddOp) FOLD(SubOp) FOLD(MulOp) FOLD(MulZeroOp) FOLD(DivOp) FOLD(SelectOp)
    FOLD(ConvertOp) FOLD(BroadcastOp) FOLD(ReshapeOp) FOLD(TransposeOp)
        FOLD(ReverseOp) FOLD(SliceOp) FOLD(PadOp) FOLD(ConcatenateOp)
            FOLD(ReduceSumOp) CANON(NegOp) CANON(IntegerPowOp) CANON(AddOp)
                CANON(SubOp) CANON(MulOp) CANON(MulZeroOp) CANON(DivOp)
                    CANON(BroadcastOp) CANON(TransposeOp) CANON(ReduceSumOp)
                        CANON(DotGeneralOp)

} // namespace nabla
