"""What the guard is asked and what it answers, as sent on the wire.

An answer carries a decision, a neutral message key for the user interface, an opaque decision id and the version of the
index; never the term, the score, the role or the reason. Ids are the platform's own, as text.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=256)]
Text = Annotated[str, Meta(max_length=1_000)]
Digest = Annotated[str, Meta(pattern=r"^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$")]
Place = Annotated[str, Meta(pattern=r"^(?:[A-Za-z]{2})?$", description="ISO 3166 country, or empty")]
Tongue = Annotated[str, Meta(max_length=35, description="BCP 47 language")]


class Age(StrEnum):
    """What the platform knows of a person's age; `unknown` is treated as the policy says."""

    CHILD = "child"
    TEEN = "teen"
    ADULT = "adult"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """Every decision that the guard takes; which surface may take which is in `policy.ALLOWED`."""

    ALLOW = "allow"
    LOWER = "lower"  # recommend: after everything else
    REMOVE = "remove"  # search, suggest, recommend: leave this one out
    RESTRICT = "restrict"  # tag: without what is new; profile: without the hidden parts
    HOLD = "hold"  # contact: until the recipient consents; upload: until a person has looked, preserved
    CLOSE = "close"  # tag
    SILENT = "silent"  # search: an empty result
    DETERRENCE = "deterrence"  # search: a page with help, and no way on
    REFUSE = "refuse"  # contact: the sender sees no difference; upload


class ContactKind(StrEnum):
    """Ways in which one account reaches another."""

    FOLLOW = "follow"
    MESSAGE = "message"
    COMMENT = "comment"
    MENTION = "mention"
    INVITE = "invite"


class ItemKind(StrEnum):
    """What is suggested or recommended."""

    ACCOUNT = "account"
    POST = "post"
    TAG = "tag"


class _Asked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every request of a viewer has; `viewer` is null for who is not signed in."""

    viewer: Id | None = None
    age: Age = Age.UNKNOWN


class SearchRequest(_Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A query, and the authors of the results in their order, which may be asked for in the same call."""

    query: Text
    country: Place = ""
    language: Tongue = "en"
    authors: Annotated[list[Id], Meta(max_length=1_000)] = []


class SuggestRequest(_Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was typed so far, and the completions or related tags that the platform would show."""

    typed: Text = ""
    completions: Annotated[list[Text], Meta(max_length=200)]


class TagRequest(_Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A hashtag page, the tag without its #."""

    tag: Annotated[str, Meta(min_length=1, max_length=300)]


class RecommendRequest(_Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Candidates in the recommender's order; `authors` of posts, one each, where candidates are posts."""

    kind: ItemKind = ItemKind.ACCOUNT
    candidates: Annotated[list[Id], Meta(max_length=1_000)]
    authors: Annotated[list[Id], Meta(max_length=1_000)] = []


class ProfileRequest(_Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A viewer opens an account's page, or a list that names it."""

    account: Id
    account_age: Age = Age.UNKNOWN
    connected: bool | None = None


class ContactRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One account reaches for another; `connected` null: the platform does not say."""

    kind: ContactKind
    sender: Id
    recipient: Id
    sender_age: Age = Age.UNKNOWN
    recipient_age: Age = Age.UNKNOWN
    connected: bool | None = None


class UploadRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an account is about to publish: hashes of its files (hexadecimal), words, tags and links; no media."""

    account: Id
    hashes: Annotated[list[Digest], Meta(max_length=64)] = []
    pdq: Annotated[list[Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{64}$")]], Meta(max_length=64)] = []
    text: Annotated[str, Meta(max_length=20_000)] = ""
    hashtags: Annotated[list[Text], Meta(max_length=200)] = []
    links: Annotated[list[Annotated[str, Meta(max_length=2_048)]], Meta(max_length=200)] = []


class AppealRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person says that a decision was wrong."""

    decision_id: Annotated[str, Meta(min_length=8, max_length=128)]
    account: Id | None = None
    statement: Annotated[str, Meta(max_length=5_000)] = ""
    language: Tongue = "en"


class Answer(Struct, frozen=True, kw_only=True):
    """What every answer has."""

    decision: Decision
    message: str
    decision_id: str
    index_version: str


class SearchAnswer(Answer, frozen=True, kw_only=True):
    """`removed`: places of the given authors whose results are left out; `help` is filled for deterrence alone."""

    removed: list[int] = []
    help: str = ""


class KeptAnswer(Answer, frozen=True, kw_only=True):
    """`kept`: places of what may be shown, in the order to show it; the last `lowered` of them were moved down."""

    kept: list[int] = []
    lowered: int = 0


class ProfileAnswer(Answer, frozen=True, kw_only=True):
    """Parts of the page that this viewer is not shown: connections, location, listing in others' connections."""

    hidden: list[str] = []


class AppealAnswer(Struct, frozen=True, kw_only=True):
    """The appeal is in the queue that people read."""

    received: bool
    message: str


REQUESTS: dict[str, type[Struct]] = {
    "search": SearchRequest,
    "suggest": SuggestRequest,
    "tag": TagRequest,
    "recommend": RecommendRequest,
    "profile": ProfileRequest,
    "contact": ContactRequest,
    "upload": UploadRequest,
    "appeal": AppealRequest,
}
"""What each surface is asked with."""

ANSWERS: dict[str, type[Struct]] = {
    "search": SearchAnswer,
    "suggest": KeptAnswer,
    "tag": Answer,
    "recommend": KeptAnswer,
    "profile": ProfileAnswer,
    "contact": Answer,
    "upload": Answer,
    "appeal": AppealAnswer,
}
"""What each surface answers."""

encode = msgspec.json.encode
