# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Finds what can be removed from the compiler: rules, folds, checks and guards.

Every mutant is a switch in the same program: the sources are copied with each place
wrapped in `nabla::mutant(N)`, which is true for the number in NABLA_MUTANT. One build
then serves all mutants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cpp

GENERATED = "dialects/nabla/NablaRules.cpp.inc"
RECORDS = "dialects/nabla/ops/Elementwise.td"

# The kinds of mutants, and what is removed.
KINDS = {
    "term": "a term of a generated derivative or transpose is left out",
    "sign": "a term of a generated derivative or transpose is negated",
    "rule": "a rule fails",
    "effect": "a rule gives a zero tangent, a zero cotangent or a reversed batch",
    "case": "a rule or a rewrite does not treat a case of its own",
    "fold": "a folder does not fold",
    "pattern": "a canonicalization pattern never matches",
    "guard": "a pattern matches where it must not",
    "check": "a verifier accepts what is wrong",
    "lowering": "generated code does not guard itself against what is undefined",
}

# Guards of generated code: what stands there, and what stands there without them.
LOWERING = [
    (
        "compiler/conversion/scalars.cpp",
        "select(traps, one(), y)",
        "y",
        "the divisor of integers may be 0",
    ),
    (
        "compiler/conversion/scalars.cpp",
        "arith::OrIOp::create(b, isZero, overflows)",
        "isZero",
        "the smallest integer is divided by -1",
    ),
    (
        "compiler/conversion/scalars.cpp",
        "select(isZero, integer(-1), quotient)",
        "quotient",
        "integers divided by 0 give 1 / x",
    ),
    (
        "compiler/conversion/scalars.cpp",
        "select(isZero, x, remainder)",
        "remainder",
        "integers modulo 0 give 0",
    ),
    (
        "compiler/conversion/scalars.cpp",
        "select(isZero, zero(), mul(args[0], args[1]))",
        "mul(args[0], args[1])",
        "mul_zero is mul",
    ),
    (
        "compiler/conversion/scalar_convert.cpp",
        "arith::SelectOp::create(b, isOut, zero, x)",
        "x",
        "floats out of range become integers by poison",
    ),
    (
        "compiler/conversion/scalar_convert.cpp",
        "arith::SelectOp::create(b, isAbove, highest, result)",
        "result",
        "floats above the range do not saturate",
    ),
    (
        "compiler/conversion/scalar_convert.cpp",
        "roundToOdd(b, value)",
        "value",
        "f64 is rounded twice on its way to 16 bits",
    ),
]


class NotFoundError(Exception):
    """A place that this script names is no longer in the sources."""


@dataclass(frozen=True)
class Mutant:
    number: int
    kind: str
    path: str
    line: int
    what: str
    op: str  # the mnemonic, or "" where many ops share the code

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind}: {self.what}"


def mnemonic(class_name: str) -> str:
    """`ReduceSumOp` to `reduce_sum`."""
    name = class_name.removesuffix("Op")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:87] + "..."


@dataclass
class Source:
    """One file: its mutants as insertions into its text."""

    path: str
    text: str
    numbers: Iterator[int]
    mutants: list[Mutant] = field(default_factory=list)
    inserted: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.code = cpp.masked(self.text)

    def add(self, kind: str, position: int, what: str, op: str = "") -> str:
        """A new mutant; the expression that tells whether it is on."""
        number = next(self.numbers)
        line = self.text.count("\n", 0, position) + 1
        self.mutants.append(Mutant(number, kind, self.path, line, what, op))
        return f"nabla::mutant({number})"

    def insert(self, position: int, text: str) -> None:
        self.inserted.append((position, text))

    def wrap(self, span: cpp.Span, before: str, after: str) -> None:
        self.insert(span.start, before)
        self.insert(span.end, after)

    def mutated(self) -> str:
        """The text with all switches in it."""
        parts, at = [], 0
        # Equal positions keep their order: sorting is stable.
        for position, text in sorted(self.inserted, key=lambda item: item[0]):
            parts += [self.text[at:position], text]
            at = position
        text = "".join([*parts, self.text[at:]])
        return text if self.path == GENERATED else self.with_include(text)

    @staticmethod
    def with_include(text: str) -> str:
        first = re.search(r"^#include", text, re.MULTILINE)
        position = first.start() if first else 0
        return f'{text[:position]}#include "dialects/nabla/Mutants.h"\n{text[position:]}'

    # ---- What is removed ----

    def never(self, kind: str, found: cpp.If, op: str, what: str = "") -> None:
        """The condition of an `if` becomes false."""
        condition = found.condition.text(self.text)
        code = found.condition.text(self.code)
        on = self.add(kind, found.keyword, what or f"if ({shortened(condition)})", op)
        declared = re.match(r"\s*[\w:<>]+ [*&]?(\w+) = ", code)
        if declared:
            self.insert(found.condition.end, f"; {declared[1]} && !{on}")
        else:
            self.wrap(found.condition, f"!{on} && (", ")")

    def fails(self, kind: str, function: cpp.Function, op: str, what: str) -> None:
        on = self.add(kind, function.body.start, what, op)
        self.insert(function.body.start, f"\n  if ({on})\n    return mlir::failure();")

    def yields(self, kind: str, value: cpp.Span, otherwise: str, op: str) -> None:
        """A returned value becomes another one."""
        what = f"return {shortened(value.text(self.text))}"
        on = self.add(kind, value.start, what, op)
        self.wrap(value, f"{on} ? {otherwise} : ", "")


