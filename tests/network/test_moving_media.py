"""What moves through risky accounts is queued, unless a list knows it or everyone shares it."""

import json

import numpy as np
import pyarrow as pa
import pytest

from seawall.hashes.bank import KnownMedia
from seawall.hashes.entries import hash_list
from seawall.network.findings import Findings
from seawall.network.moving_media import moving_media
from seawall.network.spread_told import spread_rows, spread_tables
from seawall.records.activity import MEDIA, TIME
from seawall.records.ids import IdKey

KEY = IdKey(bytes(32))
ACCOUNTS = np.arange(1000, dtype=np.uint64) * 7 + 3
RISKY = np.arange(20)
BASE = "5a" * 32
NONE = KnownMedia.of()


def near(bits, base=BASE):
    return f"{int(base, 16) ^ ((1 << bits) - 1):064x}"


def media(*rows):
    """Rows of (account's place, day, pdq, quality, md5), as the lake streams them, in batches of three."""
    columns = {name: [None] * len(rows) for name in MEDIA.keyed_schema.names}
    columns["media_id"] = list(range(100, 100 + len(rows)))
    columns["account_id"] = [int(ACCOUNTS[row[0]]) for row in rows]
    columns["created_at"] = [row[1] * 86_400_000_000 for row in rows]
    columns["kind"] = ["image"] * len(rows)
    columns["pdq"] = [row[2] for row in rows]
    columns["pdq_quality"] = [row[3] if len(row) > 3 else None for row in rows]
    columns["md5"] = [row[4] if len(row) > 4 else None for row in rows]
    schema = MEDIA.keyed_schema
    table = pa.table([pa.array(columns[f.name], f.type) for f in schema], schema=schema)
    return lambda name, wanted: iter(table.select(wanted).to_batches(max_chunksize=3)) if name == "media" else iter(())


def moving(batches, known=NONE, risk=0.9):
    roles = np.tile([risk, 0, 0, 0, 0, 1 - risk], (len(RISKY), 1))
    found = Findings(RISKY, roles, np.full(len(RISKY), risk), np.ones(len(RISKY), bool), ((),) * len(RISKY))
    network = np.where(RISKY < 10, 0, 1)
    return moving_media(batches, known, ACCOUNTS, found, RISKY, network)


def traded(count=8, **extra):
    return [(place, place, near(3 * place), 90, f"{place:032x}") for place in range(count)]


def queued(found):
    return sorted(found.media.tolist())


def test_altered_copies_on_risky_accounts_are_one_cluster_for_the_queue():
    found = moving(media(*traded(), (500, 3, near(5)), (600, 3, "c3" * 32), (700, 4, None)))
    assert found.table.num_rows == 1
    assert found.table["accounts"][0].as_py() == 9
    assert queued(found) == list(range(100, 109))
    assert (found.first[0], found.last[0]) == (0, 7 * 86_400_000_000)


def test_a_meme_that_everyone_shares_shows_all_of_its_sharers_and_is_not_queued():
    rows = [(place, place % 9, near(place % 12)) for place in range(300)]
    found = moving(media(*rows))
    assert found.table["accounts"][0].as_py() == 300
    assert queued(found) == []


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "pdq", "value": near(2)},
        {"kind": "md5", "value": f"{3:032x}"},
        {"kind": "pdq", "value": near(2), "opinion": "negative"},
    ],
)
def test_a_cluster_that_a_list_names_or_clears_is_not_unknown(entry):
    found = moving(media(*traded()), KnownMedia.of(hash_list([entry])))
    assert found.table["listed"].to_pylist() == [True]
    assert queued(found) == []


def test_the_canary_lists_nothing():
    found = moving(
        media(*traded()), KnownMedia.of(hash_list([{"kind": "pdq", "value": near(2), "category": "canary"}]))
    )
    assert len(queued(found)) == 8


@pytest.mark.parametrize("rows", [[], [(0, 1, None)], [(900, 1, BASE), (901, 1, BASE)], [(0, 1, BASE)]])
def test_without_media_of_risky_accounts_nothing_moves(rows):
    found = moving(media(*rows))
    assert (found.table.num_rows, queued(found)) == (0, [])


def test_hashes_of_low_quality_cluster_nothing():
    assert queued(moving(media(*[(place, place, BASE, 20) for place in range(8)]))) == []


def test_the_order_of_rows_changes_nothing():
    rows = [*traded(), (500, 3, near(5)), (3, 9, "c3" * 32), (4, 9, "c3" * 32)]
    one, other = moving(media(*rows)), moving(media(*rows[::-1]))
    assert one.table.drop_columns("cluster").equals(other.table.drop_columns("cluster"))
    assert one.leaders == other.leaders


def test_tables_tell_network_cluster_and_pictures_and_no_hash():
    found = moving(media(*traded()))
    pictures, owners = (pa.array([f"{x}" for x in ids.tolist()]) for ids in (found.media, found.owner))
    told = spread_tables(found, KEY, ["network-a", "network-b"], pictures, owners)
    (row,) = told["spread"].to_pylist()
    assert (row["network_id"], row["accounts"], row["flagged"], row["listed"]) == ("network-a", 8, True, False)
    assert told["spread"].schema.field("first_at").type == TIME
    assert set(told["spread_media"]["cluster_id"].to_pylist()) == {row["cluster_id"]}
    (finding,) = spread_rows(found, KEY, ["network-a", "network-b"]).to_pylist()
    assert (finding["subject_kind"], finding["subject_id"], finding["flagged"]) == ("media", row["cluster_id"], True)
    (reason,) = json.loads(finding["evidence"])
    assert "7.2 of 8 accounts" in reason["says"]
    assert "network-a" in reason["says"]
    assert BASE not in json.dumps([row, finding], default=str)
