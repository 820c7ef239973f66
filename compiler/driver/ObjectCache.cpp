//===- ObjectCache.cpp - Compiled programs on disk ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/ObjectCache.h"
#include "compiler/driver/BuildId.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <chrono>
#include <unistd.h>

using namespace nabla;
using llvm::StringRef;
namespace fs = llvm::sys::fs;

/// Changes with what an entry holds.
static constexpr StringRef magic = "nabla object 2\n";
static constexpr StringRef suffix = ".nabla", unfinished = ".tmp";
/// Other processes store, too: the folder is looked at again now and then.
static constexpr unsigned storesPerLook = 64;
static constexpr std::chrono::hours unfinishedAge(1);

//===----------------------------------------------------------------------===//
// The bytes of an entry
//===----------------------------------------------------------------------===//

static void putNumber(std::string &bytes, uint64_t number) {
  char buffer[8];
  llvm::support::endian::write64le(buffer, number);
  bytes.append(buffer, sizeof(buffer));
}

static void putText(std::string &bytes, std::string_view text) {
  putNumber(bytes, text.size());
  bytes += text;
}

static bool takeNumber(StringRef &bytes, uint64_t &number) {
  if (bytes.size() < 8)
    return false;
  number = llvm::support::endian::read64le(bytes.data());
  bytes = bytes.drop_front(8);
  return true;
}

static bool takeText(StringRef &bytes, std::string &text) {
  uint64_t size;
  if (!takeNumber(bytes, size) || size > bytes.size())
    return false;
  text = bytes.take_front(size).str();
  bytes = bytes.drop_front(size);
  return true;
}

static void putTexts(std::string &bytes, const std::vector<std::string> &list) {
  putNumber(bytes, list.size());
  for (const std::string &text : list)
    putText(bytes, text);
}

static bool takeTexts(StringRef &bytes, std::vector<std::string> &list) {
  uint64_t count;
  if (!takeNumber(bytes, count))
    return false;
  for (; count > 0; --count)
    if (!takeText(bytes, list.emplace_back()))
      return false;
  return true;
}

static std::string checksum(StringRef bytes) {
  llvm::XXH128_hash_t hash = llvm::xxh3_128bits(
      llvm::ArrayRef(bytes.bytes_begin(), bytes.bytes_end()));
  std::string sum;
  putNumber(sum, hash.low64);
  putNumber(sum, hash.high64);
  return sum;
}

static std::string toBytes(const std::string &key,
                           const CompiledProgram &program) {
  std::string content;
  putText(content, key);
  putTexts(content, program.inputs);
  putTexts(content, program.results);
  putText(content, program.entry);
  putTexts(content, program.objects);
  return (magic + checksum(content) + content).str();
}

static std::optional<CompiledProgram> fromBytes(const std::string &key,
                                                StringRef bytes) {
  constexpr size_t sumSize = 16;
  if (!bytes.consume_front(magic) || bytes.size() < sumSize)
    return std::nullopt;
  StringRef sum = bytes.take_front(sumSize);
  bytes = bytes.drop_front(sumSize);
  std::string named;
  CompiledProgram program;
  if (checksum(bytes) != sum || !takeText(bytes, named) || named != key ||
      !takeTexts(bytes, program.inputs) || !takeTexts(bytes, program.results) ||
      !takeText(bytes, program.entry) || !takeTexts(bytes, program.objects) ||
      !bytes.empty())
    return std::nullopt;
  return program;
}

//===----------------------------------------------------------------------===//
// The folder
//===----------------------------------------------------------------------===//

ObjectCache &ObjectCache::get() {
  static auto *cache = new ObjectCache();
  return *cache;
}

void ObjectCache::configure(std::string newFolder, uint64_t newMaxBytes) {
  std::lock_guard lock(mutex);
  folder = std::move(newFolder);
  maxBytes = newMaxBytes;
  usedBytes.reset();
  told = false;
  trouble.clear();
}

bool ObjectCache::isOn() {
  std::lock_guard lock(mutex);
  return !folder.empty();
}

ObjectCache::Statistics ObjectCache::statistics() {
  std::lock_guard lock(mutex);
  return counts;
}

std::string ObjectCache::takeTrouble() {
  std::lock_guard lock(mutex);
  return std::exchange(trouble, "");
}

void ObjectCache::report(const std::string &what, const std::string &path,
                         const std::string &why) {
  std::lock_guard lock(mutex);
  if (!std::exchange(told, true))
    trouble = what + " " + path + ": " + why;
}

std::string ObjectCache::pathOf(const std::string &key) {
  std::lock_guard lock(mutex);
  return folder.empty() ? "" : folder + "/" + key + suffix.str();
}

