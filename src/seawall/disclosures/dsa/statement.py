"""A statement of reasons, in the Transparency Database's own names."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, field

from seawall.disclosures.dsa.values import (
    AccountMeasure,
    AccountType,
    Automation,
    Category,
    ContentType,
    Ground,
    Keyword,
    Monetary,
    Provision,
    Source,
    Visibility,
    YesNo,
)

Text500 = Annotated[str, Meta(max_length=500)]
Text2000 = Annotated[str, Meta(max_length=2000)]
Text5000 = Annotated[str, Meta(max_length=5000)]


class ContentId(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product's number."""

    ean_13: Annotated[str, Meta(pattern="^[0-9]{13}$")] = field(name="EAN-13")


class Statement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One decision: what was done, why, how it was found; `puid` is ours and tells nothing of the account."""

    decision_visibility: tuple[Visibility, ...] = ()
    decision_visibility_other: Text500 | None = None
    decision_monetary: Monetary | None = None
    decision_monetary_other: Text500 | None = None
    decision_provision: Provision | None = None
    decision_account: AccountMeasure | None = None
    account_type: AccountType | None = None
    decision_ground: Ground
    decision_ground_reference_url: Text500 | None = None
    illegal_content_legal_ground: Text500 | None = None
    illegal_content_explanation: Text2000 | None = None
    incompatible_content_ground: Text500 | None = None
    incompatible_content_explanation: Text2000 | None = None
    incompatible_content_illegal: YesNo | None = None
    content_type: tuple[ContentType, ...]
    content_type_other: Text500 | None = None
    category: Category
    category_addition: tuple[Category, ...] = ()
    category_specification: tuple[Keyword, ...] = ()
    category_specification_other: Text500 | None = None
    content_language: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    territorial_scope: tuple[str, ...] = ()
    content_id: ContentId | None = None
    content_date: date
    application_date: date
    end_date_visibility_restriction: date | None = None
    end_date_monetary_restriction: date | None = None
    end_date_service_restriction: date | None = None
    end_date_account_restriction: date | None = None
    decision_facts: Text5000
    source_type: Source
    source_identity: Text500 | None = None
    automated_detection: YesNo
    automated_decision: Automation
    puid: Annotated[str, Meta(pattern="^[a-zA-Z0-9-_]+$", max_length=500)]


FREE_TEXT = (
    "decision_visibility_other",
    "decision_monetary_other",
    "illegal_content_legal_ground",
    "illegal_content_explanation",
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "content_type_other",
    "category_specification_other",
    "decision_facts",
    "source_identity",
)
"""The fields that somebody writes, in which nothing of anybody may stand."""
