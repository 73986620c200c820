"""`seawall trial` from end to end, on a small world."""

import json
import re
import stat

import pyarrow.parquet as pq
import pytest

from running import KEY
from seawall.trials.watch import exposure_of, read_state


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "seawall.key"
    path.write_text(KEY.secret.hex() + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def walked(seawall, world, runs, key):
    """Runs a brief trial on the session's world."""

    def one(out: str, seed: int = 1):
        return seawall(
            *(
                "trial",
                "run",
                "--activity",
                world / "activity",
                "--run",
                runs("keyed"),
                "--truth",
                world / "truth.parquet",
            ),
            *("--runs", 3, "--brief", "--json", "--out", out, "--seed", seed, "--key-file", key, "--processes", 1),
        )

    return one


@pytest.mark.xdist_group("runs")
def test_the_same_seed_gives_the_same_table(walked, tmp_path, world):
    first, again = walked("a"), walked("b")
    assert first.exit_code == again.exit_code == 0, first.stderr
    assert first.stdout == again.stdout
    assert (tmp_path / "a/walks.parquet").read_bytes() == (tmp_path / "b/walks.parquet").read_bytes()
    head = json.loads(first.stdout)
    assert {
        "flooded_share_off",
        "exposure_cut",
        "exposure_cut_truth",
        "benign_lost",
        "reach_lost_max",
        "ndcg_change",
    } <= set(head)
    assert head["exposure_cut_truth"] >= 0.99
    assert head["exposure_cut"] >= head["exposure_recall"] - 0.02
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    _tells_of_nobody(tmp_path / "a", world)


def _tells_of_nobody(folder, world):
    """No id of the platform and no tag is in what a trial leaves, and the page fetches nothing."""
    page, figures = (folder / "report.html").read_text(), (folder / "trial.json").read_text()
    ids = set(pq.read_table(world / "activity/accounts.parquet")["account_id"].to_pylist())
    keyed = {f"{number:016x}" for number in KEY.column("account", pq.read_table(world / "truth.parquet")["subject_id"])}
    for text in (page, figures):
        assert not ids & set(re.findall(r"[0-9a-f]{12}", text))
        assert not keyed & set(re.findall(r"[0-9a-f]{16}", text))
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#)", page)
    assert "default-src 'none'" in page
    assert "<svg" in page


@pytest.mark.xdist_group("runs")
def test_a_trial_is_compared_with_itself_and_watched(walked, seawall, tmp_path, world, runs, key):
    walked("a")
    told = seawall("trial", "compare", "a", "a")
    assert told.exit_code == 0, told.stderr
    assert "cannot tell" in told.stdout
    again = seawall("trial", "report", "a", "--out", "again.html")
    assert again.exit_code == 0
    assert (tmp_path / "again.html").read_text() == (tmp_path / "a/report.html").read_text()
    home = tmp_path / "seawall-home"
    home.mkdir()
    watched = seawall(
        *("trial", "watch", "a", "--activity", world / "activity", "--run", runs("keyed")),
        *("--truth", world / "truth.parquet", "--runs", 2, "--key-file", key),
    )
    assert watched.exit_code == 0, watched.stderr
    assert json.loads((tmp_path / "a/watch.json").read_bytes())["streams"]["all"]["runs"] == 2
    assert (home / "watch.json").read_bytes() == (tmp_path / "a/watch.json").read_bytes()
    (name, exposed, accounts), *others = exposure_of(read_state(home / "watch.json"))
    assert (name, accounts) == ("test accounts that were shown something risky", 2 * 9 * 4)
    assert 0 <= exposed <= accounts
    assert all(walks <= accounts for _, _, walks in others)


@pytest.mark.xdist_group("runs")
def test_the_fourteen_questions_are_answered(walked, seawall, world, runs, key, tmp_path):
    walked("a")
    (tmp_path / "terms.json").write_text('{"recall_all": 0.95}\n')
    measured = {"seeds": {"5": {"recall": 0.9}}, "hidden_recall": 0.7, "coined": {"median_days": 2}}
    (tmp_path / "more.json").write_text(json.dumps({**measured, "precision_mean": 0.9}))
    told = seawall(
        *("trial", "checklist", "a", "--activity", world / "activity", "--run", runs("keyed")),
        *("--truth", world / "truth.parquet", "--key-file", key, "--measured", "terms.json", "--measured", "more.json"),
    )
    lines = told.stdout.splitlines()
    assert [line.split(".")[0].strip() for line in lines[:14]] == [str(n) for n in range(1, 15)]
    assert all(line.endswith(("pass", "falls short")) for line in lines[:14])
    assert "recall_all 0.950" in lines[5]
    assert lines[5].endswith("pass")
    assert "5 seeds 0.90" in lines[0]
    assert "70.0% are matched" in lines[3]
    assert lines[3].endswith("falls short")
    assert "2.0 days" in lines[6]
    assert lines[6].endswith("pass")
    assert lines[11].endswith("pass")
    assert "not measured" in lines[12]
    assert told.exit_code == 1


def test_a_dry_run_sends_nothing(seawall, world, tmp_path):
    (tmp_path / "testers").write_text("one\ntwo\n")
    told = seawall(
        *("trial", "staging", "https://staging.invalid/reco", "--activity", world / "activity"),
        *("--truth", world / "truth.parquet", "--testers", "testers"),
    )
    assert told.exit_code == 0, told.stderr
    assert "nothing was sent" in told.stdout


def test_activity_needs_its_run(seawall, world):
    told = seawall("trial", "run", "--activity", world / "activity")
    assert told.exit_code == 2
    assert "--run" in told.stderr


def test_a_folder_with_other_things_is_left_alone(seawall, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("mine")
    told = seawall("trial", "run", "--out", "mine", "--accounts", 5000, "--runs", 2)
    assert told.exit_code == 2
    assert (tmp_path / "mine/letter.txt").read_text() == "mine"
