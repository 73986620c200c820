"""A case as a signed pack, for an authority without an interface.

The NCA's interface is told to registered providers only, so that nothing here claims to conform to it: the pack holds
what Schedule 1 of SI 2026/268 asks for where it is available, as JSON, for a person at the portal or for an adapter.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import msgspec

from seawall.disclosures.authorities.exclusive import require_first
from seawall.disclosures.dossier import Account, Dossier, Suspect
from seawall.disclosures.ledger import Identity, Ledger
from seawall.disclosures.models import Disclosure, State
from seawall.disclosures.vault.keys import OperatorKey
from seawall.disclosures.vault.pack import Entry, Told, write_pack
from seawall.effects.outbound import Outbound
from seawall.records.errors import BadConfiguration, BadInput, Refused

KIND = "pack"
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

    def submit(self, pack: Path, pack_key: str, outbound: Outbound) -> str:
        """Hand a pack over through `outbound`, which reaches one origin; returns the authority's reference."""
        ...


def load_portal(place: str) -> Portal:
    """The operator's adapter, named as module:attribute; raises BadConfiguration where it is none."""
    module, _, name = place.partition(":")
    try:
        found: object = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadConfiguration(f"there is no adapter {place!r} ({error}); write module:attribute.") from error
    if not callable(getattr(found, "submit", None)):
        raise BadConfiguration(f"{place} has no method submit(pack, pack_key, outbound); see `Portal`.")
    return cast(Portal, found)


def suggested_priority(dossier: Dossier) -> Priority:
    """A first guess for the person who assesses: harm that is near, then a child who is known, then the rest."""
    if dossier.decision.imminent_harm:
        return "P1"
    return "P2" if any(one.victim for one in dossier.suspects) else "P3"


def described(dossier: Dossier, assessment: Assessment, account: str, now: datetime) -> bytes:
    """What is told of one account, for people and machines, as JSON; of the others only their ids."""
    if not assessment.why.strip() or not assessment.by.strip():
        raise BadInput("an assessment names its reasons and its author; fill both in.")
    chosen = next((one for one in dossier.in_order if one.account.id == account), None)
    if chosen is None:
        raise BadInput(f"account {account} is not in case {dossier.case_id}; choose another.")
    operator = dossier.operator
    whole = {
        "group": dossier.group or dossier.case_id,
        "assessment": assessment,
        "reporter": {"platform": operator.platform, "service": operator.service, "email": operator.email},
        "how_it_was_found": dossier.found_by,
        "imminent_harm": dossier.decision.imminent_harm,
        "account": _account(chosen, dossier, now),
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
        "messages": [
            {"sender": sender, "receiver": receiver, "at": at}
            for thread in suspect.threads
            for sender, receiver, at in thread.rows
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


def file_pack(
    ledger: Ledger, dossier: Dossier, authority: str, assessment: Assessment, accounts: Iterable[str], now: datetime
) -> list[Disclosure]:
    """Draft what an authority gets, one disclosure an account, for two people to approve.

    Raises Refused where an account is reported to an authority that excludes this one.
    """
    chosen = tuple(accounts)
    require_first(ledger, authority, chosen)
    filed = []
    for ordinal, account in enumerate(chosen, 1):
        identity = Identity(KIND, authority, "production", dossier.case_id, account)
        disclosure = ledger.draft(identity, ordinal, described(dossier, assessment, account, now), now)
        ledger.checked(disclosure, ())
        filed.append(disclosure)
    return filed


def release_pack(
    ledger: Ledger, key: OperatorKey, case_id: str, authority: str, to: Path, by: str, now: datetime
) -> str:
    """Write what two people approved as a pack; returns the key that opens it. Raises Refused where nothing is."""
    ready = [
        one
        for one in Disclosure.objects.filter(kind=KIND, authority=authority, case_id=case_id).order_by("ordinal")
        if one.state in {State.APPROVED, State.SENT}
    ]
    if not ready:
        raise Refused(f"nothing of case {case_id} is approved for {authority}; two people approve it in the console.")
    for one in ready:
        ledger.require_approval(one)
    contents = [ledger.content(one) for one in ready]
    entries = (
        Entry(f"account-{one.ordinal:03d}.json", len(content), iter((content,)))
        for one, content in zip(ready, contents, strict=True)
    )
    opens = write_pack(to, key, Told(case_id, by, f"report to {authority}"), entries)
    for one, content in zip(ready, contents, strict=True):
        ledger.end(ledger.begin(one, "release", content, by, now), b"", now, code=0)
        if one.state == State.APPROVED:
            ledger.move(one, State.SENT)
    return opens


def acknowledge_pack(ledger: Ledger, case_id: str, authority: str, reference: str, now: datetime) -> int:
    """Note the authority's reference for everything that was released of a case; returns how much that is."""
    sent = Disclosure.objects.filter(kind=KIND, authority=authority, case_id=case_id, state=State.SENT)
    count = 0
    for one in sent:
        one.reference = reference
        ledger.move(one, State.ACKNOWLEDGED, at=now)
        count += 1
    return count
