//===- Diagnostics.cpp - Diagnostics as text ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Diagnostics.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace nabla;

/// Beyond this number, errors are consequences of the first ones.
static constexpr unsigned maxErrors = 8;

static thread_local DiagnosticText *current = nullptr;

DiagnosticText::DiagnosticText() : outer(current) { current = this; }
DiagnosticText::~DiagnosticText() { current = outer; }

DiagnosticText *DiagnosticText::ofThread() { return current; }
void DiagnosticText::adopt(DiagnosticText *collector) { current = collector; }

static void printPlace(Location location, llvm::raw_ostream &os) {
  llvm::TypeSwitch<LocationAttr>(location)
      .Case([&](FileLineColLoc place) {
        os << "\n  at " << place.getFilename().getValue() << ':'
           << place.getLine();
        if (place.getColumn() != 0)
          os << ':' << place.getColumn();
      })
      .Case([&](NameLoc place) {
        if (isa<UnknownLoc>(place.getChildLoc()))
          return;
        printPlace(place.getChildLoc(), os);
        os << ", in " << place.getName().getValue();
      })
      .Case([&](CallSiteLoc place) {
        printPlace(place.getCallee(), os);
        printPlace(place.getCaller(), os);
      })
      .Case([&](FusedLoc place) {
        for (Location part : place.getLocations().take_front(4))
          printPlace(part, os);
      });
}

void DiagnosticText::install(MLIRContext &context) {
  context.getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
    // Warnings and errors of other threads go where they always went.
    if (!current || diagnostic.getSeverity() != DiagnosticSeverity::Error)
      return failure();
    current->add(diagnostic);
    return success();
  });
}

void DiagnosticText::add(Diagnostic &diagnostic) {
  std::lock_guard lock(mutex);
  if (++count > maxErrors)
    return;
  llvm::raw_string_ostream os(collected);
  if (count > 1)
    os << '\n';
  os << diagnostic;
  printPlace(diagnostic.getLocation(), os);
  for (Diagnostic &note : diagnostic.getNotes()) {
    os << "\n  note: " << note;
    if (note.getLocation() != diagnostic.getLocation())
      printPlace(note.getLocation(), os);
  }
}
