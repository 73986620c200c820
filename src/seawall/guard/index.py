"""The guard index: whom and what a platform's surfaces must not offer.

A file of sorted keyed ids with one sealed byte each: the kind of answer. Neither an id nor a role can be read from it
without the key: the ids are hashed again under the guard's own key, and each byte is masked by a keyed hash of its id.
Layout, little-endian: 8 bytes of magic, uint32 version, uint32 count, 32 bytes of SHA-256 over what follows; then
`count` uint64 and `count` bytes.
"""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.records.errors import Damaged, UnknownVersion
from seawall.records.ids import IdKey, Keys
from seawall.records.run import SCHEMA_VERSION

MAGIC = b"SEAWALLG"
_HEAD = struct.Struct("<8sII32s")

HIDE, CLOSE, REFUSE, PROTECT = 1, 2, 3, 4
"""Answers: hide an account everywhere; close a hashtag; refuse a link; protect a child's account."""


@dataclass(frozen=True, slots=True)
class GuardIndex:
    """`ids` sorted, shape (n,), and the sealed answer of each; `answer` opens one."""

    ids: npt.NDArray[np.uint64]
    sealed: npt.NDArray[np.uint8]
    key: IdKey

    def answer(self, kind: str, keyed: Keys) -> npt.NDArray[np.uint8]:
        """The answer for each keyed id of a kind, 0 where the index holds none; shape (len(keyed),)."""
        wanted = _again(self.key, kind, keyed)
        places = np.minimum(np.searchsorted(self.ids, wanted), max(len(self.ids) - 1, 0))
        if not len(self.ids):
            return np.zeros(len(wanted), np.uint8)
        found: npt.NDArray[np.uint8] = self.sealed[places] ^ _mask(self.key, wanted)
        return np.where(self.ids[places] == wanted, found, 0).astype(np.uint8)


def publish(path: Path, key: IdKey, answers: dict[tuple[str, int], Keys]) -> int:
    """Write an index of (kind, answer) → keyed ids; returns its number of entries."""
    ids = [_again(key, kind, keyed) for (kind, _), keyed in answers.items()]
    given = [np.full(len(keyed), answer, np.uint8) for (_, answer), keyed in answers.items()]
    all_ids, all_answers = (
        np.concatenate([np.empty(0, np.uint64), *ids]),
        np.concatenate([np.empty(0, np.uint8), *given]),
    )
    order = np.argsort(all_ids, kind="stable")
    sorted_ids = all_ids[order]
    path.write_bytes(_packed(sorted_ids, all_answers[order] ^ _mask(key, sorted_ids)))
    return len(sorted_ids)


def _packed(ids: npt.NDArray[np.uint64], sealed: npt.NDArray[np.uint8]) -> bytes:
    body = ids.tobytes() + sealed.tobytes()
    return _HEAD.pack(MAGIC, SCHEMA_VERSION, len(ids), hashlib.sha256(body).digest()) + body


def without(index: GuardIndex, kind: str, keyed: Keys) -> bytes:
    """The bytes of the same index without these keyed ids of a kind."""
    stays = ~np.isin(index.ids, _again(index.key, kind, keyed))
    return _packed(index.ids[stays], index.sealed[stays])


def open_index(path: Path, key: IdKey) -> GuardIndex:
    """An index that was published, checked before anything is read from it."""
    return read_index(path.read_bytes(), str(path), key)


def read_index(blob: bytes, path: str, key: IdKey) -> GuardIndex:
    """An index from its bytes; `path` names it where they are damaged."""
    if len(blob) < _HEAD.size:
        raise Damaged(f"{path} is shorter than the head of a guard index. Publish it again with `seawall run`.")
    magic, version, count, digest = _HEAD.unpack_from(blob)
    body = memoryview(blob)[_HEAD.size :]
    if magic == MAGIC and version != SCHEMA_VERSION:
        raise UnknownVersion.of(str(path), version, SCHEMA_VERSION)
    if magic != MAGIC or len(body) != 9 * count or hashlib.sha256(body).digest() != digest:
        raise Damaged(f"{path} is no whole guard index: its check fails. Publish it again with `seawall run`.")
    return GuardIndex(np.frombuffer(body[: 8 * count], np.uint64), np.frombuffer(body[8 * count :], np.uint8), key)


def _again(key: IdKey, kind: str, keyed: Keys) -> Keys:
    """Keyed ids hashed once more, under the guard's key for their kind."""
    return key.column(f"guard:{kind}", _texts(keyed))


def _mask(key: IdKey, ids: Keys) -> npt.NDArray[np.uint8]:
    return (key.column("guard-mask", _texts(ids)) & np.uint64(255)).astype(np.uint8)


def _texts(keyed: Keys) -> pa.Array:
    return pa.array(keyed, pa.uint64()).cast(pa.string())
