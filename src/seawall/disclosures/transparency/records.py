"""What a transparency report is counted from."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from seawall.records.errors import BadInput


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One record; none names anybody."""


class Measure(_Record, frozen=True, kw_only=True):
    """One account's measure: `hours` from the case's opening to the decision."""

    at: datetime
    kind: Literal["remove", "restrict", "protect", "clear"]
    ground: Literal["law", "terms"] = "law"
    source: Literal["own initiative", "notice", "trusted flagger", "other notification"] = "own initiative"
    found_by_machine: bool = True
    automation: Literal["fully", "partially", "not"] = "not"
    language: str = ""
    hours: float | None = None
    overturned: bool = False


class Complaint(_Record, frozen=True, kw_only=True):
    """A user's complaint about a measure (Article 20)."""

    at: datetime
    decided_at: datetime | None = None
    outcome: Literal["open", "upheld", "reversed", "unmatched"] = "open"


class Notice(_Record, frozen=True, kw_only=True):
    """A notice (Article 16)."""

    at: datetime
    decided_at: datetime | None = None
    trusted_flagger: bool = False
    acted_on: Literal["law", "terms", "no"] = "no"
    by_machine_only: bool = False


class AuthorityOrder(_Record, frozen=True, kw_only=True):
    """An order of a member state's authority, to act (Article 9) or to inform (Article 10)."""

    at: datetime
    country: str
    kind: Literal["act", "inform"]
    confirmed_at: datetime | None = None
    carried_out_at: datetime | None = None


class Dispute(_Record, frozen=True, kw_only=True):
    """A dispute before an out-of-court body (Article 21)."""

    at: datetime
    decided_at: datetime | None = None
    outcome: Literal["open", "for the user", "for the platform", "settled"] = "open"
    carried_out: bool = False


class Suspension(_Record, frozen=True, kw_only=True):
    """A suspension for misuse (Article 23)."""

    at: datetime
    why: Literal["manifestly illegal content", "unfounded notices", "unfounded complaints"]


class Share(_Record, frozen=True, kw_only=True):
    """A measured share: of the exposure of test accounts (trials), or of a sample (prevalence)."""

    name: str
    hits: int
    of: int


class Report(_Record, frozen=True, kw_only=True):
    """A report to an authority."""

    at: datetime
    authority: str
    victim: bool = False


class Recipients(_Record, frozen=True, kw_only=True):
    """Average monthly active recipients in a country, as the operator counted them."""

    country: str
    average: int


class Records(_Record, frozen=True, kw_only=True):
    """Everything of a period, and what the platform's own people add."""

    platform: str
    measures: tuple[Measure, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    notices: tuple[Notice, ...] = ()
    orders: tuple[AuthorityOrder, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    reports: tuple[Report, ...] = ()
    recipients: tuple[Recipients, ...] = ()
    exposure: tuple[Share, ...] = ()
    prevalence: tuple[Share, ...] = ()
    reviewers: tuple[tuple[str, int], ...] = ()


def read_records(path: Path) -> Records:
    """Records from a JSON file; raises BadInput with the place of what is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Records)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{path} holds no records of a transparency report ({error}).") from error
