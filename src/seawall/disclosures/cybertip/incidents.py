"""Where an incident happened: the eight kinds of internetDetails."""

from typing import Annotated

from msgspec import Meta, field

from seawall.disclosures.cybertip.element import Choice, Element, Flag, Text255, Url
from seawall.disclosures.cybertip.person import Email, IpCaptureEvent, Phone, PostalAddress


class WebPageIncident(Element, frozen=True, kw_only=True):
    """On a page of the platform, or of another one."""

    third_party_hosted_content: Flag = None
    url: tuple[Url, ...] = ()
    additional_info: str | None = None


class EmailIncident(Element, frozen=True, kw_only=True):
    """In mail."""

    email_address: tuple[Email, ...] = ()
    content: str | None = None
    additional_info: str | None = None


class NewsgroupIncident(Element, frozen=True, kw_only=True):
    """In a newsgroup."""

    name: Text255 | None = None
    email_address: tuple[Email, ...] = ()
    content: str | None = None
    additional_info: str | None = None


class ChatImIncident(Element, frozen=True, kw_only=True):
    """In a chat."""

    chat_client: Text255 | None = None
    chat_room_name: Text255 | None = None
    content: str | None = None
    additional_info: str | None = None


class OnlineGamingIncident(Element, frozen=True, kw_only=True):
    """In a game."""

    game_name: str | None = None
    console: str | None = None
    content: str | None = None
    additional_info: str | None = None


class CellPhoneIncident(Element, frozen=True, kw_only=True):
    """By telephone."""

    phone_number: Phone | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    additional_info: str | None = None


class NonInternetIncident(Element, frozen=True, kw_only=True):
    """Away from any network."""

    location_name: str | None = None
    incident_address: tuple[PostalAddress, ...] = ()
    additional_info: str | None = None


class Peer2peerIncident(Element, frozen=True, kw_only=True):
    """In a network of peers."""

    client: str | None = None
    ip_capture_event: tuple[IpCaptureEvent, ...] = ()
    file_names: str | None = None
    additional_info: str | None = None


class InternetDetails(Choice, frozen=True, kw_only=True):
    """Exactly one kind of incident."""

    web_page_incident: WebPageIncident | None = None
    email_incident: EmailIncident | None = None
    newsgroup_incident: NewsgroupIncident | None = None
    chat_im_incident: ChatImIncident | None = None
    online_gaming_incident: OnlineGamingIncident | None = None
    cell_phone_incident: CellPhoneIncident | None = None
    non_internet_incident: NonInternetIncident | None = None
    peer2peer_incident: Peer2peerIncident | None = field(default=None, name="peer2peerIncident")
