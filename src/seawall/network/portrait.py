"""What a network shows of itself: its weeks, its tags, what it shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from seawall.network.graph import Ids

WEEK = 7 * 86_400 * 1_000_000
"""Microseconds."""
SHOWN_WEEKS, SHOWN_THINGS = 60, 8

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weeks:
    """Sightings a week by detector, from the week that begins at `first`; None where nothing has a time."""

    first: date | None = None
    counts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def weekly(signals: pa.Table, members: Ids) -> Weeks:
    """When the signals on these accounts were first seen, over the last `SHOWN_WEEKS` weeks."""
    theirs = signals.filter(pa.array(np.isin(signals["subject_id"].to_numpy(), members)))
    theirs = theirs.filter(theirs["first_at"].is_valid())
    if not len(theirs):
        return Weeks()
    weeks = theirs["first_at"].cast(pa.int64()).to_numpy() // WEEK
    start = max(int(weeks.min()), int(weeks.max()) - SHOWN_WEEKS + 1)
    detectors = np.array(theirs["detector"].to_pylist())
    counts = {
        str(name): tuple(np.bincount(of_one - start, minlength=int(weeks.max()) - start + 1).tolist())
        for name in np.unique(detectors)
        if len(of_one := weeks[(detectors == name) & (weeks >= start)])
    }
    return Weeks(datetime.fromtimestamp(start * WEEK / 1e6, UTC).date(), counts)


def leading(uses: csr_matrix, everyone: Places, members: Places) -> tuple[tuple[int, int], ...]:
    """(place, users among the members) of the things that most members use and few others do, best first.

    `uses` (accounts, things) is 0 or 1, `everyone` (things,) how many accounts use each. A thing that one member alone
    uses leads nothing.
    """
    places, inside = np.unique(uses[members].indices, return_counts=True)
    places, inside = places[inside > 1], inside[inside > 1]
    best = np.argsort(-(inside * inside / everyone[places]), kind="stable")[:SHOWN_THINGS]
    return tuple(zip(places[best].tolist(), inside[best].tolist(), strict=True))


def sharing(uses: csr_matrix, members: Places) -> int:
    """How many members use a thing that another member uses too."""
    inside = uses[members]
    _, thing, users = np.unique(inside.indices, return_inverse=True, return_counts=True)
    owners = np.repeat(np.arange(len(members)), np.diff(inside.indptr))
    return len(np.unique(owners[users[thing] > 1]))
