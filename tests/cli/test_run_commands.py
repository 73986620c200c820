"""A world, a run on it and its evaluation, as a newcomer types them."""

import json
import re
import shutil

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from seawall.cli.main import cli


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A world, a keyed run on it and what the run printed."""
    folder = tmp_path_factory.mktemp("played")
    call = CliRunner().invoke
    made = call(cli, ["world", str(folder / "world"), "--accounts", "5000", "--seed", "3"])
    assert made.exit_code == 0, made.output
    words = ["run", str(folder / "world" / "activity"), "--lexicon", str(folder / "world" / "lexicon.csv")]
    ran = call(cli, [*words, "--out", str(folder / "run"), "--key-file", str(folder / "seawall.key")])
    assert ran.exit_code == 0, ran.output
    return folder, ran


def test_a_run_ends_with_what_it_found(played):
    folder, ran = played
    assert re.search(
        r"read 5,000 accounts; quarantined [\d,]+ of [\d,]+ rows\n"
        r"found [\d,]+ networks\n"
        r"flagged [\d,]+ accounts.*\n"
        r"(degraded: .*\n)*"
        rf"report: {re.escape(str(folder / 'run' / 'report.html'))}\n"
        r"took [\d.]+ s\n$",
        ran.stdout,
    )


def test_a_run_tells_its_stages_apart_from_its_answer(played):
    assert re.search(r"^intake: [\d.]+ s$", played[1].stderr, re.MULTILINE)


def test_the_key_is_made_beside_the_run_for_its_owner_alone(played):
    assert (played[0] / "seawall.key").stat().st_mode & 0o777 == 0o600


def test_a_run_never_overwrites_another(seawall, played):
    folder, _ = played
    before = sorted(path.stat().st_mtime_ns for path in (folder / "run").rglob("*"))
    result = seawall("run", folder / "world" / "activity", "--out", folder / "run", "--quiet")
    assert result.exit_code == 3
    assert "never overwrites" in result.stderr
    assert sorted(path.stat().st_mtime_ns for path in (folder / "run").rglob("*")) == before


def test_evaluation_finds_the_accounts_of_a_keyed_run(seawall, played):
    folder, _ = played
    words = ("evaluate", folder / "run", "--truth", folder / "world" / "truth.parquet")
    result = seawall(*words, "--key-file", folder / "seawall.key")
    assert result.exit_code == 0
    assert "seller side" in result.stdout


def test_evaluation_without_the_key_says_what_is_missing(seawall, played):
    folder, _ = played
    result = seawall("evaluate", folder / "run", "--truth", folder / "world" / "truth.parquet")
    assert result.exit_code == 2
    assert "--key-file" in result.stderr


def test_evaluation_prints_json_for_programs(seawall, played):
    folder, _ = played
    truth = folder / "world" / "truth.parquet"
    key = ("--key-file", folder / "seawall.key")
    one = json.loads(seawall("evaluate", folder / "run", "--truth", truth, "--json", *key).stdout)
    assert one["accounts"]["total"] == 5000


def test_runs_are_pooled(seawall, played):
    folder, _ = played
    truth = folder / "world" / "truth.parquet"
    words = ("evaluate", folder / "run", "--truth", truth, "--also", folder / "run", truth, "--json")
    both = json.loads(seawall(*words, "--key-file", folder / "seawall.key").stdout)
    assert both["accounts"]["total"] == 10_000


def test_an_account_can_be_found_in_a_run_and_erased(seawall, played, tmp_path):
    folder, _ = played
    run = shutil.copytree(folder / "run", tmp_path / "run")
    key = ("--key-file", folder / "seawall.key")
    member = pq.read_table(run / "signals.parquet")["subject_id"][0].as_py()
    truth = pq.read_table(folder / "world" / "truth.parquet")["subject_id"].to_pylist()
    answer = seawall("id", "account", "-", *key, text="\n".join(truth)).stdout
    own = next(line.split("\t")[1] for line in answer.splitlines() if line.startswith(member))
    result = seawall("erase", own, "--runs", run, *key)
    assert result.exit_code == 0, result.output
    assert not any(member in str(pq.read_table(path).to_pylist()) for path in run.glob("*.parquet"))
    assert member not in (run / "report.html").read_text()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("run", "absent", "--out", "run"), "absent does not exist"),
        (("run", "{activity}", "--out", "absent/run"), "absent is not a folder"),
        (("run", "{activity}", "--out", "run", "--lexicon", "absent.csv"), "absent.csv"),
        (("run", "{activity}", "--out", "run", "--engine", "polars"), "'duckdb', 'spark'"),
        (("run", "{activity}", "--out", "run", "--seed", "-1"), "--seed"),
        (("run", "{activity}", "--out", "run", "--key-file", "run/key"), "inside the run folder"),
        (("run", "{activity}", "--out", "run", "--config", "absent.toml"), "absent.toml cannot be read"),
        (("world", "w", "--accounts", "10", "--seed", "1"), "5,000"),
        (("world", "w", "--accounts", "many", "--seed", "1"), "many"),
        (("evaluate", "absent", "--truth", "absent"), "absent"),
    ],
)
def test_a_newcomers_mistake_gets_a_hint_on_one_line(seawall, played, words, hint):
    result = seawall(*(word.format(activity=played[0] / "world" / "activity") for word in words))
    assert result.exit_code in {2, 3}
    assert hint in result.stderr
    assert result.stderr.splitlines()[-1].startswith("seawall: ")
    assert "Traceback" not in result.output


def test_a_run_without_a_lexicon_is_allowed_and_says_what_is_lost(seawall, played):
    result = seawall("run", played[0] / "world" / "activity", "--out", "run", "--quiet")
    assert result.exit_code == 0
    assert result.stderr.startswith("seawall: no --lexicon")
    assert result.stderr.count("\n") == 1


def test_the_configuration_stands_in_for_options(seawall, played, tmp_path):
    (tmp_path / "seawall.toml").write_text(f"[run]\nlexicons = ['{played[0]}/world/lexicon.csv']\nseed = 5\n")
    result = seawall("run", played[0] / "world" / "activity", "--out", "run", "--quiet")
    assert result.exit_code == 0
    assert result.stderr == ""
