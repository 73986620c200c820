"""Clusters of moving media as tables of a run, given how ids are spelt."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from seawall.network.findings import Reason
from seawall.network.moving_media import MovingMedia
from seawall.records.ids import IdKey
from seawall.records.roles import ROLES, Role
from seawall.records.run import FINDINGS, SPREAD, SPREAD_MEDIA


def spread_tables(
    moving: MovingMedia, key: IdKey, networks: Sequence[str], media: pa.Array, owners: pa.Array
) -> Mapping[str, pa.Table]:
    """`spread`, one row a cluster, and `spread_media`, one row a picture of a cluster that is for the queue.

    `networks` are the ids of networks by number; `media` and `owners` spell the pictures' ids and their owners'.
    """
    names, table = _names(moving, key), moving.table
    network = [networks[number] if number >= 0 else None for number in table["network"].to_pylist()]
    told = {
        "cluster_id": names,
        "network_id": pa.array(network, pa.string()),
        "first_at": pa.array(moving.first).cast(SPREAD.field("first_at").type),
        "last_at": pa.array(moving.last).cast(SPREAD.field("last_at").type),
    }
    columns = [told[name] if name in told else table[name] for name in SPREAD.names]
    pictures = pa.table([names.take(pa.array(moving.of)), media, owners], schema=SPREAD_MEDIA)
    return {"spread": pa.table(columns, names=SPREAD.names).cast(SPREAD), "spread_media": pictures}


def spread_rows(moving: MovingMedia, key: IdKey, networks: Sequence[str]) -> pa.Table:
    """Findings on the unlisted clusters: each is a medium of those who share it."""
    rows = np.flatnonzero(moving.unlisted)
    table = moving.table.take(pa.array(rows))
    evidence = [
        msgspec.json.encode([Reason("spread", _says(row, networks), round(row["risk"], 3))]).decode()
        for row in table.to_pylist()
    ]
    risk = np.asarray(table["risk"])
    of_role = {Role.SELLER: risk, Role.BYSTANDER: 1 - risk}
    roles = [pa.array(of_role.get(role, np.zeros(len(risk))), pa.float64()) for role in ROLES]
    kinds, names = pa.array(["media"] * len(rows), pa.string()), _names(moving, key).take(pa.array(rows))
    flagged = pa.array(np.ones(len(rows), np.bool_))
    return pa.table([kinds, names, pa.array(risk), *roles, flagged, pa.array(evidence, pa.string())], schema=FINDINGS)


def _says(row: Mapping[str, object], networks: Sequence[str]) -> str:
    number = row["network"]
    where = f"network {networks[number]}" if isinstance(number, int) and number >= 0 else "no network"
    return (
        f"unknown media moving through {where}: {row['risky']:.1f} of {row['accounts']} accounts that share it are "
        f"risky, in {row['networks']} networks, {row['per_day']:.1f} accounts a day"
    )


def _names(moving: MovingMedia, key: IdKey) -> pa.Array:
    """A cluster's id: its first picture's hash under the run's key, so that it is the same in the next run."""
    ids = key.column("cluster", pa.array(moving.leaders, pa.string()))
    return pa.array([f"cluster-{one:016x}" for one in ids.tolist()], pa.string())
