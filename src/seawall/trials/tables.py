"""A world's tables, written batch by batch to the activity contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from seawall.records.activity import (
    AGE_BANDS,
    INTERACTION_KINDS,
    MEDIA_KINDS,
    POST_KINDS,
    STATUSES,
    SURFACES,
    TABLES,
    Type,
)
from seawall.trials.attention import Acts
from seawall.trials.columns import chosen, digests, flip_bits, hex_text, id_text, lists, masked, times
from seawall.trials.draws import Bools, Ints, Rng, chance, one_of
from seawall.trials.graph import Follows
from seawall.trials.population import DAY, DELETED, REMOVED
from seawall.trials.posts import REPOST, STORY, Media, Posts, month_of
from seawall.trials.profiles import is_url
from seawall.trials.text import Dialects, as_lists, as_texts, compose, draw_tags
from seawall.trials.traces import REASONS, Complaints, Impressions, Searches, SignIns
from seawall.trials.words import EVERYDAY, LANGUAGES, Words
from seawall.trials.writing import Style, bio_rows, post_rows, query_rows

BATCH = 200_000
Columns = dict[str, pa.Array]


@dataclass(frozen=True, slots=True)
class Printer:
    """Everything that every table needs: the vocabulary, the ids and the seed."""

    seed: int
    words: Words
    dialects: Dialects
    style: Style
    vocabulary: pa.Array
    accounts: pa.Array  # ids
    url: Bools  # of each link, whether it is one

    def rng(self, table: int, batch: int) -> Rng:
        """A generator of its own for each batch, so that batches do not depend on one another."""
        return np.random.default_rng((self.seed, table, batch))

    def posts(self, numbers: Ints) -> pa.Array:
        """Ids of posts, null for -1."""
        return masked(
            id_text(np.maximum(numbers, 0), self.seed + 1), np.where(numbers < 0, -1, np.arange(len(numbers)))
        )


def make_printer(seed: int, words: Words, dialects: Dialects, style: Style) -> Printer:
    """The vocabulary: static tokens, then handles, then links."""
    profiles = style.profiles
    handles = ["@" + handle for handle in profiles.handles]
    vocabulary = pa.array(words.tokens + handles + profiles.links, pa.string())
    url = np.array([is_url(link) for link in profiles.links])
    accounts = id_text(np.arange(style.people.size), seed)
    return Printer(seed, words, dialects, style, vocabulary, accounts, url)


def write_table(folder: Path, name: str, rows: int, make: Callable[[int, slice], Columns]) -> int:
    """Write rows in batches; `make` is given the batch's number and its rows."""
    schema = TABLES[name].raw_schema
    plain = [
        c.name for c in TABLES[name].columns if c.type in {Type.CHOICE, Type.NUMBER, Type.TEXTS} or c.name == "surface"
    ]
    with pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd", use_dictionary=plain) as writer:
        for number, part in enumerate(_slices(rows)):
            columns = make(number, part)
            writer.write_table(pa.table([columns[c].cast(schema.field(c).type) for c in schema.names], schema=schema))
    return rows


def _slices(rows: int) -> Iterator[slice]:
    return (slice(at, min(at + BATCH, rows)) for at in range(0, rows, BATCH))


def _link_lists(out: Printer, *numbers: Ints) -> pa.Array:
    """The links among these numbers that are addresses, one list a row."""
    table = np.stack(numbers, axis=1)
    there = (table >= 0) & out.url[np.maximum(table, 0)]
    tokens = (table + out.style.first_link)[there]
    return lists(out.vocabulary.take(pa.array(tokens)), there.sum(axis=1))


def write_accounts(folder: Path, out: Printer) -> int:
    """Profiles, in the order of the accounts' numbers, which is no order."""
    people, profiles = out.style.people, out.style.profiles
    rng = out.rng(0, 0)
    rows = bio_rows(rng, out.style)
    bio = as_texts(out.vocabulary, compose(rng, out.words, out.dialects, rows), chance(rng, 0.22, people.size))
    listed = chance(rng, 0.7, people.size)
    own, shared = (np.where(listed, numbers, -1) for numbers in (profiles.own, profiles.shared))
    avatar = hex_text(
        flip_bits(digests(np.maximum(profiles.avatar, 0), out.seed + 7, 32), profiles.flips, out.seed + 8)
    )
    away = np.isin(people.status, (2, REMOVED, DELETED))
    columns: Columns = {
        "account_id": out.accounts,
        "created_at": times(people.created),
        "handle": pa.array(profiles.handles),
        "display_name": _display_names(rng, out),
        "bio": bio,
        "links": _link_lists(out, own, shared),
        "avatar_pdq": masked(avatar, np.where(profiles.avatar < 0, -1, np.arange(people.size))),
        "age_band": chosen(AGE_BANDS, people.age),
        "locale": masked(
            chosen([x.tag for x in LANGUAGES], people.language),
            np.where(chance(rng, 0.1, people.size), -1, np.arange(people.size)),
        ),
        "status": chosen(STATUSES, people.status),
        "removed_at": times(people.gone, ~away),
    }
    return write_table(folder, "accounts", people.size, lambda _, part: {n: c[part] for n, c in columns.items()})


