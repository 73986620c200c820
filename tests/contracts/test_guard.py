"""What every surface of the guard must satisfy, whatever it decides."""

import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "guard"))

from guarding import BLOCKED, PEOPLE, WEAK, account, accounts, make, open_guard

from seawall.guard import contact, profile, recommend, search, suggest, tag, upload
from seawall.guard.answers import ContactKind, Decision, ItemKind
from seawall.guard.policy import ALLOWED, SURFACES
from seawall.records.errors import Damaged
from seawall.records.ids import IdKey

CANDIDATES = accounts("adult", "seller", "child")
CALLS = {
    "search": lambda guard, viewer, text: guard.search(text, viewer, authors=CANDIDATES),
    "suggest": lambda guard, viewer, text: guard.suggest(text, [text, "flowers"], viewer),
    "tag": lambda guard, viewer, text: guard.tag(text, viewer),
    "recommend": lambda guard, viewer, text: guard.recommend(viewer, CANDIDATES),
    "recommend.posts": lambda guard, viewer, text: guard.recommend(
        viewer, CANDIDATES, kind=ItemKind.POST, authors=CANDIDATES
    ),
    "recommend.tags": lambda guard, viewer, text: guard.recommend(viewer, CANDIDATES, kind=ItemKind.TAG),
    "profile": lambda guard, viewer, text: guard.profile(viewer, account("child")),
    **{
        f"contact.{kind}": lambda guard, viewer, text, kind=kind: guard.contact(kind, viewer, account("child"))
        for kind in ContactKind
    },
    "upload": lambda guard, viewer, text: guard.upload(viewer, text=text, hashtags=[text], hashes=["ab" * 16]),
}
"""One call of each surface: a guard, a viewer's keyed id and a text."""
INSIDE = {
    "search": (search, "query"),
    "suggest": (suggest, "suggestions"),
    "tag": (tag, "page"),
    "recommend": (recommend, "accounts"),
    "profile": (profile, "page"),
    "contact": (contact, "reach"),
    "upload": (upload, "upload"),
}
SAFE = {
    "search": Decision.ALLOW,
    "suggest": Decision.REMOVE,
    "tag": Decision.RESTRICT,
    "recommend": Decision.REMOVE,
    "profile": Decision.RESTRICT,
    "contact": Decision.REFUSE,
    "upload": Decision.HOLD,
}
"""What each surface answers where the guard cannot look: nobody is brought to anybody."""

every = pytest.mark.parametrize("name", CALLS)


@pytest.fixture(scope="module")
def guard(tmp_path_factory):
    with open_guard(make(tmp_path_factory.mktemp("contract") / "index")) as opened:
        yield opened


@pytest.fixture(scope="module")
def blind(tmp_path_factory):
    with open_guard(tmp_path_factory.mktemp("nothing")) as opened:
        yield opened


def surface_of(name: str) -> str:
    return name if name in SURFACES else name.split(".")[0]


def test_every_surface_is_called_here():
    assert {surface_of(name) for name in CALLS} == set(SURFACES)


@every
@pytest.mark.parametrize("viewer", [None, *PEOPLE, "stranger"])
@pytest.mark.parametrize("text", ["harmless", BLOCKED, WEAK])
def test_it_takes_only_decisions_that_its_policy_allows(guard, name, viewer, text):
    answered = CALLS[name](guard, account(viewer) if viewer else 0, text)
    allowed = {decision for answers in ALLOWED[surface_of(name)].values() for decision in answers}
    assert answered.decision in allowed | {Decision.ALLOW}


@every
def test_its_answer_tells_nothing_of_why(guard, name):
    for viewer in PEOPLE:
        sent = msgspec.json.encode(CALLS[name](guard, account(viewer), BLOCKED).wire()).decode()
        told = sent.replace(str(guard.messages.text("search.help")), "")
        for secret in (BLOCKED, "sells", "buys", "child", "watched", "severity", "risk", "term", "score"):
            assert secret not in msgspec.json.decode(told)["message"]
            assert f'"{secret}' not in told


@every
def test_its_decision_ids_are_of_one_length_and_never_the_same(guard, name):
    ids = {CALLS[name](guard, account(viewer), text).decision_id for viewer in PEOPLE for text in ("x", BLOCKED)}
    assert len(ids) == 2 * len(PEOPLE)
    assert {len(one) for one in ids} == {70}


@every
def test_a_decision_is_rebuilt_from_its_id(guard, name):
    answered = CALLS[name](guard, account("adult"), BLOCKED)
    trace = guard.decided(answered.decision_id)
    assert trace == answered.trace
    assert SURFACES[trace.surface] == surface_of(name)
    assert trace.version == guard.version == answered.index_version
    assert abs(trace.at - time.time()) < 5


def test_no_other_key_opens_a_decision_id(guard):
    from seawall.guard.trace import Sealer

    with pytest.raises(Damaged, match="key file"):
        Sealer.of(IdKey(b"x" * 32)).open(guard.tag("a").decision_id)


@every
def test_without_an_index_it_is_safe(blind, name):
    answered = CALLS[name](blind, account("adult"), "harmless")
    safe = SAFE[surface_of(name).split(".")[0]]
    if name in {"contact.comment", "contact.mention"}:
        safe = Decision.ALLOW  # in public, and nobody can tell any more that the recipient is a child
    elif name in {"contact.follow", "contact.message"}:
        safe = Decision.HOLD
    assert answered.decision is safe
    if name in {"suggest", "recommend", "recommend.posts", "recommend.tags"}:
        assert not len(answered.kept)


@every
def test_shedding_load_is_safe_and_counted(guard, name):
    before = guard.failed[f"{surface_of(name)} shed"]
    answered = guard.shed(surface_of(name))
    assert answered.decision is SAFE[surface_of(name).split(".")[0]]
    assert guard.failed[f"{surface_of(name)} shed"] == before + 1


@every
@pytest.mark.parametrize("error", [MemoryError(), Damaged("a part of it"), OSError("gone"), ValueError("a bug")])
def test_a_failure_inside_is_answered_safely_and_counted(guard, monkeypatch, name, error):
    def fail(*_: object, **__: object) -> None:
        raise error

    module, function = INSIDE[surface_of(name).split(".")[0]]
    if name == "recommend.tags":
        function = "tags"
    monkeypatch.setattr(module, function, fail)
    before = guard.failed.total()
    answered = CALLS[name](guard, account("adult"), "harmless")
    safe = SAFE[surface_of(name).split(".")[0]]
    assert answered.decision is (Decision.SILENT if name == "search" else safe)  # nobody knows what was looked for
    assert guard.failed.total() == before + 1


@every
def test_it_answers_at_once(guard, name):
    call = CALLS[name]
    call(guard, account("adult"), "harmless words to look for")
    times = []
    for number in range(50):
        begin = time.thread_time()
        call(guard, account("adult"), f"harmless words {number}")
        times.append(time.thread_time() - begin)
    assert np.median(times) < 0.002
