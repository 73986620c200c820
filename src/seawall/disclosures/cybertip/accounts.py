"""An account of a case as the parts of a report that describe it."""

from collections.abc import Iterable
from typing import Any

from seawall.disclosures.cybertip.legible import legible
from seawall.disclosures.cybertip.person import (
    AssociatedAccount,
    DeviceId,
    Email,
    EstimatedLocation,
    IpCaptureEvent,
    Person,
    Phone,
    PostalAddress,
)
from seawall.disclosures.cybertip.values import AccountKind, EventName
from seawall.disclosures.dossier import Account, Link, Operator, SignIn, Suspect

_KINDS = {
    "linked": AccountKind.LINKED,
    "billing": AccountKind.BILLING,
    "business": AccountKind.BUSINESS,
    "creator": AccountKind.CREATOR,
    "parent": AccountKind.PARENT,
    "other": AccountKind.OTHER,
}


def account_fields(account: Account, operator: Operator) -> dict[str, Any]:
    """The fields that a suspect, a recipient and a victim share."""
    addresses, devices = events_of(account.sign_ins)
    place = account.place
    return {
        "esp_identifier": account.id,
        "esp_service": operator.service,
        "compromised_account": account.compromised,
        "screen_name": legible(account.handle) or None,
        "display_name": tuple(legible(name) for name in account.display_names),
        "profile_url": account.profile_urls,
        "profile_bio": legible(account.bio) or None,
        "ip_capture_event": addresses,
        "device_id": devices,
        "estimated_location": EstimatedLocation(
            city=legible(place.city) or None, region=legible(place.region) or None, country_code=place.country
        )
        if place
        else None,
    }


def person_of(account: Account) -> Person | None:
    """The person behind an account, where anything is known."""
    contacts = account.contacts
    names = [legible(one.value).partition(" ") for one in contacts if one.kind == "name"]
    person = Person(
        first_name=names[0][0] if names else None,
        last_name=names[0][2] or None if names else None,
        phone=tuple(
            Phone(
                value=one.value,
                verified=one.verified,
                verification_date=one.verified_at,
                country_calling_code=one.country_code,
            )
            for one in contacts
            if one.kind == "phone"
        ),
        email=_mails(account),
        address=tuple(PostalAddress(address=legible(one.value)) for one in contacts if one.kind == "address"),
        age=account.age,
        date_of_birth=account.born,
    )
    return person if person != Person() else None


def _mails(account: Account) -> tuple[Email, ...]:
    return tuple(
        Email(value=one.value, verified=one.verified, verification_date=one.verified_at)
        for one in account.contacts
        if one.kind == "email"
    )


def associated(link: Link, group: str | None) -> AssociatedAccount:
    """Another account of the same person; one that returned carries the network's group too."""
    account = link.account
    addresses, devices = events_of(account.sign_ins)
    return AssociatedAccount(
        account_type=_KINDS[link.kind],
        third_party_user=link.elsewhere or None,
        platform=link.platform,
        approximate_age=account.age,
        email=_mails(account),
        esp_identifier=account.id,
        profile_url=account.profile_urls,
        screen_name=legible(account.handle) or None,
        display_name=tuple(legible(name) for name in account.display_names),
        profile_bio=legible(account.bio) or None,
        group_identifier=group,
        ip_capture_event=addresses,
        device_id=devices,
    )


def priors_of(suspect: Suspect) -> tuple[int, ...]:
    """Reports that this account had before, each once, oldest first."""
    return tuple(sorted(set(suspect.prior_reports)))


def events_of(sign_ins: Iterable[SignIn]) -> tuple[tuple[IpCaptureEvent, ...], tuple[DeviceId, ...]]:
    """Sign-ins as addresses and devices, oldest first."""
    ordered = sorted(sign_ins, key=lambda one: (one.at, one.ip or "", one.port or 0))
    devices = tuple(
        DeviceId(id_type="Platform device hash", id_value=one.device_hash, event_name=_name(one), date_time=one.at)
        for one in ordered
        if one.device_hash
    )
    return tuple(event_of(one) for one in ordered if one.ip), devices


def event_of(sign_in: SignIn) -> IpCaptureEvent:
    """One sign-in as an address at a moment."""
    return IpCaptureEvent(
        ip_address=sign_in.ip or "",
        event_name=_name(sign_in),
        date_time=sign_in.at,
        possible_proxy=sign_in.proxy,
        port=sign_in.port,
    )


def _name(sign_in: SignIn) -> EventName:
    return EventName[sign_in.event.upper()]
