//===- Memory.cpp - Memory of arrays --------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Memory.h"
#include "compiler/runtime/Buffer.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <vector>

using namespace nabla;

namespace {

/// Large blocks that are free. The system hands out large blocks page by page,
/// zeroed at the first touch, which costs as much as the work of many kernels:
/// a loop that makes arrays of the same size again gets the same pages.
class FreeBlocks {
public:
  void *take(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    for (size_t i = blocks.size(); i-- > 0;) {
      if (blocks[i].bytes != bytes)
        continue;
      void *pointer = blocks[i].pointer;
      blocks.erase(blocks.begin() + i);
      total -= bytes;
      return pointer;
    }
    return nullptr;
  }

  void put(void *pointer, size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    blocks.push_back({pointer, bytes});
    total += bytes;
    // The oldest go first.
    size_t dropped = 0;
    while (total > limit || blocks.size() - dropped > maxBlocks) {
      total -= blocks[dropped].bytes;
      std::free(blocks[dropped++].pointer);
    }
    blocks.erase(blocks.begin(), blocks.begin() + dropped);
  }

  /// For when memory is short.
  void clear() {
    std::lock_guard<std::mutex> lock(mutex);
    for (const Block &block : blocks)
      std::free(block.pointer);
    blocks.clear();
    total = 0;
  }

private:
  struct Block {
    void *pointer;
    size_t bytes;
  };
  static constexpr size_t limit = size_t(256) << 20;
  static constexpr size_t maxBlocks = 64;

  std::mutex mutex;
  std::vector<Block> blocks;
  size_t total = 0;
};

} // namespace

/// Never destroyed: arrays may outlive static objects.
static FreeBlocks &freeBlocks() {
  static auto *blocks = new FreeBlocks();
  return *blocks;
}

/// Of a whole number of lines, as aligned_alloc wants it, and at least one.
static size_t roundUp(size_t bytes) {
  return (bytes + !bytes + Buffer::alignment - 1) & ~(Buffer::alignment - 1);
}

/// Some systems promise any amount, and end the process that takes more than
/// there is. What a container may use of the machine is not asked.
static bool existsInMachine(size_t bytes) {
  static const uint64_t machine = [] {
    struct sysinfo info;
    if (sysinfo(&info) != 0)
      return UINT64_MAX;
    return (uint64_t(info.totalram) + info.totalswap) * info.mem_unit;
  }();
  return bytes <= machine;
}

/// From the system. Reading along many small pages, a processor waits for their
/// addresses: it reads huge ones up to half as fast again.
static void *allocateLarge(size_t bytes) {
  constexpr size_t hugePage = size_t(2) << 20;
  if (bytes < 2 * hugePage)
    return std::aligned_alloc(Buffer::alignment, bytes);
  void *pointer;
  if (posix_memalign(&pointer, hugePage, bytes) != 0)
    return nullptr;
  madvise(pointer, bytes, MADV_HUGEPAGE); // no harm if there are none
  return pointer;
}

/// From this size on, an array is worth the time to look for garbage.
static constexpr size_t hugeBlock = size_t(8) << 20;
static std::atomic<bool> isGarbageLeft{false};

void nabla::noteGarbage() { isGarbageLeft = true; }

void *nabla::allocateMemory(size_t bytes) {
  bytes = roundUp(bytes);
  if (bytes < largeBlock)
    return std::aligned_alloc(Buffer::alignment, bytes);
  if (void *pointer = freeBlocks().take(bytes))
    return pointer;
  if (!existsInMachine(bytes))
    return nullptr;
  if (bytes >= hugeBlock && isGarbageLeft.exchange(false))
    malloc_trim(0);
  if (void *pointer = allocateLarge(bytes))
    return pointer;
  freeBlocks().clear();
  return allocateLarge(bytes);
}

void nabla::releaseMemory(void *pointer, size_t bytes) {
  bytes = roundUp(bytes);
  if (bytes < largeBlock)
    std::free(pointer);
  else
    freeBlocks().put(pointer, bytes);
}
