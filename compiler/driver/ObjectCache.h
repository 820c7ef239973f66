//===- ObjectCache.h - Compiled programs on disk ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_OBJECTCACHE_H
#define NABLA_COMPILER_DRIVER_OBJECTCACHE_H

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nabla {

/// A compiled program, in no process: all that an executable is made of.
struct CompiledProgram {
  /// The types of inputs and results, as `ArrayType::parse` takes them.
  std::vector<std::string> inputs, results;
  /// The symbol of the entry in one of the object files.
  std::string entry;
  std::vector<std::string> objects;
};

/// Compiled programs in a folder that processes share. An entry is a file of
/// its own, which is written elsewhere and then moved there, so that no process
/// sees a part of it; what is damaged all the same is removed. Nothing here
/// fails a program: a folder that cannot be used is the same as an empty one.
class ObjectCache {
public:
  struct Statistics {
    uint64_t hits = 0, misses = 0, stores = 0, removals = 0, damaged = 0;
  };

  static ObjectCache &get();

  /// Uses this folder, none if empty, for up to so many bytes: those entries go
  /// first that were not used for longest.
  void configure(std::string folder, uint64_t maxBytes);
  bool isOn();
  Statistics statistics();
  /// What went wrong first; nothing after it was told.
  std::string takeTrouble();

  /// The key of a program for this build of the compiler and this CPU. The
  /// parts say what is compiled, and how; a target other than this CPU is for
  /// tests. Empty where the build cannot be told from others.
  static std::string makeKey(const std::vector<std::string_view> &parts,
                             std::string_view target);

  std::optional<CompiledProgram> find(const std::string &key);
  void store(const std::string &key, const CompiledProgram &program);
  /// For an entry that turns out not to be fit for use.
  void discard(const std::string &key);

private:
  std::string pathOf(const std::string &key);
  void report(const std::string &what, const std::string &path,
              const std::string &why);
  /// Writes a new file; false after a report.
  bool write(const std::string &path, const std::string &bytes);
  /// Removes old entries if the folder is too full with so many more bytes.
  void makeRoom(uint64_t added);

  std::mutex mutex;
  std::string folder;
  uint64_t maxBytes = 0;
  /// The bytes in the folder as far as this process knows, and how many stores
  /// ago it looked.
  std::optional<uint64_t> usedBytes;
  unsigned storesSinceLook = 0;
  std::string trouble;
  bool told = false;
  Statistics counts;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_OBJECTCACHE_H
