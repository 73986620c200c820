"""What a run concludes: opinions, roles, networks and what they share."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seawall.flow.believe import Belief
from seawall.flow.gather import Material
from seawall.flow.progress import Stages
from seawall.hashes.bank import KnownMedia
from seawall.network.communities import communities
from seawall.network.findings import Findings, conclude_accounts
from seawall.network.graph import THINGS
from seawall.network.moving_media import Batches, MovingMedia, moving_media
from seawall.network.returns import Returns, returns_among
from seawall.network.returns_told import returns_of_flagged
from seawall.network.roles import role_probabilities
from seawall.network.things import ThingFindings, conclude_things
from seawall.network.traces import Profiles
from seawall.signals.offers import prices_in
from seawall.terms.lexicon import Lexicon
from seawall.terms.proposals import proposals
from seawall.terms.proposed import Proposed


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Findings on accounts and things, the network of each flagged account (-1: none); `unseen`, if seekers are."""

    findings: Findings
    things: Mapping[str, ThingFindings]
    accused: npt.NDArray[np.int64]
    network: npt.NDArray[np.int64]
    method: str
    moving: MovingMedia
    returns: Returns
    unseen: bool


def conclude(belief: Belief, seed: int, stages: Stages, batches: Batches, listed: KnownMedia) -> Conclusions:
    """Draw every conclusion from what is believed."""
    graph, tables, opinion = belief.material.graph, belief.material.tables, belief.opinion
    with stages.stage("findings"):
        roles = role_probabilities(opinion.evidence, opinion.probabilities)
        findings = conclude_accounts(roles, opinion.families, unseen=opinion.unseen)
        flagged = findings.flagged_risk(graph.n) > 0
        things = {thing: conclude_things(graph.shares[thing], flagged) for thing in THINGS}
    with stages.stage("networks"):
        accused = np.flatnonzero(flagged)
        network = communities(graph, accused, seed)
    with stages.stage("spread"):
        moving = moving_media(batches, listed, graph.accounts, findings, accused, network)
    with stages.stage("returns"):
        returned = returns_among(Profiles.of(tables["accounts"], tables["devices"]), graph.ties["follow"])
        returns = returns_of_flagged(returned, findings)
    return Conclusions(findings, things, accused, network, belief.method, moving, returns, opinion.unseen)


def propose_terms(
    batches: Batches, material: Material, findings: Findings, lexicon: Lexicon, stages: Stages
) -> Proposed:
    """Words and hashtags that flagged accounts use far more than people who otherwise write like them."""
    risk = findings.flagged_risk(material.graph.n)
    with stages.stage("terms"):
        return proposals(batches, material.graph.accounts, risk, material.bags, lexicon, prices_in)
