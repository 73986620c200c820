"""Conclusions as the tables of a run folder, given how ids are spelt."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.network.findings import Findings, Reason
from seawall.network.things import ThingFindings
from seawall.records.roles import ROLES, Role
from seawall.records.run import FINDINGS, MEMBERS, NETWORKS

TIES = "ties among flagged accounts, and rare things that they share"

Places = npt.NDArray[np.int64]


def account_rows(findings: Findings, spelt: pa.Array) -> pa.Table:
    """Findings on accounts; `spelt` has the id of each, shape (k,)."""
    evidence = [msgspec.json.encode(reasons).decode() for reasons in findings.reasons]
    roles = [pa.array(findings.roles[:, place], pa.float64()) for place in range(len(ROLES))]
    return _findings("account", spelt, findings.risk, roles, findings.flagged, evidence)


def thing_rows(kind: str, things: ThingFindings, spelt: pa.Array) -> pa.Table:
    """Findings on hashtags, links or files; a thing of sellers has the role that offers."""
    evidence = [
        msgspec.json.encode([Reason("users", f"{flagged} of its {users} users are flagged", round(risk, 3))]).decode()
        for flagged, users, risk in zip(
            things.flagged_users.tolist(), things.users.tolist(), things.risk.tolist(), strict=True
        )
    ]
    of_role = {Role.SELLER: things.risk, Role.BYSTANDER: 1 - things.risk}
    roles = [pa.array(of_role.get(role, np.zeros(len(things.risk))), pa.float64()) for role in ROLES]
    return _findings(kind, spelt, things.risk, roles, things.flagged, evidence)


def _findings(
    kind: str,
    spelt: pa.Array,
    risk: npt.NDArray[np.float64],
    roles: Sequence[pa.Array],
    flagged: npt.NDArray[np.bool_],
    evidence: Sequence[str],
) -> pa.Table:
    kinds = pa.array([kind] * len(spelt), pa.string())
    columns = [kinds, spelt, pa.array(risk), *roles, pa.array(flagged), pa.array(evidence, pa.string())]
    return pa.table(columns, schema=FINDINGS)


def network_rows(
    names: Sequence[tuple[str, str | None]], of: Places, risk: npt.NDArray[np.float64], created: Places
) -> pa.Table:
    """One row a network: names are (id, id in the run before); `of`, `risk` and `created` (k,) are its members'.

    `of` is the number of each member's network, `created` its account's first moment in UTC microseconds.
    """
    sizes = np.bincount(of, minlength=len(names))
    means = np.bincount(of, risk, len(names)) / np.maximum(sizes, 1)
    first = np.full(len(names), np.iinfo(np.int64).max)
    last = np.full(len(names), np.iinfo(np.int64).min)
    np.minimum.at(first, of, created)
    np.maximum.at(last, of, created)
    columns = [
        [name for name, _ in names],
        pa.array(sizes.astype(np.int32)),
        means,
        pa.array(first).cast(NETWORKS.field("first_at").type),
        pa.array(last).cast(NETWORKS.field("last_at").type),
        pa.array([earlier for _, earlier in names], pa.string()),
        [TIES] * len(names),
    ]
    return pa.table(columns, schema=NETWORKS)


def member_rows(names: Sequence[str], spelt: pa.Array, roles: Sequence[str], risk: npt.NDArray[np.float64]) -> pa.Table:
    """One row a member: its network's id, its own id, its likeliest role, its risk; all shape (k,)."""
    return pa.table([list(names), spelt, pa.array(roles, pa.string()), risk], schema=MEMBERS)
