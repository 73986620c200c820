"""Exact lexicon match with personalised PageRank: a platform's usual first attempt.

Who says a term in a post, a hashtag or a bio, as a whole word and spelt as in the lexicon, is accused of selling and is
a seed. A walk from the seeds over follows and interactions, read both ways, ranks the others; ranks are divided by what
a walk from everyone gives, so that the popular do not win. The first of that order are accused too: as many as `SHARE`
of all accounts, which no truth set (hidden roles are never more). Of these, whoever the accused follow and write to
more than the other way round sells; the others buy. A confirmed account joins the seeds, a cleared one is let go.
Networks are Louvain communities of the accused. The result is a run folder that is judged like any other.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix
from sknetwork.clustering import Louvain

from seawall.network.propagate import lift
from seawall.records.roles import ROLES, Role
from seawall.records.run import FINDINGS, MEMBERS

SHARE = 0.02
BATCH = 100_000
EDGE = r"[^\p{L}\p{M}\p{N}]"
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
"""In these scripts no space ends a word, so a term is found inside a line."""

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Accused:
    """`risk` [n] of every account, `flagged` [n], of these whether they sell and their network, -1 for none."""

    risk: npt.NDArray[np.float64]
    flagged: npt.NDArray[np.int64]
    sells: Flags
    network: npt.NDArray[np.int64]


def lexicon_walk(activity: Path, lexicon: Path, out: Path) -> Path:
    """Accuse the accounts of an activity; writes `findings.parquet` and `members.parquet` into `out`."""
    ids = pq.read_table(activity / "accounts.parquet", columns=["account_id"])["account_id"].combine_chunks()
    terms = pacsv.read_csv(lexicon)["term"].cast(pa.string()).combine_chunks()
    said = _said(activity, ids, pc.utf8_ltrim(pc.utf8_lower(terms), characters="#"))
    confirmed, cleared = _verdicts(activity, ids)
    found = accuse(said & ~cleared | confirmed, cleared, follow_ties(activity, ids))
    out.mkdir(parents=True)
    pq.write_table(_findings(ids, found), out / "findings.parquet")
    pq.write_table(_members(ids, found), out / "members.parquet")
    return out


def accuse(seeds: Flags, cleared: Flags, ties: csr_matrix) -> Accused:
    """Accuse accounts, given who is a seed and who was cleared, [n] each, and who follows or writes to whom, (n, n)."""
    n = len(seeds)
    if not seeds.any():
        nobody = np.zeros(0, np.int64)
        return Accused(np.zeros(n), nobody, nobody.astype(bool), nobody)
    both = csr_matrix(ties + ties.T)
    score = np.where(cleared, 0, lift(both, seeds.astype(np.float32))).astype(np.float64)
    others = np.argsort(-np.where(seeds, 0, score), kind="stable")[: int(SHARE * n)]
    others = others[score[others] > 0]
    flagged = np.union1d(np.flatnonzero(seeds), others)
    inner = csr_matrix(ties[flagged][:, flagged])
    given, taken = (np.asarray(inner.sum(axis=axis)).ravel() for axis in (1, 0))
    risk = score / (score + score[flagged].min())  # a half at the cut
    return Accused(risk, flagged, seeds[flagged] | (taken > given), _communities(inner))


def _communities(ties: csr_matrix) -> npt.NDArray[np.int64]:
    both = csr_matrix(ties + ties.T)
    if both.nnz == 0:
        return np.full(both.shape[0], -1)
    alone = np.diff(both.indptr) == 0
    return np.where(alone, -1, Louvain(random_state=0).fit_predict(both))


def _said(activity: Path, ids: pa.Array, terms: pa.Array) -> Flags:
    """Who says a term."""
    bios = pq.read_table(activity / "accounts.parquet", columns=["bio"])["bio"]
    pattern = _pattern(terms)
    said: Flags = _matches(bios, pattern)
    with pq.ParquetFile(activity / "posts.parquet") as posts:
        for batch in posts.iter_batches(BATCH, columns=["account_id", "text", "hashtags"]):
            rows = _matches(batch["text"], pattern)
            tags = pc.utf8_ltrim(pc.utf8_lower(pc.list_flatten(batch["hashtags"])), characters="#")
            hit = pc.is_in(tags, value_set=terms).to_numpy(zero_copy_only=False)
            rows[np.asarray(pc.list_parent_indices(batch["hashtags"]))[hit]] = True
            said[_places(ids, batch["account_id"].filter(pa.array(rows)))] = True
    return said


def _pattern(terms: pa.Array) -> str:
    """A case-blind pattern for the terms as whole words."""
    inside = pc.match_substring_regex(terms, UNSPACED).to_pylist()
    spelt = [re.escape(term) for term in terms.to_pylist()]
    words = "|".join(term for term, loose in zip(spelt, inside, strict=True) if not loose)
    loose = [term for term, loose in zip(spelt, inside, strict=True) if loose]
    whole = [f"(?:^|{EDGE})(?:{words})(?:$|{EDGE})"] if words else []
    return "(?i)" + "|".join([*whole, *loose])


def _matches(texts: pa.Array | pa.ChunkedArray, pattern: str) -> Flags:
    found: Flags = np.array(pc.fill_null(pc.match_substring_regex(texts, pattern), False))
    return found


def follow_ties(activity: Path, ids: pa.Array) -> csr_matrix:
    """Who follows, or does anything else with, whom: 1 for each way, row after column."""
    total = csr_matrix((len(ids), len(ids)), dtype=np.float32)
    for table, source, sink in (("follows", "follower_id", "followee_id"), ("interactions", "actor_id", "target_id")):
        rows = pq.read_table(activity / f"{table}.parquet", columns=[source, sink])
        one, two = _places(ids, rows[source]), _places(ids, rows[sink])
        known = (one >= 0) & (two >= 0) & (one != two)
        ties = csr_matrix((np.ones(known.sum(), np.float32), (one[known], two[known])), shape=total.shape)
        ties.data[:] = 1
        total = total + ties
    return total


def _verdicts(activity: Path, ids: pa.Array) -> tuple[Flags, Flags]:
    """Who has been confirmed and who cleared, where verdicts are given."""
    flags = [np.zeros(len(ids), bool) for _ in range(2)]
    path = activity / "verdicts.parquet"
    if path.exists():
        rows = pq.read_table(path, columns=["subject_kind", "subject_id", "verdict"])
        rows = rows.filter(pc.equal(rows["subject_kind"], "account"))
        for flag, verdict in zip(flags, ("confirmed", "cleared"), strict=True):
            places = _places(ids, rows.filter(pc.equal(rows["verdict"], verdict))["subject_id"])
            flag[places[places >= 0]] = True
    return flags[0], flags[1]


def _places(ids: pa.Array, wanted: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """The row of each account, -1 for an unknown one."""
    return np.asarray(pc.fill_null(pc.index_in(wanted, value_set=ids), -1)).astype(np.int64)


def _findings(ids: pa.Array, found: Accused) -> pa.Table:
    flagged, sells = np.zeros(len(ids), bool), np.zeros(len(ids), bool)
    flagged[found.flagged], sells[found.flagged] = True, found.sells
    shares = {Role.SELLER: found.risk * sells, Role.BUYER: found.risk * ~sells, Role.BYSTANDER: 1 - found.risk}
    roles = [pa.array(shares.get(role, np.zeros(len(ids)))) for role in ROLES]
    kinds, evidence = (pa.array([text] * len(ids)) for text in ("account", '["near to lexicon matches"]'))
    return pa.table([kinds, ids, pa.array(found.risk), *roles, pa.array(flagged), evidence], schema=FINDINGS)


def _members(ids: pa.Array, found: Accused) -> pa.Table:
    inside = found.network >= 0
    rows = found.flagged[inside]
    names = [f"{number:016x}" for number in found.network[inside].tolist()]
    roles = np.where(found.sells[inside], Role.SELLER, Role.BUYER).tolist()
    return pa.table([pa.array(names), ids.take(pa.array(rows)), pa.array(roles), found.risk[rows]], schema=MEMBERS)
