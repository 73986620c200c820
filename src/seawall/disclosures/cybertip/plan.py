"""The plan of an element, read once from its struct."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import inspect

from seawall.disclosures.cybertip.element import Choice, Element

As = Literal["element", "attribute", "content", "tag"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One field: its names, how it is written, what it may hold.

    `inner` is the plan's struct where the field holds elements; the limits are None where there is none.
    """

    field: str
    xml: str
    written: As
    many: bool
    required: bool
    scalar: str
    inner: type[Element] | None = None
    choices: type[Enum] | None = None
    longest: int | None = None
    pattern: str | None = None
    least: float | None = None
    most: float | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All fields of a struct in order; exactly one of them is given where it is a choice."""

    slots: tuple[Slot, ...]
    choice: bool


@cache
def plan_of(struct: type[Element]) -> Plan:
    """The plan of one struct."""
    told = inspect.type_info(struct)
    assert isinstance(told, inspect.StructType)
    return Plan(tuple(_slot(field) for field in told.fields), issubclass(struct, Choice))


def _slot(field: inspect.Field) -> Slot:
    kind, many = field.type, False
    if isinstance(kind, inspect.VarTupleType):
        kind, many = kind.item_type, True
    if isinstance(kind, inspect.UnionType):
        kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    extra: dict[str, Any] = {}
    while isinstance(kind, inspect.Metadata):
        extra, kind = {**(kind.extra or {}), **extra}, kind.type
    return Slot(
        field.name,
        field.encode_name,
        extra.get("as", "element"),
        many,
        field.required,
        type(kind).__name__,
        inner=kind.cls if isinstance(kind, inspect.StructType) else None,  # type: ignore[arg-type]  # ours are Elements
        choices=kind.cls if isinstance(kind, inspect.EnumType) else None,
        longest=getattr(kind, "max_length", None),
        pattern=getattr(kind, "pattern", None),
        least=getattr(kind, "ge", None),
        most=getattr(kind, "le", None),
        rule=extra.get("rule", ""),
    )


def root_name(struct: type[msgspec.Struct]) -> str:
    """The element name of a document's struct."""
    return struct.__name__[0].lower() + struct.__name__[1:]
