//===- min_cut.cpp - The cheapest way to cut a network --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/min_cut.h"

#include <algorithm>

using namespace nabla;

static constexpr unsigned unreached = ~0u;

void Network::addEdge(unsigned from, unsigned to, int64_t cost) {
  edgesOf[from].push_back(edges.size());
  edges.push_back({to, cost});
  edgesOf[to].push_back(edges.size());
  edges.push_back({from, 0});
}

/// From the source, in edges that still take something; whether the sink is
/// reached.
bool Network::measureDistances() {
  distance.assign(edgesOf.size(), unreached);
  distance[source] = 0;
  std::vector<unsigned> queue{source};
  for (size_t i = 0; i < queue.size(); ++i)
    for (unsigned e : edgesOf[queue[i]])
      if (edges[e].left > 0 && distance[edges[e].to] == unreached) {
        distance[edges[e].to] = distance[queue[i]] + 1;
        queue.push_back(edges[e].to);
      }
  return distance[sink] != unreached;
}

/// Sends as much as one shortest way takes; false if there is none.
bool Network::augment() {
  std::vector<unsigned> way;
  unsigned at = source;
  while (at != sink) {
    if (next[at] < edgesOf[at].size()) {
      unsigned e = edgesOf[at][next[at]];
      if (edges[e].left > 0 && distance[edges[e].to] == distance[at] + 1) {
        way.push_back(e);
        at = edges[e].to;
      } else {
        ++next[at];
      }
      continue;
    }
    if (way.empty())
      return false;
    at = edges[way.back() ^ 1].to;
    way.pop_back();
    ++next[at];
  }
  int64_t amount = uncuttable;
  for (unsigned e : way)
    amount = std::min(amount, edges[e].left);
  for (unsigned e : way) {
    edges[e].left -= amount;
    edges[e ^ 1].left += amount;
  }
  return true;
}

std::vector<bool> Network::cut() {
  while (measureDistances()) {
    next.assign(edgesOf.size(), 0);
    while (augment()) {
    }
  }
  // What still reaches the sink.
  std::vector<bool> reaches(edgesOf.size());
  reaches[sink] = true;
  std::vector<unsigned> stack{sink};
  while (!stack.empty()) {
    unsigned at = stack.back();
    stack.pop_back();
    for (unsigned e : edgesOf[at]) {
      unsigned from = edges[e].to;
      if (edges[e ^ 1].left > 0 && !reaches[from]) {
        reaches[from] = true;
        stack.push_back(from);
      }
    }
  }
  return reaches;
}