std::string ObjectCache::makeKey(const std::vector<std::string_view> &parts,
                                 std::string_view target) {
  if (getBuildId().empty())
    return "";
  llvm::SHA256 hash;
  // With their lengths, so that what ends one part cannot begin the next.
  auto add = [&](std::string_view part) {
    std::string size;
    putNumber(size, part.size());
    hash.update(size);
    hash.update(StringRef(part));
  };
  add(magic);
  add(getBuildId());
  add(target);
  for (std::string_view part : parts)
    add(part);
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

/// Whether nobody else can have put code for this process there.
static bool isOwn(const fs::file_status &status) {
  return status.getUser() == geteuid() || status.getUser() == 0;
}

std::optional<CompiledProgram> ObjectCache::find(const std::string &key) {
  std::string path = pathOf(key);
  std::optional<CompiledProgram> program;
  bool damaged = false;
  int file = -1;
  if (!path.empty() && !fs::openFileForRead(path, file)) {
    fs::file_status status;
    if (!fs::status(file, status) && isOwn(status)) {
      auto buffer = llvm::MemoryBuffer::getOpenFile(
          file, path, status.getSize(), /*RequiresNullTerminator=*/false);
      if (buffer)
        program = fromBytes(key, (*buffer)->getBuffer());
      damaged = !program;
      // Its turn to go comes later now.
      fs::setLastAccessAndModificationTime(file,
                                           std::chrono::system_clock::now());
    }
    ::close(file);
  }
  if (damaged)
    discard(key);
  std::lock_guard lock(mutex);
  ++(program ? counts.hits : counts.misses);
  return program;
}

void ObjectCache::discard(const std::string &key) {
  fs::remove(pathOf(key));
  std::lock_guard lock(mutex);
  ++counts.damaged;
}

bool ObjectCache::write(const std::string &path, const std::string &bytes) {
  llvm::SmallString<256> temporary;
  int file = -1;
  std::error_code error =
      fs::createUniqueFile(path + "-%%%%%%%%" + unfinished, file, temporary,
                           fs::OF_None, fs::owner_read | fs::owner_write);
  if (!error) {
    llvm::raw_fd_ostream os(file, /*shouldClose=*/true, /*unbuffered=*/true);
    os << bytes;
    os.close();
    error = os.error();
    os.clear_error();
    if (!error)
      error = fs::rename(temporary, path);
    if (error)
      fs::remove(temporary);
  }
  if (error)
    report("cannot write", path, error.message());
  return !error;
}

void ObjectCache::store(const std::string &key,
                        const CompiledProgram &program) {
  std::string path = pathOf(key);
  if (path.empty())
    return;
  std::string bytes = toBytes(key, program);
  {
    std::lock_guard lock(mutex);
    if (bytes.size() > maxBytes)
      return;
  }
  StringRef parent = StringRef(path).rsplit('/').first;
  if (std::error_code error = fs::create_directories(
          parent, /*IgnoreExisting=*/true, fs::owner_all))
    return report("cannot make", parent.str(), error.message());
  makeRoom(bytes.size());
  if (!write(path, bytes))
    return;
  std::lock_guard lock(mutex);
  ++counts.stores;
  ++storesSinceLook;
  if (usedBytes)
    *usedBytes += bytes.size();
}

namespace {
struct Entry {
  std::string path;
  uint64_t bytes;
  llvm::sys::TimePoint<> used;
};
} // namespace

/// The entries in a folder; files that a process left unfinished are removed.
static std::vector<Entry> listEntries(const std::string &folder) {
  std::vector<Entry> entries;
  std::error_code error;
  auto now = std::chrono::system_clock::now();
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    StringRef path = it->path();
    bool isEntry = path.ends_with(suffix),
         isTemporary = path.ends_with(unfinished);
    if (!isEntry && !isTemporary)
      continue;
    // Another process may have removed it.
    llvm::ErrorOr<fs::basic_file_status> status = it->status();
    if (!status)
      continue;
    llvm::sys::TimePoint<> used = status->getLastModificationTime();
    if (isEntry)
      entries.push_back({path.str(), status->getSize(), used});
    else if (now - used > unfinishedAge)
      fs::remove(path);
  }
  return entries;
}

void ObjectCache::makeRoom(uint64_t added) {
  std::lock_guard lock(mutex);
  if (usedBytes && storesSinceLook < storesPerLook &&
      *usedBytes + added <= maxBytes)
    return;
  std::vector<Entry> entries = listEntries(folder);
  uint64_t total = 0;
  for (const Entry &entry : entries)
    total += entry.bytes;
  if (total + added > maxBytes) {
    llvm::sort(entries, [](const Entry &a, const Entry &b) {
      return std::tie(a.used, a.path) < std::tie(b.used, b.path);
    });
    // Some more, so that the next store need not look again.
    uint64_t wanted = maxBytes - maxBytes / 8;
    for (const Entry &entry : entries) {
      if (total + added <= wanted)
        break;
      if (!fs::remove(entry.path, /*IgnoreNonExisting=*/false))
        ++counts.removals;
      total -= entry.bytes;
    }
  }
  usedBytes = total;
  storesSinceLook = 0;
}
