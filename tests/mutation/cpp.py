# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Finds functions, conditions and returns in C++ that clang-format has laid out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

CLOSING = {"(": ")", "{": "}", "[": "]"}
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def masked(text: str) -> str:
    """The text with comments and literals blanked; positions stay."""
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


@dataclass(frozen=True)
class Span:
    start: int
    end: int

    def text(self, source: str) -> str:
        return source[self.start : self.end]


@dataclass(frozen=True)
class Function:
    name: str  # with its class: "AddOp::fold"
    parameters: str
    body: Span  # between the braces

    @property
    def owner(self) -> str:
        return self.name.rpartition("::")[0].removeprefix("nabla::")

    @property
    def short_name(self) -> str:
        return self.name.rpartition("::")[2]


@dataclass(frozen=True)
class If:
    keyword: int
    condition: Span  # between the parentheses, without the initializer
    body: Span  # the statement, or what is between its braces


def closing(code: str, position: int) -> int:
    """The position of the bracket that closes the one at `position`."""
    opening, depth = code[position], 0
    for at in range(position, len(code)):
        if code[at] == opening:
            depth += 1
        elif code[at] == CLOSING[opening]:
            depth -= 1
            if depth == 0:
                return at
    raise ValueError(f"unbalanced {opening} at {position}")


def statement_end(code: str, start: int) -> int:
    """The position of the semicolon that ends the statement at `start`."""
    at = start
    while code[at] != ";":
        at = closing(code, at) + 1 if code[at] in CLOSING else at + 1
    return at


FUNCTION = re.compile(
    r"^(?P<indent>[ ]*)(?P<type>[A-Za-z:][\w:<>&*, ]*?[\s&*])(?P<name>[A-Za-z_][\w:]*)(?=\()",
    re.MULTILINE,
)
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof"}


def functions(code: str) -> Iterator[Function]:
    """The functions of masked code, at any depth of classes."""
    at = 0
    while match := FUNCTION.search(code, at):
        at = match.end()
        words = set(re.findall(r"\w+", match["type"]))
        if match["name"] in KEYWORDS or words & {"return", "else", "case", "new"}:
            continue
        end = closing(code, match.end()) + 1
        tail = re.compile(r"\s*(?:const\s*)?(?:override\s*)?\{").match(code, end)
        if not tail:
            continue
        last = closing(code, tail.end() - 1)
        parameters = code[match.end() + 1 : end - 1]
        yield Function(match["name"], parameters, Span(tail.end(), last))
        at = last


PATTERN = re.compile(r"^struct (\w+) final : OpRewritePattern<(?:nabla::)?(\w+)> \{", re.MULTILINE)


def patterns(code: str) -> Iterator[tuple[str, str, Span]]:
    """The rewrite patterns: name, class of the op, body."""
    for match in PATTERN.finditer(code):
        yield match[1], match[2], Span(match.end(), closing(code, match.end() - 1))


def conditions(code: str, within: Span) -> Iterator[If]:
    """The `if`s, in order; not `if constexpr`, which is known to the C++ compiler."""
    for match in re.compile(r"\bif \(").finditer(code, within.start, within.end):
        opening = match.end() - 1
        end = closing(code, opening)
        start = re.compile(r"\s*").match(code, end + 1).end()  # type: ignore[union-attr]
        if code[start] == "{":
            body = Span(start + 1, closing(code, start))
        else:
            body = Span(start, statement_end(code, start) + 1)
        first = initializer_end(code, Span(opening + 1, end))
        yield If(match.start(), Span(first, end), body)


def initializer_end(code: str, condition: Span) -> int:
    at = condition.start
    while at < condition.end:
        if code[at] == ";":
            return at + 1
        at = closing(code, at) + 1 if code[at] in CLOSING else at + 1
    return condition.start


def returns(code: str, within: Span) -> Iterator[Span]:
    """The expressions that are returned, but not those of lambdas."""
    for match in re.compile(r"\breturn\b\s*").finditer(code, within.start, within.end):
        before = code[within.start : match.start()]
        if before.count("(") == before.count(")"):
            yield Span(match.end(), statement_end(code, match.end()))
