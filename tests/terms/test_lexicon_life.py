"""A lexicon's life: files, proposals, signatures, the log, the cache, the command."""

import base64
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from seawall.cli.terms import terms as command
from seawall.intake.lexicons import read_lexicon
from seawall.records.errors import BadLexicon, Damaged, Refused, SeawallWarning, UnknownVersion
from seawall.terms.approvals import Approval
from seawall.terms.cache import load_or_compile
from seawall.terms.check import check
from seawall.terms.lexicon import Lexicon, Status, Term, lexicon_from_dict, lexicon_to_dict
from seawall.terms.store import LexiconStore

KEYS = {name: Ed25519PrivateKey.generate() for name in ("ada", "ben")}
TRUSTED = {name: key.public_key() for name, key in KEYS.items()}


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".json", ".jsonl", ".parquet"])
def test_files_of_every_shape_read_the_same(tmp_path: Path, suffix: str):
    rows = [{"Keyword": "velkor", "Level": "high", "lang": "en"}, {"Keyword": "zet, mora", "Level": "1", "lang": "de"}]
    path = tmp_path / f"list{suffix}"
    if suffix == ".parquet":
        pa.parquet.write_table(pa.Table.from_pylist(rows), path)
    elif suffix == ".json":
        path.write_text(json.dumps({"items": rows}))
    elif suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    else:
        comma = "\t" if suffix == ".tsv" else ","
        lines = [comma.join(f'"{cell}"' for cell in row) for row in (rows[0], *(row.values() for row in rows))]
        path.write_text("\n".join(lines), encoding="utf-8-sig")
    lexicon = read_lexicon(path, {"text": "Keyword", "severity": "Level"})
    assert [(term.text, term.severity, term.language) for term in lexicon.terms] == [
        ("velkor", 3, "en"),
        ("zet, mora", 1, "de"),
    ]


