"""What is answered when there is no time, no index, or a part fails."""

import io
import json

import msgspec
import pytest
from asking import BLOCKED, CHILD, FREE, KEY, SELLER, STRANGER, Deployment

from seawall.api.appeals import AppealQueue
from seawall.api.guard import GuardDoor
from seawall.api.journal import Journal
from seawall.api.serve import Keeper, Place
from seawall.api.token_file import Clients
from seawall.guard import search
from seawall.guard.answers import ANSWERS
from seawall.guard.library import Guard

ASKED = {
    "search": {"query": FREE, "authors": [STRANGER, SELLER]},
    "suggest": {"typed": "gar", "completions": [FREE]},
    "tag": {"tag": FREE},
    "recommend": {"candidates": [STRANGER]},
    "profile": {"account": STRANGER},
    "contact": {"kind": "message", "sender": STRANGER, "recipient": CHILD},
    "upload": {"account": STRANGER, "text": FREE},
}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    return Deployment.make(tmp_path_factory.mktemp("questions"))


@pytest.fixture(scope="module")
def guard(deployment):
    with Guard.open(deployment.folder / "one" / "guard", KEY) as guard:
        yield guard


@pytest.fixture
def door(guard, tmp_path):
    journal = Journal(io.StringIO())
    return GuardDoor(guard=guard, clients=Clients(), journal=journal, key=KEY, appeals=AppealQueue(tmp_path / "a"))


def ask(door, surface, **asked):
    reply = door.reply(door.questions[f"/v1/{surface}"], [], msgspec.json.encode(asked or ASKED[surface]))
    return msgspec.json.decode(reply.body, type=ANSWERS[surface])


@pytest.mark.parametrize("surface", ASKED)
def test_under_load_every_surface_answers_in_its_own_form_and_is_counted(door, surface):
    door.overloaded = True
    ask(door, surface)
    assert f'seawall_shed_total{{surface="{surface}",why="overloaded"}} 1.0' in door.metrics.text().decode()


def test_under_load_blocked_terms_stay_blocked(door):
    door.overloaded = True
    assert ask(door, "search", query=f"some {BLOCKED}").decision in {"silent", "deterrence"}


def test_under_load_nothing_is_shown_and_no_child_is_reached(door):
    door.overloaded = True
    assert ask(door, "search").removed == [0, 1]
    assert ask(door, "suggest").kept == []
    assert ask(door, "recommend").kept == []
    assert ask(door, "contact").decision == "refuse"
    assert ask(door, "upload").decision == "hold"
    assert ask(door, "tag").decision == "restrict"
    assert set(ask(door, "profile").hidden) == {"connections", "listing", "location"}


@pytest.mark.parametrize("surface", ASKED)
def test_what_fails_inside_gets_the_safe_answer_and_is_told_without_the_question(door, surface):
    def fail(guard, asked):
        raise MemoryError(FREE)

    door.questions[f"/v1/{surface}"].ask = fail
    ask(door, surface)
    assert f'seawall_failures_total{{part="{surface}"}} 1.0' in door.metrics.text().decode()
    (line,) = map(json.loads, door.journal.out.getvalue().splitlines())
    assert (line["part"], line["kind"]) == (surface, "MemoryError")
    assert FREE not in door.journal.out.getvalue()


def test_what_fails_in_the_library_is_counted_and_told_once(door, deployment, monkeypatch):
    def fail(*_):
        raise MemoryError(FREE)

    keeper = Keeper(door, Place(deployment.folder / "one" / "guard", deployment.folder / "seawall.tokens"), None)
    keeper.tell_failures()  # what failed in tests before
    told = len(door.journal.out.getvalue().splitlines())
    monkeypatch.setattr(search, "query", fail)
    assert [ask(door, "search").decision for _ in range(3)] == ["silent"] * 3
    keeper.tell_failures()
    keeper.tell_failures()
    assert 'seawall_failures_total{part="search MemoryError"} 3.0' in door.metrics.text().decode()
    (line,) = map(json.loads, door.journal.out.getvalue().splitlines()[told:])
    assert (line["event"], line["part"], line["times"]) == ("failed inside", "search MemoryError", 3)
    assert FREE not in door.journal.out.getvalue()


def test_one_late_beat_is_no_load_and_two_are(door, deployment):
    keeper = Keeper(door, Place(deployment.folder / "one" / "guard", deployment.folder / "seawall.tokens"), None)
    shed = []
    for late in (True, False, True, True, True, False):
        keeper.feel(late)
        shed.append(door.overloaded)
    assert shed == [False, False, False, True, True, False]
