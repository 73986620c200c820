"""What an activity folder holds, as an operator asks."""

import pytest


@pytest.fixture
def activity(tmp_path):
    folder = tmp_path / "activity"
    folder.mkdir()
    (folder / "accounts.csv").write_text(
        "account_id,created_at,handle,age_band,status\na,2024-01-01T00:00:00Z,mara,adult,active\n"
    )
    return folder


def test_it_tells_what_is_there_and_what_each_missing_table_would_add(seawall, activity):
    result = seawall("check", activity)
    assert result.exit_code == 0
    assert "accounts: 1 rows (csv)" in result.stdout
    assert "follows: missing; it would add who follows whom" in result.stdout


def test_it_says_what_to_do_next(seawall, activity):
    assert f"next: seawall run {activity}" in seawall("check", activity).stdout


def test_it_writes_nothing(seawall, activity):
    seawall("check", activity)
    assert [path.name for path in activity.iterdir()] == ["accounts.csv"]
    assert [path.name for path in activity.parent.iterdir()] == ["activity"]


def test_a_table_that_lacks_a_column_ends_with_2(seawall, activity):
    (activity / "accounts.csv").write_text("handle\nmara\n")
    result = seawall("check", activity)
    assert result.exit_code == 2
    assert "lacks account_id" in result.stdout
    assert "a run cannot start" in result.stderr


@pytest.mark.parametrize("place", ["absent", "accounts.csv", "empty"])
def test_a_wrong_place_gets_a_hint(seawall, activity, place):
    (activity / "empty").mkdir()
    result = seawall("check", activity / place)
    assert result.exit_code == 2
    assert "accounts.parquet" in result.stderr
    assert result.stderr.count("\n") == 1
