"""Unlisted media that moves through risky accounts, found in one run.

Media of accounts with a finding lead clusters (`Leaders`); whatever else on the platform is near one of them joins it,
so that a picture which everyone shares shows all of its sharers. Who shares a cluster then says what it is (`spread`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.hashes.bank import KnownMedia, resolve
from seawall.hashes.entries import DIGESTS, DIGITS, HashKind
from seawall.hashes.hashing import QUALITY_FROM
from seawall.hashes.hexadecimal import Words, decode, text, words
from seawall.hashes.nearest import NearHashes
from seawall.network.findings import Findings
from seawall.network.graph import Ids
from seawall.network.numbering import places_of
from seawall.network.spread import ACCOUNTS_FROM, SPREAD, Floats, Leaders, Numbers, Shares, judge

Batches = Callable[[str, Sequence[str]], Iterator[pa.RecordBatch]]
"""Streams some columns of a table of the activity."""

_TABLE = "media"
_CANARY = "canary"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Every picture that can be compared: keyed id, owner's place, time in µs, PDQ as four words; shape (n,) each."""

    media: Ids
    owner: Numbers
    at: Numbers
    hashes: Words

    @classmethod
    def read(cls, batches: Batches, accounts: Ids) -> "Pictures":
        """From the media table, in order of time; hashes of low quality say nothing and are left out."""
        parts = [cls._of(batch, accounts) for batch in batches(_TABLE, _READ)]
        empty = cls(np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 4), np.uint64))
        parts = [empty, *parts]
        media, at = np.concatenate([part.media for part in parts]), np.concatenate([part.at for part in parts])
        order = np.lexsort((media, at))
        owner, hashes = np.concatenate([part.owner for part in parts]), np.concatenate([part.hashes for part in parts])
        return cls(media[order], owner[order], at[order], hashes[order])

    @classmethod
    def _of(cls, batch: pa.RecordBatch, accounts: Ids) -> "Pictures":
        good = pc.fill_null(pc.greater_equal(batch["pdq_quality"], QUALITY_FROM), True)
        batch = batch.filter(pc.and_(good, pc.is_valid(batch["pdq"])))
        hashes, fine = decode(batch["pdq"], DIGITS[HashKind.PDQ])
        owner = places_of(accounts, batch["account_id"].to_numpy().astype(np.uint64, copy=False))
        at = batch["created_at"].cast(pa.int64()).to_numpy()
        return cls(batch["media_id"].to_numpy()[fine], owner[fine], at[fine], words(hashes)[fine])


_READ = ("media_id", "account_id", "created_at", "pdq", "pdq_quality")


@dataclass(frozen=True, slots=True)
class MovingMedia:
    """Clusters that risky accounts share: `table` as SPREAD, and of each its leader's PDQ and its first and last time.

    `of` (an index into the clusters), `media` and `owner` tell the pictures of the clusters that are for the queue.
    """

    table: pa.Table
    leaders: tuple[str, ...]
    first: Numbers
    last: Numbers
    of: Numbers
    media: Ids
    owner: Numbers

    @property
    def unlisted(self) -> npt.NDArray[np.bool_]:
        """Which clusters go to the queue: flagged, and on no list."""
        unlisted: npt.NDArray[np.bool_] = np.asarray(self.table["flagged"]) & ~np.asarray(self.table["listed"])
        return unlisted


def moving_media(
    batches: Batches, known: KnownMedia, accounts: Ids, findings: Findings, accused: Numbers, network: Numbers
) -> MovingMedia:
    """What moves among the accounts with a finding; `network` is that of each of the accused, -1 for none."""
    risk, member = np.zeros(len(accounts)), np.full(len(accounts), -1)
    risk[findings.accounts], member[accused] = findings.risk, network
    pictures = Pictures.read(batches, accounts)
    leaders, cluster = _clusters(pictures, risk)
    inside = np.flatnonzero(cluster >= 0)
    shares = Shares(cluster[inside], pictures.owner[inside], pictures.at[inside])
    listed = np.zeros(len(leaders), np.bool_)
    table = judge(shares, risk, member, listed)
    flagged = np.asarray(table["cluster"].filter(table["flagged"]))
    queued = inside[np.isin(cluster[inside], flagged)]
    listed[np.unique(cluster[queued][_known(batches, known, pictures.media[queued])])] = True
    table = table.set_column(SPREAD.get_field_index("listed"), "listed", pa.array(listed[np.asarray(table["cluster"])]))
    return _told(table.cast(SPREAD), leaders, cluster, pictures)


def _clusters(pictures: Pictures, risk: Floats) -> tuple[Words, Numbers]:
    """Leaders, and the cluster of each picture, -1 for those that are near no picture of an account with a finding."""
    cluster = np.full(len(pictures.media), -1)
    seeds = pictures.hashes[risk[pictures.owner] > 0]
    if not len(seeds):
        return seeds, cluster
    leaders = Leaders()
    leaders.assign(seeds)
    everything = NearHashes.of(pictures.hashes, np.arange(len(pictures.hashes)))
    found = everything.search(leaders.words, leaders.threshold)
    found = found[np.lexsort((found[:, 0], found[:, 2], found[:, 1]))]  # of each picture the nearest leader first
    picture, place = np.unique(found[:, 1], return_index=True)
    cluster[picture] = found[place, 0]
    return leaders.words, cluster


def _known(batches: Batches, known: KnownMedia, wanted: Ids) -> npt.NDArray[np.bool_]:
    """Which of some media a list names, or clears: neither is unknown."""
    told = np.zeros(len(wanted), np.bool_)
    if not len(known) or not len(wanted):
        return told
    listed: list[Ids] = []
    for batch in batches(_TABLE, ("media_id", *map(str, DIGESTS), str(HashKind.PDQ))):
        rows = batch.filter(pc.is_in(batch["media_id"], pa.array(wanted)))
        found = resolve(known.match_columns(**{str(kind): rows[str(kind)] for kind in HashKind}))
        found = found.filter(pc.not_equal(found["category"], _CANARY))
        listed.append(rows["media_id"].take(found["row"].combine_chunks()).to_numpy().astype(np.uint64))
    return np.isin(wanted, np.concatenate(listed)) if listed else told


def _told(table: pa.Table, leaders: Words, cluster: Numbers, pictures: Pictures) -> MovingMedia:
    """The clusters worth telling, renumbered in the order of the table."""
    table = table.filter(pc.greater_equal(table["risky"], ACCOUNTS_FROM))
    numbers = np.asarray(table["cluster"])
    place = np.full(len(leaders) + 1, -1)
    place[numbers] = np.arange(len(numbers))
    of = place[cluster]
    inside = np.flatnonzero(of >= 0)
    first, last = np.full(len(numbers), np.iinfo(np.int64).max), np.full(len(numbers), np.iinfo(np.int64).min)
    np.minimum.at(first, of[inside], pictures.at[inside])
    np.maximum.at(last, of[inside], pictures.at[inside])
    found = MovingMedia(
        table,
        tuple(text(leaders[number]) for number in numbers.tolist()),
        first,
        last,
        of[inside],
        pictures.media[inside],
        pictures.owner[inside],
    )
    queued = found.unlisted[found.of]
    return MovingMedia(table, found.leaders, first, last, found.of[queued], found.media[queued], found.owner[queued])
