"""People and their contacts in a CyberTipline report."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, field

from seawall.disclosures.cybertip.element import Address as IpAddress
from seawall.disclosures.cybertip.element import Country, Element, Flag, Text100, Text255, Text256, Text300, Url
from seawall.disclosures.cybertip.values import AccountKind, AddressKind, EmailKind, EventName, PhoneKind

_ATTRIBUTE = Meta(extra={"as": "attribute"})
_CONTENT = Meta(extra={"as": "content"})


class Email(Element, frozen=True, kw_only=True):
    """A mail address."""

    type: Annotated[EmailKind, _ATTRIBUTE] | None = None
    verified: Flag = None
    verification_date: Annotated[datetime, _ATTRIBUTE] | None = None
    value: Annotated[str, Meta(max_length=255, extra={"as": "content", "rule": "email"})]


class Phone(Element, frozen=True, kw_only=True):
    """A telephone number."""

    type: Annotated[PhoneKind, _ATTRIBUTE] | None = None
    verified: Flag = None
    verification_date: Annotated[datetime, _ATTRIBUTE] | None = None
    country_calling_code: Annotated[str, Meta(pattern=r"^\+[0-9]{1,3}$", extra={"as": "attribute"})] | None = None
    extension: Annotated[str, Meta(pattern="^[0-9]{1,10}$", extra={"as": "attribute"})] | None = None
    value: Annotated[str, _CONTENT]


class PostalAddress(Element, frozen=True, kw_only=True):
    """A postal address."""

    type: Annotated[AddressKind, _ATTRIBUTE] | None = None
    address: str | None = None
    city: str | None = None
    zip_code: str | None = None
    state: str | None = None
    non_usa_state: str | None = None
    country: Country | None = None


class Person(Element, frozen=True, kw_only=True):
    """Who somebody is, as far as it is known."""

    first_name: Text100 | None = None
    last_name: Text100 | None = None
    phone: tuple[Phone, ...] = ()
    email: tuple[Email, ...] = ()
    address: tuple[PostalAddress, ...] = ()
    age: Annotated[int, Meta(ge=0, le=150)] | None = None
    age_assertion_discrepancy: bool | None = None
    date_of_birth: date | None = None


class IpCaptureEvent(Element, frozen=True, kw_only=True):
    """An IP address at a moment."""

    ip_address: IpAddress
    event_name: EventName | None = None
    date_time: datetime | None = None
    possible_proxy: bool | None = None
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None


class DeviceId(Element, frozen=True, kw_only=True):
    """A device at a moment."""

    id_type: Text255
    id_value: Annotated[str, Meta(max_length=2083)]
    event_name: EventName | None = None
    date_time: datetime | None = None


class EstimatedLocation(Element, frozen=True, kw_only=True):
    """Where the platform believes somebody to be."""

    verified: Flag = None
    timestamp: Annotated[datetime, _ATTRIBUTE] | None = None
    city: str | None = None
    region: str | None = None
    country_code: Country | None = None


class AssociatedAccount(Element, frozen=True, kw_only=True):
    """Another account of the same person or the same network."""

    account_type: Annotated[AccountKind, _ATTRIBUTE] | None = None
    third_party_user: Flag = None
    platform: str | None = None
    first_name: Text100 | None = None
    last_name: Text100 | None = None
    approximate_age: Annotated[int, Meta(ge=0, le=150)] | None = None
    email: tuple[Email, ...] = ()
    esp_identifier: Text255 | None = None
    profile_url: tuple[Url, ...] = ()
    screen_name: Text256 | None = None
    display_name: tuple[str, ...] = ()
    profile_bio: str | None = None
    group_identifier: Text255 | None = None
    ip_capture_event: tuple[IpCaptureEvent, ...] = ()
    device_id: tuple[DeviceId, ...] = ()


Prior = Annotated[int, Meta(ge=1)]


class PersonOrUserReported(Element, frozen=True, kw_only=True):
    """The suspect of a report."""

    person_or_user_reported_person: Person | None = None
    vehicle_description: Text300 | None = None
    esp_identifier: Text255 | None = None
    esp_service: Text100 | None = None
    compromised_account: bool | None = None
    screen_name: Text256 | None = None
    display_name: tuple[str, ...] = ()
    profile_url: tuple[Url, ...] = ()
    profile_bio: str | None = None
    ip_capture_event: tuple[IpCaptureEvent, ...] = ()
    device_id: tuple[DeviceId, ...] = ()
    third_party_user_reported: bool | None = None
    prior_reports: tuple[Prior, ...] = field(default=(), name="priorCTReports")
    group_identifier: Text255 | None = None
    estimated_location: EstimatedLocation | None = None
    all_emails_reported: bool | None = None
    associated_account: tuple[AssociatedAccount, ...] = ()
    additional_info: str | None = None


class IntendedRecipient(Element, frozen=True, kw_only=True):
    """Somebody to whom the content went."""

    intended_recipient_person: Person | None = None
    esp_identifier: Text255 | None = None
    esp_service: Text100 | None = None
    compromised_account: bool | None = None
    screen_name: Text256 | None = None
    display_name: tuple[str, ...] = ()
    profile_url: tuple[Url, ...] = ()
    profile_bio: str | None = None
    ip_capture_event: tuple[IpCaptureEvent, ...] = ()
    device_id: tuple[DeviceId, ...] = ()
    prior_reports: tuple[Prior, ...] = field(default=(), name="priorCTReports")
    group_identifier: Text255 | None = None
    estimated_location: EstimatedLocation | None = None
    all_emails_reported: bool | None = None
    additional_info: str | None = None


class Victim(Element, frozen=True, kw_only=True):
    """A child who is believed to be harmed."""

    victim_person: Person
    esp_identifier: Text255 | None = None
    esp_service: Text100 | None = None
    compromised_account: bool | None = None
    screen_name: Text256 | None = None
    display_name: tuple[str, ...] = ()
    profile_url: tuple[Url, ...] = ()
    profile_bio: str | None = None
    ip_capture_event: tuple[IpCaptureEvent, ...] = ()
    device_id: tuple[DeviceId, ...] = ()
    school_name: Text255 | None = None
    prior_reports: tuple[Prior, ...] = field(default=(), name="priorCTReports")
    group_identifier: Text255 | None = None
    estimated_location: EstimatedLocation | None = None
    all_emails_reported: bool | None = None
    associated_account: tuple[AssociatedAccount, ...] = ()
    additional_info: str | None = None
