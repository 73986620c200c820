"""The vault keeps what it was given, for whoever may have it, as long as it must."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vault_streaming import stream_case

from seawall.disclosures.vault.case_state import YEAR, CaseState, Hold
from seawall.disclosures.vault.keys import OperatorKey, make_operator_key, read_operator_key
from seawall.disclosures.vault.pack import export_pack, verify_pack
from seawall.disclosures.vault.purge import purge
from seawall.disclosures.vault.vault import By, Vault
from seawall.records.errors import BadConfiguration, BadInput, Damaged, Refused

KEY, OTHER = OperatorKey(bytes(range(32))), OperatorKey(bytes(range(1, 33)))
ANALYST, LEAD = By("analyst", "prepare a report"), By("lead", "its time is over")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEXT = b"invented words, and a receipt" * 200_000


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "vault", KEY)


@pytest.fixture
def case(vault):
    case = vault.open("case-1", ANALYST)
    case.put("report-1.xml", [TEXT[:70_000], TEXT[70_000:]])
    case.put("answer-1.xml", [b"<ok/>"])
    return case


def test_it_gives_back_what_it_was_given(vault, case):
    again = vault.open("case-1", ANALYST)
    assert b"".join(again.read("report-1.xml")) == TEXT
    assert [item.name for item in again.items()] == ["report-1.xml", "answer-1.xml"]
    assert again.verify() == 2


def test_nothing_in_it_is_clear(vault, case):
    kept = b"".join(path.read_bytes() for path in vault.folder.rglob("*") if path.is_file())
    for clear in (b"invented words", b"report-1", b"case-1"):
        assert clear not in kept


def test_only_its_owner_may_look(vault, case):
    modes = {path.stat().st_mode & 0o077 for path in [vault.folder, *vault.folder.rglob("*")]}
    assert modes == {0}


def test_nothing_is_written_twice(case):
    with pytest.raises(Refused, match="not overwritten"):
        case.put("report-1.xml", [b"other"])


@pytest.mark.parametrize(("who", "purpose"), [("", "a reason"), ("analyst", " ")])
def test_nobody_opens_it_without_a_name_and_a_purpose(who, purpose):
    with pytest.raises(Refused, match="state both"):
        By(who, purpose)


def test_a_look_is_in_the_log_before_anything_is_seen(vault, case):
    vault.open("case-1", By("lead", "second opinion")).read("report-1.xml")
    line = list(case.log.lines())[-1]
    assert (line.who, line.purpose, line.action, line.name) == ("lead", "second opinion", "read", "report-1.xml")


def test_the_wrong_key_is_refused_by_name(vault, case):
    with pytest.raises(Refused, match=f"under operator key {KEY.name}, and {OTHER.name} was given"):
        Vault(vault.folder, OTHER).open("case-1", ANALYST)


@settings(max_examples=40)
@given(place=st.integers(0, len(TEXT)), bit=st.integers(0, 7))
def test_a_changed_bit_anywhere_is_found(tmp_path_factory, place, bit):
    vault = Vault(tmp_path_factory.mktemp("vault"), KEY)
    case = vault.open("case-1", ANALYST)
    case.put("a", [TEXT])
    path = next(vault.folder.rglob("*.sealed"))
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(Damaged, match="item 1"):
        b"".join(case.read("a"))


@pytest.mark.parametrize("keep", [0, 17, 40, 1 << 20, len(TEXT) - 1])
def test_an_item_that_is_cut_off_is_found(vault, case, keep):
    path = next(vault.folder.rglob("000001.sealed"))
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:keep])
    with pytest.raises(Damaged):
        b"".join(case.read("report-1.xml"))


def test_a_lost_item_is_found(vault, case):
    next(vault.folder.rglob("000001.sealed")).unlink()
    with pytest.raises(Damaged, match="gone"):
        case.verify()


@pytest.mark.parametrize("change", ["edit", "drop", "cut"])
def test_a_changed_log_is_found(vault, case, change):
    path = next(vault.folder.rglob("log.jsonl"))
    lines = path.read_bytes().splitlines(keepends=True)
    lines[0] = {"edit": lines[0].replace(b"analyst", b"nobody!"), "drop": b"", "cut": lines[0][:20] + b"\n"}[change]
    path.write_bytes(b"".join(lines))
    with pytest.raises(Damaged, match="custody log"):
        vault.open("case-1", ANALYST)


def test_a_rotation_loses_nothing(vault, case, tmp_path):
    vault.open("case-2", ANALYST).put("b", [b"kept"])
    files = {path: path.read_bytes() for path in vault.folder.rglob("*.sealed")}
    assert vault.rotate(OTHER) == 2
    assert {path: path.read_bytes() for path in vault.folder.rglob("*.sealed")} == files
    assert b"".join(vault.open("case-1", ANALYST).read("report-1.xml")) == TEXT
    with pytest.raises(Refused, match="under operator key"):
        Vault(vault.folder, KEY).open("case-2", ANALYST)


def test_a_rotation_that_was_stopped_is_gone_on_with(vault, case):
    for number in range(5):
        vault.open(f"case-{number}", ANALYST).put("b", [b"kept"])
    Vault(vault.folder, KEY).rotate(OTHER)
    half = vault.cases()[0]
    state = vault.folder / half / "case.json"
    key = OTHER.unwrap(_wrapped(state), half, OTHER.name)
    state.write_bytes(_with(state, KEY.wrap(key, half), KEY.name))
    assert Vault(vault.folder, KEY).rotate(OTHER) == 1
    again = Vault(vault.folder, OTHER)
    assert all(again.open(f"case-{number}", ANALYST).verify() for number in range(5))


def _wrapped(path):
    from seawall.disclosures.vault.case_state import read_state

    return read_state(path).wrapped


def _with(path, wrapped, under):
    import msgspec

    from seawall.disclosures.vault.case_state import read_state

    return msgspec.json.encode(msgspec.structs.replace(read_state(path), wrapped=wrapped, under=under))


def test_a_report_preserves_for_a_year_and_nothing_shortens_it(case):
    case.reported(NOW)
    case.preserve_until(NOW + timedelta(days=10))
    assert case.state.preserve_until == NOW + YEAR
    case.preserve_until(NOW + timedelta(days=500))
    case.reported(NOW)
    assert case.state.preserve_until == NOW + timedelta(days=500)


def test_an_early_purge_is_refused(vault, case):
    with pytest.raises(Refused, match="no day until which"):
        purge(vault, "case-1", "analyst", LEAD, NOW)
    case.reported(NOW)
    with pytest.raises(Refused, match="preserved until 2027-06-01"):
        purge(vault, "case-1", "analyst", LEAD, NOW + YEAR - timedelta(seconds=1))
    assert vault.open("case-1", ANALYST).verify() == 2


@pytest.mark.parametrize("first", ["lead", "", " "])
def test_a_purge_by_one_person_is_refused(vault, case, first):
    case.reported(NOW)
    with pytest.raises(Refused, match="two people"):
        purge(vault, "case-1", first, LEAD, NOW + YEAR * 2)


def test_a_hold_stops_a_purge_until_it_is_released(vault, case):
    case.reported(NOW)
    case.hold("court order 7")
    with pytest.raises(Refused, match="court order 7"):
        purge(vault, "case-1", "analyst", LEAD, NOW + YEAR * 9)
    vault.open("case-1", LEAD).release("court order 7")
    purge(vault, "case-1", "analyst", LEAD, NOW + YEAR * 9)


def test_a_hold_is_not_shortened():
    state = CaseState(case="a", wrapped="", under="", opened_at=NOW)
    held = state.held(Hold(name="a", why="b", by="c", since=NOW))
    with pytest.raises(Refused, match="not shortened"):
        held.held(Hold(name="a", why="b", by="c", since=NOW, until=NOW))


def test_a_purge_leaves_a_record_and_nothing_else(vault, case):
    case.reported(NOW)
    record = purge(vault, "case-1", "analyst", LEAD, NOW + YEAR)
    assert record.by == ("analyst", "lead")
    assert len(record.items) == 2
    assert [path.name for path in vault.folder.rglob("*") if path.is_file()] == [f"{record.case}.json"]
    with pytest.raises(Refused, match="was destroyed"):
        vault.open("case-1", ANALYST)


def test_a_pack_holds_every_item_with_its_custody(case, tmp_path):
    key, taken = export_pack(case, KEY, tmp_path / "pack"), {}
    manifest = verify_pack(
        tmp_path / "pack", key, KEY.public, lambda name, pieces: taken.update({name: b"".join(pieces)})
    )
    assert [taken[item.file] for item in manifest.items] == [TEXT, b"<ok/>"]
    assert [item.name for item in manifest.items] == ["report-1.xml", "answer-1.xml"]
    assert manifest.purpose == ANALYST.purpose
    assert b"invented words" not in (tmp_path / "pack").read_bytes()


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.9999])
def test_a_pack_that_is_cut_off_is_refused(case, tmp_path, part):
    path = tmp_path / "pack"
    key = export_pack(case, KEY, path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(Damaged, match="cut off"):
        verify_pack(path, key, KEY.public)


@pytest.mark.parametrize("key", ["00" * 32, "no key"])
def test_a_pack_does_not_open_with_another_key(case, tmp_path, key):
    export_pack(case, KEY, tmp_path / "pack")
    with pytest.raises(Damaged):
        verify_pack(tmp_path / "pack", key, KEY.public)


def test_a_pack_of_somebody_else_is_refused(case, tmp_path):
    key = export_pack(case, KEY, tmp_path / "pack")
    with pytest.raises(Damaged, match="not signed by"):
        verify_pack(tmp_path / "pack", key, OTHER.public)


def test_a_pack_overwrites_nothing(case, tmp_path):
    (tmp_path / "pack").write_text("there")
    with pytest.raises(Refused, match="there already"):
        export_pack(case, KEY, tmp_path / "pack")
    assert (tmp_path / "pack").read_text() == "there"


def test_what_is_not_there_is_named(case):
    with pytest.raises(BadInput, match="holds no"):
        case.read("another")


def test_a_key_file_is_made_once_and_for_its_owner(tmp_path):
    path = tmp_path / "operator.key"
    assert make_operator_key(path) == read_operator_key(path)
    with pytest.raises(Refused, match="never overwritten"):
        make_operator_key(path)
    path.chmod(0o640)
    with pytest.raises(BadConfiguration, match="chmod 600"):
        read_operator_key(path)


def test_a_large_case_streams_in_little_memory(tmp_path):
    peak, _ = stream_case(tmp_path, 0.25)
    assert peak < 200
