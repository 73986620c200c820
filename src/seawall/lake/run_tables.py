"""The tables of a run folder: written with ids spelt, and read back.

Inside a run every id is a number. What leaves is 16 hex digits of it, or the platform's own id in a run made with
plain ids; equal rows in equal order give equal bytes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seawall.records.errors import BadInput, UnknownVersion
from seawall.records.run import HISTORY, SAMPLE, SCHEMA_VERSION

Ids = npt.NDArray[np.uint64]
_NAMES = pa.schema({"kind": pa.string(), "key": pa.uint64(), "name": pa.string()})


class Names:
    """How ids are spelt: from the names that the door kept (`folder`), or as hex digits where there are none."""

    def __init__(self, folder: Path | None) -> None:
        self._known: dict[str, tuple[Ids, pa.Array]] = {}
        parts = sorted(folder.glob("part-*.parquet")) if folder else []
        table = pa.concat_tables([_NAMES.empty_table(), *(pq.read_table(part).cast(_NAMES) for part in parts)])
        for kind in table["kind"].unique().to_pylist():
            of_kind = table.filter(pc.equal(table["kind"], kind))
            keys = of_kind["key"].to_numpy()
            order = np.argsort(keys, kind="stable")
            self._known[kind] = (keys[order], of_kind["name"].combine_chunks().take(pa.array(order)))

    def spell(self, kind: str, ids: Ids) -> pa.Array:
        """The spelling of each id."""
        if kind not in self._known:
            return pa.array([f"{key:016x}" for key in ids.tolist()], pa.string())
        keys, names = self._known[kind]
        return names.take(pa.array(np.searchsorted(keys, ids)))


def write_table(folder: Path, name: str, table: pa.Table) -> None:
    """Write one table of a run; equal rows give equal bytes, in however many pieces they come."""
    pq.write_table(table.combine_chunks(), folder / f"{name}.parquet", compression="zstd")


def read_members(run: Path | None) -> Mapping[str, Sequence[str]]:
    """The accounts of every network of an earlier run, where there is one."""
    if run is None:
        return {}
    check_version(run)
    table = pq.read_table(run / "members.parquet", columns=["network_id", "account_id"])
    networks: dict[str, list[str]] = {}
    for network, account in zip(*(table[name].to_pylist() for name in table.column_names), strict=True):
        networks.setdefault(network, []).append(account)
    return networks


def read_history(run: Path | None) -> pa.Table:
    """What became of networks up to an earlier run; nothing without one or where it kept none."""
    if run is None or not (run / "history.parquet").exists():
        return HISTORY.empty_table()
    return pq.read_table(run / "history.parquet")


def read_sample(run: Path | None) -> pa.Table:
    """The accounts that an earlier run asked people to judge; none without an earlier run or where it asked none."""
    if run is None or not (run / "sample.parquet").exists():
        return SAMPLE.empty_table()
    check_version(run)
    return pq.read_table(run / "sample.parquet")


def check_version(run: Path) -> None:
    """Refuse a run folder that this Seawall cannot read."""
    try:
        found = msgspec.json.decode((run / "summary.json").read_bytes()).get("schema_version")
    except (OSError, msgspec.DecodeError, AttributeError) as error:
        raise BadInput(
            f"{run} is no run folder: it holds no readable summary.json. Give the --out of a run."
        ) from error
    if found != SCHEMA_VERSION:
        raise UnknownVersion.of(str(run), found, SCHEMA_VERSION)
