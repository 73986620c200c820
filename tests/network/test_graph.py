"""The graph: who acts on whom, nobody with themselves, nobody unknown."""

import numpy as np
import pyarrow as pa

from seawall.network.graph import THINGS, TIE_KINDS, build_graph
from seawall.records.activity import TIME

ACCOUNTS = np.array([10, 20, 30], np.uint64)


def pairs(first: str, second: str, rows: list[tuple], **more: list) -> pa.Table:
    columns = {first: pa.array([row[0] for row in rows], pa.uint64())}
    kind = pa.string() if second in {"tag", "link", "digest", "avatar_pdq"} else pa.uint64()
    columns[second] = pa.array([row[1] for row in rows], kind)
    columns["n"] = pa.array([row[2] if len(row) > 2 else 1 for row in rows], pa.int64())
    columns["first_at"] = columns["created_at"] = pa.array([0] * len(rows), TIME)
    return pa.table({**columns, **{name: pa.array(values, pa.string()) for name, values in more.items()}})


def graph(**given: pa.Table):
    uses = {"tag_uses": "tag", "link_uses": "link", "media_uses": "digest", "avatar_uses": "avatar_pdq"}
    tables = {name: pairs("account_id", column, []) for name, column in uses.items()}
    tables["follows"] = pairs("follower_id", "followee_id", [])
    tables["ties"] = pairs("actor_id", "target_id", [], kind=[])
    tables["mention_uses"] = pairs("account_id", "mentioned", [])
    return build_graph(ACCOUNTS, tables | given)


def edges(matrix) -> set[tuple[int, int]]:
    coo = matrix.tocoo()
    return set(zip(coo.row.tolist(), coo.col.tolist(), strict=True))


def test_a_tie_goes_from_who_acts():
    made = graph(ties=pairs("actor_id", "target_id", [(10, 20), (30, 10)], kind=["like"] * 2))
    assert edges(made.ties["like"]) == {(0, 1), (2, 0)}


def test_a_hundred_times_weigh_more_than_once_and_far_less_than_a_hundred():
    made = graph(ties=pairs("actor_id", "target_id", [(10, 20, 1), (20, 30, 100)], kind=["message"] * 2))
    assert made.ties["message"][0, 1] == 1
    assert 5 < made.ties["message"][1, 2] < 10


def test_the_graph_of_some_accounts_keeps_their_ties_and_things():
    made = graph(
        follows=pairs("follower_id", "followee_id", [(10, 30), (20, 30)]),
        link_uses=pairs("account_id", "link", [(10, "a"), (20, "b")]),
    ).among(np.array([0, 2]))
    assert made.accounts.tolist() == [10, 30]
    assert edges(made.ties["follow"]) == {(0, 1)}
    assert made.shares["link"].shape == (2, 1)


def test_kinds_of_tie_are_apart():
    made = graph(ties=pairs("actor_id", "target_id", [(10, 20), (20, 30)], kind=["like", "message"]))
    assert edges(made.ties["like"]) == {(0, 1)}
    assert edges(made.ties["message"]) == {(1, 2)}


def test_nobody_is_tied_to_themselves():
    made = graph(follows=pairs("follower_id", "followee_id", [(10, 10), (10, 30)]))
    assert edges(made.ties["follow"]) == {(0, 2)}


def test_who_is_no_account_has_no_tie():
    made = graph(follows=pairs("follower_id", "followee_id", [(10, 99), (5, 10), (20, 10)]))
    assert edges(made.ties["follow"]) == {(1, 0)}


def test_mentions_come_from_posts_and_from_interactions():
    made = graph(
        mention_uses=pairs("account_id", "mentioned", [(10, 20)]),
        ties=pairs("actor_id", "target_id", [(20, 30)], kind=["mention"]),
    )
    assert edges(made.ties["mention"]) == {(0, 1), (1, 2)}


def test_what_accounts_share_is_a_column():
    made = graph(link_uses=pairs("account_id", "link", [(10, "a"), (20, "a"), (20, "b")]))
    assert made.shares["link"].shape == (3, 2)
    assert edges(made.shares["link"]) == {(0, 0), (1, 0), (1, 1)}


def test_an_empty_activity_makes_an_empty_graph():
    made = graph()
    kinds = ("follow", *TIE_KINDS, "copy")
    assert {kind: matrix.shape for kind, matrix in made.ties.items()} == dict.fromkeys(kinds, (3, 3))
    assert {thing: matrix.nnz for thing, matrix in made.shares.items()} == dict.fromkeys(THINGS, 0)
