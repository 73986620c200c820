"""Turns one Jetstream v1 frame into rows of the contract.

Wire format: bluesky-social/jetstream (v1 payload) and the app.bsky lexicons. A creation time is what the author claims;
like the network's own indexers we take the earlier of that and the time at which the relay saw it.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from seawall.intake.feed import Row
from seawall.intake.wording import links_in, once, tags_in

POST, FOLLOW, LIKE = "app.bsky.feed.post", "app.bsky.graph.follow", "app.bsky.feed.like"
REPOST, PROFILE = "app.bsky.feed.repost", "app.bsky.actor.profile"


_YEAR_9999 = 253_402_300_799_999_999


class Commit(msgspec.Struct):
    """A change to one record; a deletion has neither record nor cid."""

    rev: str
    operation: str
    collection: str
    rkey: str
    record: msgspec.Raw = msgspec.Raw()


class Identity(msgspec.Struct):
    """An account's handle may have changed."""

    seq: int
    handle: str | None = None


class Standing(msgspec.Struct):
    """Whether an account is active, and if not, why."""

    seq: int
    active: bool
    status: str | None = None


class Frame(msgspec.Struct):
    """One Jetstream v1 event; `time_us` is when the relay saw it."""

    did: str
    time_us: Annotated[int, msgspec.Meta(ge=0, le=_YEAR_9999)]
    kind: str
    commit: Commit | None = None
    identity: Identity | None = None
    account: Standing | None = None

    @property
    def seen_at(self) -> datetime:
        return datetime.fromtimestamp(self.time_us / 1_000_000, UTC)


class Strong(msgspec.Struct):
    """A reference to a record: at://did/collection/rkey."""

    uri: Annotated[str, msgspec.Meta(pattern="^at://did:[^/]+/[^/]+/[^/]+$")]


class _Slice(msgspec.Struct):
    byteStart: int  # noqa: N815 (the wire's names)
    byteEnd: int  # noqa: N815


class _Feature(msgspec.Struct):
    type: str = msgspec.field(name="$type")
    tag: str = ""
    did: str = ""
    uri: str = ""


class _Facet(msgspec.Struct):
    index: _Slice
    features: list[_Feature] = []


class _Reply(msgspec.Struct):
    parent: Strong


class _Post(msgspec.Struct):
    text: str
    createdAt: datetime  # noqa: N815
    facets: list[_Facet] | None = None
    tags: list[str] | None = None
    reply: _Reply | None = None
    embed: dict[str, Any] | None = None


class _Follow(msgspec.Struct):
    subject: Annotated[str, msgspec.Meta(pattern="^did:")]
    createdAt: datetime  # noqa: N815


class _Reaction(msgspec.Struct):
    subject: Strong
    createdAt: datetime  # noqa: N815


class _Profile(msgspec.Struct):
    displayName: str | None = None  # noqa: N815
    description: str | None = None
    website: str | None = None
    createdAt: datetime | None = None  # noqa: N815


_OWN = re.compile(r"app\.bsky\.[A-Za-z.]{1,60}")
_Record = _Post | _Follow | _Reaction | _Profile
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    POST: msgspec.json.Decoder(_Post),
    FOLLOW: msgspec.json.Decoder(_Follow),
    LIKE: msgspec.json.Decoder(_Reaction),
    REPOST: msgspec.json.Decoder(_Reaction),
    PROFILE: msgspec.json.Decoder(_Profile),
}


def why_not(frame: Frame) -> str | None:
    """Why a frame says nothing that the contract can hold, or None where it does."""
    body = {"commit": frame.commit, "identity": frame.identity, "account": frame.account}
    if frame.kind not in body:
        return "kind is none of commit, identity and account"
    if body[frame.kind] is None:
        return f"{frame.kind} is missing from a frame of that kind"
    return _why_no_commit(frame.commit) if frame.kind == "commit" and frame.commit else None


def _why_no_commit(commit: Commit) -> str | None:
    if commit.operation not in {"create", "update", "delete"}:
        return "operation is none of create, update and delete"
    if commit.collection not in _DECODERS:
        own = _OWN.fullmatch(commit.collection)  # a name outside may be anything, also somebody's
        return f"the contract has no table for {commit.collection if own else 'a collection outside app.bsky'}"
    if commit.operation != "delete" and not bytes(commit.record):
        return "record is missing from a commit that writes one"
    return None


def rows_of(frame: Frame) -> list[Row]:
    """The rows that a checked create or update stands for; raises ValidationError for a malformed record."""
    assert frame.commit is not None
    record: _Record = _DECODERS[frame.commit.collection].decode(frame.commit.record)
    if isinstance(record, _Post):
        return list(_post(frame, record))
    if isinstance(record, _Follow):
        pair = {"follower_id": frame.did, "followee_id": record.subject}
        return [("follows", {**pair, "created_at": _when(frame, record.createdAt)})]
    if isinstance(record, _Reaction):
        kind = "like" if frame.commit.collection == LIKE else "share"
        return [_tie(frame.did, record.subject.uri, kind, _when(frame, record.createdAt))]
    return [("accounts", _profile(frame, record))]


def author_of(uri: str) -> str | None:
    """The DID in an at:// address."""
    parts = uri.split("/")
    return parts[2] if len(parts) == 5 and parts[0] == "at:" and parts[2].startswith("did:") else None


