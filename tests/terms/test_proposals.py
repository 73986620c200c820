"""New terms are found in what risky accounts say, and only proposed."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from tests.terms.babel import Language

from seawall.terms.lexicon import Lexicon
from seawall.terms.new_terms import PROPOSALS, propose
from seawall.terms.tokens import TOKENS, tokens_of

DAY = 86_400_000_000
START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def drift(seed: int, coined: list[str], repurposed: list[str], accounts: int = 4_000, risky: int = 200):
    """Posts of a month: risky accounts say coined words and, twenty times as often as others, repurposed ones."""
    rng = np.random.default_rng(seed)
    posts = Language.of("plain", seed).posts(6 * accounts)
    owner = rng.integers(0, accounts, len(posts)).astype(np.uint64)
    for at in range(len(posts)):
        if owner[at] < risky and rng.random() < 0.4:
            posts[at] += " #" + str(rng.choice(coined + repurposed))
        elif rng.random() < 0.01:
            posts[at] += " " + str(rng.choice(repurposed))
    when = pa.array(START + np.sort(rng.integers(0, 30 * DAY, len(posts))), pa.timestamp("us", tz="UTC"))
    risk = np.where(np.arange(accounts) < risky, 0.9, 0.01)
    return pa.array(posts), owner, when, np.arange(accounts, dtype=np.uint64), risk


def test_tokens_are_counted_for_each_account():
    times = pa.array([START, START + 5, START + 9], pa.timestamp("us", tz="UTC"))
    table = tokens_of(pa.array(["Velkor #velkor 🍕", None, "velkor ok"]), np.array([7, 7, 7], np.uint64), times)
    assert table.schema == TOKENS
    rows = {row["token"]: (row["n"], row["last_at"].microsecond) for row in table.to_pylist()}
    assert rows == {"velkor": (3, 9), "#velkor": (1, 0), "🍕": (1, 0)}


def test_no_posts_give_no_tokens_and_no_proposals():
    none = tokens_of(pa.array([], pa.string()), np.empty(0, np.uint64), pa.array([], pa.timestamp("us", tz="UTC")))
    assert len(none) == 0
    assert len(propose(none, np.arange(3, dtype=np.uint64), np.full(3, 0.1), Lexicon())) == 0


def test_coined_and_repurposed_words_are_proposed_and_little_else():
    language = Language.of("plain", 11)
    coined, repurposed = language.terms(25), language.words[200:210]
    posts, owner, when, accounts, risk = drift(11, coined, repurposed)
    found = propose(tokens_of(posts, owner, when), accounts, risk, Lexicon.of(["velkor"]))
    words = [row["term"].lstrip("#") for row in found.to_pylist()]
    assert found.schema == PROPOSALS
    assert set(words) >= set(coined)
    assert len(set(words) & set(repurposed)) >= 8
    assert np.mean([word in {*coined, *repurposed} for word in words]) >= 0.8
    assert all(row["flagged_accounts"] >= 3 and len(row["examples"]) for row in found.to_pylist())


def test_known_terms_are_not_proposed_again_and_disguises_of_them_are_named():
    language = Language.of("plain", 12)
    coined = [*language.terms(5), "ve1korin"]
    posts, owner, when, accounts, risk = drift(12, coined, language.words[300:302])
    lexicon = Lexicon.of(["velkorin", coined[0]])
    rows = {
        row["term"].lstrip("#"): row
        for row in propose(tokens_of(posts, owner, when), accounts, risk, lexicon).to_pylist()
    }
    assert coined[0] not in rows
    assert rows["ve1korin"]["near"] == "velkorin"


def test_one_loud_account_cannot_make_a_term():
    posts, owner, when, accounts, risk = drift(13, Language.of("plain", 13).terms(5), ["garden"])
    loud = pa.concat_arrays([posts, pa.array(["zumbaro " * 50] * 30)])
    table = tokens_of(loud, np.append(owner, np.zeros(30, np.uint64)), pa.concat_arrays([when, when.slice(0, 30)]))
    assert "zumbaro" not in propose(table, accounts, risk, Lexicon())["term"].to_pylist()
