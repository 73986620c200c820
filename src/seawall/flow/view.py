"""A run as its report shows it: networks, timelines and reasons."""

from collections import Counter

import numpy as np
import numpy.typing as npt
from scipy.sparse import triu

from seawall.flow.outcome import Outcome, spell_texts, texts_of
from seawall.network.communities import ties_among
from seawall.network.portrait import leading, sharing, weekly
from seawall.pages.report import Certainty, Member, NetworkView, ProposedTerm, ReportView, TableCount

METHOD = "Beliefs from the lexicon and from ties, passed round until they settle, and trees that learn from the surest."
EVIDENCE_SHOWN = 4


def report_view(outcome: Outcome, degraded: tuple[str, ...]) -> ReportView:
    """What the report of this run shows."""
    order, flagged = outcome.order, outcome.conclusions.findings.flagged
    networks = [_network(outcome, number) for number in range(len(outcome.networks))]
    return ReportView(
        title=order.activity.name,
        made_for="an invented world" if order.plain_ids else "people who decide",
        accounts=outcome.material.graph.n,
        roles=dict(sorted(Counter(outcome.roles[flagged].tolist()).items())),
        networks=tuple(sorted(networks, key=lambda network: -network.risk * len(network.members))),
        certainty=_certainty(outcome, degraded),
        tables=tuple(TableCount(name, c.rows, c.kept, c.quarantined) for name, c in outcome.admission.tables.items()),
        proposed_terms=_terms(outcome),
        refusals={
            "accounts hidden from search and recommendations": int(flagged.sum()),
            "hashtags closed": len(outcome.things["tag"].closed),
            "links refused": len(outcome.things["link"].closed),
        },
        profile=order.profile,
        plain_ids=order.plain_ids,
    )


def _certainty(outcome: Outcome, degraded: tuple[str, ...]) -> Certainty:
    risk, flagged = outcome.conclusions.findings.risk, outcome.conclusions.findings.flagged
    inside, outside = (np.histogram(of, np.linspace(0, 1, 21))[0].tolist() for of in (risk[flagged], risk[~flagged]))
    return Certainty(tuple(inside), tuple(outside), float((1 - risk[flagged]).sum()), METHOD, degraded)


def _network(outcome: Outcome, number: int) -> NetworkView:
    findings, graph = outcome.conclusions.findings, outcome.material.graph
    members = outcome.members(number)
    ties = triu(ties_among(graph, members), k=1).tocoo()
    weeks = weekly(outcome.material.signals, graph.accounts[members])
    name, previous = outcome.networks[number]
    shared = {f"a {thing}": sharing(graph.shares[thing], members) for thing in ("link", "avatar")}
    return NetworkView(
        name,
        float(findings.risk[np.searchsorted(findings.accounts, members)].mean()),
        _members(outcome, members),
        np.stack([ties.row, ties.col], axis=1).astype(np.int64),
        ties.data.astype(np.float32),
        weekly=weeks.counts,
        first_week=weeks.first,
        terms=_tags(outcome, members),
        shared=tuple((what, count) for what, count in shared.items() if count),
        previous=previous,
    )


def _members(outcome: Outcome, members: npt.NDArray[np.int64]) -> tuple[Member, ...]:
    findings = outcome.conclusions.findings
    rows = np.searchsorted(findings.accounts, members).tolist()
    said = (tuple(reason.says for reason in findings.reasons[row][:EVIDENCE_SHOWN]) for row in rows)
    labels = outcome.labels(members).to_pylist()
    told = zip(labels, outcome.roles[rows].tolist(), findings.risk[rows].tolist(), said, strict=True)
    return tuple(Member(*one) for one in told)


def _tags(outcome: Outcome, members: npt.NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
    """The hashtags that most members use and few others do."""
    best = leading(outcome.material.graph.shares["tag"], members)
    texts = texts_of(outcome.material, "tag", np.array([place for place, _ in best], np.int64))
    spelt = spell_texts(outcome.order, "tag", texts).to_pylist()
    return tuple((tag, users) for tag, (_, users) in zip(spelt, best, strict=True))


def _terms(outcome: Outcome) -> tuple[ProposedTerm, ...]:
    tags = outcome.things["tag"]
    spelt, found = tags.spelt.to_pylist(), tags.found
    rows = (
        (spelt[row], float(found.risk[row]), int(found.users[row]), int(found.flagged_users[row]))
        for row in found.proposed().tolist()
    )
    return tuple(ProposedTerm(term, risk, users, by, users - by) for term, risk, users, by in rows)
