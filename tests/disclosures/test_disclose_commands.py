"""`seawall disclose` does what it says, and says what it did."""

import json
import subprocess
import sys
import urllib.request

import msgspec
import pytest
from click.testing import CliRunner
from disclosing import KEY, NOW, PASSWORD, USER
from statements import dirty
from test_dsa import statement

from seawall.cli.disclose import disclose
from seawall.disclosures.cybertip.schema import restated
from seawall.disclosures.dossier import read_dossier
from seawall.disclosures.exchange.signal import Kind, Signal
from seawall.disclosures.models import Disclosure
from seawall.records.errors import BadConfiguration, BadInput, Refused


def run(*words, fails=None):
    result = CliRunner().invoke(disclose, [str(word) for word in words])
    if fails is None and result.exception:
        raise result.exception
    if fails is not None:
        assert isinstance(result.exception, fails), result.output
        return str(result.exception)
    return result.output


@pytest.fixture
def case(tmp_path):
    run("example", tmp_path / "case.json", "--accounts", 5)
    return tmp_path / "case.json"


@pytest.fixture
def at_home(home, monkeypatch, tmp_path):
    """The options that name a home and a key."""
    monkeypatch.setenv("SEAWALL_HOME", str(home))
    key = tmp_path / "seawall.key"
    key.touch(0o600)
    key.write_text(KEY.secret.hex() + "\n")
    return ("--home", home, "--key-file", key)


@pytest.fixture
def credentials(receiver, tmp_path):
    path = tmp_path / "local.json"
    told = {"environment": "local", "user": USER, "password": PASSWORD, "base": receiver.base}
    path.write_text(json.dumps(told))
    return path


def test_quality_tells_scores_and_lacks(case):
    told = run("quality", case, "--each")
    assert told.count("IP and time 100%") == 5
    assert "5 reports, mean quality" in told
    assert "5 lack person/firstName: no name to begin with" in told


def test_check_names_what_breaks(case, tmp_path):
    assert "5 reports hold" in run("check", case)
    schema = tmp_path / "schema.xsd"
    schema.write_bytes(restated().replace(b"screenName", b"anotherName"))
    assert "does not hold to the schema" in run("check", case, "--schema", schema, fails=BadInput)
    schema.write_bytes(b"<no/>")
    assert "is no schema" in run("check", case, "--schema", schema, fails=BadInput)


def test_a_file_that_is_no_dossier_is_named(tmp_path):
    (tmp_path / "case.json").write_text('{"case_id": 5}')
    assert "is no dossier" in run("quality", tmp_path / "case.json", fails=BadInput)


