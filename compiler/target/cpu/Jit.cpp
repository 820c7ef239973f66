//===- Jit.cpp - Machine code in the process ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Jit.h"
#include "compiler/runtime/SmallFloats.h"
#include "compiler/runtime/Temporaries.h"
#include "compiler/runtime/ThreadPool.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/ExecutionEngine/Orc/TaskDispatch.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace nabla;

/// What keeps the code in memory. Each program has a session of its own: a
/// crash in one leaves no lock held in another.
struct Jit::Linked {
  orc::ExecutionSession session;
  orc::ObjectLinkingLayer layer;
  orc::JITDylib &library;

  Linked(std::unique_ptr<orc::ExecutorProcessControl> process,
         std::unique_ptr<jitlink::JITLinkMemoryManager> memory)
      : session(std::move(process)), layer(session, std::move(memory)),
        library(session.createBareJITDylib("program")) {}
  ~Linked() { consumeError(session.endSession()); }
};

/// What code may call: the runtime, and what the process offers, such as libm.
static Error defineRuntime(orc::ExecutionSession &session,
                           orc::JITDylib &library) {
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      /*GlobalPrefix=*/'\0');
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  // This library may be loaded where the process does not see its symbols.
  orc::SymbolMap runtime;
  auto define = [&](StringRef name, auto *function) {
    runtime[session.intern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                     JITSymbolFlags::Exported |
                                         JITSymbolFlags::Callable};
  };
  define("nabla_allocate", &allocateTemporary);
  define("nabla_release", &releaseTemporary);
  define("malloc", &allocateTemporary); // where upstream converts buffers
  define("free", &releaseTemporary);
  define("nabla_parallel_for", &nabla_parallel_for);
  using FromFloat = SmallFloat(float);
  using FromDouble = SmallFloat(double);
  define("__truncsfhf2", static_cast<FromFloat *>(narrowToF16));
  define("__truncdfhf2", static_cast<FromDouble *>(narrowToF16));
  define("__truncsfbf2", static_cast<FromFloat *>(narrowToBF16));
  define("__truncdfbf2", static_cast<FromDouble *>(narrowToBF16));
  define("__extendhfsf2", &widenF16);
  return library.define(orc::absoluteSymbols(std::move(runtime)));
}

Jit::Jit(std::unique_ptr<Linked> linked) : linked(std::move(linked)) {}
Jit::~Jit() = default;

Expected<std::unique_ptr<Jit>> Jit::load(ArrayRef<std::string> objects,
                                         StringRef entry) {
  auto process = orc::SelfExecutorProcessControl::Create(
      nullptr, std::make_unique<orc::InPlaceTaskDispatcher>());
  if (!process)
    return process.takeError();
  auto memory = jitlink::InProcessMemoryManager::Create();
  if (!memory)
    return memory.takeError();
  std::unique_ptr<Jit> jit(new Jit(
      std::make_unique<Linked>(std::move(*process), std::move(*memory))));
  Linked &linked = *jit->linked;
  if (Error error = defineRuntime(linked.session, linked.library))
    return error;
  for (auto [number, object] : llvm::enumerate(objects))
    if (Error error = linked.layer.add(
            linked.library, MemoryBuffer::getMemBufferCopy(
                                object, "nabla" + std::to_string(number))))
      return error;
  auto symbol = linked.session.lookup({&linked.library}, entry);
  if (!symbol)
    return symbol.takeError();
  jit->function = symbol->getAddress().toPtr<Entry>();
  return jit;
}
