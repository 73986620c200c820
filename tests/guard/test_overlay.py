"""The overlay: signed decisions within a second, nothing else, and a name for what is wrong."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from guarding import BLOCKED, KEY, account, accounts, keyed, open_guard

from seawall.effects.overlay_entries import OverlayAction, OverlayEntry
from seawall.guard.answers import ContactKind, Decision
from seawall.guard.overlay import append
from seawall.records.errors import BadConfiguration
from seawall.records.seal import seal

EXECUTOR, STRANGER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
NEW_WORD = "drolwyspek"


class Desk:
    """Writes entries as the executor would; `look` does what the guard's background work does."""

    def __init__(self, folder, published):
        self.path = folder / "overlay.jsonl"
        self.path.touch()
        pem = EXECUTOR.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.path.with_suffix(".pub").write_bytes(pem)
        self.guard = open_guard(published, overlay=self.path)
        self.written = 0

    def entry(self, action, subject, **changes):
        self.written += 1
        given = {
            "effect_id": f"e{self.written}",
            "action": action,
            "subject": subject,
            "at": "2026-01-01T00:00:00+00:00",
            "sequence": self.written,
            "approved_by": ("ana", "ben"),
        }
        return OverlayEntry(**{**given, **changes})

    def write(self, action, subject, **changes):
        append(self.path, self.entry(action, subject, **changes).signed(EXECUTOR))
        self.guard.keeper.look()


@pytest.fixture
def desk(tmp_path, published):
    made = Desk(tmp_path, published)
    yield made
    made.guard.close()


def hex_id(kind, text):
    return f"{int(keyed(kind, text)[0]):016x}"


def test_a_removed_account_is_risky_everywhere(desk):
    desk.write(OverlayAction.REMOVE, hex_id("account", "adult"))
    assert not len(desk.guard.recommend(0, accounts("adult")).kept)
    refused = desk.guard.contact(ContactKind.MESSAGE, account("adult"), account("child"), connected=True)
    assert refused.decision is Decision.REFUSE


def test_a_protected_account_is_a_child_at_risk_even_where_the_run_called_it_a_seller(desk):
    desk.write(OverlayAction.PROTECT, hex_id("account", "seller"))
    message = desk.guard.contact(ContactKind.MESSAGE, account("adult"), account("seller"))
    assert message.decision is Decision.REFUSE
    assert desk.guard.contact(ContactKind.MESSAGE, account("suspect"), account("seller")).decision is Decision.REFUSE
    assert not len(desk.guard.recommend(0, accounts("seller")).kept)
    assert desk.guard.contact(ContactKind.MESSAGE, account("seller"), account("friend"), connected=True).decision is (
        Decision.ALLOW
    )


def test_a_cleared_account_is_like_any_other(desk):
    desk.write(OverlayAction.CLEAR, hex_id("account", "seller"))
    assert len(desk.guard.recommend(0, accounts("seller")).kept) == 1


def test_the_last_decision_on_an_account_counts(desk):
    desk.write(OverlayAction.CLEAR, hex_id("account", "seller"))
    desk.write(OverlayAction.REMOVE, hex_id("account", "seller"))
    assert not len(desk.guard.recommend(0, accounts("seller")).kept)


def test_a_cleared_account_of_a_child_stays_a_childs(desk):
    desk.write(OverlayAction.CLEAR, hex_id("account", "child"))
    assert desk.guard.contact(ContactKind.MESSAGE, account("adult"), account("child")).decision is Decision.REFUSE


def test_a_term_is_blocked_and_unblocked_in_its_disguises(desk):
    assert desk.guard.search(NEW_WORD, 1).decision is Decision.ALLOW
    desk.write(OverlayAction.BLOCK_TERM, seal(KEY, NEW_WORD))
    assert desk.guard.search("dr0lwyspek", 1).decision is Decision.DETERRENCE
    desk.write(OverlayAction.UNBLOCK_TERM, seal(KEY, NEW_WORD))
    assert desk.guard.search(NEW_WORD, 1).decision is Decision.ALLOW


def test_a_term_of_the_run_can_be_unblocked(desk):
    desk.write(OverlayAction.UNBLOCK_TERM, seal(KEY, BLOCKED))
    for query in (BLOCKED, "fl0mbr1xa", "flombr"):
        assert desk.guard.search(query, 1).decision is Decision.ALLOW


def test_tags_links_and_files_are_closed_and_opened(desk):
    closed = (
        (OverlayAction.CLOSE_TAG, hex_id("hashtag", "summer")),
        (OverlayAction.OPEN_TAG, hex_id("hashtag", "closedtag")),
        (OverlayAction.BLOCK_LINK, hex_id("link", "new.example")),
        (OverlayAction.UNBLOCK_LINK, hex_id("link", "bad.example/x")),
        (OverlayAction.BLOCK_HASH, hex_id("media", "99" * 16)),
        (OverlayAction.UNBLOCK_HASH, hex_id("media", "ab" * 16)),
        (OverlayAction.BLOCK_HASH, seal(KEY, "5" * 64)),
    )
    for action, subject in closed:
        desk.write(action, subject)
    upload = desk.guard.upload
    assert desk.guard.tag("summer", account("adult")).decision is Decision.CLOSE
    assert desk.guard.tag("closedtag", account("adult")).decision is Decision.ALLOW
    assert upload(1, links=["new.example"]).decision is Decision.REFUSE
    assert upload(1, links=["bad.example/x"]).decision is Decision.ALLOW
    assert upload(1, hashes=["99" * 16]).decision is Decision.REFUSE
    assert upload(1, hashes=["ab" * 16]).decision is Decision.ALLOW
    assert upload(1, pdq=["5" * 63 + "4"]).decision is Decision.REFUSE