def body_fails(source: Source, found: cpp.If) -> bool:
    """Whether the `if` only passes on a failure that was reported elsewhere."""
    body = found.body.text(source.code).strip()
    return body in ("return failure();", "return {};", "return signalPassFailure();")


def body_reports(source: Source, found: cpp.If) -> bool:
    body = found.body.text(source.code)
    return bool(re.match(r"\s*(?:return|\(void\))?\s*[\w.>-]*\b(?:error|emit\w*Error)\(", body))


# ---- Rules ----


def rules_by_hand(source: Source) -> None:
    for function in cpp.functions(source.code):
        name, op = function.short_name, mnemonic(function.owner)
        is_rule = name in ("jvp", "transpose", "batch", "split") and bool(function.owner)
        if is_rule:
            source.fails("rule", function, op, f"{name} of {op}")
            effect_of_rule(source, function, op)
        cases(source, function.body, op if is_rule else "")


def effect_of_rule(source: Source, function: cpp.Function, op: str) -> None:
    name, start = function.short_name, function.body.start
    values = {"jvp": "tangents", "transpose": "cotangents"}.get(name)
    if values and re.search(rf"\b{values}\b", function.parameters):
        on = source.add("effect", start, f"{name} of {op}: all {values} are zero", op)
        source.insert(
            start,
            f"\n  llvm::SmallVector<mlir::Value> noValues({values}.size());"
            f"\n  if ({on})\n    {values} = noValues;",
        )
    if name == "batch":
        on = source.add("effect", start, f"batch of {op}: the result is reversed", op)
        source.insert(start, "\n  auto rule = [&]() -> llvm::LogicalResult {")
        source.insert(
            function.body.end,
            f"  }};\n  return nabla::reverseBatch({on}, ctx, getLoc(), rule(), outs);\n",
        )


LINEAR_JVP = re.compile(r"jvpOfLinear\([^;]*?(?P<tangents>\btangents), \{(?P<list>[\d, ]+)\}")


def cases(source: Source, body: cpp.Span, op: str) -> None:
    for found in cpp.conditions(source.code, body):
        if body_fails(source, found):
            continue
        source.never("check" if body_reports(source, found) else "case", found, op)
    for match in LINEAR_JVP.finditer(source.code, body.start, body.end):
        operands = match["list"].split(", ")
        if len(operands) == 1:
            continue
        for operand in operands:
            what = f"the tangent of operand {operand} is zero"
            on = source.add("effect", match.start(), what, op)
            span = cpp.Span(match.start("tangents"), match.end("tangents"))
            source.wrap(span, f"nabla::withoutOperand({on}, {operand}, ", ")")


def rules_from_records(source: Source, records: str) -> None:
    """The generated rules; lines are those of the records they come from."""
    for function in cpp.functions(source.code):
        op = mnemonic(function.owner)
        first = len(source.mutants)
        if function.short_name == "batch":
            source.fails("rule", function, op, f"batch of {op}")
            effect_of_rule(source, function, op)
        terms_of_rule(source, function, op)
        line = line_of_record(records, function.owner)
        source.mutants[first:] = [
            Mutant(m.number, m.kind, RECORDS, line, m.what, m.op) for m in source.mutants[first:]
        ]


TERM = re.compile(r"^    (?:tangent = b\.sum\(tangent, |cts\[(?P<at>\d+)\] = )", re.MULTILINE)


def terms_of_rule(source: Source, function: cpp.Function, op: str) -> None:
    body = function.body
    for index, match in enumerate(TERM.finditer(source.code, body.start, body.end)):
        end = statement_end_of_term(source.code, match)
        number = match["at"] or index
        term = f"{function.short_name} of {op}, operand {number}"
        left_out = source.add("term", match.start(), term, op)
        negated = source.add("sign", match.start(), term, op)
        value = source.text[match.end() : end]
        source.insert(match.start() + 4, f"if (!{left_out}) ")
        source.wrap(cpp.Span(match.end(), end), f"({negated} ? b.create<NegOp>({value}) : ", ")")


def statement_end_of_term(code: str, match: re.Match[str]) -> int:
    end = cpp.statement_end(code, match.start())
    return end if match["at"] else end - 1


def line_of_record(records: str, class_name: str) -> int:
    match = re.search(rf"^def Nabla_{class_name}\b", records, re.MULTILINE)
    if not match:
        raise NotFoundError(f"{RECORDS}: no record of {class_name}")
    return records.count("\n", 0, match.start()) + 1


