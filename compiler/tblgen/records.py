# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads the records of `llvm-tblgen --dump-json`."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

KINDS = ("float", "signed", "unsigned", "bool")
LINEAR_KIND = "linear"
ATTRIBUTE_TYPES = {
    "I64Attr": "i64",
    "DenseI64ArrayAttr": "array<i64>",
    "UnitAttr": "unit",
    "FlatSymbolRefAttr": "symbol",
    "Nabla_DenseAttr": "elements",
}


class RecordError(Exception):
    """A record that breaks the rules of the dialect; the text names it."""


@dataclass(frozen=True)
class Leaf:
    """`$name` in a dag, or a string."""

    text: str
    is_name: bool

    def __str__(self) -> str:
        return f"${self.text}" if self.is_name else self.text


@dataclass(frozen=True)
class Dag:
    operator: str
    args: tuple[Dag | Leaf, ...]

    def __str__(self) -> str:
        parts = map(str, self.args)
        return f"({' '.join([self.operator, *parts])})"


@dataclass(frozen=True)
class Operand:
    name: str
    variadic: bool
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Attribute:
    name: str
    type: str
    cases: tuple[str, ...] = ()
    mnemonic: str = ""  # of an enum: `#nabla<mnemonic case>`


@dataclass(frozen=True)
class Scalar:
    """The op that computes one element, by kind of number; empty where C++ does."""

    on_float: str
    on_signed: str
    on_unsigned: str


def parse_dag(value: Any, owner: str) -> Dag:
    if not isinstance(value, dict) or value.get("kind") != "dag":
        raise RecordError(f"{owner}: {value!r} is not a dag")
    args: list[Dag | Leaf] = []
    for argument, name in value["args"]:
        if name is not None:
            args.append(Leaf(name, is_name=True))
        elif isinstance(argument, dict):
            args.append(parse_dag(argument, owner))
        else:
            args.append(Leaf(str(argument), is_name=False))
    return Dag(value["operator"]["def"], tuple(args))


def element_kind(name: str) -> str:
    if name == "I1":
        return "bool"
    if name.startswith("UI"):
        return "unsigned"
    return "signed" if name.startswith("I") else "float"


class Op:
    """One operation of the dialect."""

    def __init__(self, records: Records, record: dict[str, Any]) -> None:
        self._records = records
        self._record = record
        self.record_name: str = record["!name"]
        self.class_name = self.record_name.removeprefix("Nabla_")
        self.mnemonic: str = record["opName"]
        self.name = f"nabla.{self.mnemonic}"
        self.family: str = record["family"]
        self.numpy: str = record["numpy"]
        self.summary: str = record["summary"].strip()
        self.description = textwrap.dedent(record["description"]).strip()
        self.operands, self.attributes = self._read_arguments()
        self.results = self._read_values("results")
        self.regions = [name for _, name in record["regions"]["args"]]

    def derives(self, base: str) -> bool:
        return base in self._record["!superclasses"]

    def has_trait(self, name: str) -> bool:
        """Whether a trait, or the C++ name of an interface, is among the op's."""
        return any(
            name in (trait["def"], self._records.raw(trait["def"]).get("cppInterfaceName"))
            for trait in self._record["traits"]
        )

    @property
    def infers_types(self) -> bool:
        if self.has_trait("SameOperandsAndResultType") or self.has_trait("InferTypeOpAdaptor"):
            return True
        # mlir-tblgen infers a result that has the type of something else, too.
        traits = [self._records.raw(trait["def"]) for trait in self._record["traits"]]
        matches = [t["values"] for t in traits if "AllTypesMatch" in t["!superclasses"]]
        names = [result.name for result in self.results]
        return bool(names) and all(any(n in values for values in matches) for n in names)

    @property
    def jvps(self) -> list[Dag]:
        return self._dags("jvps")

    @property
    def transposes(self) -> list[Dag]:
        return self._dags("transposes")

    @property
    def title(self) -> str:
        """The summary, with a capital where it begins with a word and not with a formula."""
        first = self.summary.split()[0]
        is_word = first.isalpha() and len(first) > 1
        return self.summary[0].upper() + self.summary[1:] if is_word else self.summary

    @property
    def python(self) -> str:
        """The name of the generated function `nb.<python>`; empty if there is none."""
        name: str = self._record.get("python", "")
        return name

    @property
    def example(self) -> tuple[str, str]:
        """What a user may type, and what Python then prints."""
        lines: list[str] = self._record["example"]
        if len(lines) != 2:
            raise RecordError(f"{self.record_name}: `example` is not [expression, output]")
        return lines[0], lines[1]

    @property
    def scalar(self) -> Scalar:
        record = self._records.raw(self._record["scalar"]["def"])
        return Scalar(record["onFloat"], record["onSigned"], record["onUnsigned"])

    def _dags(self, field: str) -> list[Dag]:
        value = self._record[field]
        if value is None:
            raise RecordError(f"{self.record_name}: `{field}` is not set")
        return [parse_dag(dag, f"{self.record_name}.{field}") for dag in value]

    def _read_arguments(self) -> tuple[list[Operand], list[Attribute]]:
        operands: list[Operand] = []
        attributes: list[Attribute] = []
        for argument, name in self._record["arguments"]["args"]:
            if "AttrConstraint" in self._records.raw(argument["def"])["!superclasses"]:
                attributes.append(self._records.attribute(argument["def"], name))
            else:
                operands.append(self._records.operand(argument["def"], name))
        return operands, attributes

    def _read_values(self, field: str) -> list[Operand]:
        return [self._records.operand(a["def"], name) for a, name in self._record[field]["args"]]


