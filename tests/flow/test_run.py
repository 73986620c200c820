"""A run from end to end: the same each time, whole, private, nothing in clear."""

import json
import re
import shutil
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from running import KEY, files, make_run, summary, table
from seawall.guard.answers import ContactKind, Decision
from seawall.guard.contact import are_connected
from seawall.guard.library import Guard
from seawall.guard.policy import Policy, shipped_text
from seawall.records import run as tables
from seawall.records.errors import Refused
from seawall.records.roles import ROLES
from seawall.records.seal import unseal

pytestmark = pytest.mark.xdist_group("run")

SCHEMAS = {
    "signals": tables.SIGNALS,
    "findings": tables.FINDINGS,
    "networks": tables.NETWORKS,
    "members": tables.MEMBERS,
    "history": tables.HISTORY,
    "terms": tables.TERMS,
    "quarantine": tables.QUARANTINE,
    "returns": tables.RETURNS,
    "sample": tables.SAMPLE,
    "spread": tables.SPREAD,
    "spread_media": tables.SPREAD_MEDIA,
}


@pytest.fixture
def keyed(runs) -> Path:
    return runs("keyed")


@pytest.fixture
def plain(runs) -> Path:
    return runs("plain", plain_ids=True)


@pytest.fixture
def research(runs) -> Path:
    return runs("research", profile="research")


def accounts(world: Path) -> pa.Table:
    return pq.read_table(world / "activity" / "accounts.parquet")


def flagged_accounts(run: Path) -> set[str]:
    findings = table(run, "findings")
    chosen = pc.and_(findings["flagged"], pc.equal(findings["subject_kind"], "account"))
    return set(findings.filter(chosen)["subject_id"].to_pylist())


def test_a_run_leaves_every_table_of_the_contract(keyed):
    assert set(files(keyed)) == {
        *(f"{name}.parquet" for name in SCHEMAS),
        *(f"guard/{name}" for name in ("accounts.bin", "pairs.bin", "things.bin", "terms.bin", "manifest.json")),
        "report.html",
        "summary.json",
    }
    for name, schema in SCHEMAS.items():
        assert table(keyed, name).schema == schema


def test_it_finds_networks_and_counts_what_it_flags(keyed):
    counts = summary(keyed)["counts"]
    assert counts["networks"] == len(table(keyed, "networks")) >= 1
    assert counts["flagged"] == len(flagged_accounts(keyed)) == sum(counts["by_role"].values())


def test_roles_are_probabilities_and_risk_is_all_but_bystanding(keyed):
    findings = table(keyed, "findings")
    assert np.allclose(np.sum([findings[role].to_numpy() for role in ROLES], axis=0), 1)
    assert np.allclose(1 - findings["bystander"].to_numpy(), findings["risk"].to_numpy())


def test_every_finding_has_evidence_ranked_by_contribution(keyed):
    for text in table(keyed, "findings")["evidence"].to_pylist():
        adds = [reason["adds"] for reason in json.loads(text)]
        assert adds
        assert adds == sorted(adds, reverse=True)


def test_members_are_flagged_accounts_in_one_network_each(keyed):
    members, networks = table(keyed, "members"), table(keyed, "networks")
    ids, of = members["account_id"].to_pylist(), members["network_id"].to_pylist()
    assert len(set(ids)) == len(ids)
    assert set(ids) <= flagged_accounts(keyed)
    assert networks["members"].to_pylist() == [of.count(name) for name in networks["network_id"].to_pylist()]


def test_rows_in_are_rows_kept_and_quarantined(keyed):
    counts = summary(keyed)["counts"]["tables"].values()
    assert all(count["rows"] == count["kept"] + count["quarantined"] for count in counts)
    assert sum(count["quarantined"] for count in counts) == len(table(keyed, "quarantine"))


@pytest.mark.parametrize("threads", [1, 2])
def test_two_runs_give_the_same_bytes(world, keyed, tmp_path, threads):
    one, other = files(keyed), files(make_run(world, tmp_path / "again", threads=threads))
    assert set(one) == set(other)
    assert [name for name in one if one[name] != other[name]] == []


