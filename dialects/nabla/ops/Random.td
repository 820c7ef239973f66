//===- Random.td - Counter-based random bits ---------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_OPS_RANDOM_TD
#define NABLA_OPS_RANDOM_TD

include "dialects/nabla/NablaBase.td"

def Nabla_RandomBitsOp : Nabla_DiffOp<"random_bits"> {
  let summary = "Random bits, a function of a key and of the position";
  let description = [{
    Element i (in row-major order) of the block that belongs to a key is the first
    word of Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: Parallel
    random numbers: as easy as 1, 2, 3; SC 2011), applied to the key and to the
    counter (i mod 2^32, i / 2^32). For ui64 the first word is the high half and the
    second word the low half.

    The last dimension of `keys` holds the two words of a key; the others lead the
    shape of the result, so a batch of keys gives a batch of blocks.
  }];
  let family = "random";
  let arguments = (ins Nabla_TensorOf<[UI32], "a tensor of ui32">:$keys);
  let results = (outs Nabla_TensorOf<[UI32, UI64], "a tensor of ui32 or ui64">:$result);
  let assemblyFormat = "$keys attr-dict `:` type($keys) `->` type($result)";
  let hasVerifier = 1;
}

#endif // NABLA_OPS_RANDOM_TD
