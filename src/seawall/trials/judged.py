"""A run's findings beside the truth of its world, account by account."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
import pyarrow.parquet as pq

from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.records.roles import ROLES, Role
from seawall.trials.draws import Bools, Floats, Ints

BYSTANDER = ROLES.index(Role.BYSTANDER)
HIDDEN = [str(role) for role in ROLES if role is not Role.BYSTANDER]
POSTS, STORIES, NOTHING = range(3)


@dataclass(frozen=True, slots=True)
class Judged:
    """One entry an account of the truth; roles are positions in ROLES, networks numbers or -1 for none.

    Accounts that only the run knows stand behind the others in `found_network` alone (they make false pairs).
    """

    truth: Ints
    said: Ints
    risk: Floats
    has_finding: Bools
    community: npt.NDArray[np.str_]
    returned: Bools
    posting: Ints | None
    truth_network: Ints
    found_network: Ints
    without_truth: int

    def hard(self, side: Bools) -> dict[str, Bools]:
        """The accounts of these roles that are hard to find, by what makes them so."""
        of_side = side[self.truth]
        groups = {} if self.posting is None else {"no_post": of_side & (self.posting == NOTHING)}
        if self.posting is not None:
            groups["stories_only"] = of_side & (self.posting == STORIES)
        return groups | {"returned": of_side & self.returned}


def judge(run: Path, truth: Path, activity: Path | None, key: IdKey | None) -> Judged:
    """Read one run and one truth."""
    known = _read(truth, ["subject_kind", "subject_id", "role", "network_id", "community", "returned_from"])
    known = known.filter(pc.equal(known.column("subject_kind"), "account"))
    plain = known.column("subject_id").combine_chunks()
    ids = plain if key is None else keyed_text(key, plain)
    findings = _read(run / "findings.parquet", ["subject_kind", "subject_id", "risk", "flagged", *HIDDEN])
    findings = findings.filter(pc.equal(findings.column("subject_kind"), "account"))
    row = _places(ids, findings.column("subject_id"))
    if len(row) and (row < 0).all():
        raise BadInput(
            f"No account of {run} is in {truth}. Give the truth of the same world, and the key file of a run that "
            "was made without --plain-ids."
        )
    said, risk, has_finding = _findings(findings, row, len(ids))
    truth_network, found_network = _networks(run, known, ids)
    folder = activity or truth.parent / "activity"
    return Judged(
        truth=_numbers(pa.array([str(role) for role in ROLES]), known.column("role"), truth),
        said=said,
        risk=risk,
        has_finding=has_finding,
        community=np.asarray(pc.fill_null(known.column("community"), "").to_numpy(zero_copy_only=False), dtype=str),
        returned=pc.is_valid(known.column("returned_from")).to_numpy(),
        posting=_posting(folder / "posts.parquet", plain),
        truth_network=truth_network,
        found_network=found_network,
        without_truth=int((row < 0).sum()),
    )


def pool(worlds: Sequence[Judged]) -> Judged:
    """Several worlds as one; their networks stay apart."""
    if len(worlds) == 1:
        return worlds[0]
    postings = [world.posting for world in worlds]
    return Judged(
        truth=np.concatenate([w.truth for w in worlds]),
        said=np.concatenate([w.said for w in worlds]),
        risk=np.concatenate([w.risk for w in worlds]),
        has_finding=np.concatenate([w.has_finding for w in worlds]),
        community=np.concatenate([w.community for w in worlds]),
        returned=np.concatenate([w.returned for w in worlds]),
        posting=np.concatenate([p for p in postings if p is not None]) if None not in map(_kind, postings) else None,
        truth_network=_apart([w.truth_network for w in worlds]),
        found_network=_apart([w.found_network for w in worlds]),
        without_truth=sum(w.without_truth for w in worlds),
    )


def _kind(posting: Ints | None) -> str | None:
    return None if posting is None else "known"


def _apart(numbers: list[Ints]) -> Ints:
    """Each world's networks behind those of the worlds before it."""
    offset, moved = 0, []
    for some in numbers:
        moved.append(np.where(some >= 0, some + offset, -1))
        offset += int(some.max(initial=-1)) + 1
    return np.concatenate(moved)


def keyed_text(key: IdKey, plain: pa.Array) -> pa.Array:
    """The ids as a run without plain ids writes them: 16 hex digits."""
    return pa.array([f"{number:016x}" for number in key.column("account", plain)], pa.string())


def _read(path: Path, columns: list[str]) -> pa.Table:
    if not path.exists():
        raise BadInput(f"{path} is not there. Give a run folder, and the truth.parquet of its world.")
    try:
        return pq.read_table(path, columns=columns)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError, KeyError) as error:
        why = str(error).partition(" in ")[0].splitlines()[0].rstrip(".")  # what follows is the file's whole schema
        raise BadInput(f"{path} cannot be read: {why}. Make it again, or give the file that was meant.") from error


def _places(values: pa.Array, wanted: pa.ChunkedArray) -> Ints:
    """Row of each wanted text among `values`, -1 where it is not there."""
    found = pc.fill_null(pc.index_in(wanted, value_set=values), -1)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def _numbers(values: pa.Array, wanted: pa.ChunkedArray, path: Path) -> Ints:
    number = _places(values, wanted)
    if (number < 0).any():
        raise BadInput(f"{path} names an unknown role; known roles: {', '.join(ROLES)}. Correct the truth.")
    return number


def _findings(findings: pa.Table, row: Ints, accounts: int) -> tuple[Ints, Floats, Bools]:
    """Role said, risk, and whether there is a finding, by account of the truth."""
    shares = np.stack([findings.column(role).to_numpy() for role in HIDDEN], axis=1)
    flagged = findings.column("flagged").to_numpy()
    likeliest = np.where(flagged, shares.argmax(axis=1), BYSTANDER) if len(row) else np.zeros(0, np.int64)
    said, risk, there = np.full(accounts, BYSTANDER), np.zeros(accounts), np.zeros(accounts, bool)
    known = row >= 0
    said[row[known]] = likeliest[known]
    risk[row[known]] = findings.column("risk").to_numpy()[known]
    there[row[known]] = True
    return said, risk, there


def _networks(run: Path, known: pa.Table, ids: pa.Array) -> tuple[Ints, Ints]:
    members = _read(run / "members.parquet", ["network_id", "account_id"])
    row = _places(ids, members.column("account_id"))
    network = members.column("network_id").combine_chunks().dictionary_encode().indices.to_numpy()
    found = np.full(len(ids), -1)
    found[row[row >= 0]] = network[row >= 0]
    truth = pc.fill_null(known.column("network_id").combine_chunks().dictionary_encode().indices, -1)
    strangers = network[row < 0].astype(np.int64)
    return (
        np.concatenate([truth.to_numpy().astype(np.int64), np.full(len(strangers), -1)]),
        np.concatenate([found, strangers]),
    )


def _posting(path: Path, plain: pa.Array) -> Ints | None:
    """What each account posts, None where the activity is not at hand."""
    if not path.exists():
        return None
    posting = np.full(len(plain), NOTHING)
    for batch in pads.dataset(path).to_batches(columns=["account_id", "kind"]):
        row = _places(plain, pa.chunked_array([batch.column("account_id")]))
        story = pc.equal(batch.column("kind"), "story").to_numpy(zero_copy_only=False)
        some = row[(row >= 0) & story]
        posting[some] = np.where(posting[some] == NOTHING, STORIES, posting[some])
        posting[row[(row >= 0) & ~story]] = POSTS
    return posting
