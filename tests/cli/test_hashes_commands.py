"""`seawall hashes`, as an operator types it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from seawall.cli.hashes import hashes
from seawall.hashes.entries import hash_list
from seawall.hashes.store import BankStore
from seawall.intake.exchanges.book import ExchangeBook
from seawall.records.errors import BadInput, Refused, Unavailable

PDQ = "5a" * 32


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"id,Finger,Grade\n1,{PDQ.upper()},A\n2,nonsense,B\n")
    run("add", tmp_path / "store", path, "--bank", "known", "--map", "pdq=Finger,category=Grade,reference=id")
    return tmp_path / "store"


@pytest.fixture
def hive():
    """The address of a service of Hive's shape that holds the files named urgent to be so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fine = "boundary=" in self.headers["Content-Type"] and self.headers["Authorization"] == "Token k"
            score = 0.99 if b"urgent" in body else 0.01
            output = [{"classes": [{"class": "vornet", "score": score}]}]
            self.send_response(200 if fine or "SubmitFeedback" in self.path else 400)
            self.end_headers()
            self.wfile.write(json.dumps({"status": [{"response": {"output": output}}]}).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


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


def test_lookup_says_what_lists_that_disagree_come_to(store, tmp_path):
    clear = tmp_path / "clear.csv"
    clear.write_text(f"pdq,opinion\n{PDQ},negative\n")
    run("add", store, clear, "--bank", "clear")
    lines = run("lookup", store, PDQ).splitlines()
    assert [line.split("\t")[-1] for line in lines] == ["positive", "negative", "negative"]


def test_a_vote_goes_to_the_exchange_that_an_entry_came_from(store, tmp_path, hive):
    secrets = tmp_path / "secrets.json"
    secrets.write_text('{"subscription": "s", "keys": {"SubmitFeedback": "k"}}')
    with BankStore(store) as banks:
        row = {"kind": "pdq", "value": "a5" * 32, "source": "stopncii", "reference": "ImagePDQ:1"}
        (entry,) = banks.add("partner", hash_list([row]))
        vote = ("--exchange", "stopncii", "--base", hive, "--secrets", secrets, "--private")
        with pytest.raises(BadInput, match="came from list"):
            run("vote", store, 1, "--agree", *vote)
        assert "disagreed with ImagePDQ:1" in run("vote", store, entry, "--disagree", *vote)
    assert "SubmitFeedback" in (store / "outbound.jsonl").read_text()


def film(path, shade, seconds=8):
    """A film of moving noise; the same shade gives the same film."""
    draw = np.random.default_rng(shade)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 2, (96, 64))
    for _ in range(seconds):
        picture = cv2.resize(draw.integers(0, 256, (6, 9, 3)).astype(np.uint8), (96, 64))
        for _ in range(2):
            writer.write(picture)
    writer.release()
    return path


def test_a_video_is_compared_with_known_ones(tmp_path):
    one, same, other = film(tmp_path / "1.mp4", 1), film(tmp_path / "2.mp4", 1), film(tmp_path / "3.mp4", 2)
    (told,) = run("compare", one, same, other).splitlines()
    assert told.split("\t") == [str(same), "match", "1.00", "1.00"]
    (tmp_path / "text").write_text("no film")
    with pytest.raises(BadInput, match="no frame that can be compared"):
        run("compare", one, tmp_path / "text")


def test_withdraw_takes_back_by_reference(store):
    assert "1 entries withdrawn" in run("withdraw", store, "1", "--bank", "known", "--source", "list")
    assert run("lookup", store, PDQ) == ""


def test_stored_media_are_matched_once_with_what_arrived(store, tmp_path):
    clear, activity, out = tmp_path / "clear.csv", tmp_path / "activity", tmp_path / "matched"
    activity.mkdir()
    near = f"{int(PDQ, 16) ^ 3:064x}"
    rows = f"m1,a,2026-01-01,image,{near}\nm2,b,2026-01-01,image,{PDQ}\n"
    (activity / "media.csv").write_text(f"media_id,account_id,created_at,kind,pdq\n{rows}")
    clear.write_text(f"pdq,opinion\n{near},negative\n")
    assert "2 stored files match entries 1 to 1" in run("match", store, activity, "--out", out)
    (told,) = out.iterdir()
    assert [line.split(",")[:3] for line in told.read_text().replace('"', "").splitlines()[1:]] == [
        ["m1", "pdq", "2"],
        ["m2", "pdq", "0"],
    ]
    assert told.stat().st_mode & 0o077 == 0
    assert "no entry arrived" in run("match", store, activity, "--out", out)
    run("add", store, clear, "--bank", "clear")
    more = tmp_path / "more.csv"
    more.write_text(f"pdq\n{int(PDQ, 16) ^ (1 << 60):064x}\n")
    run("add", store, more, "--bank", "known")
    assert "1 stored files match entries 2 to 3" in run("match", store, activity, "--out", out)  # m1 is cleared now


def test_a_notice_is_settled_and_its_entry_released(store):
    with BankStore(store) as banks:
        banks.quarantine(1, "a viral picture")
    assert "a viral picture" in run("banks", store)
    assert run("lookup", store, PDQ) == ""
    assert "1 notices settled" in run("settle", store, 1, "--release")
    assert run("lookup", store, PDQ) != ""
    assert "a viral picture" not in run("banks", store)


def test_files_are_put_in_order_by_what_classifiers_say(tmp_path, hive):
    urgent, dull, config = tmp_path / "urgent", tmp_path / "dull", tmp_path / "services.json"
    urgent.write_bytes(b"urgent")
    dull.write_bytes(b"dull")
    services = [
        {"kind": "hive", "base": hive, "key": "k", "labels": ["vornet"], "private": True},
        {"kind": "google", "base": "http://127.0.0.1:9", "key": "k", "private": True},
    ]
    config.write_text(json.dumps(services))
    asked = ("route", dull, urgent, "--classifiers", config, "--connections", tmp_path / "out.jsonl")
    config.chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        run(*asked)
    config.chmod(0o600)
    first, second = (json.loads(line) for line in run(*asked).splitlines())
    assert (first["file"], first["priority"], first["said"]) == (str(urgent), "VERY_HIGH", {"hive": "VERY_HIGH"})
    assert (second["priority"], list(second["silent"])) == ("VERY_LOW", ["google"])
    assert (tmp_path / "out.jsonl").read_text().count("\n") == 4


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
