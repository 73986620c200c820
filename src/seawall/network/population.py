"""What a run says of everyone: shares of roles, and networks unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from seawall.network.findings import Findings
from seawall.network.graph import Graph
from seawall.network.prevalence import Estimate, Sample, captures, draw_sample, prevalence, unseen_networks
from seawall.network.traces import Places
from seawall.network.verdicts import decided_roles
from seawall.records.roles import ROLES, Role


@dataclass(frozen=True, slots=True)
class Population:
    """`shares` of roles: by people's verdicts on the sample of the run before, None where these are too few.

    `expected` are the shares that the risks add up to, which is as good as their calibration; `sample` is for people to
    judge next; `unseen` networks are None where too few detectors see any.
    """

    sample: Sample
    expected: Mapping[str, float]
    shares: Mapping[str, Estimate] | None
    unseen: Estimate | None

    def as_json(self) -> dict[str, object]:
        """For the summary."""
        shares = {role: one.told(7) for role, one in self.shares.items()} if self.shares else None
        return {
            "prevalence": {
                "sample": shares,
                "expected": {role: round(share, 7) for role, share in self.expected.items()},
            },
            "unseen_networks": self.unseen.told(1) if self.unseen else None,
        }

    def sentences(self) -> tuple[str, ...]:
        """For the report."""
        told = []
        if self.shares:
            hidden = {role: one for role, one in self.shares.items() if role != Role.BYSTANDER}
            told += [f"{role.replace('_', ' ')}: {_percent(one)} of all accounts" for role, one in hidden.items()]
        else:
            told.append("No sample was judged: give the run before (--previous) and people's verdicts on its sample.")
        if self.unseen:
            one = self.unseen
            told.append(f"networks that no detector sees: at least {one.value:.0f} ({one.low:.0f} to {one.high:.0f})")
        return tuple(told)


@dataclass(frozen=True, slots=True)
class Groups:
    """The accused (places) and the network of each, -1 for none."""

    accused: Places
    network: Places


@dataclass(frozen=True, slots=True)
class Sampled:
    """The sample of the run before, and the roles that people have given since, by account as it is spelt."""

    sample: pa.Table
    judged: Mapping[str, str]

    @classmethod
    def of(cls, sample: pa.Table, graph: Graph, verdicts: pa.Table, spelt: pa.Array) -> Self:
        """From the verdicts of now; `spelt` spells every account of the graph."""
        decided = decided_roles(graph, verdicts)
        return cls(sample, {spelt[place].as_py(): role for place, role in decided.items()})


def population(
    graph: Graph,
    signals: pa.Table,
    findings: Findings,
    groups: Groups,
    sampled: Sampled,
    seed: int,
) -> Population:
    """Estimate, and draw the next sample."""
    sample, network = draw_sample(findings, graph.n, seed), np.full(graph.n, -1)
    network[groups.accused] = groups.network
    totals = sample.sizes @ sample.roles
    expected = {str(role): float(totals[place] / max(graph.n, 1)) for place, role in enumerate(ROLES)}
    shares = prevalence(sampled.sample, sampled.judged, seed)
    seen = captures(graph.places(signals["subject_id"].to_numpy()), signals["detector"], network)
    return Population(sample, expected, shares, unseen_networks(seen))


def _percent(one: Estimate) -> str:
    return f"{one.value:.2%} (95 % interval {one.low:.2%} to {one.high:.2%})"
