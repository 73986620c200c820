"""The ties among a case's members, packed: read whole or not at all."""

import zlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from seawall.cases.models import Case, Ties

Pairs = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]


class _Packed(msgspec.Struct, frozen=True):
    """Accounts, and for each tie the places of its two ends and its weight, as little-endian bytes."""

    accounts: list[str]
    ends: bytes
    weights: bytes


def keep_ties(case: Case, accounts: Sequence[str], ends: Pairs, weights: Weights) -> None:
    """Keep the ties of a case, replacing those of an earlier run; `ends` (m, 2) are places in `accounts`."""
    told = _Packed(list(accounts), ends.astype("<u4").tobytes(), weights.astype("<f4").tobytes())
    packed = zlib.compress(msgspec.msgpack.encode(told), 6)
    Ties.objects.update_or_create(case=case, defaults={"packed": packed})


def rename_in_ties(case: Case, names: Sequence[str], put: str) -> None:
    """Put a name in the place of others, in what is kept of a case's ties."""
    row = Ties.objects.filter(case=case).first()
    if row is None:
        return
    told = msgspec.msgpack.decode(zlib.decompress(bytes(row.packed)), type=_Packed)
    told = msgspec.structs.replace(told, accounts=[put if one in names else one for one in told.accounts])
    row.packed = zlib.compress(msgspec.msgpack.encode(told), 6)
    row.save(update_fields=["packed"])


def ties_of(case: Case, place: Mapping[str, int]) -> tuple[Pairs, Weights]:
    """Ties, shape (m, 2), as places of their ends given by `place`, and weights (m,), for accounts that have one."""
    row = Ties.objects.filter(case=case).first()
    if row is None:
        return np.empty((0, 2), np.int64), np.empty(0, np.float32)
    told = msgspec.msgpack.decode(zlib.decompress(bytes(row.packed)), type=_Packed)
    ends = np.frombuffer(told.ends, "<u4").reshape(-1, 2).astype(np.int64)
    weights = np.frombuffer(told.weights, "<f4").astype(np.float32)
    where = np.array([place.get(account, -1) for account in told.accounts], np.int64)
    found = where[ends] if len(where) else ends
    both = (found >= 0).all(axis=1)
    return found[both], weights[both]
