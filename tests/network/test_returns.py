"""Who comes back is matched by what few share, and strangers who share it are not."""

import numpy as np
import pyarrow as pa
import pytest
from bench.returns import platform
from scipy.sparse import csr_matrix

from seawall.network.findings import Findings, Reason
from seawall.network.graph import binary
from seawall.network.returns import FALSE_SHARE, ReturnIndex, returns_among
from seawall.network.returns_told import return_rows, returns_of_flagged, with_returns
from seawall.network.traces import Profiles, pieces

DAY = 86_400_000_000
N, BACK = 4000, 300


def nobody(n):
    return csr_matrix((n, n), dtype=np.float32)


def taken(table, column, rows, source):
    """The column with the values of other rows at some of its own."""
    order = np.arange(table.num_rows)
    order[rows] = source
    return table.set_column(table.schema.get_field_index(column), column, table[column].take(pa.array(order)))


def come_back(copied, seed=0):
    """A platform where BACK accounts, made five days after another one went, copy something of it."""
    rng = np.random.default_rng(seed)
    accounts, devices = platform(N, rng)
    gone = np.flatnonzero(accounts["removed_at"].cast(pa.int64()).fill_null(-1).to_numpy() > 0)
    former, back = rng.permutation(gone)[:BACK], np.setdiff1d(np.arange(N), gone)[:BACK]
    created = accounts["created_at"].cast(pa.int64()).to_numpy().copy()
    created[back] = accounts["removed_at"].cast(pa.int64()).fill_null(-1).to_numpy()[former] + 5 * DAY
    accounts = accounts.set_column(1, "created_at", pa.array(created).cast(accounts.schema.field(1).type))
    for column in copied:
        if column in accounts.column_names:
            accounts = taken(accounts, column, back, former)
        else:
            devices = taken(devices, column, back, former)
    return accounts, devices, back, former


def found_in(copied):
    accounts, devices, back, former = come_back(copied)
    found = returns_among(Profiles.of(accounts, devices), nobody(N))
    source = dict(zip(back.tolist(), former.tolist(), strict=True))
    right = [source.get(account) == of for account, of in zip(found.account.tolist(), found.of.tolist(), strict=True)]
    return sum(right) / BACK, sum(right) / max(len(right), 1), found


@pytest.mark.parametrize("copied", [["avatar_pdq"], ["links"], ["bio"], ["device_hash", "avatar_pdq"]])
def test_a_thing_that_nobody_else_has_brings_a_former_account_to_light(copied):
    recall, precision, _ = found_in(copied)
    assert recall > 0.9
    assert precision > 0.95


def test_without_anything_in_common_nothing_is_said():
    _, _, found = found_in([])
    assert len(found.account) <= 2


def test_the_expected_share_of_false_matches_holds_on_devices_of_households():
    _, precision, found = found_in(["device_hash"])
    assert len(found.account) == 0 or precision > 1 - 3 * FALSE_SHARE


def test_evidence_names_what_is_shared_strongest_first():
    _, _, found = found_in(["avatar_pdq", "links"])
    names = [[reason.family for reason in reasons] for reasons in found.reasons]
    assert sum({"avatar", "link"} <= set(some) for some in names) > 0.9 * len(names)
    adds = [[reason.adds for reason in reasons] for reasons in found.reasons]
    assert all(some == sorted(some, reverse=True) for some in adds)


def test_common_followers_make_a_match_more_probable():
    accounts, devices, back, former = come_back(["device_hash"])
    rng = np.random.default_rng(3)
    fans = rng.integers(0, N, (BACK, 8))
    followers, followed = np.tile(fans.ravel(), 2), np.concatenate([np.repeat(former, 8), np.repeat(back, 8)])
    follows = binary(followers, followed, (N, N))
    follows.data[:] = 1
    profiles = Profiles.of(accounts, devices)
    found = returns_among(profiles, follows)
    right = np.isin(found.account, back)
    assert right.sum() > 0.9 * BACK
    assert right.mean() > 0.95
    assert any(reason.family == "followers" for reason in found.reasons[0])


def test_one_newcomer_is_matched_against_all_that_are_gone_with_the_likeliest_first():
    accounts, devices, _, former = come_back(["avatar_pdq", "bio"])
    index, _ = ReturnIndex.of(Profiles.of(accounts, devices), nobody(N))
    place = int(former[0])
    asked = Profiles.of(accounts.slice(place, 1), devices.slice(place, 1))
    (first, likely, reasons), *rest = index.match(asked, most=3)
    assert first == place
    assert likely > 0.9
    assert {"avatar", "bio", "link"} <= {reason.family for reason in reasons}
    assert len(rest) <= 2
    stranger, theirs = platform(1, np.random.default_rng(9))
    assert all(likely < 0.9 for _, likely, _ in index.match(Profiles.of(stranger, theirs)))


@pytest.mark.parametrize("gone", [True, False])
def test_a_platform_without_newcomers_or_without_removals_has_no_returns(gone):
    accounts, devices = platform(50, np.random.default_rng(1))
    removed = pa.array([1] * 50 if gone else [None] * 50, pa.int64())
    place = accounts.schema.get_field_index("removed_at")
    accounts = accounts.set_column(place, "removed_at", removed.cast(accounts.schema.field(place).type))
    created = pa.array([0] * 50).cast(accounts.schema.field(1).type)
    accounts = accounts.set_column(1, "created_at", created)
    assert len(returns_among(Profiles.of(accounts, devices), nobody(50)).account) == 0


def test_texts_share_pieces_as_far_as_they_are_alike():
    text = "everything about bridges old and new, with drawings and a map of every river"
    almost, other = text.replace("drawings", "pictures"), "a shop for boats and oars, open all days but one in the week"
    traces = pieces("bio", pa.array([text, text.upper(), almost, other, "short", None]))
    values = {owner: set(traces.values[traces.owners == owner].tolist()) for owner in range(6)}
    assert values[0] == values[1]
    assert 4 <= len(values[0] & values[2]) < 16
    assert not values[0] & values[3]
    assert not values[4]
    assert not values[5]


def test_a_run_tells_only_the_returns_of_flagged_accounts():
    _, _, found = found_in(["avatar_pdq"])
    chosen = np.sort(found.account[:2])
    reasons = ((Reason("terms", "says so", 2.0),),) * 2
    findings = Findings(chosen, np.zeros((2, 6)), np.ones(2), np.array([True, False]), reasons)
    flagged = returns_of_flagged(found, findings)
    assert flagged.account.tolist() == [chosen[0]]
    told = with_returns(findings, flagged, ["former"])
    assert [reason.family for reason in told.reasons[0]] == ["terms", "returns"]
    assert "returned from former" in told.reasons[0][-1].says
    assert told.reasons[1] == reasons[1]
    (row,) = return_rows(flagged, pa.array(["new"]), pa.array(["former"])).to_pylist()
    assert (row["account_id"], row["returned_from"]) == ("new", "former")
    assert row["probability"] >= 1 - FALSE_SHARE