def test_a_decision_is_in_force_within_a_second(desk):
    append(desk.path, desk.entry(OverlayAction.REMOVE, hex_id("account", "adult")).signed(EXECUTOR))
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and len(desk.guard.recommend(0, accounts("adult")).kept):
        time.sleep(0.02)
    assert not len(desk.guard.recommend(0, accounts("adult")).kept)


@pytest.mark.parametrize("fault", ["unsigned", "stranger", "altered", "unapproved", "no entry"])
def test_what_the_executor_has_not_signed_changes_nothing_and_is_told(desk, fault):
    entry = desk.entry(OverlayAction.REMOVE, hex_id("account", "adult"))
    lines = {
        "unsigned": entry.line(),
        "stranger": entry.signed(STRANGER).line(),
        "altered": entry.signed(EXECUTOR).line().replace(b'"remove"', b'"clear"'),
        "unapproved": desk.entry(entry.action, entry.subject, approved_by=()).signed(EXECUTOR).line(),
        "no entry": b"{}\n",
    }
    with desk.path.open("ab") as file:
        file.write(lines[fault])
    desk.guard.keeper.look()
    health = desk.guard.health()
    assert len(desk.guard.recommend(0, accounts("adult")).kept) == 1
    assert (health.overlay_applied, health.overlay_refused) == (0, 1)
    assert "overlay entries refused" in health.degraded


def test_a_replayed_entry_changes_nothing(desk):
    desk.write(OverlayAction.REMOVE, hex_id("account", "adult"))
    first = desk.path.read_bytes()
    desk.write(OverlayAction.CLEAR, hex_id("account", "adult"))
    with desk.path.open("ab") as file:
        file.write(first)
    desk.guard.keeper.look()
    assert len(desk.guard.recommend(0, accounts("adult")).kept) == 1
    assert desk.guard.health().overlay_refused == 1


def test_one_effect_counts_once(desk):
    desk.write(OverlayAction.REMOVE, hex_id("account", "adult"), effect_id="same")
    desk.write(OverlayAction.CLEAR, hex_id("account", "adult"), effect_id="same")
    assert not len(desk.guard.recommend(0, accounts("adult")).kept)


def test_a_missing_entry_is_told_and_the_later_ones_count(desk):
    desk.written = 4
    desk.write(OverlayAction.REMOVE, hex_id("account", "adult"))
    assert "overlay entries missing" in desk.guard.health().degraded
    assert not len(desk.guard.recommend(0, accounts("adult")).kept)


def test_a_line_that_is_being_written_waits_for_its_end(desk):
    line = desk.entry(OverlayAction.REMOVE, hex_id("account", "adult")).signed(EXECUTOR).line()
    for part in (line[:40], line[40:]):
        assert len(desk.guard.recommend(0, accounts("adult")).kept) == 1
        with desk.path.open("ab") as file:
            file.write(part)
        desk.guard.keeper.look()
    assert not len(desk.guard.recommend(0, accounts("adult")).kept)


def test_decisions_hold_over_a_swap(desk, published):
    desk.write(OverlayAction.REMOVE, hex_id("account", "adult"))
    desk.guard.swap(published)
    assert not len(desk.guard.recommend(0, accounts("adult")).kept)


@pytest.mark.parametrize(("harm", "name"), [("unlink", "overlay gone"), ("cut", "overlay cut")])
def test_an_overlay_that_is_gone_or_cut_leaves_its_decisions_in_force(desk, harm, name):
    desk.write(OverlayAction.REMOVE, hex_id("account", "adult"))
    if harm == "unlink":
        desk.path.unlink()
    else:
        desk.path.write_bytes(b"")
    desk.guard.keeper.look()
    assert name in desk.guard.health().degraded
    assert not len(desk.guard.recommend(0, accounts("adult")).kept)


def test_a_guard_without_the_executors_key_does_not_begin(tmp_path, published):
    with pytest.raises(BadConfiguration, match="public key"):
        open_guard(published, overlay=tmp_path / "overlay.jsonl")


def test_of_many_decisions_on_one_subject_the_last_stands_and_no_other_is_kept(desk):
    for _ in range(30):
        desk.write(OverlayAction.REMOVE, hex_id("account", "adult"))
        desk.write(OverlayAction.CLEAR, hex_id("account", "adult"))
        desk.write(OverlayAction.CLOSE_TAG, hex_id("hashtag", "summer"))
    assert len(desk.guard.recommend(0, accounts("adult")).kept) == 1
    assert desk.guard.tag("summer").decision is Decision.CLOSE
    assert len(desk.guard.keeper.overlay.entries) == 2
    assert desk.guard.health().overlay_applied == 90
