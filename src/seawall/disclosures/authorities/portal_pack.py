"""A case as a signed pack, for an authority without an interface.

The NCA's interface is told to registered providers only, so that nothing here claims to conform to it: the pack holds
what Schedule 1 of SI 2026/268 asks for where it is available, as JSON, for a person at the portal or for an adapter.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from seawall.disclosures.cybertip.drafting import thread_bytes
from seawall.disclosures.dossier import Account, Dossier, Suspect
from seawall.disclosures.vault.keys import OperatorKey
from seawall.disclosures.vault.pack import Entry, Told, write_pack
from seawall.records.errors import BadInput

SIGN_INS = timedelta(days=92)
"""Sign-ins of the three months before a report are told."""
KEEP_REFERENCE = timedelta(days=5 * 365)
"""How long an authority's reference number is kept after the rest."""
Priority = Literal["P1", "P2", "P3"]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """How urgent a person judged the case to be, and why."""

    priority: Priority
    why: str
    by: str


class Portal(Protocol):
    """An adapter to an authority's own interface, written by whoever has been given its description."""

    def submit(self, pack: Path, pack_key: str) -> str:
        """Hand a pack over; returns the authority's reference."""
        ...


def suggested_priority(dossier: Dossier) -> Priority:
    """A first guess for the person who assesses: harm that is near, then a child who is known, then the rest."""
    if dossier.decision.imminent_harm:
        return "P1"
    return "P2" if any(one.victim for one in dossier.suspects) else "P3"


def described(dossier: Dossier, assessment: Assessment, accounts: tuple[str, ...], now: datetime) -> bytes:
    """The case for people and machines, as JSON; nothing of accounts that the authority does not get."""
    if not assessment.why.strip() or not assessment.by.strip():
        raise BadInput("an assessment names its reasons and its author; fill both in.")
    chosen = [one for one in dossier.in_order if one.account.id in accounts]
    if not chosen:
        raise BadInput(f"none of the {len(accounts)} accounts is in case {dossier.case_id}; choose others.")
    operator = dossier.operator
    whole = {
        "group": dossier.group or dossier.case_id,
        "made_at": now,
        "assessment": assessment,
        "reporter": {"platform": operator.platform, "service": operator.service, "email": operator.email},
        "how_it_was_found": dossier.found_by,
        "imminent_harm": dossier.decision.imminent_harm,
        "accounts": [_account(one, dossier, now) for one in chosen],
    }
    return msgspec.json.format(msgspec.json.encode(whole))


def _account(suspect: Suspect, dossier: Dossier, now: datetime) -> dict[str, Any]:
    account = suspect.account
    return {
        "role": "child in need of help" if suspect.victim else suspect.role,
        **_known(account),
        "sign_ins": [one for one in account.sign_ins if one.at >= now - SIGN_INS],
        "registered_from": [one for one in account.sign_ins if one.event == "registration"],
        "content": [{"at": one.at, "urls": one.urls, "text": one.text} for one in suspect.incidents],
        "files": [
            {
                "id": media.id,
                "sha256": media.sha256,
                "md5": media.md5,
                "url": media.url,
                "uploaded_at": media.uploaded_at,
                "viewed": bool(media.viewed_by),
                "exif": dict(media.exif),
            }
            for media in suspect.media
        ],
        "connections": [
            {"platform": link.platform or dossier.operator.platform, "how": link.how, **_known(link.account)}
            for link in suspect.links
        ],
        "in_the_network": [one.account.id for one in dossier.in_order if one is not suspect],
    }


def _known(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "handle": account.handle,
        "names": account.display_names,
        "bio": account.bio,
        "profiles": account.profile_urls,
        "created_at": account.created_at,
        "contacts": account.contacts,
        "place": account.place,
    }


def write_portal_pack(to: Path, key: OperatorKey, dossier: Dossier, description: bytes, by: str, purpose: str) -> str:
    """Write the pack: the description, then every thread's metadata; returns the key that opens it."""
    return write_pack(to, key, Told(dossier.case_id, by, purpose), _entries(dossier, description))


def _entries(dossier: Dossier, description: bytes) -> Iterator[Entry]:
    yield Entry("case.json", len(description), iter((description,)))
    told = {one["id"] for one in msgspec.json.decode(description)["accounts"]}
    for suspect in dossier.in_order:
        for thread in suspect.threads if suspect.account.id in told else ():
            content = thread_bytes(thread)
            yield Entry(thread.name, len(content), iter((content,)))
