"""What a run concludes: opinions, roles, networks and what they share."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.flow.gather import Material
from seawall.flow.progress import Stages
from seawall.lake.engine import Lake
from seawall.network.belief import BUYS, BYSTANDER, OPEN, SELLS, Labels
from seawall.network.cold_start import ColdStart
from seawall.network.communities import communities
from seawall.network.evidence import join, profile_evidence, signal_evidence
from seawall.network.findings import Findings, conclude_accounts
from seawall.network.graph import THINGS, Graph
from seawall.network.roles import role_probabilities
from seawall.network.things import ThingFindings, conclude_things
from seawall.records.roles import Role
from seawall.terms.lexicon import Lexicon
from seawall.terms.new_terms import expected_risk, propose
from seawall.terms.proposed import Proposed
from seawall.terms.uses import POSTS, risky_uses

PROPOSED = 100
"""The most terms that a run proposes."""


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Findings on accounts and things, and the network of each flagged account (-1 for none)."""

    findings: Findings
    things: Mapping[str, ThingFindings]
    accused: npt.NDArray[np.int64]
    network: npt.NDArray[np.int64]
    decided: int


def conclude(material: Material, seed: int, stages: Stages) -> Conclusions:
    """Draw every conclusion from what was gathered."""
    graph, tables = material.graph, material.tables
    known = known_classes(graph, tables["verdicts"])
    searches = np.bincount(
        graph.places(tables["searches"]["account_id"].to_numpy()), tables["searches"]["n"].to_numpy(), graph.n
    ).astype(np.float32)
    with stages.stage("beliefs"):
        context = profile_evidence(graph, tables["accounts"], material.posts, searches)
        start = ColdStart(graph, material.bags, join([signal_evidence(graph, material.signals), context]), known, seed)
        opinion = start.opinion()
    with stages.stage("findings"):
        roles = role_probabilities(opinion.evidence, opinion.probabilities)
        findings = conclude_accounts(roles, opinion.families)
        flagged = np.zeros(graph.n, bool)
        flagged[findings.accounts[findings.flagged]] = True
        things = {thing: conclude_things(graph.shares[thing], flagged) for thing in THINGS}
    with stages.stage("networks"):
        accused = np.flatnonzero(flagged)
        network = communities(graph, accused, seed)
    return Conclusions(findings, things, accused, network, int((known != OPEN).sum()))


def propose_terms(lake: Lake, material: Material, findings: Findings, lexicon: Lexicon, stages: Stages) -> Proposed:
    """Words and hashtags that flagged accounts use far more than people who otherwise write like them."""
    accounts, bags = material.graph.accounts, material.bags
    risk = np.zeros(len(accounts))
    risk[findings.accounts] = findings.risk * findings.flagged
    with stages.stage("terms"):
        uses = risky_uses(lambda: lake.batches("posts", POSTS), accounts[risk > 0], len(accounts))
        expected = expected_risk(bags.indptr, bags.indices, risk)
        found = propose(uses.tokens, accounts, risk, lexicon, PROPOSED, expected=expected)
    return Proposed(found, uses.contexts)


def known_classes(graph: Graph, verdicts: pa.Table) -> Labels:
    """The class of every account that people decided, OPEN for the others; an unsure verdict decides nothing."""
    known = np.full(graph.n, OPEN, np.int8)
    decided = verdicts.filter(
        pc.and_(pc.equal(verdicts["subject_kind"], "account"), pc.not_equal(verdicts["verdict"], "unsure"))
    )
    subjects = decided["subject_id"].to_numpy().astype(np.uint64)
    classes = [
        _class_of(verdict, role)
        for verdict, role in zip(decided["verdict"].to_pylist(), decided["role"].to_pylist(), strict=True)
    ]
    there = np.isin(subjects, graph.accounts)
    known[graph.places(subjects[there])] = np.array(classes, np.int8)[there]
    return known


def _class_of(verdict: str, role: str | None) -> int:
    if verdict == "cleared" or role == Role.BYSTANDER:
        return BYSTANDER
    return BUYS if role == Role.BUYER else SELLS