def test_a_rehearsal_sends_everything_to_itself(case):
    command = [sys.executable, "-m", "seawall.cli.main", "disclose", "rehearse", str(case), "--show"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [line.split("\t")[1] for line in told.splitlines()[:5]] == [str(1_000_001 + n) for n in range(5)]
    assert "<personOrUserReported>" in told


def test_a_case_is_drafted_approved_sent_and_verified(case, at_home, credentials, receiver, ledger, tmp_path):
    bare = read_dossier(case)
    suspects = tuple(msgspec.structs.replace(one, media=()) for one in bare.suspects)
    case.write_bytes(msgspec.json.encode(msgspec.structs.replace(bare, suspects=suspects)))
    assert run("draft", case, "--environment", "local", *at_home).count("\tchecked\t") == 5
    sending = ("send", bare.case_id, "--environment", "local", "--credentials", credentials, *at_home)
    assert run(*sending, "--outbound-log", tmp_path / "log") == ""
    for one in Disclosure.objects.all():
        ledger.approve(one, "first", "1", NOW)
        ledger.approve(one, "second", "2", NOW)
    assert run(*sending, "--outbound-log", tmp_path / "log").count("acknowledged") == 5
    assert len(receiver.reports.kept) == 5
    assert run("list", *at_home[:2]).count("\tacknowledged\t") == 5
    assert "5 disclosures with" in run("verify", *at_home)


def test_credentials_of_another_environment_are_refused(case, at_home, credentials):
    told = run("send", "c", "--environment", "test", "--credentials", credentials, *at_home, fails=BadConfiguration)
    assert "is for local, and test was asked for" in told


def test_a_test_account_never_names_its_own_address(tmp_path, at_home):
    path = tmp_path / "test.json"
    path.write_text('{"environment": "test", "user": "u", "password": "p", "base": "http://127.0.0.1:1"}')
    told = run("send", "c", "--environment", "test", "--credentials", path, *at_home, fails=BadConfiguration)
    assert "only for one" in told


def test_the_schema_is_fetched_and_kept_if_it_is_one(credentials, tmp_path, receiver):
    out = tmp_path / "official.xsd"
    words = ("refresh-schema", out, "--environment", "local", "--credentials", credentials)
    run(*words, "--outbound-log", tmp_path / "log")
    assert out.read_bytes() == restated()
    receiver.fail("xsd", "1000")
    assert "is no schema" in run(*words, "--outbound-log", tmp_path / "log", fails=BadInput)
    assert out.read_bytes() == restated()


def test_evidence_goes_through_the_vault(tmp_path):
    key, notes, place = tmp_path / "operator.key", tmp_path / "notes.txt", tmp_path / "vault"
    notes.write_text("invented notes")
    public = run("vault", "key", key).split(": ")[1].strip()
    by = ("--key", key, "--who", "ana", "--purpose", "a test")
    run("vault", "put", place, "C-1", notes, *by)
    run("vault", "preserve", place, "C-1", "--reported", "2026-06-01", *by)
    run("vault", "hold", place, "C-1", "court", *by)
    assert "preserved until 2027-06-01" in run("vault", "list", place, "C-1", *by)
    run("vault", "release", place, "C-1", "court", *by)
    assert run("vault", "get", place, "C-1", "notes.txt", "-", *by) == "invented notes"
    run("vault", "key", tmp_path / "new.key")
    assert "1 cases rotated" in run("vault", "rotate", place, "--key", key, "--new-key", tmp_path / "new.key")
    run("vault", "verify", place, "C-1", *by, fails=Refused)
    by = ("--key", tmp_path / "new.key", *by[2:])
    assert "1 items" in run("vault", "verify", place, "C-1", *by)
    opens = run("vault", "export", place, "C-1", tmp_path / "pack", "--signing-key", key, *by).split(": ")[1].strip()
    assert "all whole" in run("vault", "check-pack", tmp_path / "pack", "--pack-key", opens, "--signer", public)


def test_statements_are_checked_and_sent(tmp_path, recorder):
    path, token = tmp_path / "statements.json", tmp_path / "token"
    token.write_text("a token")
    recorder.answer = lambda method, *_: (404, b"") if method == "GET" else (201, b"{}")
    path.write_bytes(msgspec.json.encode([statement()]))
    assert "1 statements may leave" in run("statements", "check", path)
    words = ("statements", "send", path, "--base", f"{recorder.base}/api/v1", "--token-file", token, "--private")
    assert "1 statements sent" in run(*words, "--outbound-log", tmp_path / "log")
    path.write_bytes(msgspec.json.encode([statement(decision_facts=dirty(1)[0])]))
    assert "nothing may leave" in run("statements", "check", path, fails=BadInput)
    run(*words, "--outbound-log", tmp_path / "log", fails=BadInput)
    assert sum(method == "POST" for method, *_ in recorder.seen) == 1


def test_the_transparency_report_is_written(tmp_path, at_home):
    records = tmp_path / "records.json"
    records.write_text('{"platform": "Velomira"}')
    words = ("transparency", tmp_path / "out", "--from", "2026-01-01", "--to", "2026-07-01", "--records", records)
    assert "figures" in run(*words, *at_home[:2])
    assert (tmp_path / "out" / "transparency.csv").read_text().startswith("service,period_start")
    assert "<h1>" in (tmp_path / "out" / "transparency.html").read_text()


def test_a_pack_is_drafted_approved_released_and_acknowledged(case, tmp_path, at_home, ledger):
    public = run("vault", "key", tmp_path / "operator.key").split(": ")[1].strip()
    told = run("pack", "draft", case, "--authority", "nca", "--by", "lea", "--why", "a child", *at_home)
    assert told.count("priority P2") == 5
    words = ("--authority", "nca", "--by", "lea", "--key", tmp_path / "operator.key", *at_home)
    case_id = read_dossier(case).case_id
    run("pack", "release", case_id, tmp_path / "pack", *words, fails=Refused)
    for one in Disclosure.objects.all():
        ledger.approve(one, "first", "1", NOW)
        ledger.approve(one, "second", "2", NOW)
    opens = run("pack", "release", case_id, tmp_path / "pack", *words).rsplit(" ", 1)[1].strip()
    assert "all whole" in run("vault", "check-pack", tmp_path / "pack", "--pack-key", opens, "--signer", public)
    words = ("--authority", "nca", "--reference", "URN-7", *at_home)
    assert "5 accounts acknowledged" in run("pack", "acknowledge", case_id, *words)


def test_signals_are_proposed_received_and_written_as_stix(tmp_path, at_home, ledger):
    key, secret, file = tmp_path / "operator.key", tmp_path / "secret", tmp_path / "signals.json"
    public = run("vault", "key", key).split(": ")[1].strip()
    secret.write_bytes(b"s" * 32)
    later = NOW.replace(year=2099)
    one = Signal(kind=Kind.HANDLE, value="velorin", reference="r1", expires_at=later)
    file.write_bytes(msgspec.json.encode([one]))
    words = ("--partner", "Zanfeldor", "--secret-file", secret, "--origin", "Velomira", "--key", key)
    told = run("signals", "propose", file, *words, *at_home)
    assert "1 of kind handle, as hashes" in told
    left = tmp_path / "left"
    left.write_bytes(ledger.content(Disclosure.objects.get(kind="signals")))
    words = ("--signer", public, "--us", "Zanfeldor", *at_home[:2])
    assert "1 seeds of Velomira stand" in run("signals", "receive", left, *words)
    words = ("--signer", public, "--partner", "Zanfeldor")
    assert "1 indicators" in run("signals", "stix", left, tmp_path / "bundle.json", *words)


def test_the_receiver_runs_by_itself(tmp_path):
    command = [sys.executable, "-m", "seawall.cli.main", "disclose", "receiver", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=None)
    try:
        base = process.stdout.readline().split(" at ")[1].strip()
        assert base.startswith("http://127.0.0.1:")
        import reaching

        reaching.CONFIGURED.add(int(base.split(":")[2].partition("/")[0]))
        with urllib.request.urlopen(base.removesuffix("/ispws") + "/control/reports", timeout=5) as told:
            assert json.loads(told.read())["reports"] == []
    finally:
        process.kill()
        process.communicate()


def test_nobody_approves_at_the_command_line():
    assert not [name for name in disclose.lazy if "approve" in name]