def accounts_in(frame: Frame, rows: list[Row]) -> Iterator[str]:
    """Every account that a frame speaks of."""
    yield frame.did
    for table, row in rows:
        if table == "follows":
            yield row["followee_id"]
        elif table == "interactions":
            yield row["target_id"]
        elif table == "posts":
            yield from row["mentions"]


def digest_in(cid: str) -> str | None:
    """The SHA-256 of a file from its CID (version 1, raw, base 32), where it holds one."""
    try:
        value = base64.b32decode(cid[1:].upper() + "=" * (-(len(cid) - 1) % 8))
    except (binascii.Error, ValueError):
        return None
    return value[4:].hex() if cid[:1] == "b" and value[:4] == b"\x01\x55\x12\x20" and len(value) == 36 else None


def hashtags_of(text: str, facets: list[tuple[int, int, str]], tags: list[str]) -> list[str]:
    """Hashtags from facets (start, end in UTF-8 bytes, tag), from `tags` and from the raw text, each once.

    What a facet covers is cut from the text first, so that the same hashtag is not read again in another spelling.
    """
    raw = bytearray(text.encode())
    for start, end, _ in facets:
        if 0 <= start < end <= len(raw):
            raw[start:end] = b" " * (end - start)
    return once([*(tag for _, _, tag in facets), *tags, *tags_in(raw.decode(errors="replace"))])


def _when(frame: Frame, claimed: datetime) -> str:
    claimed = claimed if claimed.tzinfo else claimed.replace(tzinfo=UTC)
    try:
        return min(claimed, frame.seen_at).astimezone(UTC).isoformat()
    except OverflowError:  # the first hours of the year 1, east of Greenwich
        return frame.seen_at.isoformat()


def _uri(frame: Frame) -> str:
    assert frame.commit is not None
    return f"at://{frame.did}/{frame.commit.collection}/{frame.commit.rkey}"


def _tie(actor: str, uri: str, kind: str, at: str) -> Row:
    row = {"actor_id": actor, "target_id": author_of(uri), "post_id": uri, "kind": kind, "created_at": at}
    return "interactions", row


def _post(frame: Frame, post: _Post) -> Iterator[Row]:
    at, uri = _when(frame, post.createdAt), _uri(frame)
    facets = [(f.index.byteStart, f.index.byteEnd, x) for f in post.facets or [] for x in f.features]
    tags = [(start, end, x.tag) for start, end, x in facets if x.type.endswith("#tag") and x.tag]
    mentions = [x.did for _, _, x in facets if x.type.endswith("#mention") and x.did.startswith("did:")]
    links = [x.uri for _, _, x in facets if x.type.endswith("#link") and x.uri]
    embed = _Embed.of(post.embed or {})
    media = [{"media_id": f"{uri}#{place}", "kind": kind, "sha256": digest_in(cid)} for place, kind, cid in embed.files]
    parent = post.reply.parent.uri if post.reply else None
    yield (
        "posts",
        {
            "post_id": uri,
            "account_id": frame.did,
            "created_at": at,
            "kind": "comment" if parent else "post",
            "text": post.text,
            "hashtags": hashtags_of(post.text, tags, post.tags or []),
            "mentions": list(dict.fromkeys(mentions)),
            "links": list(dict.fromkeys([*links, *embed.links])),
            "media_ids": [row["media_id"] for row in media],
            "reply_to": parent,
        },
    )
    for row in media:
        yield "media", {**row, "account_id": frame.did, "post_id": uri, "created_at": at}
    for answered, kind in ((parent, "comment"), (embed.quoted, "share")):
        if answered and author_of(answered):
            yield _tie(frame.did, answered, kind, at)
    for did in dict.fromkeys(mentions):
        row = {"actor_id": frame.did, "target_id": did, "post_id": uri, "kind": "mention", "created_at": at}
        yield "interactions", row


class _Embed:
    """What a post shows below its text: links, files (place, kind, cid) and a quoted post."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self.files: list[tuple[int, str, str]] = []
        self.quoted: str | None = None

    @classmethod
    def of(cls, embed: dict[str, Any]) -> "_Embed":
        read = cls()
        read._read(embed)
        if isinstance(beside := embed.get("media"), dict):
            read._read(beside)
        return read

    def _read(self, embed: dict[str, Any]) -> None:
        if uri := _text_at(embed, "external", "uri"):
            self.links.append(uri)
        self.quoted = self.quoted or _text_at(embed, "record", "uri") or _text_at(embed, "record", "record", "uri")
        images = embed.get("images")
        for image in images if isinstance(images, list) else []:
            if cid := _text_at(image, "image", "ref", "$link"):
                self.files.append((len(self.files), "image", cid))
        if cid := _text_at(embed, "video", "ref", "$link"):
            self.files.append((len(self.files), "video", cid))


def _text_at(value: Any, *path: str) -> str | None:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def _profile(frame: Frame, profile: _Profile) -> dict[str, Any]:
    links = [profile.website] if profile.website else []
    return {
        "created_at": _when(frame, profile.createdAt or frame.seen_at),
        "display_name": profile.displayName,
        "bio": profile.description,
        "links": list(dict.fromkeys([*links, *links_in(profile.description or "")])),
    }
