"""Profile reuse: the rarer what two accounts share, the more it says."""

import pyarrow as pa
import pytest

from seawall.signals.profile_reuse import CROWD, ProfileReuse


def strengths(**holders: int) -> dict[str, float]:
    """The strength of sharing each link, given how many accounts hold it; accounts hold one link each."""
    links = [link for link, count in holders.items() for _ in range(count)]
    tables = {
        "link_uses": pa.table({"account_id": pa.array(range(len(links)), pa.uint64()), "link": links}),
        "avatar_uses": pa.table({"account_id": pa.array([], pa.uint64()), "avatar_pdq": pa.array([], pa.string())}),
    }
    found = ProfileReuse().detect(tables)
    return {
        links[account]: strength
        for account, strength in zip(found["subject_id"].to_pylist(), found["strength"].to_pylist(), strict=True)
    }


def test_what_one_account_alone_has_is_not_shared():
    assert strengths(a=1) == {}


def test_a_crowd_shares_nothing():
    assert strengths(a=CROWD + 1) == {}
    assert set(strengths(a=CROWD)) == {"a"}


def test_the_fewer_share_it_the_more_it_says():
    told = strengths(pair=2, few=5, many=40)
    assert told["pair"] > told["few"] > told["many"] > 0
    assert told["pair"] == pytest.approx(0.6)


def test_the_same_link_twice_on_one_account_is_no_tie():
    uses = pa.table({"account_id": pa.array([1, 1], pa.uint64()), "link": ["a", "a"]})
    avatars = pa.table({"account_id": pa.array([], pa.uint64()), "avatar_pdq": pa.array([], pa.string())})
    assert len(ProfileReuse().detect({"link_uses": uses, "avatar_uses": avatars})) == 0


def test_a_shared_avatar_is_a_signal_of_its_own():
    links = pa.table({"account_id": pa.array([], pa.uint64()), "link": pa.array([], pa.string())})
    avatars = pa.table({"account_id": pa.array([1, 2], pa.uint64()), "avatar_pdq": ["a" * 64] * 2})
    found = ProfileReuse().detect({"link_uses": links, "avatar_uses": avatars})
    assert found["what"].to_pylist() == ["reuse.avatar_shared"] * 2
