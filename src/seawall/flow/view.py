"""A run as its report shows it: networks, timelines and reasons."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import triu

from seawall.flow.outcome import Outcome, spell_texts, texts_of
from seawall.network.communities import ties_among
from seawall.network.graph import Graph
from seawall.network.history import sentences
from seawall.network.portrait import leading, sharing, weekly
from seawall.pages.report import Certainty, Member, NetworkView, ProposedTerm, ReportView, TableCount

METHOD = "Beliefs from the lexicon and from ties, passed round until they settle, and trees that learn from the surest."
EVIDENCE_SHOWN = 4


def report_view(outcome: Outcome, degraded: tuple[str, ...]) -> ReportView:
    """What the report of this run shows."""
    order, flagged = outcome.order, outcome.conclusions.findings.flagged
    networks = _networks(outcome)
    return ReportView(
        title=order.activity.name,
        made_for="an invented world" if order.plain_ids else "people who decide",
        accounts=outcome.material.graph.n,
        roles=dict(sorted(Counter(outcome.roles[flagged].tolist()).items())),
        networks=tuple(sorted(networks, key=lambda network: -network.risk * len(network.members))),
        certainty=Certainty.of(outcome.conclusions.findings, METHOD, degraded, outcome.population.sentences()),
        tables=tuple(TableCount(name, c.rows, c.kept, c.quarantined) for name, c in outcome.admission.tables.items()),
        proposed_terms=ProposedTerm.every(outcome.terms),
        refusals={
            "accounts hidden from search and recommendations": int(flagged.sum()),
            "hashtags closed": len(outcome.things["tag"].closed),
            "links refused": len(outcome.things["link"].closed),
        },
        profile=order.profile,
        plain_ids=order.plain_ids,
    )


def _networks(outcome: Outcome) -> list[NetworkView]:
    """Every network, drawn from the accused alone, so that none costs a walk over all accounts."""
    graph = outcome.material.graph.among(outcome.conclusions.accused)
    seen = outcome.material.signals
    seen = seen.filter(pa.array(np.isin(seen["subject_id"].to_numpy(), graph.accounts)))
    return [_network(outcome, number, graph, seen, tags) for number, tags in enumerate(_tags(outcome))]


def _network(
    outcome: Outcome, number: int, graph: Graph, signals: pa.Table, tags: tuple[tuple[str, int], ...]
) -> NetworkView:
    findings, members = outcome.conclusions.findings, outcome.members(number)
    inside = np.searchsorted(outcome.conclusions.accused, members)
    ties = triu(ties_among(graph, inside), k=1).tocoo()
    weeks = weekly(signals, graph.accounts[inside])
    name, _ = outcome.networks[number]
    shared = {
        f"{'an' if thing == 'avatar' else 'a'} {thing}": sharing(graph.shares[thing], inside)
        for thing in ("link", "avatar")
    }
    return NetworkView(
        name,
        float(findings.risk[np.searchsorted(findings.accounts, members)].mean()),
        _members(outcome, members),
        np.stack([ties.row, ties.col], axis=1).astype(np.int64),
        ties.data.astype(np.float32),
        weekly=weeks.counts,
        first_week=weeks.first,
        terms=tags,
        shared=tuple((what, count) for what, count in shared.items() if count),
        history=sentences(outcome.history, name),
    )


def _members(outcome: Outcome, members: npt.NDArray[np.int64]) -> tuple[Member, ...]:
    findings = outcome.conclusions.findings
    rows = np.searchsorted(findings.accounts, members).tolist()
    said = (tuple(reason.says for reason in findings.reasons[row][:EVIDENCE_SHOWN]) for row in rows)
    labels = outcome.labels(members).to_pylist()
    told = zip(labels, outcome.roles[rows].tolist(), findings.risk[rows].tolist(), said, strict=True)
    return tuple(Member(*one) for one in told)


def _tags(outcome: Outcome) -> list[tuple[tuple[str, int], ...]]:
    """For every network, the hashtags that most members use and few others do."""
    uses = outcome.material.graph.shares["tag"]
    everyone = np.bincount(uses.indices, minlength=uses.shape[1])
    best = [leading(uses, everyone, outcome.members(number)) for number in range(len(outcome.networks))]
    places = np.array([place for one in best for place, _ in one], np.int64)
    spelt = iter(spell_texts(outcome.order, "tag", texts_of(outcome.material, "tag", places)).to_pylist())
    return [tuple((next(spelt), users) for _, users in one) for one in best]
