"""Known media: files that a hash list of the operator names."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seawall.hashes.bank import KnownMedia, resolve
from seawall.hashes.entries import hash_list
from seawall.signals.base import Example, Sightings, Tables, keyed, micros, signals

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
        found = _standing(self.known.match_columns(*[media[name] for name in ("md5", "sha1", "sha256", "pdq")]))
        # A file counts once, by its best match, though several lists and several of its hashes name it.
        best = {row: (_STRENGTH[kind], f"{kind}:{far}") for row, kind, far in _weakest_first(found)}
        rows = np.array(sorted(best), np.int64)
        strengths = np.array([best[row][0] for row in rows.tolist()], np.float32)
        evidence = pa.array([best[row][1] for row in rows.tolist()], pa.string())
        owners, times = keyed(media, "account_id")[rows], micros(media, "created_at")[rows]
        return signals(self, "known", Sightings(owners, strengths, times, evidence))

    def examples(self) -> Sequence[Example]:
        return (
            Example("a file on the list", {"media": _media("0" * 63 + "1")}, frozenset({"media.known"})),
            Example("a file on no list", {"media": _media("f" * 64)}),
            Example("a file without a digest", {"media": _media(None)}),
        )


def _standing(found: pa.Table) -> pa.Table:
    """The matches of files that no negative list clears and that are not the canary."""
    told = resolve(found)
    told = told.filter(pc.and_(pc.not_equal(told["opinion"], "negative"), pc.not_equal(told["category"], "canary")))
    return found.filter(pc.is_in(found["row"], told["row"].combine_chunks()))


def example_known() -> KnownMedia:
    """The one list that the examples use: a file without content of its own."""
    return KnownMedia.of(hash_list([{"kind": "sha256", "value": "0" * 63 + "1"}]))


def _weakest_first(found: pa.Table) -> list[tuple[int, str, int]]:
    pairs = zip(*(found[name].to_pylist() for name in ("row", "kind", "distance")), strict=True)
    return sorted(pairs, key=lambda pair: (_STRENGTH[pair[1]], -pair[2], pair[1]))


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
