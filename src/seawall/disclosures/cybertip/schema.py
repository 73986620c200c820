"""Our restatement of the schema, made from the structs.

The official schema is served to registered providers only (`GET /xsd`); `seawall disclose refresh-schema` fetches it,
and drafts are then held to it as well. Until then this is the nearest that can be checked at home.
"""

from functools import cache
from pathlib import Path

from lxml import etree

from seawall.disclosures.cybertip.element import Element
from seawall.disclosures.cybertip.plan import Plan, Slot, plan_of, root_name
from seawall.disclosures.cybertip.report import FileDetails, Report
from seawall.records.errors import BadInput

_XS = "http://www.w3.org/2001/XMLSchema"
_SIMPLE = {
    "StrType": "xs:string",
    "IntType": "xs:integer",
    "FloatType": "xs:decimal",
    "BoolType": "xs:boolean",
    "DateTimeType": "xs:dateTime",
    "DateType": "xs:date",
}
DOCUMENTS: tuple[type[Element], ...] = (Report, FileDetails)


def restated() -> bytes:
    """The schema as XSD."""
    schema = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS}, elementFormDefault="qualified")
    for document in DOCUMENTS:
        node = etree.SubElement(schema, f"{{{_XS}}}element", name=root_name(document))
        _complex(node, plan_of(document))
    whole: bytes = etree.tostring(schema, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return whole


@cache
def our_schema() -> etree.XMLSchema:
    """The restated schema, ready to validate."""
    return etree.XMLSchema(etree.fromstring(restated()))


def read_schema(path: Path) -> etree.XMLSchema:
    """A schema from a file; raises BadInput where it is none."""
    try:
        return etree.XMLSchema(etree.parse(path, _parser()))
    except (OSError, etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise BadInput(f"{path} is no schema ({error}); fetch it with `seawall disclose refresh-schema`.") from error


def parse(xml: bytes) -> etree._Element:
    """XML from outside: no entities, no network, no huge trees; raises ValueError where it is malformed."""
    try:
        root = etree.fromstring(xml, _parser())
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type is not taken")
    return root


def against(schema: etree.XMLSchema, xml: bytes) -> list[str]:
    """What a schema finds wrong; an empty list for a valid document."""
    if schema.validate(parse(xml)):
        return []
    return [f"line {entry.line}: {entry.message}" for entry in schema.error_log]  # type: ignore[attr-defined]


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _complex(node: etree._Element, plan: Plan) -> None:
    kind = etree.SubElement(node, f"{{{_XS}}}complexType")
    content = next((slot for slot in plan.slots if slot.written == "content"), None)
    attributes = kind
    if content is not None:
        simple = etree.SubElement(kind, f"{{{_XS}}}simpleContent")
        attributes = etree.SubElement(simple, f"{{{_XS}}}extension", base=_named(node, content))
    else:
        group = etree.SubElement(kind, f"{{{_XS}}}{'choice' if plan.choice else 'sequence'}")
        for slot in plan.slots:
            if slot.written in {"element", "tag"}:
                _child(group, slot, in_choice=plan.choice)
    for slot in plan.slots:
        if slot.written == "attribute":
            use = "required" if slot.required else "optional"
            _typed(etree.SubElement(attributes, f"{{{_XS}}}attribute", name=slot.xml, use=use), slot)


def _child(group: etree._Element, slot: Slot, *, in_choice: bool) -> None:
    least = "1" if slot.required or in_choice else "0"
    most = "unbounded" if slot.many else "1"
    node = etree.SubElement(group, f"{{{_XS}}}element", name=slot.xml, minOccurs=least, maxOccurs=most)
    if slot.written == "tag":
        etree.SubElement(node, f"{{{_XS}}}complexType")
    elif slot.inner is not None:
        _complex(node, plan_of(slot.inner))
    else:
        _typed(node, slot)


def _typed(node: etree._Element, slot: Slot) -> None:
    limits = _limits(slot)
    if not limits:
        node.set("type", _SIMPLE[slot.scalar])
        return
    within = node.tag == f"{{{_XS}}}simpleType"
    simple = node if within else etree.SubElement(node, f"{{{_XS}}}simpleType")
    base = "xs:string" if slot.choices else _SIMPLE[slot.scalar]
    restriction = etree.SubElement(simple, f"{{{_XS}}}restriction", base=base)
    for facet, value in limits:
        etree.SubElement(restriction, f"{{{_XS}}}{facet}", value=value)


def _named(node: etree._Element, slot: Slot) -> str:
    """The name of a content's type: an extension cannot hold limits itself."""
    limits = _limits(slot)
    if not limits:
        return "xs:string"
    schema, name = node.getroottree().getroot(), "content-" + "-".join(value for _, value in limits)
    if schema.find(f"{{{_XS}}}simpleType[@name='{name}']") is None:
        _typed(etree.SubElement(schema, f"{{{_XS}}}simpleType", name=name), slot)
    return name


def _limits(slot: Slot) -> list[tuple[str, str]]:
    if slot.choices is not None:
        return [("enumeration", str(one.value)) for one in slot.choices]
    limits = [("maxLength", str(slot.longest))] if slot.longest is not None else []
    if slot.pattern:
        limits.append(("pattern", slot.pattern.removeprefix("^").removesuffix("$")))
    if slot.least is not None:
        limits.append(("minInclusive", f"{slot.least:g}"))
    if slot.most is not None:
        limits.append(("maxInclusive", f"{slot.most:g}"))
    return limits
