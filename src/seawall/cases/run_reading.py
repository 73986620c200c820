"""What a run tells of networks, as cases take it up."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seawall.lake.run_tables import check_version
from seawall.records.errors import BadInput
from seawall.records.roles import ROLES

SIGNALS_KEPT = 12
"""Signals that a member keeps, the strongest."""


@dataclass(frozen=True, slots=True)
class SeenMember:
    """A member as a run saw it."""

    account_id: str
    role: str
    risk: float
    probabilities: Mapping[str, float] = field(default_factory=dict)
    evidence: Sequence[Mapping[str, Any]] = ()
    signals: Sequence[Mapping[str, Any]] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenNetwork:
    """A network as a run saw it."""

    network_id: str
    risk: float
    first_at: datetime | None
    last_at: datetime | None
    members: Sequence[SeenMember]

    @property
    def accounts(self) -> frozenset[str]:
        """Its members' ids."""
        return frozenset(member.account_id for member in self.members)


@dataclass(frozen=True, slots=True)
class SeenRun:
    """All networks of a run; `until` is the latest moment that any signal speaks of."""

    digest: str
    networks: Sequence[SeenNetwork]
    until: datetime | None


def read_run(run: Path) -> SeenRun:
    """The networks of a run folder; raises BadInput for one that holds none to review."""
    check_version(run)
    try:
        networks, members = (pq.read_table(run / f"{name}.parquet") for name in ("networks", "members"))
        accounts = members["account_id"].combine_chunks()
        found = _of(run / "findings.parquet", accounts)
        signals = _of(run / "signals.parquet", accounts)
    except OSError as error:
        raise BadInput(f"{run} holds no networks to review ({error}); a research run leaves none.") from error
    digest = hashlib.sha256((run / "members.parquet").read_bytes() + (run / "findings.parquet").read_bytes())
    grouped = _members(members, _findings(found), _signals(signals))
    seen = [_network(row, grouped.get(row["network_id"], [])) for row in networks.to_pylist()]
    return SeenRun(digest.hexdigest(), seen, pc.max(signals["last_at"]).as_py())


def _of(path: Path, accounts: pa.Array) -> pa.Table:
    """The rows of these accounts."""
    wanted = (pc.field("subject_kind") == "account") & pc.field("subject_id").isin(accounts)
    return pq.read_table(path, filters=wanted)


def _findings(found: pa.Table) -> dict[str, tuple[dict[str, float], list[dict[str, Any]]]]:
    rows = found.select(["subject_id", "evidence", *ROLES]).to_pylist()
    return {
        row["subject_id"]: (
            {str(role): round(row[role], 4) for role in ROLES},
            msgspec.json.decode(row["evidence"], type=list[dict[str, Any]]),
        )
        for row in rows
    }


def _signals(signals: pa.Table) -> dict[str, list[dict[str, Any]]]:
    kept: dict[str, list[dict[str, Any]]] = {}
    columns = ["subject_id", "what", "strength", "count", "first_at", "last_at"]
    ordered = signals.select(columns).sort_by([("subject_id", "ascending"), ("strength", "descending")])
    for row in ordered.to_pylist():
        mine = kept.setdefault(row.pop("subject_id"), [])
        if len(mine) < SIGNALS_KEPT:
            mine.append({**row, "strength": round(row["strength"], 3)})
    return kept


def _members(
    members: pa.Table,
    findings: Mapping[str, tuple[dict[str, float], list[dict[str, Any]]]],
    signals: Mapping[str, list[dict[str, Any]]],
) -> dict[str, list[SeenMember]]:
    grouped: dict[str, list[SeenMember]] = {}
    for row in members.to_pylist():
        account = row["account_id"]
        probabilities, evidence = findings.get(account, ({}, []))
        seen = signals.get(account, [])
        first = min((one["first_at"] for one in seen if one["first_at"]), default=None)
        last = max((one["last_at"] for one in seen if one["last_at"]), default=None)
        told = [{**one, "first_at": _day(one["first_at"]), "last_at": _day(one["last_at"])} for one in seen]
        grouped.setdefault(row["network_id"], []).append(
            SeenMember(account, row["role"], row["risk"], probabilities, evidence, told, first, last)
        )
    return grouped


def _day(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _network(row: Mapping[str, Any], members: Sequence[SeenMember]) -> SeenNetwork:
    return SeenNetwork(row["network_id"], row["risk"], row["first_at"], row["last_at"], members)
