"""The guard index: answers with its key, tells nothing without it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.guard import index
from seawall.records.errors import Damaged, UnknownVersion
from seawall.records.ids import IdKey

KEY, OTHER = IdKey(bytes(range(32))), IdKey(b"k" * 32)
HIDDEN, CHILDREN = np.arange(100, 160, dtype=np.uint64), np.arange(200, 206, dtype=np.uint64)
TAGS = np.array([100, 7], np.uint64)
ANSWERS = {
    ("account", index.HIDE): HIDDEN,
    ("account", index.PROTECT): CHILDREN,
    ("hashtag", index.CLOSE): TAGS,
}


@pytest.fixture
def path(tmp_path):
    index.publish(tmp_path / "index.bin", KEY, ANSWERS)
    return tmp_path / "index.bin"


def test_it_answers_what_was_published(path):
    opened = index.open_index(path, KEY)
    for (kind, answer), keyed in ANSWERS.items():
        assert opened.answer(kind, keyed).tolist() == [answer] * len(keyed)


def test_it_does_not_know_others(path):
    strangers = np.arange(10_000, 60_000, dtype=np.uint64)
    assert not index.open_index(path, KEY).answer("account", strangers).any()


def test_the_same_id_of_another_kind_is_another_subject(path):
    opened = index.open_index(path, KEY)
    assert opened.answer("account", np.array([100], np.uint64)).tolist() == [index.HIDE]
    assert opened.answer("hashtag", np.array([100], np.uint64)).tolist() == [index.CLOSE]
    assert opened.answer("link", np.array([100], np.uint64)).tolist() == [0]


def test_an_empty_index_answers_nothing(tmp_path):
    assert index.publish(tmp_path / "empty.bin", KEY, {}) == 0
    assert index.open_index(tmp_path / "empty.bin", KEY).answer("account", HIDDEN).tolist() == [0] * len(HIDDEN)


def test_the_same_answers_give_the_same_bytes_in_any_order(path, tmp_path):
    turned = {one: keyed[::-1] for one, keyed in reversed(ANSWERS.items())}
    index.publish(tmp_path / "other.bin", KEY, turned)
    assert (tmp_path / "other.bin").read_bytes() == path.read_bytes()


def test_a_wrong_key_tells_nothing(path):
    assert not index.open_index(path, OTHER).answer("account", HIDDEN).any()


def test_neither_an_id_nor_a_role_can_be_read_from_the_file(path):
    blob = path.read_bytes()
    assert not any(int(one).to_bytes(8, "little") in blob[48:] for one in [*HIDDEN, *CHILDREN])
    sealed = index.open_index(path, KEY).sealed
    assert len(set(sealed.tolist())) > 20  # four answers, masked, look like noise
    assert np.bincount(sealed, minlength=256).max() < len(sealed) / 4


def test_a_child_is_not_told_by_its_place(tmp_path):
    """With the answers of two accounts exchanged only masked bytes differ."""
    for name, child in (("a", 0), ("b", 1)):
        two = {
            ("account", index.HIDE): HIDDEN[1 - child : 2 - child],
            ("account", index.PROTECT): HIDDEN[child : child + 1],
        }
        index.publish(tmp_path / name, KEY, two)
    a, b = ((tmp_path / name).read_bytes()[48:] for name in ("a", "b"))
    assert a[:16] == b[:16]
    assert a[16:] != b[16:]


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_is_damage(tmp_path_factory, place, change):
    path = tmp_path_factory.mktemp("damage") / "index.bin"
    index.publish(path, KEY, ANSWERS)
    blob = bytearray(path.read_bytes())
    blob[place % len(blob)] ^= change
    path.write_bytes(blob)
    with pytest.raises((Damaged, UnknownVersion)):
        index.open_index(path, KEY)


@pytest.mark.parametrize("kept", [0, 7, 47, 48, -1])
def test_a_cut_file_is_damage(path, kept):
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(Damaged, match="seawall run"):
        index.open_index(path, KEY)


def test_another_version_is_refused_with_what_to_do(path):
    blob = bytearray(path.read_bytes())
    blob[8:12] = (99).to_bytes(4, "little")
    path.write_bytes(blob)
    with pytest.raises(UnknownVersion, match="99"):
        index.open_index(path, KEY)


def test_an_index_without_a_subject_keeps_the_others(path):
    opened = index.open_index(path, KEY)
    after = index.read_index(index.without(opened, "account", CHILDREN), "index.bin", KEY)
    assert not after.answer("account", CHILDREN).any()
    assert after.answer("account", HIDDEN).all()
    assert after.answer("hashtag", TAGS).all()
