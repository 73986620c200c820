"""`seawall terms proposals`: masked, in clear for a purpose, adopted as proposed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from seawall.cli.main import cli
from seawall.intake.keyfile import load_or_make
from seawall.records.run import TERMS
from seawall.records.seal import seal
from seawall.terms.lexicon import Status
from seawall.terms.store import LexiconStore


@pytest.fixture
def run(tmp_path: Path) -> Path:
    key = load_or_make(tmp_path / "seawall.key")
    folder = tmp_path / "run"
    folder.mkdir()
    row = {
        "term_id": "00" * 8, "term": seal(key, "zumbaro"), "kind": "word", "score": 9.5, "accounts": 12,
        "flagged_accounts": 9, "innocent_accounts": 3, "first_at": None, "last_at": None, "growth": 0.5,
        "near": seal(key, "zumbara"), "contexts": [seal(key, "ask • for zumbaro")], "status": "proposed",
    }  # fmt: skip
    pq.write_table(pa.Table.from_pylist([row], schema=TERMS), folder / "terms.parquet")
    return folder


def told(run: Path, *options: str) -> tuple[int, str]:
    key, store = f"--key-file={run.parent / 'seawall.key'}", f"--store={run.parent / 'lexicon'}"
    result = CliRunner().invoke(cli, ["terms", "proposals", str(run), key, store, *options])
    return result.exit_code, result.output + str(result.exception or "")


def test_proposals_are_masked(run: Path):
    code, said = told(run)
    assert code == 0
    assert "zumbaro" not in said
    assert "z••••••\tword\t9.5\t9 flagged, 3 other accounts\tlike z••••••" in said


def test_terms_in_clear_need_a_name_and_are_logged(run: Path):
    assert told(run, "--purpose=review")[0] != 0
    code, said = told(run, "--purpose=review", "--by=cyn")
    assert code == 0
    assert "zumbaro" in said
    assert "ask • for zumbaro" in said
    entry = next(LexiconStore(run.parent / "lexicon").log())
    assert (entry["action"], entry["by"], entry["purpose"]) == ("show", "cyn", "review")


def test_adopted_terms_are_only_proposed(run: Path):
    assert "1 terms proposed" in told(run, "--adopt", "--by=cyn")[1]
    term = LexiconStore(run.parent / "lexicon").load().terms[0]
    assert (term.text, term.status, term.proposed_by) == ("zumbaro", Status.PROPOSED, "cyn")


def test_without_the_key_nothing_opens(run: Path):
    (run.parent / "seawall.key").unlink()
    assert "sealed" in told(run, "--purpose=review", "--by=cyn")[1]