def test_a_plain_list_of_words_is_a_lexicon(tmp_path: Path):
    (tmp_path / "words.json").write_text('["velkor", "kalinda", "velkor"]')
    assert [term.text for term in read_lexicon(tmp_path / "words.json").terms] == ["velkor", "kalinda"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "word_of_mouth\nvelkor\n", "--map text=COLUMN"),
        ("a.csv", "term,severity\nvelkor,9\n", "row 1"),
        ("a.csv", "term,status\nvelkor,maybe\n", "proposed"),
        ("a.json", "{", "cannot be read"),
        ("a.xlsx", "velkor", ".csv"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(tmp_path: Path, name: str, content: str, said: str):
    (tmp_path / name).write_text(content)
    with pytest.raises(BadLexicon, match=said):
        read_lexicon(tmp_path / name)


def test_a_lexicon_survives_its_file():
    lexicon = Lexicon(
        (Term("velkor", 3, "x", "en", together=("🍕",)), Term("kalinda", status=Status.RETIRED)), ("garden",), 7
    )
    assert lexicon_from_dict(json.loads(json.dumps(lexicon_to_dict(lexicon)))) == lexicon


def test_an_unknown_schema_version_is_refused():
    with pytest.raises(UnknownVersion):
        lexicon_from_dict({"schema_version": 99, "terms": []})


@pytest.fixture
def store(tmp_path: Path) -> LexiconStore:
    store = LexiconStore(tmp_path / "lexicon")
    store.propose([Term("velkor", severity=3), Term("kalinda", severity=2)], "cyn")
    return store


def approval(store: LexiconStore, *people: str, terms: tuple[str, ...] = ("velkor", "kalinda")) -> Approval:
    body = Approval(store.load().version, terms, {})
    for person in people:
        body = body.signed(person, KEYS[person])
    return body


def status_of(store: LexiconStore) -> dict[str, Status]:
    return {term.text: term.status for term in store.load().terms}


def test_what_a_file_calls_active_is_only_proposed(store: LexiconStore):
    assert set(status_of(store).values()) == {Status.PROPOSED}


def test_one_person_activates_what_does_not_block(store: LexiconStore):
    store.activate(approval(store, "ada"), TRUSTED)
    assert status_of(store) == {"velkor": Status.APPROVED, "kalinda": Status.ACTIVE}


def test_two_people_activate_what_blocks(store: LexiconStore):
    store.activate(approval(store, "ada", "ben"), TRUSTED)
    assert set(status_of(store).values()) == {Status.ACTIVE}
    assert store.load().terms[0].approved_by == ("ada", "ben")


def test_one_key_under_two_names_is_one_person(store: LexiconStore):
    twice = Approval(1, ("velkor",), {}).signed("ada", KEYS["ada"]).signed("ben", KEYS["ada"])
    store.activate(twice, {"ada": TRUSTED["ada"], "ben": TRUSTED["ada"]})
    assert status_of(store)["velkor"] is Status.APPROVED


def test_a_changed_or_stale_approval_is_refused(store: LexiconStore):
    signed = approval(store, "ada", "ben", terms=("kalinda",))
    with pytest.raises(Refused, match="sign again"):
        store.activate(Approval(signed.version, ("velkor",), signed.signatures), TRUSTED)
    store.retire(["kalinda"], "cyn")
    with pytest.raises(Refused, match="version"):
        store.activate(signed, TRUSTED)


def test_every_change_is_logged_and_a_changed_log_is_seen(store: LexiconStore):
    store.retire(["kalinda"], "cyn")
    store.shown("cyn", "audit", 2)
    assert [(entry["action"], entry["by"]) for entry in store.log()] == [
        ("propose", "cyn"),
        ("retire", "cyn"),
        ("show", "cyn"),
    ]
    path = store.folder / "log.jsonl"
    path.write_text(path.read_text().replace('"retire"', '"propose"'))
    with pytest.raises(Damaged):
        list(store.log())


def test_terms_in_clear_need_a_purpose(store: LexiconStore):
    with pytest.raises(Refused):
        store.shown("cyn", " ", 2)


def test_check_tells_collisions_short_terms_and_hits_in_a_sample():
    lexicon = Lexicon((Term("garden"), Term("vel"), Term("kalinda", status=Status.PROPOSED)))
    report = check(lexicon, {"en": ["garden", "wall"]}, pa.array(["my gard3n", "a wall", "garden"]))
    rows = {row["term"]: row for row in report.to_pylist()}
    assert rows["garden"]["everyday"] == ["en: garden"]
    assert rows["garden"]["sample_posts"] == 2
    assert rows["vel"]["too_short"]
    assert not rows["kalinda"]["everyday"]


def test_a_compiled_lexicon_is_loaded_and_a_damaged_one_compiled_again(tmp_path: Path):
    lexicon = Lexicon.of(["velkor", "kalinda"])
    path = tmp_path / "terms.cache"
    first = load_or_compile(lexicon, path)
    written = path.read_bytes()
    assert (load_or_compile(lexicon, path).blob == first.blob).all()
    path.write_bytes(written[:-9] + bytes([written[-9] ^ 1]) + written[-8:])
    with pytest.warns(SeawallWarning, match="compiled again"):
        assert load_or_compile(lexicon, path).scan_text("v3lkor")
    assert path.read_bytes() == written
    assert path.stat().st_mode & 0o077 == 0


def test_a_cache_of_another_lexicon_is_not_used(tmp_path: Path):
    path = tmp_path / "terms.cache"
    load_or_compile(Lexicon.of(["velkor"]), path)
    assert not load_or_compile(Lexicon.of(["kalinda"]), path).scan_text("velkor")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "term;severity\nvelkor;3\nkalinda;2\n"),
        ("a.csv", "sep=;\r\nTerm;Severity\r\nvelkor;3\r\nkalinda;2\r\n;\r\n"),
        ("a.csv", "\ufeffterm\tseverity\tlanguage\nvelkor\t3\nkalinda\n"),
        ("a.csv", 'term|severity\n"velkor"|high\nkalinda|\n'),
        ("a.json", '{"data": {"items": [{"term": "velkor", "severity": 3}, {"term": "kalinda"}]}}'),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_lists_of_many_shapes_are_read(tmp_path: Path, name: str, content: str, encoding: str):
    (tmp_path / name).write_bytes(content.encode(encoding))
    terms = read_lexicon(tmp_path / name).terms
    assert [(term.text, term.severity) for term in terms] == [("velkor", 3), ("kalinda", 2)]


