"""A run as its report shows it: networks, timelines and reasons."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import triu

from seawall.flow.conclude import Conclusions
from seawall.flow.gather import Material
from seawall.flow.order import Order
from seawall.intake.admission import Admission
from seawall.network.communities import ties_among
from seawall.pages.report import Certainty, Member, NetworkView, ProposedTerm, ReportView, TableCount

_WEEK = 7 * 86_400 * 1_000_000
SHOWN_TERMS, SHOWN_WEEKS = 8, 60


def report_view(
    order: Order,
    admission: Admission,
    material: Material,
    conclusions: Conclusions,
    accounts: pa.Array,
    roles: Sequence[str],
    networks: Sequence[tuple[str, str | None]],
    things: Mapping[str, pa.Table],
) -> ReportView:
    """What the report of this run shows."""
    findings = conclusions.findings
    flagged = findings.flagged
    views = [
        _network(number, name, order, material, conclusions, accounts, roles) for number, name in enumerate(networks)
    ]
    tags = things["hashtag"].filter(things["hashtag"]["flagged"]).sort_by([("risk", "descending")])
    terms = zip(*(tags[name].to_pylist() for name in ("text", "risk", "users", "flagged_users")), strict=True)
    bins = np.linspace(0, 1, 21)
    return ReportView(
        title=order.activity.name,
        made_for="an invented world" if order.plain_ids else "people who decide",
        accounts=material.graph.n,
        roles={str(role): count for role, count in sorted(Counter(np.asarray(roles)[flagged]).items())},
        networks=tuple(sorted(views, key=lambda view: -view.risk * len(view.members))),
        certainty=Certainty(
            tuple(np.histogram(findings.risk[flagged], bins)[0].tolist()),
            tuple(np.histogram(findings.risk[~flagged], bins)[0].tolist()),
            float((1 - findings.risk[flagged]).sum()),
            "Beliefs from the lexicon and from ties, passed round until they settle, and trees that learn from the surest.",
        ),
        tables=tuple(TableCount(name, c.rows, c.kept, c.quarantined) for name, c in admission.tables.items()),
        proposed_terms=tuple(
            ProposedTerm(_shown(text, order), risk, users, counted, users - counted)
            for text, risk, users, counted in terms
        ),
        refusals={
            "accounts hidden from search and recommendations": int(flagged.sum()),
            "hashtags closed": len(tags),
            "links refused": int(np.count_nonzero(things["link"]["flagged"])),
        },
        profile=order.profile,
        plain_ids=order.plain_ids,
    )


def _network(
    number: int,
    name: tuple[str, str | None],
    order: Order,
    material: Material,
    conclusions: Conclusions,
    accounts: pa.Array,
    roles: Sequence[str],
) -> NetworkView:
    findings, graph = conclusions.findings, material.graph
    members = conclusions.accused[conclusions.network == number]
    rows = np.searchsorted(findings.accounts, members)
    ties = triu(ties_among(graph, members), k=1).tocoo()
    labels = accounts.take(pa.array(members)).to_pylist()
    first, weekly = _weekly(material, members)
    return NetworkView(
        name[0],
        float(findings.risk[rows].mean()),
        tuple(
            Member(label, str(roles[row]), float(findings.risk[row]), tuple(r.says for r in findings.reasons[row][:4]))
            for label, row in zip(labels, rows, strict=True)
        ),
        np.stack([ties.row, ties.col], axis=1).astype(np.int64),
        ties.data.astype(np.float32),
        weekly=weekly,
        first_week=first,
        terms=_tags(material, members, order),
        shared=tuple(
            (f"a {thing}", count) for thing in ("link", "avatar") if (count := _sharing(graph.shares[thing], members))
        ),
        previous=name[1],
    )


def _weekly(material: Material, members: npt.NDArray[np.int64]) -> tuple[date | None, Mapping[str, Sequence[int]]]:
    """First sightings of the members' signals a week, by detector, over the last `SHOWN_WEEKS` weeks."""
    signals = material.signals.filter(
        pa.array(np.isin(material.signals["subject_id"].to_numpy(), material.graph.accounts[members]))
    )
    signals = signals.filter(signals["first_at"].is_valid())
    if not len(signals):
        return None, {}
    weeks = signals["first_at"].cast(pa.int64()).to_numpy() // _WEEK
    start = max(int(weeks.min()), int(weeks.max()) - SHOWN_WEEKS + 1)
    detectors = np.array(signals["detector"].to_pylist())
    counts = {
        str(detector): np.bincount(
            weeks[(detectors == detector) & (weeks >= start)] - start, minlength=int(weeks.max()) - start + 1
        )
        for detector in sorted(set(detectors))
    }
    return datetime.fromtimestamp(start * _WEEK / 1e6, UTC).date(), {
        name: tuple(c.tolist()) for name, c in counts.items()
    }


def _tags(material: Material, members: npt.NDArray[np.int64], order: Order) -> tuple[tuple[str, int], ...]:
    """The hashtags that most members use and few others do."""
    uses = material.graph.shares["tag"]
    inside = np.asarray(uses[members].sum(axis=0)).ravel()
    everyone = np.bincount(uses.indices, minlength=uses.shape[1])
    score = np.where(inside >= 2, inside * inside / np.maximum(everyone, 1), 0)
    best = [place for place in np.argsort(-score, kind="stable")[:SHOWN_TERMS] if score[place] > 0]
    texts = material.tables["tag_uses"]["tag"].combine_chunks().dictionary_encode().dictionary
    return tuple((_shown(texts[int(place)].as_py(), order), int(inside[place])) for place in best)


def _sharing(uses: "csr_matrix", members: npt.NDArray[np.int64]) -> int:  # noqa: F821
    inside = uses[members]
    crowd = np.bincount(inside.indices, minlength=uses.shape[1])
    return int(np.count_nonzero(np.diff(inside[:, np.flatnonzero(crowd > 1)].indptr)))


def _shown(text: str, order: Order) -> str:
    """A term as the report shows it: masked, but for an invented world."""
    return text if order.plain_ids else f"{text[:1]}{'•' * max(len(text) - 1, 3)}"
