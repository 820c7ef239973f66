//===- BuildId.cpp - Which build of the compiler this is ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/BuildId.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Alignment.h"
#include "llvm/TargetParser/Host.h"

#include <link.h>

using namespace nabla;

namespace {

/// An address in a library, and the note that the linker left in that library.
struct Search {
  uintptr_t address;
  llvm::StringRef note;
};

} // namespace

static llvm::StringRef findNote(const char *at, const char *end) {
  while (at + sizeof(ElfW(Nhdr)) <= end) {
    const auto *header = reinterpret_cast<const ElfW(Nhdr) *>(at);
    const char *name = at + sizeof(*header);
    const char *content = name + llvm::alignTo(header->n_namesz, 4);
    if (header->n_type == NT_GNU_BUILD_ID &&
        llvm::StringRef(name, header->n_namesz) == llvm::StringRef("GNU", 4))
      return llvm::StringRef(content, header->n_descsz);
    at = content + llvm::alignTo(header->n_descsz, 4);
  }
  return {};
}

static int visit(dl_phdr_info *library, size_t, void *data) {
  auto *search = static_cast<Search *>(data);
  bool isIt = false;
  llvm::StringRef note;
  for (int i = 0; i < library->dlpi_phnum; ++i) {
    const ElfW(Phdr) &part = library->dlpi_phdr[i];
    uintptr_t start = library->dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_LOAD)
      isIt |=
          search->address >= start && search->address < start + part.p_memsz;
    if (part.p_type == PT_NOTE && note.empty())
      note = findNote(reinterpret_cast<const char *>(start),
                      reinterpret_cast<const char *>(start + part.p_memsz));
  }
  if (isIt)
    search->note = note;
  return isIt;
}

const std::string &nabla::getBuildId() {
  static const std::string id = [] {
    std::string id = LLVM_VERSION_STRING;
    static const char ours = 0;
    // Any functions of the libraries will do.
    const void *addresses[] = {
        &ours,
        reinterpret_cast<const void *>(&mlir::registerMLIRContextCLOptions),
        reinterpret_cast<const void *>(&llvm::sys::getHostCPUName)};
    for (const void *address : addresses) {
      Search search = {reinterpret_cast<uintptr_t>(address), {}};
      dl_iterate_phdr(visit, &search);
      if (search.note.empty())
        return std::string();
      id += '-' + llvm::toHex(search.note, /*LowerCase=*/true);
    }
    return id;
  }();
  return id;
}
