"""The index: sealed, checked at once and whole later, the same bytes for the same contents."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from guarding import BLOCKED, KEY, LEXICON, OTHER_KEY, PEOPLE, account, accounts, contents, make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.guard.index import ACCOUNTS, MANIFEST, PAIRS, TERMS, THINGS, Index, without_accounts
from seawall.guard.publish import publish
from seawall.guard.section import HEAD
from seawall.records.errors import Damaged, Refused, SeawallError, UnknownVersion

SECTIONS = (ACCOUNTS, PAIRS, THINGS, TERMS)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_contents_in_any_order_give_the_same_bytes(published, tmp_path):
    given = contents()
    turned = contents(
        accounts=given.accounts[::-1], subjects=given.subjects[::-1], ages=given.ages[::-1], hoods=given.hoods[::-1]
    )
    publish(tmp_path / "turned", KEY, turned)
    assert files(tmp_path / "turned") == files(published)


def test_other_contents_are_another_version(published, tmp_path):
    other = make(tmp_path / "other", tags=accounts("closedtag"))
    assert Index.open(other, KEY).version != Index.open(published, KEY).version


def test_of_an_account_that_is_given_twice_the_graver_row_stays(tmp_path):
    from seawall.guard.library import Guard

    twice = np.concatenate([accounts("one"), accounts("one")])
    folder = make(
        tmp_path / "twice", accounts=twice, subjects=np.array([5, 2], np.uint8), ages=np.zeros(2, np.uint8),
        hoods=np.zeros(2, np.uint32),
    )  # fmt: skip
    with Guard.open(folder, KEY) as guard:
        assert not len(guard.recommend(0, accounts("one")).kept)


def test_nothing_stands_in_clear(published):
    blob = b"".join(files(published).values())
    for name in PEOPLE:
        assert account(name).to_bytes(8, "little") not in blob
    for term in LEXICON.terms:
        for written in (term.text.encode(), term.text.encode("utf-16-le"), term.text.encode("utf-32-le")):
            assert written not in blob


def test_roles_look_like_noise(tmp_path):
    many = np.arange(1, 20_001, dtype=np.uint64)
    folder = make(
        tmp_path / "many", accounts=many, subjects=np.full(len(many), 5, np.uint8), ages=np.zeros(len(many), np.uint8),
        hoods=np.zeros(len(many), np.uint32),
    )  # fmt: skip
    table = Index.open(folder, KEY).accounts
    low = table.rows[table.keys != 0][:-1] & np.uint32(0xFF)
    counted = np.bincount(low, minlength=256)
    assert (low != 0).mean() > 0.98
    assert counted.max() < 2 * counted.mean()


def test_a_child_is_not_told_by_its_place(tmp_path):
    """With the ages of two accounts exchanged only sealed rows differ."""
    bodies = []
    for ages in ([1, 3], [3, 1]):
        folder = make(
            tmp_path / str(ages), accounts=accounts("a", "b"), subjects=np.zeros(2, np.uint8),
            ages=np.array(ages, np.uint8), hoods=np.zeros(2, np.uint32),
        )  # fmt: skip
        bodies.append(Index.open(folder, KEY).accounts)
    assert np.array_equal(bodies[0].keys, bodies[1].keys)
    assert not np.array_equal(bodies[0].rows, bodies[1].rows)


def test_another_key_is_refused(published):
    with pytest.raises(Refused, match="key file"):
        Index.open(published, OTHER_KEY)


@pytest.mark.parametrize("name", SECTIONS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_any_changed_byte_is_damage(published, tmp_path_factory, name, place, change):
    folder = tmp_path_factory.mktemp("damage") / "index"
    shutil.copytree(published, folder)
    blob = bytearray((folder / name).read_bytes())
    blob[place % len(blob)] ^= change
    (folder / name).write_bytes(blob)
    with pytest.raises((Damaged, UnknownVersion, Refused)):
        Index.open(folder, KEY).verify()


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("kept", [0, 7, 8 * HEAD - 8, 8 * HEAD, -8])
def test_a_cut_section_is_damage(published, tmp_path, name, kept):
    shutil.copytree(published, tmp_path / "index")
    path = tmp_path / "index" / name
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(Damaged, match="seawall run"):
        Index.open(tmp_path / "index", KEY)


@pytest.mark.parametrize("name", [*SECTIONS, MANIFEST])
def test_a_missing_part_is_damage(published, tmp_path, name):
    shutil.copytree(published, tmp_path / "index")
    (tmp_path / "index" / name).unlink()
    with pytest.raises(Damaged, match="seawall run"):
        Index.open(tmp_path / "index", KEY)


def test_parts_of_two_indexes_never_serve_together(published, tmp_path):
    other = make(tmp_path / "other", tags=accounts("closedtag"))
    (other / PAIRS).write_bytes((published / PAIRS).read_bytes())
    with pytest.raises(Damaged, match="two indexes"):
        Index.open(other, KEY)


def test_another_schema_version_is_refused_with_what_to_do(published, tmp_path):
    shutil.copytree(published, tmp_path / "index")
    path = tmp_path / "index" / MANIFEST
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 99'))
    with pytest.raises(UnknownVersion, match="99"):
        Index.open(tmp_path / "index", KEY)


def test_a_folder_is_published_into_once(published):
    with pytest.raises(Refused, match="new folder"):
        publish(published, KEY, contents())


def test_an_index_without_its_canary_is_not_served(published):
    index = Index.open(published, KEY)
    index.check_canary()
    index.secrets.canary["account"] += 1
    with pytest.raises(Damaged, match="canary"):
        index.check_canary()


def test_an_account_is_erased_and_the_others_stay(published):
    path = published / ACCOUNTS
    before = path.read_bytes()
    after = without_accounts(before, path, KEY, accounts("seller"))
    assert len(after) < len(before) + 64
    again = without_accounts(after, path, KEY, accounts("seller"))
    assert again == after
    assert without_accounts(after, path, KEY, accounts("nobody")) == after
    assert without_accounts(after, path, KEY, accounts("buyer")) != after


def test_an_empty_index_can_be_published(tmp_path):
    from seawall.guard.contents import Contents

    publish(tmp_path / "empty", KEY, Contents())
    index = Index.open(tmp_path / "empty", KEY)
    index.verify()
    index.check_canary()
    assert index.wording.query(BLOCKED) is None


def test_errors_of_an_index_are_ours(tmp_path):
    with pytest.raises(SeawallError):
        Index.open(tmp_path, KEY)
