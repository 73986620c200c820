"""Banks: opinions, withdrawals, quarantine, and what a killed process leaves behind."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from seawall.hashes.entries import HashKind, Opinion, hash_list
from seawall.hashes.flood import FloodGuard
from seawall.hashes.index import HashIndex
from seawall.hashes.ledger import standing
from seawall.hashes.reading import standing_opinion
from seawall.hashes.retroactive import match_stored
from seawall.hashes.store import BankStore
from seawall.records.errors import BadHashList, BadInput

PDQ, MD5 = "5a" * 32, "ab" * 16
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def listed(kind, value, reference="", **rest):
    return {"kind": kind, "value": value, "source": "exchange", "reference": reference, **rest}


def flipped(value, bits):
    return f"{int(value, 16) ^ ((1 << bits) - 1):064x}"


@pytest.fixture
def store(tmp_path):
    with BankStore(tmp_path / "banks") as store:
        yield store


def found(store, value, kind=HashKind.PDQ):
    return [(match.bank, match.distance) for match in store.lookup([(kind, value)])[0]]


def test_digests_and_near_hashes_are_found_in_any_case(store):
    store.add("known", hash_list([listed("pdq", PDQ), listed("md5", MD5)]))
    assert found(store, flipped(PDQ, 31).upper()) == [("known", 31)]
    assert found(store, flipped(PDQ, 32)) == []
    assert found(store, MD5.upper(), HashKind.MD5) == [("known", 0)]
    assert found(store, MD5[::-1], HashKind.MD5) == []


def test_adding_the_same_list_again_adds_nothing(store):
    rows = hash_list([listed("pdq", PDQ, "1"), listed("md5", MD5, "1")])
    assert len(store.add("known", rows)) == 2
    assert store.add("known", rows) == []
    assert len(found(store, PDQ)) == 1


def test_a_withdrawn_hash_goes_everywhere_within_one_update(store, tmp_path):
    store.add("known", hash_list([listed("pdq", PDQ, "case-9"), listed("md5", MD5, "case-9"), listed("pdq", "0" * 64)]))
    reader = HashIndex.open(tmp_path / "banks" / "index", verify=False)
    assert store.withdraw("known", "exchange", ["case-9", "unknown"]) == 2
    assert found(store, PDQ) == []
    assert found(store, MD5, HashKind.MD5) == []
    assert standing(store.folder)["value"].to_pylist() == ["0" * 64]
    reader.refresh()
    assert reader.search(_words(PDQ)).tolist() == []
    store.compact()
    assert not any(bytes.fromhex(PDQ)[::-1] in path.read_bytes() for path in (tmp_path / "banks").rglob("segment-*"))
    assert PDQ.encode() not in _all_bytes(store)


def _all_bytes(store):
    store.ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    values = store.ledger.execute("SELECT value FROM entries WHERE value IS NOT NULL").fetchall()
    return repr(values).encode()


def _words(value):
    from seawall.hashes.hexadecimal import decode, words

    return words(decode(pa.array([value]), 64)[0])


def test_a_withdrawn_hash_can_be_listed_again(store):
    store.add("known", hash_list([listed("pdq", PDQ, "1")]))
    store.withdraw("known", "exchange", ["1"])
    store.add("known", hash_list([listed("pdq", PDQ, "1")]))
    assert found(store, PDQ) == [("known", 0)]


def test_banks_may_disagree_and_a_negative_one_protects(store):
    store.add("known", hash_list([listed("pdq", PDQ), listed("pdq", flipped(PDQ, 60), opinion="seed")]))
    store.add("innocent", hash_list([listed("pdq", flipped(PDQ, 3), opinion="negative")]))
    opinions = [
        standing_opinion(m) for m in store.lookup([(HashKind.PDQ, flipped(PDQ, bits)) for bits in (0, 3, 60, 128)])
    ]
    assert opinions == [Opinion.POSITIVE, Opinion.NEGATIVE, Opinion.SEED, None]


def test_what_a_killed_process_left_undone_is_done_at_the_next_opening(tmp_path):
    with BankStore(tmp_path) as store:
        store.add("known", hash_list([listed("pdq", PDQ, "1"), listed("pdq", flipped(PDQ, 9), "2")]))
        store.ledger.execute("UPDATE entries SET state = 'withdrawn', pending = 1 WHERE reference = '1'")
        store.ledger.execute("UPDATE entries SET pending = 1 WHERE reference = '2'")
    with BankStore(tmp_path) as store:
        assert found(store, flipped(PDQ, 9)) == [("known", 0)]
        assert store.ledger.execute("SELECT COUNT(*) FROM entries WHERE pending = 1").fetchone() == (0,)


def test_a_bad_hash_adds_nothing_at_all(store):
    with pytest.raises(BadHashList, match="nothing was added"):
        store.add("known", hash_list([listed("pdq", PDQ), listed("md5", "12")]))
    assert store.banks() == {}
    with pytest.raises(BadInput, match="64 hexadecimal digits"):
        store.lookup([(HashKind.PDQ, "")])


def test_a_flood_of_accounts_quarantines_and_tells_a_person(store):
    (entry,) = store.add("known", hash_list([listed("pdq", PDQ)]))
    guard = FloodGuard(store, limit=100)
    tripped = [guard.observe(entry, account, NOW + timedelta(minutes=account)) for account in range(100)]
    assert tripped == [False] * 99 + [True]
    assert found(store, PDQ) == []
    ((_, told, why),) = store.notices()
    assert told == entry
    assert "100 accounts" in why


def test_a_trade_among_few_accounts_or_over_months_is_no_flood(store):
    (entry,) = store.add("known", hash_list([listed("pdq", PDQ)]))
    guard = FloodGuard(store, limit=100)
    assert not any(guard.observe(entry, n % 20, NOW + timedelta(seconds=n)) for n in range(2000))
    assert not any(guard.observe(entry, 1000 + n, NOW + timedelta(hours=n)) for n in range(2000))
    assert found(store, PDQ) == [("known", 0)]


def test_stored_media_match_when_their_hash_arrives():
    stored = [
        pa.table({"media_id": [1, 2], "pdq": [flipped(PDQ, 5), None], "md5": [None, "00" * 16]}),
        pa.table({"media_id": [3, 4], "pdq": ["0" * 64, None], "md5": [None, MD5]}),
        pa.table({"media_id": [5], "pdq": ["0" * 64]}),
    ]
    matches = pa.concat_tables(match_stored(hash_list([listed("pdq", PDQ), listed("md5", MD5)]), stored))
    assert matches.select(["media_id", "kind", "distance"]).to_pylist() == [
        {"media_id": 1, "kind": "pdq", "distance": 5},
        {"media_id": 4, "kind": "md5", "distance": 0},
    ]
