"""The two documents of the format: a report, and a file's details."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from seawall.disclosures.cybertip.element import (
    Country,
    Element,
    Tag,
    Text64,
    Text100,
    Text255,
    Text256,
    Text2056,
    Text3000,
    Url,
)
from seawall.disclosures.cybertip.incidents import InternetDetails
from seawall.disclosures.cybertip.person import (
    DeviceId,
    IntendedRecipient,
    IpCaptureEvent,
    Person,
    PersonOrUserReported,
    Victim,
)
from seawall.disclosures.cybertip.values import (
    BatchReason,
    DetailKind,
    FileRelevance,
    IncidentType,
    IndustryClassification,
)

_ATTRIBUTE = Meta(extra={"as": "attribute"})
_CONTENT = Meta(extra={"as": "content"})


class BatchedReport(Element, frozen=True, kw_only=True):
    """A viral file's reports in one; never a way to batch a network."""

    reason: Annotated[BatchReason, _ATTRIBUTE]


class ReportAnnotations(Element, frozen=True, kw_only=True):
    """What a report is marked as."""

    sextortion: Tag = False
    csam_solicitation: Tag = False
    minor_to_minor_interaction: Tag = False
    spam: Tag = False
    sadistic_online_exploitation: Tag = False
    informational: Tag = False


class IncidentSummary(Element, frozen=True, kw_only=True):
    """What happened and when; text in `escalate_to_high_priority` is what escalates."""

    incident_type: IncidentType
    platform: Text256 | None = None
    escalate_to_high_priority: Text3000 | None = None
    report_annotations: ReportAnnotations | None = None
    incident_date_time: datetime
    incident_date_time_description: Text3000 | None = None


class LawEnforcement(Element, frozen=True, kw_only=True):
    """The agency that knows of it already."""

    flea_country: Annotated[Country, _ATTRIBUTE] | None = None
    agency_name: Text255
    case_number: Text100 | None = None
    officer_contact: Person | None = None
    reported_to_le: bool | None = None
    served_legal_process_domestic: bool | None = None
    served_legal_process_international: bool | None = None


class Reporter(Element, frozen=True, kw_only=True):
    """Who reports, and what every report of this platform says."""

    reporting_person: Person
    contact_person: Person | None = None
    company_template: str | None = None
    terms_of_service: Text3000 | None = None
    legal_url: Url | None = field(default=None, name="legalURL")


class Report(Element, frozen=True, kw_only=True):
    """One report: at most one suspect."""

    batched_report: BatchedReport | None = None
    incident_summary: IncidentSummary
    internet_details: tuple[InternetDetails, ...] = ()
    law_enforcement: LawEnforcement | None = None
    reporter: Reporter
    person_or_user_reported: PersonOrUserReported | None = None
    intended_recipient: tuple[IntendedRecipient, ...] = ()
    victim: tuple[Victim, ...] = ()
    additional_info: str | None = None


class FileAnnotations(Element, frozen=True, kw_only=True):
    """What a file is marked as."""

    anime_drawing_virtual_hentai: Tag = False
    potential_meme: Tag = False
    viral: Tag = False
    possible_self_production: Tag = False
    physical_harm: Tag = False
    violence_gore: Tag = False
    bestiality: Tag = False
    live_streaming: Tag = False
    infant: Tag = False
    generative_ai: Tag = False


class OriginalFileHash(Element, frozen=True, kw_only=True):
    """A digest of the file as it was uploaded to the platform."""

    hash_type: Annotated[Text64, _ATTRIBUTE]
    value: Annotated[str, _CONTENT]


class NameValuePair(Element, frozen=True, kw_only=True):
    """One entry of a file's metadata."""

    name: Text64
    value: str


class Details(Element, frozen=True, kw_only=True):
    """Metadata of a file."""

    type: Annotated[DetailKind, _ATTRIBUTE] | None = None
    name_value_pair: tuple[NameValuePair, ...]


class FileDetails(Element, frozen=True, kw_only=True):
    """What is known of one uploaded file; `file_viewed_by_esp` comes from the audit log and nowhere else."""

    report_id: Annotated[int, Meta(ge=1)]
    file_id: str
    original_file_name: Text2056 | None = None
    uploaded_to_esp_timestamp: datetime | None = None
    location_of_file: Url | None = None
    file_viewed_by_esp: bool | None = None
    exif_viewed_by_esp: bool | None = None
    publicly_available: bool | None = None
    file_relevance: FileRelevance | None = None
    file_annotations: FileAnnotations | None = None
    industry_classification: IndustryClassification | None = None
    original_file_hash: tuple[OriginalFileHash, ...] = ()
    ip_capture_event: IpCaptureEvent | None = None
    device_id: tuple[DeviceId, ...] = ()
    details: tuple[Details, ...] = ()
    additional_info: tuple[str, ...] = ()
