"""Bad input is a clear error or a quarantine row, and never a traceback."""

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from admitting import SMALL, account, follow, lake, post, quarantined, through, write, write_parquet

from seawall.records.errors import BadActivity, SeawallError

LATER = "2026-07-03T00:00:00Z"


def refused(tmp_path, **tables) -> list[tuple[str, int, str]]:
    admission = through(write(tmp_path / "in", **tables), tmp_path / "work")
    for name, count in admission.tables.items():
        assert count.rows == len(tables[name]) == count.kept + count.quarantined
    return quarantined(tmp_path / "work")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"handle": 5}, "handle has the wrong type"),
        ({"created_at": "yesterday"}, "created_at has the wrong type"),
        ({"created_at": 1772000000}, "created_at has the wrong type"),
        ({"links": "not-a-list"}, "links has the wrong type"),
        ({"links": [1]}, "links has the wrong type"),
        ({"handle": None}, "handle is missing"),
        ({"account_id": ""}, "account_id is missing"),
        ({"status": "gone"}, "status is none of the known choices"),
        ({"avatar_pdq": "xyz"}, "avatar_pdq is not 64 hex digits"),
        ({"created_at": LATER}, "created_at lies in the future"),
        ({"removed_at": LATER}, "removed_at lies in the future"),
        ({"account_id": "a"}, "account_id repeats that of an earlier row"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_line_and_reason(tmp_path, row, reason):
    bad = {**account("b"), **row}
    assert refused(tmp_path, accounts=[account("a"), bad, account("c")]) == [("accounts.jsonl", 2, reason)]
    assert len(lake(tmp_path / "work", "accounts")) == 2


def test_a_follow_to_an_unknown_account_is_quarantined(tmp_path):
    found = refused(tmp_path, accounts=[account("a")], follows=[follow("a", "zz"), follow("zz", "a")])
    assert found == [
        ("follows.jsonl", 1, "followee_id names no account that was admitted"),
        ("follows.jsonl", 2, "follower_id names no account that was admitted"),
    ]


def test_a_verdict_on_an_unknown_account_is_quarantined(tmp_path):
    verdict = {"verdict": "confirmed", "decided_at": "2026-03-01", "decided_by": "r", "subject_kind": "account"}
    found = refused(tmp_path, accounts=[account("a")], verdicts=[{**verdict, "subject_id": "zz"}])
    assert found == [("verdicts.jsonl", 1, "subject_id names no account that was admitted")]


def test_the_first_of_two_equal_ids_is_kept_even_after_a_bad_one(tmp_path):
    rows = [account("a", status="x"), account("a", handle="first"), account("a", handle="second")]
    assert [line for _, line, _ in refused(tmp_path, accounts=rows)] == [1, 3]
    assert lake(tmp_path / "work", "accounts")[0]["handle"] == "first"


def test_what_expires_may_lie_in_the_future_and_a_clock_may_run_a_day_ahead(tmp_path):
    rows = [post("p", "a", created_at="2026-07-01T23:00:00Z", expires_at=LATER)]
    assert refused(tmp_path, accounts=[account("a")], posts=rows) == []


def test_upper_case_hex_is_lowered(tmp_path):
    refused(tmp_path, accounts=[account("a", avatar_pdq="AB" * 32)])
    assert lake(tmp_path / "work", "accounts")[0]["avatar_pdq"] == "ab" * 32


def test_broken_json_lines_are_quarantined(tmp_path):
    activity = write(tmp_path / "in", accounts=[account("a")])
    with (activity / "accounts.jsonl").open("ab") as file:
        file.write(
            b'{"account_id": "b", \n\n[1, 2]\n"text"\n\xff\xfe{}\n{"account_id":"\\ud800"}\n' + b"[" * 5000 + b"\n"
        )
    admission = through(activity, tmp_path / "work")
    count = admission.tables["accounts"]
    assert (count.rows, count.kept) == (7, 1)
    assert [line for _, line, _ in quarantined(tmp_path / "work")] == [2, 4, 5, 6, 7, 8]


def test_csv_rows_with_the_wrong_number_of_values_keep_the_lines_of_the_others(tmp_path):
    activity = write(tmp_path / "in", accounts=[account("a")])
    rows = ["follower_id,followee_id,created_at", "a,a", "a,a,2026-01-01", "a,a,2026-01-01,x", "a,zz,2026-01-01", "a"]
    (activity / "follows.csv").write_text("\n".join(rows) + "\n")
    admission = through(activity, tmp_path / "work")
    assert admission.tables["follows"].rows == 5
    found = {line: reason for _, line, reason in quarantined(tmp_path / "work")}
    wrong = "the number of values is not that of the header"
    lost = "followee_id names no account that was admitted"
    assert found == {2: wrong, 4: wrong, 5: lost, 6: wrong}


def test_bytes_that_are_no_text_cost_only_their_row(tmp_path):
    activity = write(tmp_path / "in")
    header = b"account_id,created_at,handle,age_band,status\n"
    (activity / "accounts.csv").write_bytes(header + b"a,2026-01-01,ok,adult,active\nb,2026-01-01,\xff,adult,active\n")
    through(activity, tmp_path / "work")
    assert quarantined(tmp_path / "work") == [("accounts.csv", 3, "handle has the wrong type")]


def test_a_parquet_column_of_another_type_is_quarantined_row_by_row(tmp_path):
    activity = write(tmp_path / "in", accounts=[account("a")])
    wrong = pa.table({"follower_id": ["a", "a"], "followee_id": [1.5, None], "created_at": [True, False]})
    pq.write_table(wrong, activity / "follows.parquet")
    admission = through(activity, tmp_path / "work")
    assert admission.tables["follows"].quarantined == 2
    assert [reason for _, _, reason in quarantined(tmp_path / "work")] == [
        "followee_id has the wrong type",
        "followee_id is missing",
    ]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_missing_required_column_is_an_error_that_names_it(tmp_path, ending):
    activity = write(tmp_path / "in", accounts=[account("a")])
    texts = {"csv": "follower_id,followee_id\na,a\n", "jsonl": '{"follower_id":"a","followee_id":"a"}\n'}
    if ending == "parquet":
        write_parquet(activity / "follows.parquet", [{"follower_id": "a", "followee_id": "a"}], "follows")
    else:
        (activity / f"follows.{ending}").write_text(texts[ending])
    with pytest.raises(BadActivity, match=r"lacks the required column created_at; found: follow"):
        through(activity, tmp_path / "work")


@pytest.mark.parametrize("cut", [0, 3, 200, -1])
def test_a_truncated_parquet_file_is_an_error(tmp_path, cut):
    activity = write(tmp_path / "in")
    write_parquet(activity / "accounts.parquet", [account(f"a{i}") for i in range(100)], "accounts")
    whole = (activity / "accounts.parquet").read_bytes()
    (activity / "accounts.parquet").write_bytes(whole[:cut])
    with pytest.raises(BadActivity, match=r"accounts\.parquet cannot be read .* cut short or damaged"):
        through(activity, tmp_path / "work")


def test_a_damaged_page_is_an_error(tmp_path):
    activity = write(tmp_path / "in")
    write_parquet(
        activity / "accounts.parquet", [account(f"a{i}") for i in range(1000)], "accounts", compression="zstd"
    )
    whole = bytearray((activity / "accounts.parquet").read_bytes())
    whole[100:400] = b"\xff" * 300
    (activity / "accounts.parquet").write_bytes(whole)
    with pytest.raises(BadActivity, match="cannot be read"):
        through(activity, tmp_path / "work")


def test_a_truncated_gzip_file_is_an_error(tmp_path):
    activity = write(tmp_path / "in")
    packed = gzip.compress((SMALL / "accounts.jsonl").read_bytes())
    (activity / "accounts.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(BadActivity, match="cannot be read"):
        through(activity, tmp_path / "work")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: None, "does not exist"),
        (lambda folder: folder.write_text("x"), "is a file"),
        (lambda folder: folder.mkdir(), "is empty"),
        (lambda folder: write(folder, follows=[]), "holds no accounts table; found: follows.jsonl"),
        (lambda folder: write(folder, accounts=[]), "holds no account that can be used. Write accounts"),
        (lambda folder: write(folder, accounts=[account("a", status="x")]), "1 times: status"),
        (lambda folder: [write(folder, accounts=[account("a")]), (folder / "accounts.csv").touch()], "more than once"),
        (lambda folder: (folder / "accounts").mkdir(parents=True), "is empty"),
        (lambda folder: [folder.mkdir(), (folder / "accounts.csv").touch()], "lacks the required column"),
        (lambda folder: [folder.mkdir(), (folder / "accounts.csv").write_text("handle,handle\n")], "handle twice"),
    ],
)
def test_a_folder_that_cannot_be_admitted_is_a_clear_error(tmp_path, make, says):
    make(tmp_path / "in")
    with pytest.raises(BadActivity, match=says):
        through(tmp_path / "in", tmp_path / "work")


