"""`seawall guard`: explains, compares and publishes."""

import pytest
from run_folders import KEY, make_run

from seawall.guard.library import Guard
from seawall.guard.policy import shipped_text


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


def test_it_explains_an_account(seawall, run, key_file):
    told = seawall("guard", "explain", run, "--account", "mara", "--key-file", key_file)
    assert told.exit_code == 0, told.stderr
    assert "sells" in told.stdout
    assert "recommend.sells.anyone" in told.stdout


def test_it_explains_a_decision_from_its_id(seawall, run, key_file):
    with Guard.open(run / "guard", KEY) as guard:
        decision_id = guard.recommend(0, guard.account_ids(["mara"])).decision_id
    told = seawall("guard", "explain", run, f"--decision={decision_id}", "--key-file", key_file)
    assert told.stdout.startswith("recommend: remove about sells")


def test_it_explains_nothing_from_an_index_that_it_cannot_read(seawall, run, key_file):
    (run / "guard" / "accounts.bin").unlink()
    told = seawall("guard", "explain", run, "--account", "mara", "--key-file", key_file)
    assert told.exit_code == 5
    assert "accounts.bin" in told.stderr


def test_it_wants_one_thing_to_explain(seawall, run, key_file):
    assert seawall("guard", "explain", run, "--key-file", key_file).exit_code == 2
    assert seawall("guard", "explain", run, "--tag", "a", "--query", "b", "--key-file", key_file).exit_code == 2


def test_it_explains_nothing_from_a_folder_without_an_index(seawall, run, key_file, tmp_path):
    told = seawall("guard", "explain", tmp_path, "--account", "mara", "--key-file", key_file)
    assert told.exit_code == 5
    assert "has no index to explain from" in told.stderr
    assert told.stdout == ""


def test_it_says_that_nothing_changes(seawall, run, key_file):
    assert seawall("guard", "diff", run, run, "--key-file", key_file).stdout.endswith("nothing changes\n")


def test_it_tells_what_an_index_and_a_policy_would_change(seawall, run, key_file, tmp_path):
    after = make_run(tmp_path / "after", ("mara", "odo"))
    policy = tmp_path / "policy.toml"
    policy.write_text(shipped_text().replace("probes = 3", "probes = 5"))
    told = seawall("guard", "diff", run, after, "--policy-after", policy, "--key-file", key_file)
    assert "accounts: 1 from sells to not held" in told.stdout
    assert "search.probes: 3 → 5" in told.stdout


def test_it_publishes_to_where_guards_serve_from(seawall, run, key_file, tmp_path):
    told = seawall("guard", "publish", run, tmp_path / "serving", "--key-file", key_file)
    assert told.exit_code == 0, told.stderr
    with Guard.open(tmp_path / "serving", KEY) as guard:
        assert guard.version == told.stdout.strip()


def test_it_does_not_publish_what_is_damaged(seawall, run, key_file, tmp_path):
    path = run / "guard" / "accounts.bin"
    blob = bytearray(path.read_bytes())
    blob[-1] ^= 1
    path.write_bytes(blob)
    told = seawall("guard", "publish", run, tmp_path / "serving", "--key-file", key_file)
    assert told.exit_code == 4
    assert "accounts.bin" in told.stderr
    assert not (tmp_path / "serving" / "current").exists()


def test_it_prints_the_shipped_policy(seawall):
    assert seawall("guard", "policy").stdout == shipped_text()
