"""What the trial watch says, on the pages of the guard and of the figures."""

import os
from datetime import timedelta

import msgspec
import numpy as np
import pytest
from django.utils import timezone

from seawall.trials.watch import RATE, STREAMS, State, begin


def state(mean: float, runs: int = 60) -> State:
    """A watch as `seawall trial watch` keeps it, over runs of this mean share on every surface."""
    rng = np.random.default_rng(1)

    def shares(of: float, count: int) -> dict:
        return {name: rng.beta(0.3, 0.3 / of - 0.3, (count, 9)) for name in STREAMS}

    made = begin(shares(0.01, 60), "b", "everything", RATE)
    made.take(shares(mean, runs))
    made.streams["all"].accounts, made.streams["all"].exposed = 540, 37
    return made


@pytest.fixture
def keep(database):
    return lambda told: (database.home / "watch.json").write_bytes(msgspec.json.encode(told))


def text(client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_without_a_watch_the_pages_say_how_to_begin_one(browser):
    client = browser("viewer")
    assert text(client, "/guard/").count("seawall trial watch") == 1
    assert "seawall trial watch" in text(client, "/figures/")


def test_a_quiet_watch_is_well_and_its_counts_are_shown(browser, keep):
    keep(state(0.01))
    client = browser("viewer")
    assert "no more than before" in text(client, "/guard/")
    figures = text(client, "/figures/")
    assert "37 / 540" in figures
    assert "more than before" not in figures


def test_an_alarm_is_on_both_pages(browser, keep):
    keep(state(0.4))
    client = browser("viewer")
    assert "people are shown more than before: all" in text(client, "/guard/")
    assert "more than before" in text(client, "/figures/")


def test_a_watch_that_has_stopped_is_not_well(browser, keep, database):
    keep(state(0.01))
    long_ago = (timezone.now() - timedelta(days=30)).timestamp()
    os.utime(database.home / "watch.json", (long_ago, long_ago))
    assert "the last round was on" in text(browser("viewer"), "/guard/")


def test_a_torn_file_is_no_watch(browser, database):
    (database.home / "watch.json").write_bytes(b'{"rounds": 3, "str')
    assert browser("viewer").get("/figures/").status_code == 200
