"""Which authorities get a case, from the case alone.

A provider that reports to NCMEC does not report the same to the UK's National Crime Agency (SI 2026/268);
`exclusive.py` holds that against the ledger, whatever was planned.
"""

from dataclasses import dataclass
from typing import Literal

from seawall.disclosures.dossier import Dossier
from seawall.records.errors import BadConfiguration

Authority = Literal["ncmec", "nca", "other"]


@dataclass(frozen=True, slots=True)
class Registered:
    """Where the provider is registered and whom it must tell besides: countries with their own authority's name."""

    ncmec: bool = False
    nca: bool = False
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One authority that gets the case, with the accounts it gets, and why."""

    authority: str
    accounts: tuple[str, ...]
    why: str


def routes_for(dossier: Dossier, registered: Registered) -> list[Route]:
    """The routes of a case, by where its accounts are and where the provider is registered."""
    every = tuple(one.account.id for one in dossier.in_order)
    routes = []
    if registered.ncmec:
        routes.append(Route("ncmec", every, "registered with NCMEC, which passes reports on to other countries"))
    elif registered.nca:
        british = _in(dossier, "GB")
        if british:
            routes.append(Route("nca", british, "accounts in the United Kingdom, and no report to NCMEC"))
    for country, name in registered.others:
        there = _in(dossier, country)
        if there:
            routes.append(Route(f"other:{name}", there, f"accounts in {country}"))
    if not routes:
        raise BadConfiguration(
            f"no authority is configured for case {dossier.case_id}; register with one, or name one for the countries "
            f"{', '.join(sorted({one.country or 'unknown' for one in dossier.suspects}))}."
        )
    return routes


def accounts_for(dossier: Dossier, authority: str) -> tuple[str, ...]:
    """The accounts that an authority gets where nobody names some: the NCA those of its country, others all."""
    if authority != "nca":
        return tuple(one.account.id for one in dossier.in_order)
    return routes_for(dossier, Registered(nca=True))[0].accounts


def _in(dossier: Dossier, country: str) -> tuple[str, ...]:
    return tuple(one.account.id for one in dossier.in_order if one.country == country)
