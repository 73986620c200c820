"""A document as XML bytes, its children in the order of the format."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any

from lxml import etree

from seawall.disclosures.cybertip.element import Element
from seawall.disclosures.cybertip.plan import plan_of, root_name

Writer = Callable[[etree._Element, Any], None]


def to_xml(document: Element) -> bytes:
    """The bytes that are sent, always the same for the same document."""
    root = etree.Element(root_name(type(document)))
    _writer(type(document))(root, document)
    whole: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return whole


@cache
def _writer(struct: type[Element]) -> Writer:
    """A function that writes the fields of one struct; made once, because reports are many."""
    steps = []
    for slot in plan_of(struct).slots:
        one = _one(slot.written, slot.xml, slot.inner, _spelling(slot.scalar))
        steps.append((slot.field, slot.many, one))

    def write(node: etree._Element, value: Any) -> None:
        for name, many, one in steps:
            given = getattr(value, name)
            if given is None or (given is False and one.__name__ == "tag") or (many and not given):
                continue
            if many:
                for item in given:
                    one(node, item)
            else:
                one(node, given)

    return write


def _one(written: str, xml: str, inner: type[Element] | None, spell: Callable[[Any], str]) -> Writer:
    def attribute(node: etree._Element, value: Any) -> None:
        node.set(xml, spell(value))

    def content(node: etree._Element, value: Any) -> None:
        node.text = spell(value)

    def tag(node: etree._Element, value: Any) -> None:  # noqa: ARG001  its presence is the value
        etree.SubElement(node, xml)

    def element(node: etree._Element, value: Any) -> None:
        etree.SubElement(node, xml).text = spell(value)

    def nested(node: etree._Element, value: Any) -> None:
        write(etree.SubElement(node, xml), value)

    if inner is not None:
        write = _writer(inner)
        return nested
    return {"attribute": attribute, "content": content, "tag": tag, "element": element}[written]


def _spelling(scalar: str) -> Callable[[Any], str]:
    spellings: dict[str, Callable[[Any], str]] = {
        "DateTimeType": spell_time,
        "BoolType": _spell_bool,
        "EnumType": _spell_enum,
    }
    return spellings.get(scalar, _spell)


def spell_time(value: datetime) -> str:
    """A time in UTC, as the format has it."""
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(timespec="seconds")[:19] + "Z"


def _spell_bool(value: bool) -> str:
    return "true" if value else "false"


def _spell_enum(value: Enum) -> str:
    return str(value.value)


def _spell(value: str | int | float | date) -> str:
    return value if isinstance(value, str) else str(value)
