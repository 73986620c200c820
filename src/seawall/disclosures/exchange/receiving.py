"""Signals of partners: seeds with their origin and expiry."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from seawall.disclosures.exchange.signal import KEYED, Kind, Partner, Shared
from seawall.disclosures.exchange.signed_file import Header
from seawall.disclosures.models import ReceivedSignal
from seawall.records.errors import Refused


@transaction.atomic
def take(header: Header, signals: Iterable[Shared], now: datetime) -> tuple[int, int]:
    """Take a file in whole; returns how many signals stand of it and how many were withdrawn.

    A reference that came before is replaced. A withdrawal removes the value itself with this very update. A file that
    is not newer than the last one of its origin is refused: an old one would bring back what was withdrawn.
    """
    last = ReceivedSignal.objects.filter(origin=header.origin).order_by("-sequence").first()
    if last is not None and header.sequence <= last.sequence:
        raise Refused(f"file {header.sequence} of {header.origin} is not newer than {last.sequence}; it is left out.")
    stand = gone = 0
    for one in signals:
        ended = one.withdrawn or one.expires_at <= now
        ReceivedSignal.objects.update_or_create(
            origin=header.origin,
            reference=one.reference,
            defaults={
                "kind": one.kind.value,
                "value": "" if ended else one.value,
                "opinion": one.opinion.value,
                "tags": list(one.tags),
                "sequence": header.sequence,
                "received_at": now,
                "expires_at": one.expires_at,
                "withdrawn_at": now if one.withdrawn else None,
            },
        )
        stand, gone = stand + (not ended), gone + one.withdrawn
    return stand, gone


def seeds(now: datetime) -> QuerySet[ReceivedSignal]:
    """What may be looked for: not withdrawn, not expired. A seed starts an investigation and decides nothing."""
    return ReceivedSignal.objects.filter(withdrawn_at=None, expires_at__gt=now).exclude(value="")


def forget_expired(now: datetime) -> int:
    """Remove the values of what has expired; returns how many."""
    return ReceivedSignal.objects.filter(expires_at__lte=now).exclude(value="").update(value="")


def found_here(
    partner: Partner, ours: Iterable[tuple[Kind, Iterable[str]]], now: datetime
) -> dict[str, set[tuple[Kind, str]]]:
    """Which of our handles, links, payment handles, terms and media hashes a partner's seeds name, by reference."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for seed in seeds(now).filter(origin=partner.name):
        wanted.setdefault((seed.kind, seed.value), []).append(seed.reference)
    found: dict[str, set[tuple[Kind, str]]] = {}
    for kind, values in ours:
        for value in values:
            sought = partner.keyed(kind, value) if kind in KEYED else value.lower()
            for reference in wanted.get((kind.value, sought), ()):
                found.setdefault(reference, set()).add((kind, value))
    return found
