"""What a disclosure is made from: one case, as people decided it.

A dossier holds handles, addresses and text in clear: it lives in memory and in the vault, never in a run folder.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Literal

import msgspec

from seawall.records.errors import BadInput
from seawall.records.roles import Role


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of a dossier."""


class Contact(_Part, frozen=True, kw_only=True):
    """A way to reach the person behind an account; `country_code` is a telephone's, as +49."""

    kind: Literal["email", "phone", "name", "address"]
    value: str
    verified: bool | None = None
    verified_at: datetime | None = None
    country_code: str | None = None


class SignIn(_Part, frozen=True, kw_only=True):
    """An address, and perhaps a device, at a moment."""

    at: datetime
    event: Literal["login", "registration", "purchase", "upload", "other", "unknown"] = "login"
    ip: str | None = None
    port: int | None = None
    proxy: bool | None = None
    device_hash: str | None = None


class Place(_Part, frozen=True, kw_only=True):
    """Where the platform believes an account to be."""

    city: str | None = None
    region: str | None = None
    country: str | None = None


class Account(_Part, frozen=True, kw_only=True):
    """An account as the platform knows it; `id` is the platform's own."""

    id: str
    handle: str = ""
    display_names: tuple[str, ...] = ()
    bio: str | None = None
    profile_urls: tuple[str, ...] = ()
    created_at: datetime | None = None
    born: date | None = None
    age: int | None = None
    place: Place | None = None
    compromised: bool | None = None
    contacts: tuple[Contact, ...] = ()
    sign_ins: tuple[SignIn, ...] = ()


class Link(_Part, frozen=True, kw_only=True):
    """Another account of the same person: a returned or second one here, or one on another platform."""

    account: Account
    how: str = ""
    platform: str | None = None
    kind: Literal["linked", "billing", "business", "creator", "parent", "other"] = "linked"

    @property
    def elsewhere(self) -> bool:
        """Whether it is on another platform."""
        return self.platform is not None


class Incident(_Part, frozen=True, kw_only=True):
    """One thing that was seen: evidence text, as people read it, and where it stood."""

    at: datetime
    where: Literal["page", "chat", "mail", "newsgroup", "game", "phone", "peers", "offline"] = "page"
    urls: tuple[str, ...] = ()
    text: str = ""
    note: str = ""
    elsewhere: bool = False


class Media(_Part, frozen=True, kw_only=True):
    """A file in the platform's store: where it is and what it is, never its bytes.

    `viewed_by` names who opened it at full view, from the audit log; empty means nobody did.
    """

    id: str
    locator: str
    size: int
    sha256: str
    md5: str | None = None
    sha1: str | None = None
    pdq: str | None = None
    name: str | None = None
    content_type: str = "application/octet-stream"
    uploaded_at: datetime | None = None
    uploaded_from: SignIn | None = None
    url: str | None = None
    public: bool | None = None
    viewed_by: tuple[str, ...] = ()
    exif_viewed_by: tuple[str, ...] = ()
    exif: tuple[tuple[str, str], ...] = ()
    marks: tuple[str, ...] = ()
    classification: Literal["A1", "A2", "B1", "B2"] | None = None
    context: bool = False


class Thread(_Part, frozen=True, kw_only=True):
    """Metadata of messages: who, to whom, when. There is no text."""

    name: str
    rows: tuple[tuple[str, str, datetime], ...]


class Suspect(_Part, frozen=True, kw_only=True):
    """One account that people decided on; `compelled_by` is the id of an account of the case that compels a child."""

    account: Account
    role: Role
    risk: float = 0.0
    judged_child: bool = False
    compelled_by: str | None = None
    incidents: tuple[Incident, ...] = ()
    media: tuple[Media, ...] = ()
    threads: tuple[Thread, ...] = ()
    links: tuple[Link, ...] = ()
    recipients: tuple[Account, ...] = ()
    prior_reports: tuple[int, ...] = ()
    country: str | None = None
    note: str = ""

    @property
    def victim(self) -> bool:
        """Whether every disclosure names this account as a child in need of help, not as a suspect."""
        return self.judged_child or self.role is Role.AT_RISK_CHILD


class Operator(_Part, frozen=True, kw_only=True):
    """Who reports: the platform, its contact and what it says in every report."""

    platform: str
    service: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str
    phone: str | None = None
    country: str | None = None
    template: str | None = None
    terms_of_service: str | None = None
    legal_url: str | None = None


class Decision(_Part, frozen=True, kw_only=True):
    """What people decided on the case as a whole."""

    incident: str | None = None
    imminent_harm: str | None = None
    marks: tuple[str, ...] = ()
    agency: str | None = None
    agency_case: str | None = None
    agency_country: str | None = None
    note: str = ""


class Dossier(_Part, frozen=True, kw_only=True):
    """One case, ready to be disclosed; `group` is what links its reports, the case's id where it is empty."""

    case_id: str
    operator: Operator
    suspects: tuple[Suspect, ...]
    decision: Decision = Decision()
    opened_at: datetime | None = None
    found_by: str = ""
    group: str = ""

    @property
    def in_order(self) -> tuple[Suspect, ...]:
        """The suspects, the network's core first; the order is the same at every call."""
        return tuple(sorted(self.suspects, key=lambda one: (-one.risk, one.account.id)))


def read_dossier(path: Path) -> Dossier:
    """A dossier from a JSON file; raises BadInput with the place of what is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Dossier)
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}); give a dossier's JSON file.") from error
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise BadInput(f"{path} is no dossier: {error}. See docs/how-to/disclose.md.") from error
