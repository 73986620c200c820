"""The activity contract: every table that a platform can give us.

A platform's row has text ids. Behind the door (`intake/`) every id is a keyed uint64 (`records.ids`): `Column.keyed`
says so, and `raw_schema` and `keyed_schema` give both shapes as Arrow schemas. Times are UTC microseconds.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import pyarrow as pa

from seawall.records.roles import ROLES


class Type(StrEnum):
    """How a column is written and checked."""

    ID = "id"  # names the row, unique in its table
    REFERENCE = "reference"  # an id of a row elsewhere
    REFERENCES = "references"
    TIME = "time"
    TEXT = "text"
    TEXTS = "texts"
    CHOICE = "choice"
    HEX = "hex"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `kind` is what an id names (account, post, media, …); `kind_from` is the column that tells it row by row.
    """

    name: str
    type: Type
    nullable: bool = False
    kind: str = ""
    kind_from: str = ""
    choices: tuple[str, ...] = ()
    digits: int = 0

    @property
    def keyed(self) -> bool:
        """Whether the door replaces this column's text by keyed uint64 ids."""
        return self.type in {Type.ID, Type.REFERENCE, Type.REFERENCES}


@dataclass(frozen=True, slots=True)
class Table:
    """One record kind; `adds` tells an operator what its evidence is good for."""

    name: str
    columns: tuple[Column, ...]
    adds: str

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def id(self) -> Column | None:
        """The column that names a row, where there is one."""
        return next((column for column in self.columns if column.type is Type.ID), None)

    @property
    def raw_schema(self) -> pa.Schema:
        """As a platform writes it: ids, choices and hex are text."""
        return pa.schema([pa.field(c.name, _RAW[c.type], c.nullable) for c in self.columns])

    @property
    def keyed_schema(self) -> pa.Schema:
        """As the lake holds it: ids are uint64."""
        return pa.schema([pa.field(c.name, _KEYED.get(c.type, _RAW[c.type]), c.nullable) for c in self.columns])


TIME = pa.timestamp("us", tz="UTC")
_RAW = {
    Type.ID: pa.string(),
    Type.REFERENCE: pa.string(),
    Type.REFERENCES: pa.list_(pa.string()),
    Type.TIME: TIME,
    Type.TEXT: pa.string(),
    Type.TEXTS: pa.list_(pa.string()),
    Type.CHOICE: pa.string(),
    Type.HEX: pa.string(),
    Type.NUMBER: pa.int64(),
}
_KEYED = {Type.ID: pa.uint64(), Type.REFERENCE: pa.uint64(), Type.REFERENCES: pa.list_(pa.uint64())}


def _id(name: str, kind: str) -> Column:
    return Column(name, Type.ID, kind=kind)


def _ref(name: str, kind: str, *, nullable: bool = False) -> Column:
    return Column(name, Type.REFERENCE, nullable, kind)


def _ref_by(name: str, kind_from: str) -> Column:
    return Column(name, Type.REFERENCE, kind_from=kind_from)


def _refs(name: str, kind: str) -> Column:
    return Column(name, Type.REFERENCES, kind=kind)


def _time(name: str, *, nullable: bool = False) -> Column:
    return Column(name, Type.TIME, nullable)


def _text(name: str, *, nullable: bool = False) -> Column:
    return Column(name, Type.TEXT, nullable)


def _texts(name: str) -> Column:
    return Column(name, Type.TEXTS)


def _choice(name: str, *choices: str, nullable: bool = False) -> Column:
    return Column(name, Type.CHOICE, nullable, choices=choices)


def _hex(name: str, digits: int) -> Column:
    return Column(name, Type.HEX, nullable=True, digits=digits)


def _number(name: str, *, nullable: bool = False) -> Column:
    return Column(name, Type.NUMBER, nullable)


AGE_BANDS = ("child", "teen", "adult", "unknown")
STATUSES = ("active", "restricted", "suspended", "removed", "deleted")
POST_KINDS = ("post", "story", "comment", "repost", "live")
MEDIA_KINDS = ("image", "video", "other")
INTERACTION_KINDS = ("like", "comment", "share", "view", "mention", "message")
SURFACES = ("search", "suggest", "tag")
ITEM_KINDS = ("account", "post", "tag")
VERDICTS = ("confirmed", "cleared", "unsure")

