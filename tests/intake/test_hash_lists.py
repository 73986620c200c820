"""Hash lists in the formats that sources send them in."""

import json

import pytest

from seawall.hashes.bank import KnownMedia
from seawall.hashes.entries import hash_list
from seawall.hashes.store import BankStore
from seawall.intake.hash_lists import digest_of_list, read_hash_list
from seawall.records.errors import BadHashList, BadInput

MD5, SHA1, PDQ = "ab" * 16, "cd" * 20, "0f" * 32


def test_it_reads_one_column_an_algorithm(tmp_path):
    path = tmp_path / "wanted.csv"
    path.write_text(f"id,md5,pdq,category\n7,{MD5},{PDQ},A1\n")
    rows = read_hash_list(path).entries.to_pylist()
    assert [(r["kind"], r["value"], r["category"], r["source"], r["reference"]) for r in rows] == [
        ("md5", MD5, "A1", "wanted", "7"),
        ("pdq", PDQ, "A1", "wanted", "7"),
    ]


def test_it_reads_kind_and_value_with_a_mapping(tmp_path):
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"hashes": [{"Algo": "SHA-1", "Finger": SHA1.upper(), "Grade": "B"}]}))
    read = read_hash_list(path, {"kind": "Algo", "value": "Finger", "category": "Grade"})
    assert read.entries.to_pylist()[0] | {} == {
        "kind": "sha1",
        "value": SHA1,
        "category": "B",
        "opinion": "positive",
        "source": "list",
        "reference": "",
    }


def test_upper_case_hashes_match(tmp_path):
    path = tmp_path / "list.jsonl"
    path.write_text(json.dumps({"md5": MD5.upper(), "opinion": "Seed"}) + "\n")
    known = KnownMedia.of(read_hash_list(path).entries)
    assert known.match_columns(md5=_column([None, MD5, MD5.upper()]))["row"].to_pylist() == [1, 2]


def test_bad_rows_are_set_aside_with_line_and_reason(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"md5,opinion\n{MD5},\nshort,\n{MD5},perhaps\n,\n")
    read = read_hash_list(path)
    assert read.entries.num_rows == 1
    assert read.refused["line"].to_pylist() == [3, 4, 5]
    assert "5 characters is not 32" in read.refused["reason"][0].as_py()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "md5\nxyz\n", "no usable hash"),
        ("a.json", "{", "is not JSON"),
        ("a.json", "{}", "exactly one array"),
        ("a.txt", "x", "known endings"),
        ("a.csv", b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_it_refuses_a_file_that_is_no_list(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadHashList, match=message):
        read_hash_list(path)


def test_an_unknown_field_in_a_mapping_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("md5\n")
    with pytest.raises(BadHashList, match="no field 'photodna'"):
        read_hash_list(path, {"photodna": "x"})


def test_64_digits_without_a_kind_are_not_guessed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"hash\n{PDQ}\n{MD5}\n")
    read = read_hash_list(path)
    assert read.entries["kind"].to_pylist() == ["md5"]
    assert read.refused.num_rows == 1


def _column(values):
    import pyarrow as pa

    return pa.array(values, pa.string())


def test_banks_are_read_as_they_stand_while_another_process_holds_them(tmp_path):
    with BankStore(tmp_path) as banks:
        banks.add("one", hash_list([{"kind": "md5", "value": MD5, "reference": "1"}, {"kind": "pdq", "value": PDQ}]))
        before = digest_of_list(tmp_path)
        assert {row["value"] for row in read_hash_list(tmp_path).entries.to_pylist()} == {MD5, PDQ}
        banks.withdraw("one", "", ["1"])
        assert [row["value"] for row in read_hash_list(tmp_path).entries.to_pylist()] == [PDQ]
        assert digest_of_list(tmp_path) != before
        banks.quarantine(2, "a viral picture")
        assert read_hash_list(tmp_path).entries.num_rows == 0


def test_a_folder_without_banks_is_refused(tmp_path):
    with pytest.raises(BadInput, match="holds no banks"):
        read_hash_list(tmp_path)
