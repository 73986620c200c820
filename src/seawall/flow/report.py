"""The report of a run: one page that opens offline and accuses nobody.

The page is drawn here, on the server: no script, no font, no picture from elsewhere. A `research` report is cut down to
aggregates before the templates see it, so that no template can let an id or a term through.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import log10
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, PackageLoader, StrictUndefined

from seawall.network.layout import drawing
from seawall.records.roles import ROLES, SELLER_SIDE, Role

MAPS = 25
"""Networks that get a map; the others are listed."""
MAP_MEMBERS, MAP_EDGES = 800, 2_500
"""The most accounts and ties that a map draws: those of the highest risk, the strongest."""
LISTED = 300
"""Members in a network's table; the rest stands in the run folder."""
SMALL = 5
"""In a research report a count of accounts below this is not told, and others are rounded to it."""

_UPWARDS = (Role.BYSTANDER, Role.BUYER, Role.PROMOTER, Role.RESELLER, Role.SELLER, Role.AT_RISK_CHILD)
"""In this order a map is drawn, so that the last lies on top."""


@dataclass(frozen=True, slots=True)
class Member:
    """An account of a network: its keyed id (the platform's own in an invented world), evidence strongest first."""

    label: str
    role: str
    risk: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkView:
    """A network. `edges`, shape (m, 2), are places in `members`; `weights`, shape (m,).

    `weekly` counts sightings by kind of evidence, one a week from `first_week`; `terms` and `shared` (what is shared,
    such as "a link") come with the accounts that use them; `previous` is its name in the run before.
    """

    name: str
    risk: float
    members: tuple[Member, ...]
    edges: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]
    weekly: Mapping[str, Sequence[int]] = field(default_factory=dict)
    first_week: date | None = None
    terms: tuple[tuple[str, int], ...] = ()
    shared: tuple[tuple[str, int], ...] = ()
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class ProposedTerm:
    """A term that people may approve; masked unless the world is invented."""

    term: str
    score: float
    accounts: int
    flagged: int
    innocent: int


@dataclass(frozen=True, slots=True)
class TableCount:
    """What came in of one table: rows = kept + quarantined."""

    name: str
    rows: int
    kept: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a run is: accounts in 20 equal bins of risk, and how many of the flagged are expected to be wrong."""

    flagged: tuple[int, ...]
    unflagged: tuple[int, ...]
    expected_wrong: float  # the sum of 1 - risk over the flagged
    method: str
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything on the page; `networks` largest risk first, `refusals` in the guard's words."""

    title: str
    made_for: str
    accounts: int
    roles: Mapping[str, int]
    networks: tuple[NetworkView, ...]
    certainty: Certainty
    tables: tuple[TableCount, ...] = ()
    proposed_terms: tuple[ProposedTerm, ...] = ()
    refusals: Mapping[str, int] = field(default_factory=dict)
    period: tuple[date, date] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    profile: Literal["platform", "research"] = "platform"
    plain_ids: bool = False


def render(view: ReportView) -> str:
    """The page as HTML; the same view gives the same text."""
    research = view.profile == "research"
    house = Environment(
        loader=PackageLoader("seawall.flow"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    house.filters.update(
        number="{:,}".format, people=_rounded if research else "{:,}".format, risk=_risk, role=_words, top=_top, log=_log
    )
    drawn = () if research else view.networks[:MAPS]
    return house.get_template("report.html.j2").render(
        title=view.title,
        made_for=view.made_for,
        period=view.period,
        accounts=view.accounts,
        flagged=sum(view.roles.values()),
        roles=_ordered(view.roles),
        certainty=view.certainty,
        networks=[_row(place, network, research) for place, network in enumerate(view.networks, 1)],
        cards=[_card(network) for network in drawn],
        terms=() if research else view.proposed_terms,
        refusals=view.refusals,
        tables=view.tables,
        timings=view.timings,
        research=research,
        invented=view.plain_ids and not research,
    )


def _row(place: int, network: NetworkView, research: bool) -> dict[str, Any]:
    """A network in a table; all that a research report tells of it."""
    counts = Counter(member.role for member in network.members)
    row = {"place": place, "risk": network.risk, "size": len(network.members), "roles": _ordered(counts)}
    return row if research else {**row, "name": network.name, "previous": network.previous}


def _card(network: NetworkView) -> dict[str, Any]:
    """What a network's card shows beside its row."""
    order = sorted(range(len(network.members)), key=lambda at: (-network.members[at].risk, network.members[at].label))
    members = [network.members[at] for at in order]
    offering = [member for member in members if member.role in SELLER_SIDE]
    others = [member for member in members if member.role not in SELLER_SIDE]
    return {
        "map": _map(network, order[:MAP_MEMBERS]),
        "evidence": [_said("the seller side", offering), _said("buyers", others)],
        "weekly": {kind: weeks for kind, weeks in network.weekly.items() if any(weeks)},
        "weeks": _weeks(network),
        "terms": network.terms,
        "shared": network.shared,
        "members": members[:LISTED],
    }


def _said(side: str, members: Sequence[Member]) -> tuple[str, int, list[tuple[str, int]]]:
    """A side, its size, and the evidence on most of its members."""
    said = Counter(sentence for member in members for sentence in dict.fromkeys(member.evidence))
    return side, len(members), sorted(said.items(), key=lambda item: (-item[1], item[0]))[:4]


def _map(network: NetworkView, shown: Sequence[int]) -> dict[str, Any]:
    """Marks and lines; the lines in thirds by strength, weakest first."""
    sketch = drawing(np.array(shown, np.int64), network.edges, network.weights, MAP_EDGES)
    marks = [(network.members[at], x, y) for at, (x, y) in zip(shown, sketch.points.tolist(), strict=True)]
    marks.sort(key=lambda mark: _UPWARDS.index(Role(mark[0].role)))
    lines = [sketch.points[part].reshape(-1, 4).tolist() for part in np.array_split(sketch.edges, 3)]
    return {"marks": marks, "lines": lines, "ties": len(sketch.edges), "all_ties": len(network.edges)}


def _weeks(network: NetworkView) -> tuple[date, date] | None:
    """The first day of the first and of the last week."""
    length = max(map(len, network.weekly.values()), default=0)
    if network.first_week is None or length == 0:
        return None
    return network.first_week, network.first_week + timedelta(weeks=length - 1)


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The roles that occur, with their counts."""
    return [(role.value, counts[role]) for role in ROLES if counts.get(role)]


def _rounded(count: int) -> str:
    """A count that tells of no single person: none, below `SMALL`, or rounded to it."""
    if count < SMALL:
        return f"<{SMALL}" if count else "0"
    return f"{SMALL * round(count / SMALL):,}"


def _risk(risk: float) -> str:
    """Two digits, and never a certainty."""
    return "> 0.99" if risk > 0.99 else f"{risk:.2f}"


def _words(role: str, count: int = 1) -> str:
    """A role as a reader says it, of one or of many."""
    if role == Role.AT_RISK_CHILD:
        return "at-risk child" if count == 1 else "at-risk children"
    return role if count == 1 else f"{role}s"


def _top(counts: Sequence[int]) -> int:
    """The largest count, at least 1, rounded up to one digit: where an axis ends."""
    largest = max([1, *counts])
    digit = 10 ** int(log10(largest))
    return -(-largest // digit) * digit


def _log(count: int) -> float:
    """How many tens a count is made of, and a little for one: the height of a bar on a logarithmic axis."""
    return log10(count) + 0.3 if count else 0.0