def _display_names(rng: Rng, out: Printer) -> pa.Array:
    people, profiles = out.style.people, out.style.profiles
    first = people.language * EVERYDAY + rng.integers(0, EVERYDAY, people.size)
    second = people.language * EVERYDAY + rng.integers(0, EVERYDAY, people.size)
    counts = 1 + chance(rng, 0.5, people.size).astype(np.int64)
    tokens = np.stack([first, second], axis=1)[np.arange(2)[None, :] < counts[:, None]]
    names = as_texts(out.vocabulary, (counts, tokens), chance(rng, 0.12, people.size))
    return names.take(pa.array(profiles.named_after))


def write_posts(folder: Path, out: Printer, posts: Posts, media_starts: Ints) -> int:
    """Posts by time."""
    profiles_link, mention = out.style.first_link, out.style.first_mention

    def make(batch: int, part: slice) -> Columns:
        rng = out.rng(1, batch)
        author, created, kind = posts.author[part], posts.created[part], posts.kind[part]
        rows = post_rows(rng, out.style, author, month_of(created), posts.on_topic[part])
        tags = draw_tags(rng, out.words, out.dialects, rows)
        text = compose(rng, out.words, out.dialects, rows, tags)
        bare = (kind == REPOST) | ((kind == STORY) & chance(rng, 0.3, len(kind)))
        tags = _without(tags, bare)
        named = np.where(bare, -1, rows.mention - np.where(rows.mention >= 0, mention, 0))
        link = np.where(bare | (rows.link < 0), -1, rows.link - profiles_link)
        expires = created + DAY
        numbers = np.arange(part.start, part.stop)
        held = np.arange(media_starts[part.start], media_starts[part.stop])
        return {
            "post_id": out.posts(numbers),
            "account_id": out.accounts.take(pa.array(author)),
            "created_at": times(created),
            "kind": chosen(POST_KINDS, kind),
            "text": as_texts(out.vocabulary, text, bare),
            "hashtags": as_lists(out.vocabulary, tags),
            "mentions": lists(out.accounts.take(pa.array(named[named >= 0])), (named >= 0).astype(np.int64)),
            "links": _link_lists(out, link),
            "media_ids": lists(id_text(held, out.seed + 2), np.diff(media_starts[part.start : part.stop + 1])),
            "reply_to": out.posts(posts.reply_to[part]),
            "expires_at": times(expires, kind != STORY),
        }

    return write_table(folder, "posts", len(posts.author), make)


def _without(tags: tuple[Ints, Ints], bare: Bools) -> tuple[Ints, Ints]:
    counts, tokens = tags
    return np.where(bare, 0, counts), tokens[np.repeat(~bare, counts)]


def write_media(folder: Path, out: Printer, posts: Posts, media: Media) -> int:
    """Media in the order of their posts; a copy has the same digests but for a recompressed quarter."""

    def make(batch: int, part: slice) -> Columns:
        rng = out.rng(2, batch)
        content, post = media.content[part], media.post[part]
        numbers = np.arange(part.start, part.stop)
        again = (content != numbers) & chance(rng, 0.25, len(content))
        kind = one_of(np.random.default_rng(out.seed), (0.8, 0.18, 0.02), 997)[content % 997]
        exact = np.where(again, numbers, content)
        flips = np.where(again, rng.integers(0, 9, len(content)), 0)
        pdq = hex_text(flip_bits(digests(content, out.seed + 5, 32), flips, out.seed + 6 + batch))
        picture = np.where(kind == 0, np.arange(len(kind)), -1)
        return {
            "media_id": id_text(numbers, out.seed + 2),
            "account_id": out.accounts.take(pa.array(posts.author[post])),
            "post_id": out.posts(post),
            "created_at": times(posts.created[post]),
            "kind": chosen(MEDIA_KINDS, kind),
            "md5": hex_text(digests(exact, out.seed + 3, 16)),
            "sha1": pa.nulls(len(kind), pa.string()),
            "sha256": hex_text(digests(exact, out.seed + 4, 32)),
            "pdq": masked(pdq, picture),
            "pdq_quality": pa.array(50 + content % 51, mask=kind != 0),
        }

    return write_table(folder, "media", len(media.post), make)


