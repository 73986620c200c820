"""What is risky on a platform: by its truth, or by a run's findings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix

from seawall.records.errors import BadInput
from seawall.records.ids import IdKey, Keys
from seawall.records.roles import ROLES, SELLER_SIDE, Role
from seawall.trials.draws import Bools, Floats, Ints
from seawall.trials.platform import Platform

BYSTANDER = ROLES.index(Role.BYSTANDER)
BUYER = ROLES.index(Role.BUYER)
SIDE = np.array([role in SELLER_SIDE for role in ROLES])
LIFT, FEWEST, LEAST = 10, 2, 0.1


@dataclass(frozen=True, slots=True)
class Labels:
    """One entry an account or a tag; `source` says whose word it is."""

    source: Literal["truth", "findings"]
    role: Ints
    community: npt.NDArray[np.str_]  # look-alike community, empty for none
    network: Ints  # -1 for none
    risky_tag: Bools

    @property
    def risky(self) -> Bools:
        """Accounts with a part in the trade."""
        return np.asarray(self.role != BYSTANDER)

    @property
    def offers(self) -> Bools:
        """Accounts of the seller side."""
        side: Bools = SIDE[self.role]
        return side

    @property
    def communities(self) -> tuple[str, ...]:
        """Every look-alike community, sorted."""
        return tuple(sorted(set(np.unique(self.community).tolist()) - {""}))


def by_truth(path: Path, platform: Platform, key: IdKey) -> Labels:
    """Labels from the truth beside an invented world; raises BadInput where it is another world's."""
    table = pq.read_table(path, columns=["subject_kind", "subject_id", "role", "network_id", "community"])
    table = table.filter(pc.equal(table["subject_kind"], "account"))
    place = platform.places(key.column("account", table["subject_id"]))
    if not (place >= 0).any():
        raise BadInput(f"no account of {path} is in the activity. Give the truth of the same world.")
    return _labels("truth", platform, place, table)


def by_findings(run: Path, platform: Platform) -> Labels:
    """Labels from what a run flagged; it knows no communities."""
    table = pq.read_table(run / "findings.parquet")
    table = table.filter(pc.and_(pc.equal(table["subject_kind"], "account"), table["flagged"]))
    place = platform.places(keyed(table["subject_id"]))
    if len(table) and not (place >= 0).any():
        raise BadInput(f"no account of {run} is in the activity. Give the run of this activity, made with this key.")
    hidden = [str(role) for role in ROLES if role is not Role.BYSTANDER]
    likeliest = np.stack([table[role].to_numpy() for role in hidden], axis=1).argmax(axis=1)
    roles = pa.array(hidden).take(pa.array(likeliest))
    nothing = pa.nulls(len(table), pa.string())
    return _labels("findings", platform, place, {"role": roles, "network_id": nothing, "community": nothing})


def keyed(spelt: pa.ChunkedArray) -> Keys:
    """Keyed ids from the 16 hex digits that a run writes."""
    return np.array([int(text, 16) for text in spelt.to_pylist()], np.uint64)


def _labels(
    source: Literal["truth", "findings"], platform: Platform, place: Ints, table: pa.Table | dict[str, pa.Array]
) -> Labels:
    known = place >= 0
    role, network = np.full(platform.size, BYSTANDER), np.full(platform.size, -1)
    community = np.full(platform.size, "", dtype="<U32")
    role[place[known]] = pc.index_in(table["role"], pa.array([str(r) for r in ROLES])).to_numpy()[known]
    numbers = pa.chunked_array([table["network_id"]]) if isinstance(table, dict) else table["network_id"]
    coded = pc.fill_null(numbers.combine_chunks().dictionary_encode().indices, -1)
    network[place[known]] = coded.to_numpy()[known]
    names = pc.fill_null(table["community"], "").to_numpy(zero_copy_only=False).astype(str)
    community[place[known]] = names[known]
    return Labels(source, role, community, network, risky_tags(platform.tag_users, role != BYSTANDER))


def risky_tags(tag_users: csr_matrix, risky: Bools) -> Bools:
    """Tags at home in the trade.

    At least a tenth of their users have a part in it, two at the least, and ten times as many as on the platform.
    """
    uses = tag_users.astype(bool).astype(np.float64)
    users: Floats = np.asarray(uses.sum(axis=1)).ravel()
    theirs: Floats = uses @ risky.astype(np.float64)
    share = theirs / np.maximum(users, 1)
    return np.asarray((theirs >= FEWEST) & (share >= LEAST) & (share >= LIFT * risky.mean()))