def test_a_field_of_a_nested_object_is_mapped_with_dots(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text('[{"entry": {"form": "velkor"}, "risk": 3}]')
    terms = read_lexicon(path, {"term": "entry.form", "severity": "risk"}).terms
    assert [(term.text, term.severity) for term in terms] == [("velkor", 3)]


def test_twins_by_case_or_composition_are_one_term_and_the_most_severe(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("term,severity\nv\u00e9lkor,1\nve\u0301lkor,3\nV\u00c9LKOR,2\nkalinda,2\n", encoding="utf-8")
    assert [term.severity for term in read_lexicon(path).terms] == [3, 2]


@pytest.mark.parametrize("content", ["term,severity\nvelkor,3,more\n", 'term\n"velkor\n', ""])
def test_a_csv_that_is_broken_is_refused_with_what_to_do(tmp_path: Path, content: str):
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(BadLexicon, match=r"Quote|Mend|Give a header"):
        read_lexicon(path)


def test_the_store_keeps_its_lexicon_compiled_and_never_a_past_version(tmp_path: Path):
    store, kept = LexiconStore(tmp_path), tmp_path / "lexicon.compiled"
    for word in ("velkor", "kalinda"):
        (tmp_path / "lexicon.json").write_text(json.dumps(lexicon_to_dict(Lexicon.of([word]))))
        assert len(store.scanner().scan_text("velkor kalinda")) == 1
        assert store.scanner().scan_text(word)
    kept.write_bytes(b"nothing")
    with pytest.warns(SeawallWarning, match="compiled again"):
        assert store.scanner().scan_text("kalinda")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_takes_a_term_from_file_to_scan(tmp_path: Path):
    store, slip = f"--store={tmp_path / 'lexicon'}", tmp_path / "approval.json"
    (tmp_path / "list.csv").write_text("term,severity\nvelkor,3\n")
    (tmp_path / "posts.txt").write_text("v3lkor here\nnothing\n")
    assert "1 terms proposed" in run("import", tmp_path / "list.csv", store, "--by=cyn")
    assert "0 hits" in run("scan", tmp_path / "posts.txt", store)
    for person, key in KEYS.items():
        pem = tmp_path / f"{person}.pem"
        pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        run("approve", slip, f"--sign={pem}", f"--person={person}", store)
    public = {name: base64.b64encode(key.public_bytes_raw()).decode() for name, key in TRUSTED.items()}
    (tmp_path / "trusted.json").write_text(json.dumps(public))
    assert "1 terms are active" in run("approve", slip, f"--trusted={tmp_path / 'trusted.json'}", store)
    assert "1\t0-6\tv•••••\tvisual\tdigit" in run("scan", tmp_path / "posts.txt", store)
    assert "velkor" not in run("list", store)
    assert "velkor" in run("list", store, "--purpose=audit", "--by=cyn")
    run("export", tmp_path / "out.csv", store, "--by=cyn", "--purpose=exchange")
    assert read_lexicon(tmp_path / "out.csv").terms[0].approved_by == ()
    assert "1 terms retired" in run("retire", "velkor", store, "--by=cyn")


def test_check_reads_words_with_their_frequencies_and_a_sample(tmp_path: Path):
    (tmp_path / "list.csv").write_text("term,severity\ngarden,3\nvelkor,3\n")
    (tmp_path / "xx.txt").write_text("garden\t1200\nwindow 7\n\n1200 3\n")
    (tmp_path / "sample.txt").write_text("my g4rden\nnothing\n")
    words, sample = f"--words=xx={tmp_path / 'xx.txt'}", f"--sample={tmp_path / 'sample.txt'}"
    said = run("check", f"--lexicon={tmp_path / 'list.csv'}", words, sample, f"--store={tmp_path / 'lexicon'}")
    assert "g•••••: everyday in xx; 1 posts" in said
    assert "2 terms: 0 too short, 1 collide with everyday words." in said
