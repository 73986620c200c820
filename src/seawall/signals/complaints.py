"""Complaints: what users report, weighed by each reporter's record.

A reporter's weight is the posterior mean of being right, Beta(1, 9) before any verdict. Reports of one account add up
as a noisy-or with a ceiling, so a brigade of strangers never makes strong evidence by numbers alone.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.signals.base import Example, Sightings, Tables, keyed, merge, micros, same_evidence, signals

PRIOR_RIGHT, PRIOR_WRONG = 1.0, 9.0
CEILING = 0.4
"""Complaints alone never say more than this, however many they are."""


class Complaints:
    """Complaints about an account by distinct reporters."""

    name: ClassVar[str] = "complaints"
    version: ClassVar[str] = "1"
    by_row: ClassVar[bool] = False
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "complaints": ("account_id", "reporter_id", "first_at"),
        "verdicts": ("subject_kind", "subject_id", "verdict"),
    }

    def detect(self, tables: Tables) -> pa.Table:
        complaints = tables["complaints"].filter(pc.is_valid(tables["complaints"]["reporter_id"]))
        if not len(complaints):
            return merge([])
        accused = keyed(complaints, "account_id")
        weights = reporter_weights(keyed(complaints, "reporter_id"), accused, tables["verdicts"])
        subjects, where = np.unique(accused, return_inverse=True)
        silence = np.bincount(where, np.log1p(-weights), len(subjects))
        strengths = np.minimum(1 - np.exp(silence), CEILING).astype(np.float32)
        times = micros(complaints, "first_at")
        seen = Sightings(accused, strengths[where], times, same_evidence("complaint", len(accused)))
        return signals(self, "received", seen)

    def examples(self) -> Sequence[Example]:
        one = pa.table(
            {
                "account_id": pa.array([7], pa.uint64()),
                "reporter_id": pa.array([8], pa.uint64()),
                "first_at": pa.array([1], pa.timestamp("us", tz="UTC")),
            }
        )
        verdicts = pa.table(
            {
                "subject_kind": pa.array([], pa.string()),
                "subject_id": pa.array([], pa.uint64()),
                "verdict": pa.array([], pa.string()),
            }
        )
        return (
            Example("one report", {"complaints": one, "verdicts": verdicts}, frozenset({"complaints.received"})),
            Example("none", {"complaints": one.slice(0, 0), "verdicts": verdicts}),
        )


def reporter_weights(
    reporters: npt.NDArray[np.uint64], accused: npt.NDArray[np.uint64], verdicts: pa.Table
) -> npt.NDArray[np.float64]:
    """How far each complaint is believed: the share of its reporter's decided complaints that were confirmed."""
    on_accounts = verdicts.filter(pc.equal(verdicts["subject_kind"], "account"))
    said = on_accounts["verdict"].to_numpy(zero_copy_only=False)
    decided = keyed(on_accounts, "subject_id")
    right = np.isin(accused, decided[said == "confirmed"])
    wrong = np.isin(accused, decided[said == "cleared"])
    _, who = np.unique(reporters, return_inverse=True)
    rights, wrongs = np.bincount(who, right), np.bincount(who, wrong)
    weights: npt.NDArray[np.float64] = ((PRIOR_RIGHT + rights) / (PRIOR_RIGHT + PRIOR_WRONG + rights + wrongs))[who]
    return weights
