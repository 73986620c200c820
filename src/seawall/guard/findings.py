"""From a run's conclusions to what the guard holds.

An ordinary account borders on a network when at least `LEAST_TIES` of its own ties lead to the network's members and
these are `LEAST_SHARE` of all its ties: one tie to a seller is no neighbourhood, and a celebrity has none.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from seawall.guard.contents import Contents, Ids
from seawall.guard.policy import Subject
from seawall.hashes.entries import DIGITS, HashKind, Opinion
from seawall.hashes.hexadecimal import decode, words
from seawall.records.ids import IdKey
from seawall.records.roles import Role

LEAST_TIES, LEAST_SHARE = 2, 0.05
WATCHED_FROM = 0.2
"""An account of a lower risk is as any other to the guard."""

_SUBJECTS: Mapping[str, Subject] = {
    Role.BUYER: Subject.BUYS,
    Role.AT_RISK_CHILD: Subject.AT_RISK_CHILD,
    Role.BYSTANDER: Subject.OTHER,
}
_OPINIONS = {Opinion.POSITIVE: "known", Opinion.SEED: "seed", Opinion.NEGATIVE: "innocent"}
_AGES = {"child": 1, "teen": 2, "adult": 3}

Places = npt.NDArray[np.int64]


def subjects_of(
    n: int,
    places: Places,
    roles: npt.NDArray[np.str_],
    risk: npt.NDArray[np.float64],
    flagged: npt.NDArray[np.bool_],
    seeks: npt.NDArray[np.bool_],
) -> npt.NDArray[np.uint8]:
    """What each of n accounts is to the policy; a finding has a place, a role, a risk and a flag, shape (k,) each.

    `seeks` marks those who are likelier to buy than to have any other part in the trade.
    """
    subjects = np.zeros(n, np.uint8)
    suspected = ~flagged & (risk >= WATCHED_FROM)
    subjects[places[suspected]] = np.where(seeks[suspected], Subject.SEEKS, Subject.WATCHED)
    for place, role in zip(places[flagged].tolist(), roles[flagged].tolist(), strict=True):
        subjects[place] = _SUBJECTS.get(role, Subject.SELLS)
    return subjects


def hoods_of(ties: csr_matrix, accused: Places, network: Places) -> npt.NDArray[np.uint32]:
    """The neighbourhood of each account, 0 for none, from ties (n, n) and the network of each accused (-1 for none)."""
    n = ties.shape[0]
    hoods = np.zeros(n, np.uint32)
    members, numbers = accused[network >= 0], network[network >= 0]
    if not len(members):
        return hoods
    weights = (np.ones(len(members), np.float32), (members, numbers))
    belongs = csr_matrix(weights, shape=(n, int(numbers.max()) + 1))
    both = ((ties + ties.T) > 0).astype(np.float32)
    towards = (both @ belongs).tocsr()
    all_ties = np.asarray(both.sum(axis=1)).ravel()
    most = np.asarray(towards.argmax(axis=1)).ravel()
    count = towards.max(axis=1).toarray().ravel()
    borders = (count >= LEAST_TIES) & (count >= LEAST_SHARE * all_ties)
    hoods[borders] = most[borders] + 1
    hoods[members] = numbers + 1
    return hoods


def children_of(ages: npt.NDArray[np.uint8], follows: csr_matrix) -> tuple[Places, Places]:
    """(child, other) for everyone whom a child's account follows: who follows a child is no connection of theirs."""
    young = np.flatnonzero((ages == _AGES["child"]) | (ages == _AGES["teen"]))
    chosen = follows[young].tocoo()
    return young[chosen.row], chosen.col.astype(np.int64)


def ages_of(bands: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Codes of age bands."""
    return np.array([_AGES.get(band, 0) for band in bands], np.uint8)


def contents_of(
    accounts: Ids,
    subjects: npt.NDArray[np.uint8],
    ages: npt.NDArray[np.uint8],
    hoods: npt.NDArray[np.uint32],
    follows: csr_matrix,
) -> Contents:
    """The accounts that the guard must know of n keyed ids, and the connections of the children among them."""
    known = (subjects != Subject.OTHER) | (hoods != 0) | (ages == _AGES["child"]) | (ages == _AGES["teen"])
    ones, others = children_of(ages, follows)
    return Contents(
        accounts=accounts[known],
        subjects=subjects[known],
        ages=ages[known],
        hoods=hoods[known],
        connections=(accounts[ones], accounts[others]),
    )


def listed(entries: pa.Table, key: IdKey) -> tuple[dict[str, Ids], dict[str, Ids]]:
    """Digests as keyed ids and PDQ hashes as words, both by opinion, from a hash list (columns of `HASH_LIST`)."""
    media: dict[str, Ids] = {}
    pdq: dict[str, Ids] = {}
    for opinion, name in _OPINIONS.items():
        mine = entries.filter(pc.equal(entries["opinion"], str(opinion)))
        near = pc.equal(mine["kind"], str(HashKind.PDQ))
        media[name] = key.column("media", pc.utf8_lower(mine.filter(pc.invert(near))["value"]))
        hashes, fine = decode(mine.filter(near)["value"], DIGITS[HashKind.PDQ])
        pdq[name] = words(hashes[fine])
    return media, pdq
