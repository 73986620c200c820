"""Who came back: matches within the first day on invented worlds, and how long one takes over a million.

On worlds: every account that was made after somebody had gone is compared with those that are gone, by its profile and
device and by the follows of its first day. A match is right where the world's truth says that it returned from exactly
that account. Worlds date sign-ins at random; the device that an account signs in with is known when it is made.
At size: one new account after the other against a million that are gone, evidence included.
"""

import argparse
import json
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix

from bench.worlds import CACHE, Trial, read_seeds, world
from seawall.network.graph import binary
from seawall.network.numbering import places_of
from seawall.network.returns import ReturnIndex, returns_among
from seawall.network.traces import Profiles
from seawall.records.ids import IdKey

KEY = IdKey(bytes(32))
DAY = 86_400_000_000


def keyed(table: pa.Table, *columns: str) -> pa.Table:
    """A table with ids as a run's lake has them."""
    for name in columns:
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(KEY.column("account", table[name])))
    return table


def in_a_world(accounts: int, seed: int) -> dict[str, Any]:
    """Recall and precision of the matches on one world."""
    folder = world(Trial(accounts, (seed,)), seed, CACHE)
    people = keyed(pq.read_table(folder / "activity" / "accounts.parquet"), "account_id").sort_by("account_id")
    devices = keyed(
        pq.read_table(folder / "activity" / "sign_ins.parquet", columns=["account_id", "device_hash"]), "account_id"
    )
    ids = people["account_id"].to_numpy()
    truth = keyed(pq.read_table(folder / "truth.parquet").drop_columns(["subject_kind", "network_id"]), "subject_id")
    back = keyed(truth.filter(pc.is_valid(truth["returned_from"])), "returned_from")
    start = time.thread_time()
    profiles = Profiles.of(people, devices)
    follows, early = _follows(folder, ids, profiles)
    found = returns_among(profiles, follows, early)
    spent = time.thread_time() - start
    source = np.full(len(ids), -1)
    source[places_of(ids, back["subject_id"].to_numpy())] = places_of(ids, back["returned_from"].to_numpy())
    hidden = np.zeros(len(ids), np.bool_)
    hidden[places_of(ids, truth["subject_id"].to_numpy())] = np.asarray(pc.not_equal(truth["role"], "bystander"))
    right = source[found.account] == found.of
    of_hidden = hidden[found.account]
    return {
        "accounts": accounts,
        "seed": seed,
        "returned": len(back),
        "matched": len(found.account),
        "right": int(right.sum()),
        "hidden_returned": int((hidden & (source >= 0)).sum()),
        "hidden_right": int((right & of_hidden).sum()),
        "cpu_s": round(spent, 2),
    }


def _follows(folder: Any, ids: Any, profiles: Profiles) -> tuple[csr_matrix, csr_matrix]:
    """All follows, and those of the first day of whoever follows or is followed."""
    columns = ["follower_id", "followee_id", "created_at"]
    table = keyed(pq.read_table(folder / "activity" / "follows.parquet", columns=columns), *columns[:2])
    follower, followee = (places_of(ids, table[name].to_numpy()) for name in columns[:2])
    at = table["created_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    shape = (len(ids), len(ids))
    first = [at < profiles.created[side] + DAY for side in (follower, followee)]
    young = first[0] | first[1]
    return binary(follower, followee, shape), binary(follower[young], followee[young], shape)


def pooled(results: list[dict[str, Any]]) -> dict[str, float]:
    """The figures of all worlds together."""
    total = {
        name: sum(one[name] for one in results)
        for name in ("returned", "matched", "right", "hidden_returned", "hidden_right")
    }
    return {
        "recall": total["right"] / max(total["returned"], 1),
        "precision": total["right"] / max(total["matched"], 1),
        "hidden_recall": total["hidden_right"] / max(total["hidden_returned"], 1),
    }


def platform(n: int, rng: np.random.Generator) -> tuple[pa.Table, pa.Table]:
    """Invented accounts, nine in ten of them gone, and their devices; ids are in order."""
    syllables = pa.array([f"{a}{b}{c}" for a in "bdfgkl" for b in "aeiou" for c in "mnprstvz"])
    words = [syllables.take(pa.array(rng.integers(0, len(syllables), n))) for _ in range(14)]
    number = pa.array(rng.integers(0, 10 * n, n)).cast(pa.string())
    created = rng.integers(0, 900 * DAY, n)
    gone = np.where(rng.random(n) < 0.9, created + rng.integers(DAY, 90 * DAY, n), -1)
    links = pc.binary_join_element_wise("https://pay.example/", words[0], number, "")
    accounts = {
        "account_id": pa.array(np.arange(n, dtype=np.uint64) << np.uint64(40)),
        "created_at": pa.array(created),
        "removed_at": pa.array(gone, mask=gone < 0),
        "handle": pc.binary_join_element_wise(words[1], words[2], number, ""),
        "display_name": pc.binary_join_element_wise(words[3], words[4], words[5], " "),
        "bio": pc.binary_join_element_wise(*words[6:], " "),
        "links": pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32)), links),
        "avatar_pdq": pa.array([row.tobytes().hex() for row in rng.integers(0, 256, (n, 32), np.uint8)]),
        "locale": pa.array(["xx", "yy"]).take(pa.array(rng.integers(0, 2, n))),
        "age_band": pa.array(["adult", "unknown"]).take(pa.array(rng.integers(0, 2, n))),
    }
    table = pa.table(accounts)
    for name in ("created_at", "removed_at"):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast(pa.timestamp("us", "UTC")))
    household = pa.array(rng.integers(0, n, n)).cast(pa.string())
    return table, pa.table({"account_id": table["account_id"], "device_hash": household})


def at_size(n: int, asked: int = 200) -> dict[str, Any]:
    """Milliseconds for one new account against n, most of them gone: half come back as one of them, half are new."""
    rng = np.random.default_rng(1)
    accounts, devices = platform(n, rng)
    start = time.perf_counter()
    profiles = Profiles.of(accounts, devices)
    index, _ = ReturnIndex.of(profiles, csr_matrix((n, n), dtype=np.float32))
    built = time.perf_counter() - start
    strangers, their_devices = platform(asked, np.random.default_rng(2))
    former = rng.choice(np.flatnonzero(profiles.gone >= 0), asked)
    spent, right = [], 0
    for number in range(asked):
        back = number % 2 == 0
        row, device = (accounts, devices) if back else (strangers, their_devices)
        place = int(former[number]) if back else number
        start = time.perf_counter()
        found = index.match(Profiles.of(row.slice(place, 1), device.slice(place, 1)))
        spent.append((time.perf_counter() - start) * 1000)
        right += back and bool(found) and found[0][0] == place
    return {
        "accounts": n,
        "gone": int((profiles.gone >= 0).sum()),
        "build_s": round(built, 1),
        "match_ms_median": round(float(np.median(spent[1:])), 1),
        "match_ms_max": round(max(spent[1:]), 1),
        "first_of_those_who_came_back": right / (asked // 2),
    }


def main() -> None:
    """Print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--seeds", type=read_seeds, default=read_seeds("1-5"))
    parser.add_argument("--size", type=int, default=1_120_000, help="accounts to match at size, nine in ten gone")
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    results = [in_a_world(options.accounts, seed) for seed in options.seeds]
    told = {**pooled(results), **at_size(options.size)}
    if options.json:
        print(json.dumps({**told, "worlds": results}))
        return
    for one in results:
        print(", ".join(f"{name} {value}" for name, value in one.items()))
    print(*(f"{name}: {value}" for name, value in told.items()), sep="\n")


if __name__ == "__main__":
    main()