class Records:
    """All records, and the ops among them in the order of their names."""

    def __init__(self, json: dict[str, Any]) -> None:
        self._json = json
        names = sorted(json["!instanceof"]["Nabla_Op"])
        self.ops = [Op(self, json[name]) for name in names]
        self.by_class = {op.class_name: op for op in self.ops}

    @property
    def elementwise(self) -> list[Op]:
        return [op for op in self.ops if op.derives("Nabla_ElementwiseBase")]

    def raw(self, name: str) -> dict[str, Any]:
        record: dict[str, Any] = self._json[name]
        return record

    def rule(self, operator: str) -> str | None:
        """The class that a rule's operator builds, "" for a special form, None if unknown."""
        if operator not in self._json["!instanceof"]["Rule"]:
            return None
        builds: str = self._json[operator]["builds"]
        return builds

    def attribute(self, record_name: str, name: str) -> Attribute:
        record = self.raw(record_name)
        if "EnumAttr" in record["!superclasses"]:
            cases = self.raw(record["enum"]["def"])["enumerants"]
            texts = tuple(self.raw(c["def"])["str"] for c in cases)
            return Attribute(name, "enum", texts, record["mnemonic"])
        if record_name not in ATTRIBUTE_TYPES:
            raise RecordError(f"attribute `{name}`: unknown type {record_name}")
        return Attribute(name, ATTRIBUTE_TYPES[record_name])

    def operand(self, record_name: str, name: str) -> Operand:
        record = self.raw(record_name)
        variadic = "Variadic" in record["!superclasses"]
        type_name = record["baseType"]["def"] if variadic else record_name
        return Operand(name, variadic, self._kinds(type_name))

    def _kinds(self, type_name: str) -> tuple[str, ...]:
        record = self.raw(type_name)
        if "Nabla_TensorOf" in record["!superclasses"]:
            found = {element_kind(element["def"]) for element in record["elements"]}
            return tuple(kind for kind in KINDS if kind in found)
        if type_name == "Nabla_Value":
            return (*KINDS, LINEAR_KIND)
        if type_name == "Nabla_LinearType":
            return (LINEAR_KIND,)
        raise RecordError(f"operand type {type_name} is not one of the dialect's")
