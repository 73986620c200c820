"""The report of a run: one page that opens offline and accuses nobody.

The page is drawn here, on the server: no script, no font, no picture from elsewhere. A `research` report is cut down to
aggregates before the templates see it, so that no template can let an id or a term through.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import log10
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from seawall.network.findings import Findings
from seawall.network.layout import drawing
from seawall.records.roles import ROLES, SELLER_SIDE, Role

MAPS = 25
"""Networks that get a map; the others are listed."""
MAP_MEMBERS, MAP_EDGES, LISTED = 800, 2_500, 300
"""The most accounts and ties that a map draws, and the most members that a table lists."""
SMALL = 5
"""In a research report a count of accounts below this is not told, and others are rounded to it."""

_UPWARDS = (Role.BYSTANDER, Role.BUYER, Role.PROMOTER, Role.RESELLER, Role.SELLER, Role.AT_RISK_CHILD)  # last on top


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
    such as "a link") come with the accounts that use them; `history` is what became of it, the latest first.
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
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedTerm:
    """A term that people may approve; masked unless the world is invented."""

    term: str
    score: float
    accounts: int
    flagged: int
    innocent: int

    @classmethod
    def every(cls, terms: pa.Table) -> "tuple[ProposedTerm, ...]":
        """Those of a run's table."""
        columns = ("term_id", "score", "accounts", "flagged_accounts", "innocent_accounts")
        return tuple(cls(*row) for row in zip(*(terms[name].to_pylist() for name in columns), strict=True))


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
    population: tuple[str, ...] = ()  # what is estimated of everyone

    @classmethod
    def of(cls, findings: Findings, method: str, degraded: tuple[str, ...], population: tuple[str, ...]) -> Self:
        """Of these findings."""
        risk, flagged = findings.risk, findings.flagged
        inside, outside = (
            np.histogram(of, np.linspace(0, 1, 21))[0].tolist() for of in (risk[flagged], risk[~flagged])
        )
        wrong = float((1 - risk[flagged]).sum())
        return cls(tuple(inside), tuple(outside), wrong, method, degraded, population)


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
    tell = coarse if research else int
    return _template(research).render(
        view=_aggregated(view) if research else view,
        research=research,
        flagged=tell(sum(view.roles.values())),
        networks=[_row(place, network, tell) for place, network in enumerate(view.networks, 1)],
        cards=[] if research else [_card(network) for network in view.networks[:MAPS]],
    )


def _template(research: bool) -> Template:
    loader = PackageLoader("seawall.pages")
    house = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    house.filters.update(number="{:,}".format, people=_people if research else "{:,}".format, log=_log)
    return house.get_template("report.html.j2", globals={"ROLES": [role.value for role in ROLES]})


def _aggregated(view: ReportView) -> ReportView:
    """A research report's view: no network by name, no term, no count that tells of a few."""
    sure = view.certainty
    flagged, unflagged = (tuple(map(coarse, counts)) for counts in (sure.flagged, sure.unflagged))
    return replace(
        view,
        roles={role: coarse(count) for role, count in view.roles.items()},
        refusals={what: coarse(count) for what, count in view.refusals.items()},
        certainty=replace(
            sure, flagged=flagged, unflagged=unflagged, expected_wrong=coarse(round(sure.expected_wrong))
        ),
        networks=(),
        proposed_terms=(),
        plain_ids=False,
    )


def coarse(count: int) -> int:
    """A count that tells of no single person, also by how long its bar is: 0, one below `SMALL`, or rounded to it."""
    return SMALL * round(count / SMALL) if count >= SMALL else min(count, 1) * (SMALL - 1)


def _people(count: int) -> str:
    return f"<{SMALL}" if 0 < count < SMALL else f"{count:,}"


def _row(place: int, network: NetworkView, tell: Callable[[int], int]) -> dict[str, Any]:
    """A network in a table; a research report tells no more of it, and not its name."""
    counts = Counter(member.role for member in network.members)
    roles = {role: tell(count) for role, count in counts.items()}
    named = {} if tell is coarse else {"name": network.name, "history": network.history}
    return {"place": place, "risk": network.risk, "size": tell(len(network.members)), "roles": roles, **named}


def _card(network: NetworkView) -> dict[str, Any]:
    """What a network's card shows beside its row."""
    order = sorted(range(len(network.members)), key=lambda at: (-network.members[at].risk, network.members[at].label))
    members = [network.members[at] for at in order]
    return {
        "map": _map(network, order[:MAP_MEMBERS]),
        "evidence": [_said(members, "the seller side", SELLER_SIDE), _said(members, "buyers", {Role.BUYER})],
        "weekly": {kind: weeks for kind, weeks in network.weekly.items() if any(weeks)},
        "weeks": _weeks(network),
        "terms": network.terms,
        "shared": network.shared,
        "members": members[:LISTED],
    }


def _said(members: Sequence[Member], side: str, roles: Set[str]) -> tuple[str, int, list[tuple[str, int]]]:
    """A side, its size, and the evidence on most of its members."""
    sentences = [dict.fromkeys(member.evidence) for member in members if member.role in roles]
    said = Counter(sentence for of_one in sentences for sentence in of_one)
    return side, len(sentences), sorted(said.items(), key=lambda item: (-item[1], item[0]))[:4]


def _map(network: NetworkView, shown: Sequence[int]) -> dict[str, Any]:
    """Marks, the upmost last, and lines in thirds by strength, the weakest first."""
    sketch = drawing(np.array(shown, np.int64), network.edges, network.weights, MAP_EDGES)
    marks = [(network.members[at], x, y) for at, (x, y) in zip(shown, sketch.points.tolist(), strict=True)]
    marks.sort(key=lambda mark: _UPWARDS.index(Role(mark[0].role)))
    lines = [sketch.points[part].reshape(-1, 4).tolist() for part in np.array_split(sketch.edges, 3)]
    return {"marks": marks, "lines": lines, "ties": len(sketch.edges), "all_ties": len(network.edges)}


def _weeks(network: NetworkView) -> tuple[date, date] | None:
    """The first days of the first and of the last week."""
    length = max(map(len, network.weekly.values()), default=0)
    first = network.first_week
    return (first, first + timedelta(weeks=length - 1)) if first and length else None


def _log(count: int) -> float:
    """The height of a bar on a logarithmic axis: how many tens make the count, and a little for one."""
    return log10(count) + 0.3 if count else 0.0
