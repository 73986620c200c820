"""From a request to the guard's library and back, by surface."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np

from seawall.api.http import HttpError
from seawall.guard.answered import Kept
from seawall.guard.answers import (
    ANSWERS,
    Age,
    Answer,
    ContactRequest,
    ItemKind,
    KeptAnswer,
    ProfileAnswer,
    ProfileRequest,
    RecommendRequest,
    SearchAnswer,
    SearchRequest,
    SuggestRequest,
    TagRequest,
    UploadRequest,
)
from seawall.guard.library import Guard
from seawall.guard.profile import PARTS

_AGES = (Age.UNKNOWN, Age.CHILD, Age.TEEN, Age.ADULT)
_KINDS = (ItemKind.ACCOUNT, ItemKind.POST, ItemKind.TAG)
_MOST = 1_000


def search(guard: Guard, asked: SearchRequest) -> SearchAnswer:
    """Whether a query is answered, and which authors' results are left out."""
    authors = guard.account_ids(asked.authors) if asked.authors else None
    found = guard.search(
        asked.query,
        _viewer(guard, asked.viewer),
        asked.age,
        authors=authors,
        country=asked.country,
        language=asked.language,
    )
    return found.wire()


def suggest(guard: Guard, asked: SuggestRequest) -> KeptAnswer:
    """Which completions may be shown."""
    return guard.suggest(asked.typed, asked.completions, _viewer(guard, asked.viewer), asked.age).wire()


def tag(guard: Guard, asked: TagRequest) -> Answer:
    """Whether a hashtag's page is open."""
    return guard.tag(asked.tag, _viewer(guard, asked.viewer), asked.age).wire()


def recommend(guard: Guard, asked: RecommendRequest) -> KeptAnswer:
    """Which candidates stay, in which order."""
    if asked.kind is ItemKind.POST and len(asked.authors) != len(asked.candidates):
        raise HttpError(400, "candidates of kind post need one author each, in authors")
    authors = guard.account_ids(asked.authors) if asked.authors else None
    candidates = guard.account_ids(asked.candidates)
    viewer = _viewer(guard, asked.viewer)
    return guard.recommend(viewer, candidates, asked.age, kind=asked.kind, authors=authors).wire()


def recommend_words(guard: Guard, body: bytes) -> tuple[bytes, Kept]:
    """The same on 64-bit words: viewer, options, candidates, and for posts as many authors; gives the ids that stay.

    The lowest byte of options is the viewer's age (0 unknown, 1 child, 2 teen, 3 adult), the next the kind of
    candidates (0 account, 1 post, 2 tag). All words are little-endian, ids keyed as `seawall id` prints them.
    """
    words = np.frombuffer(body, "<u8") if len(body) % 8 == 0 else np.empty(0, np.uint64)
    age, kind = (int(words[1]) & 255, int(words[1]) >> 8) if len(words) > 1 else (255, 255)
    if age >= len(_AGES) or kind >= len(_KINDS):
        raise HttpError(400, "the words are: viewer, options (age, kind), candidates, and authors of posts")
    rest = words[2:]
    authors = None
    if _KINDS[kind] is ItemKind.POST:
        if len(rest) % 2:
            raise HttpError(400, "candidates of kind post need one author each, after all candidates")
        rest, authors = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    if len(rest) > _MOST:
        raise HttpError(400, f"at most {_MOST} candidates in one request")
    kept = guard.recommend(int(words[0]), rest, _AGES[age], kind=_KINDS[kind], authors=authors)
    return rest[kept.kept].tobytes(), kept


def profile(guard: Guard, asked: ProfileRequest) -> ProfileAnswer:
    """What of an account's page a viewer sees."""
    viewer, account = _viewer(guard, asked.viewer), guard.account_id(asked.account)
    return guard.profile(viewer, account, asked.age, asked.account_age, connected=asked.connected).wire()


def contact(guard: Guard, asked: ContactRequest) -> Answer:
    """Whether one account reaches another."""
    sender, recipient = guard.account_id(asked.sender), guard.account_id(asked.recipient)
    ages = asked.sender_age, asked.recipient_age
    return guard.contact(asked.kind, sender, recipient, *ages, connected=asked.connected).wire()


def upload(guard: Guard, asked: UploadRequest) -> Answer:
    """Whether an upload is published."""
    found = guard.upload(
        guard.account_id(asked.account),
        hashes=asked.hashes,
        pdq=asked.pdq,
        text=asked.text,
        hashtags=asked.hashtags,
        links=asked.links,
    )
    return found.wire()


def safe(guard: Guard, name: str, asked: Any) -> Answer:
    """The safe answer of a surface, for overload and for what failed inside: nothing is shown, nobody is reached.

    A search is scanned for blocked terms all the same: that is cheap, and they must stay blocked under any load.
    """
    if name == "search":
        found = guard.search(asked.query, 0, Age.CHILD, country=asked.country, language=asked.language).wire()
        return msgspec.structs.replace(found, removed=list(range(len(asked.authors))))
    told = guard.shed(f"contact.{asked.kind}" if name == "contact" else name).wire()
    shared = {field: getattr(told, field) for field in Answer.__struct_fields__}
    hidden = {"hidden": list(PARTS)} if name == "profile" else {}
    return ANSWERS[name](**shared, **hidden)  # type: ignore[return-value]


def _viewer(guard: Guard, text: str | None) -> int:
    return guard.account_id(text) if text else 0


SURFACES: Mapping[str, Callable[[Guard, Any], Answer]] = {
    "search": search,
    "suggest": suggest,
    "tag": tag,
    "recommend": recommend,
    "profile": profile,
    "contact": contact,
    "upload": upload,
}
"""Every surface that is asked with JSON."""
