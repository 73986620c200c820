"""New terms are found in what risky accounts say, and only proposed."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tests.terms.babel import Language

from seawall.terms.counts import TOKENS, named, names
from seawall.terms.lexicon import Lexicon
from seawall.terms.new_terms import PROPOSALS, propose
from seawall.terms.posts import POSTS
from seawall.terms.uses import count_uses

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


def priced(texts: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(pc.match_substring(texts, "€"), False))


def tokens_of(texts: pa.Array, accounts: np.ndarray, at: pa.Array, risky: int = 0) -> pa.Table:
    """What `terms.uses` counts in these posts, of which the first `risky` accounts wrote the risky ones."""
    none = pa.array([[]] * len(texts), pa.list_(pa.string()))
    part = pa.record_batch([pa.array(accounts), at, texts, none], names=list(POSTS))
    known = np.arange(risky, dtype=np.uint64)
    found = count_uses([part], None, known, 1_000, priced)
    return named(found.rows, names(found.rows, found.spellings, known))


def test_tokens_are_counted_for_each_account():
    times = pa.array([START, START + 5, START + 9], pa.timestamp("us", tz="UTC"))
    table = tokens_of(pa.array(["Velkor #velkor 🍕", None, "velkor 5€"]), np.array([7, 7, 7], np.uint64), times)
    assert table.schema == TOKENS
    rows = {row["token"]: (row["offered"], row["last_at"].microsecond) for row in table.to_pylist()}
    assert rows == {"velkor": (True, 9), "#velkor": (False, 0), "🍕": (False, 0)}


def test_a_spelling_that_few_use_veils_a_token_and_case_does_not():
    texts = pa.array(["velkor", "Velkor", "VELKOR", "v3lkor", "v.e.l.k.o.r"])
    times = pa.array([START] * 5, pa.timestamp("us", tz="UTC"))
    rows = tokens_of(texts, np.arange(5, dtype=np.uint64), times).to_pylist()
    assert {row["account_id"]: row["veiled"] for row in rows} == {0: False, 1: False, 2: False, 3: True, 4: True}
    assert {row["token"] for row in rows} == {"velkor"}


def test_a_word_that_reads_like_an_everyday_one_is_named_as_risky_accounts_spell_it():
    texts, times = pa.array(["fiora"] * 3 + ["flora"] * 9), pa.array([START] * 12, pa.timestamp("us", tz="UTC"))
    for risky, name in ((3, "fiora"), (0, "flora")):
        assert set(tokens_of(texts, np.arange(12, dtype=np.uint64), times, risky)["token"].to_pylist()) == {name}


def surprises(posts: pa.Array, owner: np.ndarray, when: pa.Array, risky: int, trade: float = 1.0) -> dict[str, float]:
    """The score of every proposal where the first `risky` of a thousand accounts are flagged."""
    accounts = np.arange(1_000, dtype=np.uint64)
    tokens = tokens_of(posts, owner.astype(np.uint64), when, risky)
    risk = (accounts < risky).astype(np.float64)
    found = propose(tokens, accounts, risk, Lexicon(), expected=np.full(1_000, risk.mean()), trade=trade)
    return dict(zip(found["term"].to_pylist(), found["score"].to_pylist(), strict=True))


def test_a_word_that_is_veiled_counts_more_and_a_game_of_everybodys_does_not():
    owner = np.concatenate([np.arange(6), np.arange(100, 130)])
    when = pa.array([START] * 36, pa.timestamp("us", tz="UTC"))

    def written(hide: list[int]) -> pa.Array:
        return pa.array(["ve1kor" if at in hide else "velkor" for at in range(36)])

    plainly, veiled, game = ([], [0, 1, 7], [0, 1, *range(10, 26)])
    scores = [surprises(written(hide), owner, when, 20).get("velkor", 0.0) for hide in (plainly, veiled, game)]
    assert scores[1] > 3 * scores[0]
    assert scores[2] == scores[0]


def test_a_word_of_trade_counts_less_where_risky_accounts_trade():
    owner = np.concatenate([np.arange(8), np.arange(100, 120)])
    when = pa.array([START] * 28, pa.timestamp("us", tz="UTC"))
    offers, plain = pa.array(["velkor 5€"] * 28), pa.array(["velkor"] * 28)
    assert surprises(plain, owner, when, 20, 4.0)["velkor"] > 2 * surprises(offers, owner, when, 20, 4.0).get(
        "velkor", 0
    )
    assert surprises(plain, owner, when, 20, 4.0) == surprises(plain, owner, when, 20, 1.0)


def test_a_word_that_risky_accounts_take_up_is_told_from_one_that_they_always_used():
    """Both are used by sixty risky accounts of a hundred and by 240 others; one was used like that all year."""
    owner, old = np.concatenate([np.arange(60), np.arange(100, 340)]), 300
    steady = START + np.resize(np.arange(old), 300) * DAY
    taken_up = np.where(owner < 50, START + 299 * DAY, START + np.arange(300) % 200 * DAY)
    posts = pa.array(["velkor"] * 300 + ["kalinda"] * 300)
    when = pa.array(np.concatenate([steady, taken_up]), pa.timestamp("us", tz="UTC"))
    found = surprises(posts, np.concatenate([owner, owner]), when, 100)
    assert found["kalinda"] > 2 * found.get("velkor", 0.0)


def test_two_accounts_make_a_term_only_where_both_veil_it():
    when = pa.array([START] * 2, pa.timestamp("us", tz="UTC"))
    plain, veiled, usual = (pa.array(texts) for texts in (["velkor"] * 2, ["v3lkor", "ve1kor"], ["velkor"] * 3))
    others = pa.array([START] * 5, pa.timestamp("us", tz="UTC"))
    owner = np.array([0, 1, 500, 501, 502])
    assert not surprises(plain, owner[:2], when, 10)
    assert not surprises(pa.concat_arrays([plain, usual]), owner, others, 10)
    assert "velkor" in surprises(pa.concat_arrays([veiled, usual]), owner, others, 10)


def test_no_posts_give_no_tokens_and_no_proposals():
    none = TOKENS.empty_table()
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
