//===- min_cut.h - The cheapest way to cut a network ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_MIN_CUT_H
#define NABLA_COMPILER_CODEGEN_CPU_MIN_CUT_H

#include <cstdint>
#include <vector>

namespace nabla {

/// A directed network. Edges between nodes cost something to cut.
class Network {
public:
  static constexpr int64_t uncuttable = INT64_MAX / 4;
  static constexpr unsigned source = 0, sink = 1;

  Network() : edgesOf(2) {}
  unsigned addNode() {
    edgesOf.emplace_back();
    return edgesOf.size() - 1;
  }
  void addEdge(unsigned from, unsigned to, int64_t cost);

  /// Cuts the sink off from the source at the least cost, as near to the sink
  /// as that goes. Returns for each node whether it stays with the sink. By
  /// the maximum flow (E. A. Dinic 1970). There must be such a cut.
  std::vector<bool> cut();

private:
  struct Edge {
    unsigned to;
    int64_t left;
  };
  bool measureDistances();
  bool augment();

  /// The edge i ^ 1 is i backwards.
  std::vector<Edge> edges;
  std::vector<std::vector<unsigned>> edgesOf;
  std::vector<unsigned> distance, next;
};

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_MIN_CUT_H