ACCOUNTS = Table(
    "accounts",
    (
        _id("account_id", "account"),
        _time("created_at"),
        _text("handle"),
        _text("display_name", nullable=True),
        _text("bio", nullable=True),
        _texts("links"),
        _hex("avatar_pdq", 64),
        _choice("age_band", *AGE_BANDS),
        _text("locale", nullable=True),
        _choice("status", *STATUSES),
        _time("removed_at", nullable=True),
    ),
    "who there is: bios, links and avatars that accounts share",
)
POSTS = Table(
    "posts",
    (
        _id("post_id", "post"),
        _ref("account_id", "account"),
        _time("created_at"),
        _choice("kind", *POST_KINDS),
        _text("text", nullable=True),
        _texts("hashtags"),
        _refs("mentions", "account"),
        _texts("links"),
        _refs("media_ids", "media"),
        _ref("reply_to", "post", nullable=True),
        _time("expires_at", nullable=True),
    ),
    "what is said: terms, offers, hashtags and links, and new terms",
)
MEDIA = Table(
    "media",
    (
        _id("media_id", "media"),
        _ref("account_id", "account"),
        _ref("post_id", "post", nullable=True),
        _time("created_at"),
        _choice("kind", *MEDIA_KINDS),
        _hex("md5", 32),
        _hex("sha1", 40),
        _hex("sha256", 64),
        _hex("pdq", 64),
        _number("pdq_quality", nullable=True),
    ),
    "known files, and the same file on several accounts",
)
FOLLOWS = Table(
    "follows",
    (
        _ref("follower_id", "account"),
        _ref("followee_id", "account"),
        _time("created_at"),
        _time("removed_at", nullable=True),
    ),
    "who follows whom: sellers without a post, buyers and whole networks",
)
INTERACTIONS = Table(
    "interactions",
    (
        _ref("actor_id", "account"),
        _ref("target_id", "account"),
        _ref("post_id", "post", nullable=True),
        _choice("kind", *INTERACTION_KINDS),
        _time("created_at"),
    ),
    "who contacts, likes and shares whom: buyers, promoters and resellers",
)
COMPLAINTS = Table(
    "complaints",
    (
        _id("complaint_id", "complaint"),
        _ref("account_id", "account"),
        _ref("post_id", "post", nullable=True),
        _ref("reporter_id", "account", nullable=True),
        _text("reason"),
        _time("created_at"),
    ),
    "what users report, weighed by how often each reporter was right",
)
SEARCHES = Table(
    "searches",
    (
        _id("search_id", "search"),
        _ref("account_id", "account", nullable=True),
        _text("query"),
        _choice("surface", *SURFACES),
        _time("created_at"),
    ),
    "who looks for the terms: buyers, and whom they find",
)
IMPRESSIONS = Table(
    "impressions",
    (
        _ref("viewer_id", "account"),
        _choice("item_kind", *ITEM_KINDS),
        _ref_by("item_id", "item_kind"),
        _text("surface"),
        _number("position"),
        _time("created_at"),
    ),
    "what the platform itself showed to whom: the exposure figures",
)
VERDICTS_TABLE = Table(
    "verdicts",
    (
        _choice("subject_kind", "account", "hashtag", "link", "media"),
        _ref_by("subject_id", "subject_kind"),
        _choice("verdict", *VERDICTS),
        _choice("role", *ROLES, nullable=True),
        _time("decided_at"),
        _text("decided_by"),
    ),
    "what people decided: seeds, and the labels that the risk model learns from",
)
SIGN_INS = Table(
    "sign_ins",
    (
        _ref("account_id", "account"),
        _time("at"),
        _text("ip", nullable=True),
        _number("port", nullable=True),
        _text("device_hash", nullable=True),
    ),
    "addresses and times for reports to the authorities; devices of accounts that return",
)
CONTACTS = Table(
    "contacts",
    (_ref("account_id", "account"), _text("kind"), _text("value")),
    "contact data for reports to the authorities; a run never reads it",
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ACCOUNTS,
        POSTS,
        MEDIA,
        FOLLOWS,
        INTERACTIONS,
        COMPLAINTS,
        SEARCHES,
        IMPRESSIONS,
        VERDICTS_TABLE,
        SIGN_INS,
        CONTACTS,
    )
}
"""Every table of the contract by name, accounts first."""

KEPT_OUT = {"sign_ins": frozenset({"ip", "port"})}
"""Columns that no run reads: a disclosure reads them at their source."""

ADMITTED: dict[str, Table] = {
    table.name: replace(table, columns=tuple(c for c in table.columns if c.name not in KEPT_OUT.get(table.name, ())))
    for table in TABLES.values()
    if table is not CONTACTS
}
"""The tables of the lake: what a run reads of the contract."""
