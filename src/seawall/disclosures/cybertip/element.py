"""What an element is: a frozen struct, its fields in XML's order.

The structs in this folder are the format: their order is the order on the wire, their types and limits are the rules.
The writer, the rules and the restated schema all read them from here, so that they cannot disagree.
"""

from typing import Annotated

import msgspec
from msgspec import Meta


class Element(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """An element whose children stand in the order of the fields."""


class Choice(Element, frozen=True, kw_only=True):
    """An element with exactly one of its children."""


Tag = Annotated[bool, Meta(extra={"as": "tag"})]
"""An empty element that is there or not."""
Flag = Annotated[bool, Meta(extra={"as": "attribute"})] | None
"""An attribute that says true or false."""

Text64 = Annotated[str, Meta(max_length=64)]
Text100 = Annotated[str, Meta(max_length=100)]
Text255 = Annotated[str, Meta(max_length=255)]
Text256 = Annotated[str, Meta(max_length=256)]
Text300 = Annotated[str, Meta(max_length=300)]
Text2056 = Annotated[str, Meta(max_length=2056)]
Text3000 = Annotated[str, Meta(max_length=3000)]
Url = Annotated[str, Meta(max_length=2083, extra={"rule": "url"})]
Address = Annotated[str, Meta(extra={"rule": "ip"})]
Country = Annotated[str, Meta(pattern="^[A-Z][A-Z0-9]$")]
