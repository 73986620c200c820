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
from seawall.disclosures.ledger import Ledger
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
    last = json.loads(run("quality", case, "--json").splitlines()[-1])
    assert (last["reports"], last["complete_reports"]) == (5, 1.0)


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
    everyone = [word for one in read_dossier(case).suspects for word in ("--account", one.account.id)]
    told = run("pack", "draft", case, "--authority", "nca", "--by", "lea", "--why", "a child", *everyone, *at_home)
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


def test_a_route_names_authorities_accounts_and_reasons(case):
    accounts = read_dossier(case).suspects
    told = run("route", case, "--ncmec", "--other", "zz=elsewhere")
    assert told.startswith("ncmec\t5 accounts\tregistered with NCMEC")
    assert all(one.account.id in told for one in accounts)
    assert "no authority is configured" in run("route", case, fails=BadConfiguration)
    assert "two letters" in run("route", case, "--other", "Germany=bka", fails=BadInput)


def test_the_nca_gets_the_accounts_of_its_country_alone(case, at_home, tmp_path):
    read = read_dossier(case)
    abroad, british = (
        msgspec.structs.replace(one, country=c) for one, c in zip(read.suspects, ("FR", "GB"), strict=False)
    )
    case.write_bytes(msgspec.json.encode(msgspec.structs.replace(read, suspects=(abroad, british))))
    run("pack", "draft", case, "--authority", "nca", "--by", "lea", "--why", "a child", *at_home)
    (one,) = Disclosure.objects.all()
    assert json.loads(Ledger(KEY).content(one))["account"]["id"] == british.account.id


class Adapter:
    """An adapter to an invented authority's interface."""

    def submit(self, pack, pack_key, outbound):
        base = next(iter(outbound.destinations)).origin
        answer = outbound.request("POST", f"{base}/cases", purpose="report", body=pack.read_bytes())
        assert len(pack_key) >= 32
        return answer.body.decode()


ADAPTER = Adapter()


def test_an_adapter_hands_a_pack_over_through_the_one_door(case, tmp_path, at_home, ledger, recorder):
    recorder.answer = lambda *_: (200, b"URN-7")
    run("vault", "key", tmp_path / "operator.key")
    run("pack", "draft", case, "--authority", "bka", "--by", "lea", "--why", "a child", *at_home)
    for one in Disclosure.objects.all():
        ledger.approve(one, "first", "1", NOW)
        ledger.approve(one, "second", "2", NOW)
    words = ("--authority", "bka", "--by", "lea", "--key", tmp_path / "operator.key", *at_home)
    case_id, out = read_dossier(case).case_id, tmp_path / "pack"
    place = ("--base", recorder.base, "--private", "--adapter")
    assert "no adapter" in run("pack", "release", case_id, out, *words, *place, "no:where", fails=BadConfiguration)
    told = run("pack", "release", case_id, out, *words, *place, f"{__name__}:ADAPTER")
    assert "5 accounts acknowledged as URN-7" in told
    assert recorder.seen[0][3] == out.read_bytes()
    assert {one.reference for one in Disclosure.objects.all()} == {"URN-7"}
    assert '"purpose": "report"' in (tmp_path / "pack.outbound.jsonl").read_text()


def test_users_are_told_the_ground_now_or_later(tmp_path):
    one, other = statement(puid="sw-1"), statement(puid="sw-2")
    file, delays, secrets, out = (tmp_path / name for name in ("statements", "delays", "secrets", "out"))
    file.write_bytes(msgspec.json.encode([one, other]))
    delays.write_text('{"sw-2": {"why": "suspect would be warned", "by": "lea", "until": "2099-01-01T00:00:00Z"}}')
    words = ("statements", "notices", file, out, "--complain-at", "https://a.example/complaints")
    told = run(*words, "--delays", delays)
    assert "sw-2: not before 2099-01-01 (suspect would be warned)" in told
    (notice,) = json.loads(out.read_text())
    assert notice["puid"] == "sw-1"
    assert one.illegal_content_legal_ground in notice["text"]
    secrets.write_text(f"{one.illegal_content_legal_ground}\n")
    assert "would tell which term" in run(*words, "--secrets", secrets, fails=BadInput)


def test_approved_signals_leave_and_find_their_subjects_at_the_partner(tmp_path, at_home, ledger, recorder):
    key, secret, file, token = (tmp_path / name for name in ("operator.key", "secret", "signals.json", "token"))
    public = run("vault", "key", key).split(": ")[1].strip()
    secret.write_bytes(b"s" * 32)
    token.write_text("a token\n")
    later = NOW.replace(year=2099)
    rows = [(Kind.HANDLE, "velorin"), (Kind.LINK, "https://zanfel.example/a"), (Kind.MD5, "ab" * 16)]
    rows += [(Kind.TERM, "morlix"), (Kind.HANDLE, "nobody here")]
    made = [Signal(kind=kind, value=value, reference=f"r{n}", expires_at=later) for n, (kind, value) in enumerate(rows)]
    file.write_bytes(msgspec.json.encode(made))
    partner, ours = ("--partner", "Zanfeldor", "--secret-file", secret), ("--origin", "Velomira", "--key", key)
    run("signals", "propose", file, *partner, *ours, *at_home)
    (one,) = Disclosure.objects.filter(kind="signals")
    out = ("signals", "release", one.pk, tmp_path / "left", "--by", "lea", *ours, *at_home)
    assert "0 of 2" in run(*out, fails=Refused)
    ledger.approve(one, "first", "1", NOW)
    ledger.approve(one, "second", "2", NOW)
    run(*out)
    sent = ("--base", f"{recorder.base}/v26.0", "--group", "g", "--token-file", token, "--private", "--by", "lea")
    log = ("--outbound-log", tmp_path / "outbound.jsonl")
    assert "5 descriptors shared" in run("signals", "send", one.pk, *sent, *log, *ours, *at_home)
    run("signals", "receive", tmp_path / "left", "--signer", public, "--us", "Zanfeldor", *at_home[:2])
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    head = "account_id,created_at,handle,links,age_band,status"
    row = "a,2026-01-01,@Velorin,http://www.zanfel.example/a?x,adult,active"
    (theirs / "accounts.csv").write_text(f"{head}\n{row}\n")
    (theirs / "media.csv").write_text(f"media_id,account_id,created_at,kind,md5\nm,a,2026-01-01,image,{'AB' * 16}\n")
    (tmp_path / "values.json").write_text('{"term": ["Morlix"]}')
    words = ("--partner", "Velomira", "--secret-file", secret, "--values", tmp_path / "values.json", *at_home[:2])
    assert "4 signals of Velomira" in run("signals", "find", theirs, tmp_path / "found.csv", *words)
    found = (tmp_path / "found.csv").read_text().splitlines()
    assert [line.split(",")[:2] for line in found[1:]] == [
        ["r0", "handle"],
        ["r1", "link"],
        ["r2", "md5"],
        ["r3", "term"],
    ]
    assert (tmp_path / "found.csv").stat().st_mode & 0o077 == 0


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
