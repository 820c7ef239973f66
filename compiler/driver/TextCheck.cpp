//===- TextCheck.cpp - Texts that a parser would not survive --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/TextCheck.h"
#include "compiler/runtime/ArrayType.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"

using namespace nabla;
using llvm::StringRef;

/// The end of the string literal that starts at `at`.
static size_t skipString(StringRef text, size_t at) {
  for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
    if (text[at] == '\\')
      ++at;
  return at;
}

/// Whether a string literal before `rest` is the name of an op.
static bool isName(StringRef rest) { return rest.ltrim().starts_with("("); }

/// Whether the extents that follow a '<', as in 2x?x[4]x, multiply to a number
/// of elements that an array may have.
static bool isSizeValid(StringRef text) {
  int64_t count = 1;
  while (true) {
    bool scalable = text.consume_front("[");
    StringRef digits = text.take_while(llvm::isDigit);
    text = text.drop_front(digits.size());
    if (digits.empty() && !text.consume_front("?"))
      return true;
    if (scalable)
      text.consume_front("]");
    if (!text.consume_front("x"))
      return true;
    int64_t extent = 1;
    if (!digits.empty() && digits.getAsInteger(10, extent))
      return false;
    if (__builtin_mul_overflow(count, std::max<int64_t>(extent, 1), &count) ||
        count > ArrayType::maxElements)
      return false;
  }
}

Failure nabla::checkText(StringRef text) {
  unsigned depth = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
    case '"':
      at = skipString(text, at);
      if (text[at - 1] == '.' && isName(text.drop_front(at + 1)))
        return "an operation of a dialect has no name";
      break;
    case '/':
      if (text.substr(at).starts_with("//"))
        at = std::min(text.find('\n', at), text.size());
      break;
    case '<':
      if (!isSizeValid(text.drop_front(at + 1)))
        return "an array of this shape has too many elements: " +
               text.substr(at, 60).str();
      [[fallthrough]];
    case '(':
    case '[':
    case '{':
      if (++depth > maxNesting)
        return "nested more than " + std::to_string(maxNesting) +
               " levels deep";
      break;
    case '>':
      // Of an arrow, or of an operator in an affine expression.
      if (at > 0 && (text[at - 1] == '-' || text[at - 1] == '='))
        break;
      [[fallthrough]];
    case ')':
    case ']':
    case '}':
      depth -= depth > 0;
      break;
    default:
      break;
    }
  }
  return std::nullopt;
}
