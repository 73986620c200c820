"""What people decided reaches the guard as signed entries, numbered, each once."""

from datetime import UTC, datetime
from multiprocessing import get_context

import pytest
from django.test import override_settings

import databases  # noqa: F401  Django is set up before its tables are imported
from seawall.effects.overlay import OverlaySink
from seawall.effects.sink import Order
from seawall.guard.overlay import Overlay, read_trusted
from seawall.records.errors import BadConfiguration, Refused
from seawall.records.ids import IdKey

KEY = IdKey(bytes(range(32)))
ACCOUNT = "00000000000000a1"


@pytest.fixture
def sink(tmp_path):
    with override_settings(HOME=tmp_path):
        yield OverlaySink.make("guard", {})


def order(number: int = 1, kind: str = "remove", subject: str = ACCOUNT, **details: object) -> Order:
    what = "proposal" if "terms" in details else "account"
    return Order(
        f"e{number}", kind, what, subject, details, "decision:1", "reviewer-1", "reviewer-2", datetime.now(UTC)
    )


def followed(tmp_path) -> Overlay:
    """The overlay as a guard reads it."""
    overlay = Overlay(tmp_path / "overlay.jsonl", read_trusted(tmp_path / "overlay.pub"))
    overlay.follow()
    return overlay


def test_the_guard_believes_what_the_executor_wrote(sink, tmp_path):
    for number, kind in enumerate(("remove", "clear", "restrict", "restore", "protect")):
        sink.carry_out(order(number, kind, f"{number:016x}"))
    overlay = followed(tmp_path)
    assert [(entry.action, int(entry.subject, 16)) for entry in overlay.entries] == [
        ("remove", 0),
        ("clear", 1),
        ("remove", 2),
        ("clear", 3),
        ("protect", 4),
    ]
    assert overlay.entries[0].approved_by == ("reviewer-1", "reviewer-2")
    assert (overlay.refused, overlay.states) == (0, set())


def test_the_last_word_on_an_account_stands(sink, tmp_path):
    for number, kind in enumerate(("remove", "clear", "protect")):
        sink.carry_out(order(number, kind))
    assert [entry.action for entry in followed(tmp_path).entries] == ["protect"]


def test_an_effect_that_comes_twice_is_written_once(sink, tmp_path):
    assert sink.carry_out(order()).startswith("1 entries")
    assert sink.carry_out(order()).startswith("0 entries")
    assert len(followed(tmp_path).entries) == 1


def test_a_block_closes_each_of_its_hashtags(sink, tmp_path):
    sink.carry_out(order(kind="block_term", terms=["00000000000000b1", "00000000000000b2"]))
    assert [(entry.action, entry.subject[-2:]) for entry in followed(tmp_path).entries] == [
        ("close_tag", "b1"),
        ("close_tag", "b2"),
    ]


def test_a_block_of_nothing_is_refused(sink):
    with pytest.raises(Refused, match="names no terms"):
        sink.carry_out(order(kind="block_term", terms=[]))


def test_plain_ids_are_keyed_for_the_guard(sink, tmp_path):
    with pytest.raises(BadConfiguration, match="id_key_file"):
        sink.carry_out(order(subject="mara"))
    (tmp_path / "id.key").write_text(KEY.secret.hex() + "\n")
    OverlaySink.make("guard", {"id_key_file": str(tmp_path / "id.key")}).carry_out(order(subject="mara"))
    assert followed(tmp_path).entries[0].subject == f"{KEY.one('account', 'mara'):016x}"


def test_a_line_that_a_crash_left_torn_harms_nothing(sink, tmp_path):
    sink.carry_out(order(1))
    with (tmp_path / "overlay.jsonl").open("ab") as file:
        file.write(b'{"effect_id": "e2", "act')
    sink.carry_out(order(3, subject="00000000000000a3"))
    overlay = followed(tmp_path)
    assert [entry.sequence for entry in overlay.entries] == [1, 2]
    assert overlay.refused == 0


def test_what_the_guard_has_no_part_in_changes_nothing(sink, tmp_path):
    assert "nothing" in sink.carry_out(order(kind="preserve"))
    assert not (tmp_path / "overlay.jsonl").exists()


def many(sink: OverlaySink, first: int) -> None:
    for number in range(first, first + 20):
        sink.carry_out(order(number, subject=f"{number:016x}"))


def test_many_executors_leave_no_gap(sink, tmp_path):
    begun = [get_context("fork").Process(target=many, args=(sink, 20 * number)) for number in range(4)]
    for one in begun:
        one.start()
    for one in begun:
        one.join()
    overlay = followed(tmp_path)
    assert [entry.sequence for entry in overlay.entries] == list(range(1, 81))
    assert overlay.states == set()


def test_another_key_is_not_believed(sink, tmp_path):
    sink.carry_out(order())
    (tmp_path / "overlay.key").unlink()
    with override_settings(HOME=tmp_path):
        OverlaySink.make("guard", {"file": "other.jsonl"})
    forged = Overlay(tmp_path / "overlay.jsonl", read_trusted(tmp_path / "other.pub"))
    forged.follow()
    assert (list(forged.entries), forged.refused) == ([], 1)
