"""`seawall hashes`, as an operator types it."""

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from seawall.cli.hashes import hashes
from seawall.hashes.store import BankStore
from seawall.intake.exchanges.book import ExchangeBook
from seawall.records.errors import BadInput, Unavailable

PDQ = "5a" * 32


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"id,Finger,Grade\n1,{PDQ.upper()},A\n2,nonsense,B\n")
    run("add", tmp_path / "store", path, "--bank", "known", "--map", "pdq=Finger,category=Grade,reference=id")
    return tmp_path / "store"


def run(*arguments):
    result = CliRunner().invoke(hashes, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_add_tells_what_was_refused(store, tmp_path):
    told = run("add", store, tmp_path / "list.csv", "--bank", "known", "--map", "pdq=Finger,reference=id")
    assert "0 new of 1 entries, 1 rows refused" in told
    assert "line 3" in told


def test_lookup_prints_bank_distance_and_category(store):
    assert run("lookup", store, f"{int(PDQ, 16) ^ 7:064x}").split("\t")[1:] == ["known", "3", "A", "positive\n"]


def test_withdraw_takes_back_by_reference(store):
    assert "1 entries withdrawn" in run("withdraw", store, "1", "--bank", "known", "--source", "list")
    assert run("lookup", store, PDQ) == ""


def test_health_is_good_only_after_a_canary(store):
    with pytest.raises(Unavailable):
        run("health", store)
    run("canary", store)
    assert "every block is sound" in run("health", store)


def test_build_mends_a_damaged_index(store):
    run("canary", store)
    for path in (store / "index").glob("*-*"):
        path.write_bytes(b"x" * 200)
    (store / "index" / "CURRENT").write_bytes(b"x")
    with pytest.raises(Unavailable, match="seawall hashes build"):
        run("health", store)
    assert "2 entries indexed" in run("build", store)
    assert "every block is sound" in run("health", store)
    assert "known" in run("lookup", store, PDQ)


def test_of_names_the_outcome_of_every_file(tmp_path):
    path = tmp_path / "flat.png"
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(path)
    assert "low_quality" in run("of", path)


def test_a_mapping_that_is_none_is_refused(store, tmp_path):
    with pytest.raises(BadInput, match="field=column"):
        run("add", store, tmp_path / "list.csv", "--bank", "known", "--map", "nonsense")


def test_of_holds_files_to_expected_hashes(tmp_path):
    path, expected = tmp_path / "noise.png", tmp_path / "expected.csv"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (9, 9, 3)).astype(np.uint8)).resize((200, 200)).save(path)
    pdq = run("of", path).split("\t")[3]
    expected.write_text(f"file,pdq\nnoise.png,{pdq}\n")
    assert "1 files have the expected PDQ" in run("of", path, "--expect", expected)
    expected.write_text(f"file,pdq\nnoise.png,{'0' * 64}\n")
    with pytest.raises(BadInput, match="noise"):
        run("of", path, "--expect", expected)


def test_fetch_reads_what_was_listed_and_tells_what_failed(store):
    assert run("fetch", store) == ""
    with BankStore(store) as banks:
        ExchangeBook.of(banks).add("PARTNER", "ncmec")
    with pytest.raises(Unavailable, match=r"PARTNER: .*no credentials"):
        run("fetch", store)


def test_of_hashes_videos_frame_by_frame(tmp_path):
    writer = cv2.VideoWriter(str(tmp_path / "film.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 4, (96, 64))
    for _ in range(12):
        writer.write(np.zeros((64, 96, 3), np.uint8))
    writer.release()
    lines = run("of", tmp_path / "film.mp4").splitlines()
    assert [line.split("\t")[1:3] for line in lines] == [["low_quality", f"second {second}.0"] for second in range(3)]
