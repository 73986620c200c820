"""What is planted can be seen in the activity, by whoever knows where to look."""

import pandas as pd
import pyarrow.parquet as pq
import pytest

from seawall.records.roles import SELLER_SIDE
from seawall.trials.world import World


def read(world: World, name: str) -> pd.DataFrame:
    return pq.read_table(world.activity / f"{name}.parquet").to_pandas()


@pytest.fixture(scope="module")
def known(world: World) -> pd.DataFrame:
    return pq.read_table(world.folder / "truth.parquet").to_pandas().set_index("subject_id")


@pytest.fixture(scope="module")
def hidden(known: pd.DataFrame) -> pd.DataFrame:
    return known[known.role != "bystander"]


def test_members_of_a_network_follow_one_another(world: World, hidden: pd.DataFrame):
    follows = read(world, "follows")
    among = follows[follows.follower_id.isin(hidden.index) & follows.followee_id.isin(hidden.index)]
    same = hidden.network_id[among.follower_id].to_numpy() == hidden.network_id[among.followee_id].to_numpy()
    assert same.mean() > 0.6
    touched = set(among.follower_id) | set(among.followee_id)
    assert hidden.index.isin(touched).mean() > 0.95


def test_sellers_have_ordinary_friends_too(world: World, hidden: pd.DataFrame):
    follows = read(world, "follows")
    sellers = hidden[hidden.role == "seller"]
    outside = follows[follows.follower_id.isin(sellers.index) & ~follows.followee_id.isin(hidden.index)]
    assert outside.follower_id.nunique() > 0.8 * len(sellers)


def test_most_buyers_write_to_sellers(world: World, known: pd.DataFrame):
    acts = read(world, "interactions")
    wrote = acts[(acts.kind == "message") & known.role[acts.target_id].isin(SELLER_SIDE).to_numpy()]
    buyers = known[known.role == "buyer"]
    assert 0.5 < buyers.index.isin(set(wrote.actor_id)).mean() <= 1


def test_resellers_show_files_of_others_more_often(world: World, known: pd.DataFrame):
    media = read(world, "media").sort_values("created_at", kind="stable")
    first = media.drop_duplicates("md5").set_index("md5").account_id
    copied = first[media.md5].to_numpy() != media.account_id.to_numpy()
    rate = pd.Series(copied).groupby(known.role[media.account_id].to_numpy()).mean()
    assert rate["reseller"] > 2 * rate["seller"]
    assert rate["bystander"] > 0.01


def test_who_comes_back_keeps_links_followers_and_mostly_the_picture(world: World, hidden: pd.DataFrame):
    back = hidden[hidden.returned_from.notna()]
    accounts, follows = read(world, "accounts").set_index("account_id"), read(world, "follows")
    followers = follows.groupby("followee_id").follower_id.agg(set)
    alike = [
        len(followers[a] & followers[b]) > 0 for a, b in back.returned_from.items() if {a, b} <= set(followers.index)
    ]
    assert sum(alike) > 0.6 * len(alike) > 0
    created = accounts.created_at[back.index].to_numpy()
    assert (created > accounts.removed_at[back.returned_from].to_numpy()).all()
    assert (hidden.network_id[back.index].to_numpy() == hidden.network_id[back.returned_from].to_numpy()).all()


def test_networks_share_links_and_so_do_circles_of_innocents(world: World, known: pd.DataFrame):
    links = read(world, "accounts").set_index("account_id").links.explode().dropna()
    shared = links[links.duplicated(keep=False)]
    roles = known.role[shared.index]
    assert (roles == "seller").sum() > 5
    assert (roles == "bystander").sum() > 50


def test_stories_only_and_silent_accounts_are_found_among_innocents(world: World, known: pd.DataFrame):
    posts = read(world, "posts")
    innocent = known[known.role == "bystander"].index
    only = (posts.kind == "story").groupby(posts.account_id).all()
    assert only[only.index.isin(innocent)].sum() > 100
    assert (~innocent.isin(posts.account_id)).mean() > 0.2


def test_the_popular_are_followed_most(world: World, known: pd.DataFrame):
    follows = read(world, "follows")
    count = follows.followee_id.value_counts().reindex(known.index).fillna(0).groupby(known.community).mean()
    assert count.idxmax() == "popular"


def test_risk_words_are_written_in_disguise_and_so_are_others(world: World, known: pd.DataFrame):
    posts = read(world, "posts")
    masked = posts.text.str.contains(r"[a-z][0-9\u200b*·][a-z]", na=False)
    rate = masked.groupby(known.role[posts.account_id].to_numpy()).mean()
    assert rate["bystander"] > 0.005
    assert rate["seller"] < 0.5