def lexicon(world: Path) -> list[str]:
    return [line.split(",")[0] for line in (world / "lexicon.csv").read_text().splitlines()[1:]]


def in_clear(world: Path) -> set[str]:
    """Ids, handles, links, texts, tags and terms of the world that no keyed run may hold."""
    people = accounts(world)
    posts = pq.read_table(world / "activity" / "posts.parquet", columns=["post_id", "text", "hashtags"])
    columns = [people[name] for name in ("account_id", "handle", "bio", "avatar_pdq")] + [posts["post_id"]]
    columns += [posts["text"], pc.list_flatten(people["links"]), pc.list_flatten(posts["hashtags"])]
    words = chain.from_iterable(column.drop_null().to_pylist() for column in columns)
    return {word for word in chain(words, lexicon(world)) if len(word) >= 5}


def told(run: Path) -> str:
    """All that a run says, as text: its tables decompressed."""
    parts = []
    for path in sorted(run.rglob("*")):
        if path.suffix == ".parquet":
            parts.append(json.dumps(table(run, path.stem).to_pylist(), default=str, ensure_ascii=False))
        elif path.is_file():
            parts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(parts)


def words_of(text: str) -> set[str]:
    """Every run of what ids, handles and links are made of, and every run of letters and digits."""
    return set(re.findall(r"[^\s\"'<>,;()\[\]{}]+", text)) | set(re.findall(r"\w+", text))


def test_a_keyed_run_holds_nothing_of_the_platform_in_clear(world, keyed):
    said = told(keyed)
    assert words_of(said) & in_clear(world) == set()
    assert [term for term in lexicon(world) if term in said] == []


def test_a_plain_run_shows_that_the_search_for_clear_text_finds_it(world, plain):
    assert len(words_of(told(plain)) & in_clear(world)) > 20
    assert summary(plain)["plain_ids"] is True
    assert "plain ids" in summary(plain)["degraded"]


def test_keyed_and_plain_runs_conclude_the_same(keyed, plain):
    risks = {}
    for run in (keyed, plain):
        findings = table(run, "findings")
        of_accounts = findings.filter(pc.equal(findings["subject_kind"], "account"))
        risks[run] = dict(zip(of_accounts["subject_id"].to_pylist(), of_accounts["risk"].to_pylist(), strict=True))
    assert {f"{KEY.one('account', own):016x}": risk for own, risk in risks[plain].items()} == risks[keyed]


def test_proposed_terms_are_sealed_and_open_with_the_key(keyed, plain):
    sealed = table(keyed, "terms")["term"].to_pylist()
    assert all(text.startswith("sealed:") for text in sealed)
    assert [unseal(KEY, text) for text in sealed] == table(plain, "terms")["term"].to_pylist()


def test_the_guard_index_refuses_who_is_flagged_and_nobody_else(world, keyed):
    everyone = KEY.column("account", accounts(world)["account_id"])
    policy = Policy.parse(shipped_text().replace("is_suggested = false", "is_suggested = true"), "a policy")
    with Guard.open(keyed / "guard", KEY, policy) as guard:
        shown = guard.recommend(0, everyone).kept
    assert {f"{key:016x}" for key in np.delete(everyone, shown).tolist()} == flagged_accounts(keyed)


def test_the_guard_index_knows_children_and_whom_they_follow(world, keyed):
    people = accounts(world)
    children = people.filter(pc.is_in(people["age_band"], pa.array(["child", "teen"])))["account_id"]
    adults = people.filter(pc.equal(people["age_band"], "adult"))["account_id"]
    follows = pq.read_table(world / "activity" / "follows.parquet")
    theirs = follows.filter(pc.is_in(follows["follower_id"], children)).slice(0, 50)
    with Guard.open(keyed / "guard", KEY) as guard:
        young = guard.account_ids(children.to_pylist()[:50])
        assert not len(guard.recommend(0, young).kept)
        stranger, child = int(guard.account_ids(adults.to_pylist()[-1:])[0]), int(young[0])
        assert guard.contact(ContactKind.MESSAGE, stranger, child).decision is Decision.REFUSE
        for one, other in zip(*(theirs[name].to_pylist() for name in ("follower_id", "followee_id")), strict=True):
            assert are_connected(guard.keeper.view, guard.account_id(one), guard.account_id(other))


