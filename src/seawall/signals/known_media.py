"""Known media: files that a hash list of the operator names."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa

from seawall.hashes.bank import KnownMedia
from seawall.signals.base import Example, Sightings, Tables, keyed, merge, micros, signals

_STRENGTH = {"sha256": 0.98, "sha1": 0.95, "md5": 0.95, "pdq": 0.8}


class KnownMediaSeen:
    """Files whose digest or PDQ hash a list names."""

    name: ClassVar[str] = "media"
    version: ClassVar[str] = "1"
    by_row: ClassVar[bool] = True
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "media": ("account_id", "created_at", "md5", "sha1", "sha256", "pdq")
    }

    def __init__(self, known: KnownMedia) -> None:
        self.known = known

    def detect(self, tables: Tables) -> pa.Table:
        media = tables["media"]
        found = self.known.match_columns(*[media[name] for name in ("md5", "sha1", "sha256", "pdq")])
        kinds = found["kind"].to_pylist()
        strengths = np.array([_STRENGTH[kind] for kind in kinds], np.float32)
        evidence = pa.array([f"{kind}:{far}" for kind, far in zip(kinds, found["distance"].to_pylist(), strict=True)])
        rows = found["row"].to_numpy()
        owners, times = keyed(media, "account_id")[rows], micros(media, "created_at")[rows]
        return merge([signals(self, "known", Sightings(owners, strengths, times, evidence.cast(pa.string())))])

    def examples(self) -> Sequence[Example]:
        return (
            Example("a file on the list", {"media": _media("0" * 63 + "1")}, frozenset({"media.known"})),
            Example("a file on no list", {"media": _media("f" * 64)}),
            Example("a file without a digest", {"media": _media(None)}),
        )


def _media(sha256: str | None) -> pa.Table:
    empty = pa.array([None], pa.string())
    return pa.table(
        {
            "account_id": pa.array([7], pa.uint64()),
            "created_at": pa.array([1], pa.timestamp("us", tz="UTC")),
            "md5": empty,
            "sha1": empty,
            "sha256": pa.array([sha256], pa.string()),
            "pdq": empty,
        }
    )
