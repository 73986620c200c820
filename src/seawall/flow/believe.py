"""What a run believes of accounts, with a lexicon or without one."""

from dataclasses import dataclass

from seawall.flow.gather import Material, read_with
from seawall.flow.progress import Stages
from seawall.lake.engine import Lake
from seawall.network.belief import SELLS, Labels
from seawall.network.cold_start import ColdStart, Opinion
from seawall.network.evidence import join, profile_evidence, signal_evidence
from seawall.network.takeover import method_of, suspects, with_verdicts
from seawall.network.verdicts import known_classes
from seawall.signals.offers import prices_in
from seawall.terms.lexicon import Lexicon
from seawall.terms.proposals import proposals

READINGS = 3
"""How often an activity is read where people have confirmed sellers and no lexicon is at hand."""
TERMS = 20
"""The best so many terms that a reading proposes are the lexicon of the next."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed, the material as it was last read, and how, in words for the summary."""

    opinion: Opinion
    material: Material
    method: str


def believe(lake: Lake, material: Material, lexicon: Lexicon, seed: int, stages: Stages) -> Belief:
    """Beliefs that have settled.

    Without a lexicon, what the accounts say who are near to confirmed sellers becomes one, and the activity is read
    again. It ends with the run: for anything else its terms are proposed and wait for people.
    """
    known = known_classes(material.graph, material.tables["verdicts"])
    with stages.stage("beliefs"):
        now, found = Belief(_opinion(material, known, seed), material, method_of(known)), list[str]()
        readings = READINGS if (known == SELLS).any() and not lexicon.terms else 1
        for reading in range(2, readings + 1):
            risk = suspects(now.opinion, known)
            told = proposals(lake.batches, material.graph.accounts, risk, material.bags, lexicon, prices_in).found
            before, found = found, [term.removeprefix("#") for term in told["term"].to_pylist()[:TERMS]]
            if found == before:
                break
            again = read_with(lake, material, Lexicon.of(found))
            method = f"{method_of(known)}, reading {reading} times with {len(found)} terms that it found"
            now = Belief(_opinion(again, known, seed), again, method)
    return now


def _opinion(material: Material, known: Labels, seed: int) -> Opinion:
    graph, tables = material.graph, material.tables
    context = profile_evidence(graph, tables["accounts"], material.posts, tables["searches"])
    own = join([signal_evidence(graph, material.signals), context])
    return with_verdicts(graph, ColdStart(graph, material.bags, own, known, seed).opinion(), known, seed)