def test_a_run_folder_is_private_to_its_owner(keyed):
    assert {path.stat().st_mode & 0o777 for path in (keyed, keyed / "guard")} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in keyed.rglob("*") if path.is_file()} == {0o600}


def test_a_research_run_writes_aggregates_only(research, keyed):
    assert set(files(research)) == {"report.html", "summary.json"}
    ids = {*table(keyed, "findings")["subject_id"].to_pylist(), *table(keyed, "networks")["network_id"].to_pylist()}
    assert words_of(told(research)) & ids == set()


def test_a_research_run_tells_no_count_of_a_few(research):
    counts = summary(research)["counts"]
    assert all(count in {0, 4} or count % 5 == 0 for count in (counts["flagged"], *counts["by_role"].values()))


def test_networks_keep_their_names_from_run_to_run(world, keyed, tmp_path):
    after = table(make_run(world, tmp_path / "after", previous=keyed), "networks")
    before = table(keyed, "networks")["network_id"]
    assert after["network_id"].equals(before)
    assert after["previous_id"].equals(before)
    told = table(tmp_path / "after", "history").to_pylist()
    assert {(row["run"], row["event"]) for row in told} == {(1, "founded"), (2, "kept")}


def test_a_run_never_overwrites_another(world, keyed):
    with pytest.raises(Refused, match="never overwrites"):
        make_run(world, keyed)


def test_a_run_without_a_lexicon_says_so(world, tmp_path):
    assert "no lexicon" in summary(make_run(world, tmp_path / "bare", lexicons=()))["degraded"]


def test_where_nobody_is_seen_to_seek_a_run_says_that_it_names_no_buyers(world, tmp_path):
    silent = tmp_path / "silent"
    shutil.copytree(world / "activity", silent / "activity")
    (silent / "lexicon.csv").write_bytes((world / "lexicon.csv").read_bytes())
    (silent / "activity" / "interactions.parquet").unlink()
    (silent / "activity" / "searches.parquet").unlink()
    made = make_run(silent, tmp_path / "made")
    assert any(said.startswith("no buyers") for said in summary(made)["degraded"])
    assert not [row for row in table(made, "findings").to_pylist() if row["flagged"] and row["buyer"] > 0.5]


def test_a_sample_that_people_judged_says_how_many_there_are(world, plain, tmp_path):
    sample, truth = table(plain, "sample"), pq.read_table(world / "truth.parquet").to_pylist()
    role = {row["subject_id"]: row["role"] for row in truth}
    judged = sample["account_id"].to_pylist()
    said = ["cleared" if role[account] == "bystander" else "confirmed" for account in judged]
    at = pa.array([pc.max(accounts(world)["created_at"]).as_py()] * len(judged))
    verdicts = {"subject_kind": ["account"] * len(judged), "subject_id": judged, "verdict": said}
    verdicts |= {"role": [role[account] for account in judged], "decided_at": at, "decided_by": ["p"] * len(judged)}
    copy = tmp_path / "world"
    (copy / "activity").mkdir(parents=True)
    for file in (world / "activity").iterdir():
        (copy / "activity" / file.name).hardlink_to(file)
    (copy / "lexicon.csv").hardlink_to(world / "lexicon.csv")
    pq.write_table(pa.table(verdicts), copy / "activity" / "verdicts.parquet")
    told = summary(make_run(copy, tmp_path / "out", plain_ids=True, previous=plain))["prevalence"]["sample"]
    share = np.mean([role == "bystander" for role in role.values()])
    assert told["bystander"]["low"] <= share <= told["bystander"]["high"]
    assert summary(plain)["prevalence"]["sample"] is None
    assert "of all accounts" in (tmp_path / "out" / "report.html").read_text()