def write_follows(folder: Path, out: Printer, follows: Follows) -> int:
    """Follows, by the accounts' numbers."""

    def make(_: int, part: slice) -> Columns:
        return {
            "follower_id": out.accounts.take(pa.array(follows.follower[part])),
            "followee_id": out.accounts.take(pa.array(follows.followee[part])),
            "created_at": times(follows.created[part]),
            "removed_at": times(follows.ended[part], follows.ended[part] < 0),
        }

    return write_table(folder, "follows", len(follows.follower), make)


def write_acts(folder: Path, out: Printer, acts: Acts) -> int:
    """Interactions by time."""

    def make(_: int, part: slice) -> Columns:
        return {
            "actor_id": out.accounts.take(pa.array(acts.actor[part])),
            "target_id": out.accounts.take(pa.array(acts.target[part])),
            "post_id": out.posts(acts.post[part]),
            "kind": chosen(INTERACTION_KINDS, acts.kind[part]),
            "created_at": times(acts.created[part]),
        }

    return write_table(folder, "interactions", len(acts.actor), make)


def write_searches(folder: Path, out: Printer, searches: Searches) -> int:
    """Searches by time."""

    def make(batch: int, part: slice) -> Columns:
        rng = out.rng(3, batch)
        who, created = searches.who[part], searches.created[part]
        rows = query_rows(rng, out.style, who, month_of(created), searches.risky[part], searches.dialect[part])
        query = as_texts(out.vocabulary, compose(rng, out.words, out.dialects, rows), np.zeros(len(who), bool))
        anonymous = chance(rng, 0.03, len(who))
        return {
            "search_id": id_text(np.arange(part.start, part.stop), out.seed + 9),
            "account_id": masked(out.accounts, np.where(anonymous, -1, who)),
            "query": query,
            "surface": chosen(SURFACES, searches.surface[part]),
            "created_at": times(created),
        }

    return write_table(folder, "searches", len(searches.who), make)


def write_complaints(folder: Path, out: Printer, complaints: Complaints, posts: Posts) -> int:
    """Complaints by time, half of them about a post."""
    post = posts.by_author.pick(out.rng(4, 0), complaints.about)
    later = posts.created[np.maximum(post, 0)] > complaints.created
    post = np.where(later | (np.arange(len(post)) % 2 == 0), -1, post)

    def make(_: int, part: slice) -> Columns:
        return {
            "complaint_id": id_text(np.arange(part.start, part.stop), out.seed + 10),
            "account_id": out.accounts.take(pa.array(complaints.about[part])),
            "post_id": out.posts(post[part]),
            "reporter_id": masked(out.accounts, complaints.reporter[part]),
            "reason": chosen(REASONS, complaints.reason[part]),
            "created_at": times(complaints.created[part]),
        }

    return write_table(folder, "complaints", len(complaints.about), make)


def write_impressions(folder: Path, out: Printer, shown: Impressions) -> int:
    """Impressions by time."""

    def make(_: int, part: slice) -> Columns:
        post = shown.post[part]
        ids = pa.concat_arrays([out.accounts.take(pa.array(shown.account[part])), out.posts(np.maximum(post, 0))])
        at = np.arange(len(post))
        return {
            "viewer_id": out.accounts.take(pa.array(shown.viewer[part])),
            "item_kind": chosen(("account", "post"), (post >= 0).astype(np.int64)),
            "item_id": ids.take(pa.array(np.where(post >= 0, at + len(post), at))),
            "surface": chosen(("feed", "suggestions"), (post < 0).astype(np.int64)),
            "position": pa.array(shown.position[part]),
            "created_at": times(shown.created[part]),
        }

    return write_table(folder, "impressions", len(shown.viewer), make)


def write_sign_ins(folder: Path, out: Printer, sign_ins: SignIns) -> int:
    """Sign-ins by time, from addresses kept for documentation (RFC 3849)."""
    places = int(sign_ins.place.max()) + 1 if len(sign_ins.place) else 0
    scattered = (np.arange(places) * 40_503 + out.seed) % (1 << 24)
    address = pa.array([f"2001:db8:{n >> 16:x}:{n & 0xFFFF:x}::1" for n in scattered])

    def make(batch: int, part: slice) -> Columns:
        rng = out.rng(5, batch)
        size = part.stop - part.start
        return {
            "account_id": out.accounts.take(pa.array(sign_ins.who[part])),
            "at": times(sign_ins.created[part]),
            "ip": address.take(pa.array(sign_ins.place[part])),
            "port": pa.array(rng.integers(1024, 65_536, size)),
            "device_hash": id_text(sign_ins.device[part], out.seed + 11),
        }

    return write_table(folder, "sign_ins", len(sign_ins.who), make)