@pytest.mark.parametrize("what", ["", "accounts.jsonl"])
def test_a_folder_or_file_that_may_not_be_read_is_a_clear_error(tmp_path, what):
    activity = write(tmp_path / "in", accounts=[account("a")])
    (activity / what).chmod(0)
    tmp_path.chmod(0o777)
    for parent in list(tmp_path.parents)[:2]:
        parent.chmod(0o755)
    with as_nobody(), pytest.raises(BadActivity, match="cannot be read"):
        through(activity, tmp_path / "work")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything: give that up for a while."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_work_folder_that_is_in_use_is_refused(tmp_path):
    activity = write(tmp_path / "in", accounts=[account("a")])
    through(activity, tmp_path / "work")
    with pytest.raises(SeawallError, match="holds another admission"):
        through(activity, tmp_path / "work")


def test_reasons_never_repeat_a_value(tmp_path):
    secret = "kimeno-lubado"
    rows = [
        account("a"),
        account(secret, status=secret),
        account("c", created_at=secret),
        account(secret, links=secret),
    ]
    activity = write(tmp_path / "in", accounts=[*rows, account(secret, avatar_pdq=secret)])
    with (activity / "accounts.jsonl").open("a") as file:
        file.write(f'{{"{secret}\n{{"handle": ["{secret}"]}}\n')
    write(activity, follows=[follow("a", secret)])
    through(activity, tmp_path / "work")
    assert len(quarantined(tmp_path / "work")) == 7
    assert all(secret not in reason for _, _, reason in quarantined(tmp_path / "work"))
