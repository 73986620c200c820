"""Invented worlds keep the contract, their limits and their secrets."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from seawall.records.activity import TABLES, TIME, Type
from seawall.records.errors import BadInput
from seawall.records.roles import SELLER_SIDE
from seawall.records.run import TRUTH
from seawall.trials.lookalikes import COMMUNITIES
from seawall.trials.population import END
from seawall.trials.world import World, make_world

WRITTEN = ("accounts", "posts", "media", "follows", "interactions", "complaints", "searches", "impressions", "sign_ins")
NAMES = {"account": ("accounts", "account_id"), "post": ("posts", "post_id"), "media": ("media", "media_id")}


def table(world: World, name: str) -> pa.Table:
    return pq.read_table(world.activity / f"{name}.parquet")


def truth(world: World) -> pa.Table:
    return pq.read_table(world.folder / "truth.parquet")


def roles(world: World) -> dict[str, str]:
    known = truth(world)
    return dict(zip(known["subject_id"].to_pylist(), known["role"].to_pylist(), strict=True))


def digest(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("name", WRITTEN)
def test_every_table_keeps_the_contract(world: World, name: str):
    rows, wanted = table(world, name), TABLES[name]
    assert rows.schema.equals(wanted.raw_schema)
    assert rows.num_rows == world.rows[name] > 0
    for column in wanted.columns:
        values = rows[column.name]
        assert column.nullable or values.null_count == 0, column.name
        if column.choices:
            assert set(pc.unique(values.drop_null()).to_pylist()) <= set(column.choices)
        if column.type is Type.HEX and values.null_count < len(values):
            assert pc.all(pc.match_substring_regex(values, f"^[0-9a-f]{{{column.digits}}}$")).as_py()
        if column.type is Type.ID:
            assert pc.count_distinct(values).as_py() == len(values)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_reference_is_there(world: World, name: str):
    rows = table(world, name)
    for column in TABLES[name].columns:
        if column.kind in NAMES and column.type in {Type.REFERENCE, Type.REFERENCES}:
            home, key = NAMES[column.kind]
            values = rows[column.name].combine_chunks()
            values = values.flatten() if column.type is Type.REFERENCES else values.drop_null()
            assert pc.all(pc.is_in(values, value_set=table(world, home)[key])).as_py(), column.name


def test_media_and_posts_name_each_other(world: World):
    posts, media = table(world, "posts"), table(world, "media")
    held = {
        m: p for p, ms in zip(posts["post_id"].to_pylist(), posts["media_ids"].to_pylist(), strict=True) for m in ms
    }
    assert held == dict(zip(media["media_id"].to_pylist(), media["post_id"].to_pylist(), strict=True))


def test_nobody_acts_before_birth_or_after_the_end(world: World):
    accounts = table(world, "accounts").to_pandas().set_index("account_id")
    end = pa.scalar(END * 1_000_000, pa.int64()).cast(TIME).as_py()
    posts, follows = table(world, "posts").to_pandas(), table(world, "follows").to_pandas()
    for rows, who in ((posts, "account_id"), (follows, "follower_id"), (follows, "followee_id")):
        assert (rows.created_at >= accounts.created_at.loc[rows[who]].to_numpy()).all()
        gone = accounts.removed_at.loc[rows[who]].fillna(end).to_numpy()
        assert (rows.created_at <= gone).all()


def test_replies_answer_earlier_posts_and_stories_expire(world: World):
    posts = table(world, "posts").to_pandas().set_index("post_id")
    replies = posts[posts.reply_to.notna()]
    assert (posts.created_at.loc[replies.reply_to].to_numpy() < replies.created_at.to_numpy()).all()
    assert (posts.expires_at.notna() == (posts.kind == "story")).all()


def test_nobody_follows_twice_or_oneself(world: World):
    follows = table(world, "follows").to_pandas()
    assert not follows.duplicated(["follower_id", "followee_id"]).any()
    assert (follows.follower_id != follows.followee_id).all()


def test_averages_are_as_promised(world: World):
    assert 8 <= world.rows["follows"] / world.accounts <= 13
    assert 4 <= world.rows["posts"] / world.accounts <= 7


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), accounts=st.integers(5_000, 7_000))
def test_no_world_breaks_its_limits(tmp_path_factory: pytest.TempPathFactory, seed: int, accounts: int):
    made = make_world(tmp_path_factory.mktemp("limits"), accounts, seed)
    known = truth(made).to_pandas()
    hidden = known[known.role != "bystander"]
    assert made.accounts == accounts == len(known)
    assert len(hidden) <= 0.02 * accounts
    assert hidden.network_id.notna().all()
    assert known[known.role == "bystander"].network_id.isna().all()
    assert hidden.network_id.value_counts().max() <= min(0.4 * len(hidden), 1000)
    assert hidden.community.isna().all()
    shares = known.community.value_counts() / accounts
    assert set(shares.index) == {community.name for community in COMMUNITIES} - {""}
    assert shares.min() >= 0.01


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path):
    make_world(tmp_path / "one", 5_000, 3)
    make_world(tmp_path / "two", 5_000, 3)
    make_world(tmp_path / "three", 5_000, 4)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert digest(tmp_path / "one")["truth.parquet"] != digest(tmp_path / "three")["truth.parquet"]


def test_two_seeds_differ_in_kind(world: World, other_world: World):
    assert world.habits != other_world.habits
    known = [set(open_lexicon(made)) for made in (world, other_world)]
    assert not known[0] & known[1]


def open_lexicon(world: World) -> list[str]:
    with (world.folder / "lexicon.csv").open(encoding="utf-8") as file:
        return [row["term"] for row in csv.DictReader(file)]


def test_the_lexicon_holds_a_dozen_of_the_words_in_use(world: World):
    terms = open_lexicon(world)
    assert len(set(terms)) == len(terms) == 12
    assert 0.02 < world.lexicon_share < 0.95


@pytest.mark.parametrize("name", ["world", "other_world"])
def test_ids_and_row_order_tell_nothing(request: pytest.FixtureRequest, name: str):
    made = request.getfixturevalue(name)
    known, accounts = truth(made), table(made, "accounts")
    assert accounts["account_id"].equals(known["subject_id"])
    ids = [int(text, 16) for text in known["subject_id"].to_pylist()]
    numbers = pc.extract_regex(accounts["handle"], r"(?P<n>\d+)$").combine_chunks().field("n").cast(pa.int64())
    features = np.stack([np.arange(len(ids)), ids, numbers.to_numpy()], axis=1)
    hidden = np.array(known["role"].to_pylist()) != "bystander"
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    forest = RandomForestClassifier(60, min_samples_leaf=20, random_state=0)
    guess = cross_val_predict(forest, features, hidden, cv=folds, method="predict_proba")[:, 1]
    assert roc_auc_score(hidden, guess) < 0.6
    assert all(abs(roc_auc_score(hidden, column) - 0.5) < 0.1 for column in features.T)


def test_innocents_and_hidden_write_texts_of_the_same_shapes(world: World):
    posts = table(world, "posts").to_pandas()
    posts = posts[posts.text.notna()]
    hidden = posts.account_id.map(roles(world)) != "bystander"
    marks = {"price": r"[€$£₹¥₽฿₾₿]\d|\d[€$£₹¥₽฿₾₿]|\d(?:eur|usd|gbp)", "link": "https://", "name": "@", "tag": "#"}
    marks |= {"age": r"\d+yo|age\d+|\d+歳", "lines": "\n"}
    shape = sum((posts.text.str.contains(mark) * 2**bit for bit, mark in enumerate(marks.values())), start=0)
    seen = shape[hidden].value_counts()
    common = set(seen[seen >= 5].index)
    assert common <= set(shape[~hidden].unique())
    lengths = posts.text.str.len()
    assert 0.6 < lengths[hidden].median() / lengths[~hidden].median() < 1.8
    assert lengths[hidden].max() <= lengths[~hidden].max() * 1.5


def test_whatever_marks_a_seller_is_found_on_innocents_too(world: World):
    known = roles(world)
    accounts = table(world, "accounts").to_pandas()
    innocent = accounts[accounts.account_id.map(known) == "bystander"]
    posting = set(table(world, "posts")["account_id"].to_pylist())
    silent = innocent[~innocent.account_id.isin(posting)]
    assert (silent.links.str.len() > 0).sum() > 50
    assert (innocent.status == "removed").sum() > 10
    assert innocent.links.explode().dropna().duplicated().sum() > 50
    assert innocent.avatar_pdq.dropna().duplicated().sum() > 50
    sellers = {account for account, role in known.items() if role in SELLER_SIDE}
    acts = table(world, "interactions").to_pandas()
    wrote = acts[(acts.kind == "message") & acts.target_id.isin(sellers)].actor_id
    assert (wrote.map(known) == "bystander").sum() > 10


def test_those_who_only_look_never_write_to_a_seller(world: World):
    known = truth(world).to_pandas().set_index("subject_id")
    acts = table(world, "interactions").to_pandas()
    looks = acts[acts.actor_id.map(known.community).isin(["onlookers", "researchers"])]
    at_sellers = looks[looks.target_id.map(known.role).isin(SELLER_SIDE)]
    assert len(at_sellers) > 100
    assert not (at_sellers.kind == "message").any()


def test_a_plain_match_of_terms_accuses_hotlines_and_who_warns(world: World):
    terms = set(open_lexicon(world))
    posts = table(world, "posts").to_pandas()
    said = posts.text.fillna("").str.replace("#", "").str.split().map(lambda words: not terms.isdisjoint(words))
    known = truth(world).to_pandas()
    accused = known.subject_id.isin(set(posts.account_id[said])).groupby(known.community).mean()
    assert accused["hotlines"] > 0.5
    assert accused["warners"] > 0.5
    assert accused["artists"] < 0.1


def test_the_hard_roles_are_there(world: World, other_world: World):
    silent = stories = returned = 0
    for made in (world, other_world):
        known, accounts = truth(made).to_pandas(), table(made, "accounts").to_pandas().set_index("account_id")
        sellers = known[known.role == "seller"].subject_id
        kinds = table(made, "posts").to_pandas().groupby("account_id").kind.agg(set).reindex(sellers)
        silent += kinds.isna().sum()
        stories += (kinds.dropna() == {"story"}).sum()
        back = known[known.returned_from.notna() & (known.role != "bystander")]
        returned += len(back)
        assert (accounts.status[back.returned_from] == "removed").all()
        assert (accounts.handle[back.returned_from].to_numpy() != accounts.handle[back.subject_id].to_numpy()).all()
    assert min(silent, stories, returned) > 3


def test_twenty_verdicts_agree_with_the_truth(world: World):
    verdicts = pq.read_table(world.folder / "verdicts-20.parquet")
    assert verdicts.schema.equals(TABLES["verdicts"].raw_schema)
    assert verdicts.num_rows == 20
    known = roles(world)
    for row in verdicts.to_pylist():
        role = known[row["subject_id"]]
        assert (row["verdict"], row["role"]) == (("cleared", None) if role == "bystander" else ("confirmed", role))
    assert not (world.activity / "verdicts.parquet").exists()


def test_truth_and_description_stand_beside_the_activity(world: World):
    assert truth(world).schema.equals(TRUTH)
    assert not (world.activity / "truth.parquet").exists()
    told = json.loads((world.folder / "world.json").read_text())
    assert told["seed"] == 11
    assert told["rows"]["accounts"] == world.accounts


@pytest.mark.parametrize("accounts", [4_999, 1_000_001])
def test_it_refuses_a_size_out_of_range(tmp_path: Path, accounts: int):
    with pytest.raises(BadInput, match="5,000 to 1,000,000"):
        make_world(tmp_path, accounts, 1)


def test_it_refuses_to_overwrite_a_world(world: World):
    with pytest.raises(BadInput, match="already"):
        make_world(world.folder, 5_000, 1)


def test_it_tells_what_it_is_doing(tmp_path: Path):
    told: list[str] = []
    make_world(tmp_path / "told", 5_000, 1, progress=told.append)
    assert told[0] == "people"
    assert "posts" in told
