//===- lent.h - Vectors that calls share ------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_PYTHON_BINDINGS_LENT_H
#define NABLA_PYTHON_BINDINGS_LENT_H

#include <memory>
#include <vector>

namespace nabla {

/// A vector that many calls use, one after the other or within each other.
template <typename T> class Lent {
public:
  Lent() {
    if (pool().empty())
      pool().push_back(std::make_unique<T>());
    item = std::move(pool().back());
    pool().pop_back();
  }
  ~Lent() {
    item->clear();
    pool().push_back(std::move(item));
  }
  T &operator*() { return *item; }
  T *operator->() { return item.get(); }

private:
  static std::vector<std::unique_ptr<T>> &pool() {
    static auto *items = new std::vector<std::unique_ptr<T>>();
    return *items;
  }
  std::unique_ptr<T> item;
};

} // namespace nabla

#endif // NABLA_PYTHON_BINDINGS_LENT_H
