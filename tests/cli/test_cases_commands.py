"""`seawall cases` and `seawall audit`: from a run to effects and verdicts, as an operator does it."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import seawall as seawall_package
from running import KEY

PERSON = """
import django; django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from seawall.cases.models import Person
call_command("migrate", verbosity=0)
Person.objects.create(name="ana", pseudonym="reviewer-1", roles=["analyst"], created_at=timezone.now(),
    streams=["networks", "children", "spread"])
"""
DECIDE = """
import django; django.setup()
from seawall.cases.actor import Actor, Door
from seawall.cases.commands.decisions import decide
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.queue import claim_next
from seawall.cases.models import Person
actor = Actor(Person.objects.get(), Door.CONSOLE)
case = claim_next(actor)
decide(actor, case, {m.account_id: Ruling("restrict", m.role) for m in case.members.all()
    if m.role != "at_risk_child"}, "they sell")
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def seawall(home, tmp_path):
    """Run a command, or Python, in a fresh process."""
    environment = {**os.environ, "SEAWALL_HOME": str(home), "SEAWALL_SECRET": "an invented secret only for these tests"}
    environment |= {"DJANGO_SETTINGS_MODULE": "seawall.console.settings", "SEAWALL_PLAIN_HTTP": "1"}
    environment["PYTHONPATH"] = str(Path(seawall_package.__file__).parents[1])
    environment.pop("SEAWALL_DATABASE", None)

    def run(*arguments: str, code: int = 0) -> str:
        how = ["-c", arguments[0]] if len(arguments) == 1 else ["-m", "seawall.cli.main", *arguments]
        done = subprocess.run([sys.executable, *how], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    return run


def test_a_home_without_a_database_is_refused_with_what_to_do(seawall):
    assert "`seawall console` makes" in seawall("cases", "list", code=5)


def test_from_a_run_to_effects_and_verdicts(seawall, home, world, runs, tmp_path):
    run, activity = str(runs("plain", plain_ids=True)), str(world / "activity")
    (tmp_path / "seawall.key").write_text(KEY.secret.hex())
    (tmp_path / "seawall.key").chmod(0o600)
    seawall(PERSON)
    opened = seawall("cases", "open", run, "--activity", activity)
    assert "opened" in opened
    assert "texts" in opened
    assert "C-1" in seawall("cases", "list")
    assert "second person decides" in seawall("cases", "propose", "1", "--by", "ana", "--reason", "they sell")
    assert "0 effects" in seawall("cases", "work", "--once")
    seawall(DECIDE)
    seawall("cases", "work", "--once")
    effects = [json.loads(path.read_bytes()) for path in (home / "effects").glob("*.json")]
    assert {effect["kind"] for effect in effects} == {"preserve", "restrict"}
    seawall("cases", "export-verdicts", "verdicts.parquet")
    told = pq.read_table(tmp_path / "verdicts.parquet")
    assert set(told["subject_id"].to_pylist()) == {e["subject_id"] for e in effects if e["kind"] == "restrict"}
    assert "is whole" in seawall("audit", "verify")
    with sqlite3.connect(home / "seawall.db") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE cases_auditentry SET subject = 'C-7' WHERE sequence = 2")
    assert "row 2: was changed" in seawall("audit", "verify", code=4)


def test_an_erased_account_goes_from_the_cases_too(seawall, home, runs, tmp_path):
    run = tmp_path / "runs" / "one"
    shutil.copytree(runs("plain", plain_ids=True), run)
    (tmp_path / "seawall.key").write_text(KEY.secret.hex())
    (tmp_path / "seawall.key").chmod(0o600)
    seawall(PERSON)
    seawall("cases", "open", str(run))
    account = pq.read_table(run / "members.parquet")["account_id"][0].as_py()
    assert "cases: " in seawall("erase", account, "--runs", str(run))
    rows = sqlite3.connect(home / "seawall.db").execute("SELECT account_id FROM cases_member").fetchall()
    assert account not in {row[0] for row in rows}
    assert sum(row[0].startswith("erased-") for row in rows) == 1
    assert "whole" in seawall("audit", "verify")


def test_stuck_effects_are_listed_and_tried_again(seawall, home, runs, tmp_path):
    seawall(PERSON)
    seawall("cases", "open", str(runs("plain", plain_ids=True)))
    seawall(DECIDE)
    database = sqlite3.connect(home / "seawall.db")
    database.execute("UPDATE effects_effect SET state = 'failed', attempts = 1, answer = 'no such account'")
    database.commit()
    (first, *_, answer), *others = [line.split("\t") for line in seawall("cases", "stuck").splitlines()]
    assert others
    assert answer == "no such account"
    assert "lists those" in seawall("cases", "again", "nothing", "--by", "ana", code=2)
    assert "1 are tried again" in seawall("cases", "again", first, "--by", "ana")
