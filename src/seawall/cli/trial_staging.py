"""What `seawall trial staging` sends, and what it would send."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.trials.labels import by_truth
from seawall.trials.platform import read_platform
from seawall.trials.recommenders.staging import Pace, Staging
from seawall.trials.staging_trial import StagingPlan, walk_staging


@dataclass(frozen=True, slots=True)
class StagingRequest:
    """Where to send, on behalf of whom, and how fast."""

    base: str
    activity: Path
    truth: Path
    testers: Path
    allow: tuple[str, ...]
    private: bool
    rate: float

    def dry_run(self, plan: StagingPlan) -> str:
        """What would be sent."""
        most = plan.most_requests
        return (
            f"dry run: nothing was sent. At most {most:,} requests to {self.base}, {self.rate:g} a second "
            f"(at most {most / self.rate / 60:,.0f} minutes), by {plan.testers} of {len(self.names())} named test "
            f"accounts; listed origins: {', '.join(self.allow) or 'none'}. Send it with --live."
        )

    def names(self) -> list[str]:
        """The operator's test accounts."""
        return [name for line in self.testers.read_text("utf-8").splitlines() if (name := line.strip())]

    def send(self, plan: StagingPlan, key: IdKey) -> dict[str, Any]:
        """Walk."""
        platform = read_platform(self.activity, key)
        labels = by_truth(self.truth, platform, key)
        ids = pq.read_table(self.truth, columns=["subject_id"])["subject_id"]
        places = platform.places(key.column("account", ids)).tolist()
        names = {place: name for place, name in zip(places, ids.to_pylist(), strict=True) if place >= 0}
        testers = self.names()
        known = set(names.values())
        if people := [name for name in testers if name in known]:
            raise BadInput(
                f"{self.testers} names {people[0]}, an account of the population. Name fresh accounts alone."
            )
        outbound = Outbound([Destination(origin, self.private) for origin in self.allow], timeout=10.0)
        staging = Staging(self.base.rstrip("/"), outbound, testers, platform, names, Pace(self.rate), plan.children)
        return walk_staging(platform, labels, staging, plan)
