//===- NablaOps.td - All operations of the Nabla dialect ---*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_TD
#define NABLA_OPS_TD

include "dialects/nabla/NablaTypes.td"
include "dialects/nabla/ops/Creation.td"
include "dialects/nabla/ops/Elementwise.td"
include "dialects/nabla/ops/Shape.td"
include "dialects/nabla/ops/Indexing.td"
include "dialects/nabla/ops/Reduction.td"
include "dialects/nabla/ops/Contraction.td"
include "dialects/nabla/ops/Random.td"
include "dialects/nabla/ops/ControlFlow.td"
include "dialects/nabla/ops/Transform.td"

#endif // NABLA_OPS_TD