# ---- Folds and patterns ----


def folds(source: Source) -> None:
    patterns = list(cpp.patterns(source.code))
    inside = [body for _, _, body in patterns]
    for function in cpp.functions(source.code):
        if any(body.start <= function.body.start < body.end for body in inside):
            continue
        is_fold = function.short_name == "fold"
        op = mnemonic(function.owner) if is_fold else ""
        ifs = list(cpp.conditions(source.code, function.body))
        for found in ifs:
            source.never("fold" if is_fold else "case", found, op)
        for value in cpp.returns(source.code, function.body) if is_fold else ():
            guarded = any(i.body.start <= value.start < i.body.end for i in ifs)
            if not guarded and value.text(source.code) != "{}":
                source.yields("fold", value, "mlir::OpFoldResult()", op)
    for name, owner, body in patterns:
        pattern(source, name, mnemonic(owner), body)


def pattern(source: Source, name: str, op: str, body: cpp.Span) -> None:
    for function in cpp.functions(source.code[: body.end]):
        if function.body.start < body.start:
            continue
        if function.name == "matchAndRewrite":
            source.fails("pattern", function, op, name)
        for found in cpp.conditions(source.code, function.body):
            refuses = re.match(
                r"\s*(?:return (?:failure\(\)|false)|continue);", found.body.text(source.code)
            )
            what = f"{name}: if ({shortened(found.condition.text(source.text))})"
            source.never("guard" if refuses else "case", found, op, what)


# ---- Checks ----

CALLED_CHECK = re.compile(r"\bfailed\((?=\s*(?:\w+\.)?\w+\()")
RETURNED_CHECK = re.compile(r"(?:check\.(?!error)\w+|verify\w+|Checker\(\*this\)\.\w+)\(")


def checks(source: Source) -> None:
    for function in cpp.functions(source.code):
        op = mnemonic(function.owner) if function.owner.endswith("Op") else ""
        for found in cpp.conditions(source.code, function.body):
            if body_reports(source, found):
                source.never("check", found, op)
            elif body_fails(source, found):
                called_checks(source, found, op)
        for value in cpp.returns(source.code, function.body):
            if RETURNED_CHECK.match(value.text(source.code)):
                source.yields("check", value, "mlir::success()", op)


def called_checks(source: Source, found: cpp.If, op: str) -> None:
    for match in CALLED_CHECK.finditer(source.code, found.condition.start, found.condition.end):
        end = cpp.closing(source.code, match.end() - 1) + 1
        call = source.text[match.end() : end - 1]
        on = source.add("check", match.start(), shortened(call), op)
        source.wrap(cpp.Span(match.start(), end), f"(!{on} && ", ")")


def reports(source: Source) -> None:
    """Only what is reported where it is found: for passes, which do much else."""
    for function in cpp.functions(source.code):
        for found in cpp.conditions(source.code, function.body):
            if body_reports(source, found):
                source.never("check", found, "")


# ---- Lowering ----


def lowering(source: Source) -> None:
    for path, before, after, what in LOWERING:
        if path != source.path:
            continue
        if source.text.count(before) != 1:
            raise NotFoundError(f"{path}: not exactly one `{before}`")
        start = source.text.index(before)
        on = source.add("lowering", start, what)
        span = cpp.Span(start, start + len(before))
        source.wrap(span, f"({on} ? mlir::Value({after}) : mlir::Value(", "))")


# ---- All of them ----


def numbered() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


def find(root: Path, generated: str) -> list[Source]:
    """Every source with mutants; `generated` is the text of the generated rules."""
    numbers = numbered()
    records = (root / RECORDS).read_text()
    sources = [Source(GENERATED, generated, numbers)]
    rules_from_records(sources[0], records)

    def visit(pattern: str) -> Iterator[Source]:
        for path in sorted(root.glob(pattern)):
            name = str(path.relative_to(root))
            source = Source(name, path.read_text(), numbers)
            sources.append(source)
            yield source

    for source in visit("dialects/nabla/ops/*.cpp"):
        stem = Path(source.path).stem
        if stem.endswith("Rules"):
            rules_by_hand(source)
        elif stem.endswith(("Fold", "Canonicalize", "Rewrite")):
            folds(source)
        else:
            checks(source)
            folds_beside_checks(source)
    for source in visit("dialects/nabla/*.cpp"):
        checks(source)
    for source in visit("compiler/transforms/*.cpp"):
        reports(source)
    for source in visit("compiler/conversion/*.cpp"):
        reports(source)
        lowering(source)
    return [source for source in sources if source.mutants]


def folds_beside_checks(source: Source) -> None:
    for function in cpp.functions(source.code):
        if function.short_name == "fold":
            for value in cpp.returns(source.code, function.body):
                source.yields("fold", value, "mlir::OpFoldResult()", mnemonic(function.owner))
