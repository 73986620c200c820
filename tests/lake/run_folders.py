"""Small run folders with the schemas of a real one."""

from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from seawall.guard.contents import Contents
from seawall.guard.policy import Subject
from seawall.guard.publish import publish
from seawall.records.ids import IdKey
from seawall.records.roles import ROLES
from seawall.records.run import FINDINGS, MEMBERS, NETWORKS, QUARANTINE, SIGNALS

KEY = IdKey(bytes(range(32)))
ACCOUNTS = ("mara", "odo", "pim")


def hexed(account: str) -> str:
    return f"{KEY.one('account', account):016x}"


def make_run(folder: Path, accounts: tuple[str, ...] = ACCOUNTS, *, name_of=hexed) -> Path:
    """One network of these accounts; the evidence of each names the next one."""
    folder.mkdir(parents=True)
    ids = [name_of(account) for account in accounts]
    shares = [f'{{"shares a link with": ["{other}"]}}' for other in ids[1:] + ids[:1]]
    roles = {role: 1.0 if role == "seller" else 0.0 for role in ROLES}
    findings = [
        {"subject_kind": "account", "subject_id": i, "risk": 1.0, **roles, "flagged": True, "evidence": e}
        for i, e in zip(ids, shares, strict=True)
    ]
    findings.append({**findings[0], "subject_kind": "hashtag", "evidence": "[]"})
    signal = {"detector": "links", "what": "link", "strength": 0.5, "count": 1, "version": "1"}
    signals = [{"subject_kind": "account", "subject_id": i, "evidence": "[]", **signal} for i in ids]
    members = [{"network_id": "n1", "account_id": i, "role": "seller", "risk": 1.0} for i in ids]
    networks = [{"network_id": "n1", "members": len(ids), "risk": 1.0, "evidence": f'["{ids[0]}"]'}]
    quarantine = [{"file": "posts.csv", "line": 3, "reason": "created_at is not a time"}]
    tables = {"findings": (findings, FINDINGS), "signals": (signals, SIGNALS), "members": (members, MEMBERS)}
    tables |= {"networks": (networks, NETWORKS), "quarantine": (quarantine, QUARANTINE)}
    for name, (rows, schema) in tables.items():
        pq.write_table(pa.Table.from_pylist(rows, schema), folder / f"{name}.parquet")
    (folder / "report.html").write_text("".join(f"<title>{i}: seller</title>" for i in ids))
    sellers = np.full(len(accounts), Subject.SELLS, np.uint8)
    publish(folder / "guard", KEY, Contents(KEY.column("account", pa.array(accounts)), sellers))
    summary = {"schema_version": 1, "seawall_version": "0", "plain_ids": name_of is not hexed}
    (folder / "summary.json").write_bytes(msgspec.json.encode(summary))
    return folder
