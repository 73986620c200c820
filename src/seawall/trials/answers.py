"""What stands beside a world's activity: truth, a lexicon of a dozen terms, twenty verdicts."""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from seawall.records.activity import VERDICTS_TABLE
from seawall.records.roles import ROLES
from seawall.records.run import TRUTH
from seawall.trials.columns import chosen, id_text, masked, times
from seawall.trials.draws import Ints, Rng
from seawall.trials.lookalikes import COMMUNITIES
from seawall.trials.population import DAY, END, Population
from seawall.trials.sellers import BUYER
from seawall.trials.words import LANGUAGES, Words

TERMS, VERDICTS = 12, 20
CATEGORIES = ("trade", "contact", "place")


def choose_lexicon(rng: Rng, words: Words) -> Ints:
    """Twelve risk words: the more one is used, the likelier an operator knows it; at most one everyday word."""
    use = words.risk.weight.sum(axis=1) ** 0.6 * np.where(words.risk.everyday == 1, 0.3, 1.0)
    chosen_ = rng.choice(len(use), TERMS, replace=False, p=use / use.sum())
    spare = [i for i in np.argsort(-use) if not words.risk.everyday[i] and i not in chosen_]
    for extra in [i for i in chosen_ if words.risk.everyday[i]][1:]:
        chosen_[chosen_ == extra] = spare.pop(0)
    return np.sort(chosen_)


def write_lexicon(path: Path, words: Words, lexicon: Ints) -> None:
    """The operator's list, as the contract has it."""
    risk = words.risk
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("term", "severity", "category", "language", "status"))
        for i in lexicon:
            tag = LANGUAGES[risk.language[i]].tag
            writer.writerow(
                (words.tokens[risk.token[i]], risk.severity[i], CATEGORIES[risk.category[i]], tag, "active")
            )


def write_truth(path: Path, people: Population, ids: pa.Array, seed: int) -> None:
    """Role, network, community and predecessor of every account."""
    network_ids = id_text(np.arange(int(people.network.max()) + 1), seed + 12)
    columns = {
        "subject_kind": pa.array(["account"]).take(pa.array(np.zeros(people.size, np.int64))),
        "subject_id": ids,
        "role": chosen(ROLES, people.role),
        "network_id": masked(network_ids, people.network),
        "community": masked(
            pa.array([c.name for c in COMMUNITIES]), np.where(people.community > 0, people.community, -1)
        ),
        "returned_from": masked(ids, people.returned_from),
    }
    pq.write_table(pa.table(columns, schema=TRUTH), path, compression="zstd")


def write_verdicts(rng: Rng, path: Path, people: Population, ids: pa.Array) -> None:
    """What an operator has decided: seven sellers' side, four buyers, nine cleared look-alikes."""
    side = np.flatnonzero(people.hidden & (people.role != BUYER))
    buyers, alike = np.flatnonzero(people.role == BUYER), np.flatnonzero(people.community > 0)
    picked = [rng.permutation(side)[:7], rng.permutation(buyers)[:4]]
    picked.append(rng.permutation(alike)[: VERDICTS - sum(map(len, picked))])
    who = np.concatenate(picked)
    confirmed = people.hidden[who]
    decided = END - rng.integers(DAY, 120 * DAY, len(who))
    columns = {
        "subject_kind": pa.array(["account"] * len(who)),
        "subject_id": ids.take(pa.array(who)),
        "verdict": chosen(("cleared", "confirmed"), confirmed.astype(np.int64)),
        "role": masked(pa.array([str(role) for role in ROLES]), np.where(confirmed, people.role[who], -1)),
        "decided_at": times(decided),
        "decided_by": chosen(("analyst-1", "analyst-2"), rng.integers(0, 2, len(who))),
    }
    pq.write_table(pa.table(columns, schema=VERDICTS_TABLE.raw_schema), path, compression="zstd")
