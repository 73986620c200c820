"""Run folders for cases, made by hand: who is in which network, and what is known of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from seawall.records.roles import ROLES
from seawall.records.run import FINDINGS, MEMBERS, NETWORKS, SCHEMA_VERSION, SIGNALS

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def run_folder(
    folder: Path,
    networks: Mapping[str, Sequence[str]],
    roles: Mapping[str, str] | None = None,
    seen: Mapping[str, int] | None = None,
) -> Path:
    """A run whose members are sellers unless `roles` says otherwise; `seen`: days since an account was first seen."""
    folder.mkdir(parents=True)
    roles, seen = roles or {}, seen or {}
    members, findings, signals, rows = [], [], [], []
    for name, accounts in networks.items():
        rows.append(
            {
                "network_id": name,
                "members": len(accounts),
                "risk": 0.9,
                "first_at": NOW,
                "last_at": NOW,
                "evidence": "x",
            }
        )
        for account in accounts:
            role = roles.get(account, "seller")
            members.append({"network_id": name, "account_id": account, "role": role, "risk": 0.95})
            likely = {str(one): float(one == role) for one in ROLES}
            evidence = json.dumps([{"family": "terms", "says": "names terms", "adds": 3.0}])
            subject = {"subject_kind": "account", "subject_id": account}
            findings.append({**subject, "risk": 0.95, **likely, "flagged": True, "evidence": evidence})
            first = NOW - timedelta(days=seen.get(account, 100))
            told = {"detector": "terms", "what": "terms.in_post", "strength": 0.5, "count": 3, "version": "1"}
            signals.append({**subject, **told, "first_at": first, "last_at": NOW, "evidence": "x"})
    tables = {"networks": (rows, NETWORKS), "members": (members, MEMBERS)}
    tables |= {"findings": (findings, FINDINGS), "signals": (signals, SIGNALS)}
    for name, (table, schema) in tables.items():
        pq.write_table(pa.Table.from_pylist(table, schema=schema), folder / f"{name}.parquet")
    (folder / "summary.json").write_text(json.dumps({"schema_version": SCHEMA_VERSION, "seawall_version": "test"}))
    return folder
