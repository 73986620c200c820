"""Known media: a listed file counts once, by its best match."""

import pyarrow as pa

from seawall.hashes.bank import KnownMedia
from seawall.hashes.entries import hash_list
from seawall.signals.known_media import KnownMediaSeen

DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "pdq": 64}


def media(*files: dict[str, str]) -> pa.Table:
    """Files of accounts 0, 1, … by the digests given."""
    columns = {name: pa.array([one.get(name) for one in files], pa.string()) for name in DIGITS}
    times = pa.array(range(len(files)), pa.timestamp("us", tz="UTC"))
    return pa.table({"account_id": pa.array(range(len(files)), pa.uint64()), "created_at": times, **columns})


def listed(**hashes: str) -> KnownMediaSeen:
    rows = [{"kind": kind, "value": value * DIGITS[kind]} for kind, value in hashes.items()]
    return KnownMediaSeen(KnownMedia.of(hash_list(rows), hash_list(rows)))


def test_every_kind_of_hash_is_matched():
    detector = listed(md5="1", sha1="2", sha256="3", pdq="4")
    files = [{kind: value * DIGITS[kind]} for kind, value in zip(DIGITS, "1234", strict=True)]
    found = detector.detect({"media": media(*files, {"md5": "9" * 32}, {})})
    assert found["subject_id"].to_pylist() == [0, 1, 2, 3]


def test_a_file_on_two_lists_by_two_hashes_counts_once_by_the_surest():
    found = listed(md5="1", sha256="3").detect({"media": media({"md5": "1" * 32, "sha256": "3" * 64})})
    assert found["count"].to_pylist() == [1]
    assert found["evidence"].to_pylist() == ["sha256:0"]


def test_an_empty_list_knows_nothing():
    assert len(listed().detect({"media": media({"md5": "1" * 32})})) == 0


def test_evidence_holds_no_digest():
    found = listed(sha256="3").detect({"media": media({"sha256": "3" * 64})})
    assert "3333" not in found["evidence"].to_pylist()[0]
