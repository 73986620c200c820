"""The entities of Mastodon's API, as rows of the contract.

Shapes: Status, Account, Report, Admin::Account and Admin::Report of Mastodon 4.5. `content`, `note` and the values of
profile fields are HTML.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from seawall.intake.feed import Row
from seawall.intake.wording import once, read_html, tags_in


class _Field(msgspec.Struct):
    value: str | None = None


class Account(msgspec.Struct):
    """What anyone sees of an account."""

    id: str
    acct: str
    created_at: str
    display_name: str | None = None
    note: str | None = None
    fields: list[_Field] | None = None
    suspended: bool | None = None
    limited: bool | None = None


class AdminAccount(msgspec.Struct):
    """What a moderator sees of an account; addresses and mail are not read here."""

    id: str
    account: Account
    created_at: str
    locale: str | None = None
    suspended: bool | None = None
    silenced: bool | None = None
    disabled: bool | None = None


class _Named(msgspec.Struct):
    name: str


class _Known(msgspec.Struct):
    id: str


class _Attachment(msgspec.Struct):
    id: str
    type: str = "unknown"


class _Card(msgspec.Struct):
    url: str | None = None


class _Quote(msgspec.Struct):
    quoted_status: "Status | None" = None


class Status(msgspec.Struct):
    """A post, with its author; a boost holds the boosted one in `reblog`."""

    id: str
    account: Account
    created_at: str
    content: str
    spoiler_text: str = ""
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    reblog: "Status | None" = None
    quote: _Quote | None = None
    mentions: list[_Known] = []
    tags: list[_Named] = []
    media_attachments: list[_Attachment] = []
    card: _Card | None = None


class AdminReport(msgspec.Struct):
    """A complaint as moderators see it: who, about whom, over which posts."""

    id: str
    created_at: str
    account: AdminAccount
    target_account: AdminAccount
    category: str = "other"
    comment: str | None = None
    statuses: list[Status] = []


class Report(msgspec.Struct):
    """A complaint as its author sees it: without the author."""

    id: str
    created_at: str
    target_account: Account
    category: str = "other"
    comment: str | None = None
    status_ids: list[str] | None = None


def kind_of(entity: Any) -> type[msgspec.Struct] | None:
    """Which entity a JSON object is, from the keys that only it has."""
    if not isinstance(entity, dict):
        return None
    if "target_account" in entity:
        return AdminReport if "account" in entity else Report
    if "content" in entity and "account" in entity:
        return Status
    if "account" in entity and "username" in entity:
        return AdminAccount
    return Account if "acct" in entity else None


def rows_of(entity: msgspec.Struct) -> Iterator[Row]:
    """The rows that an entity stands for, those of the entities inside it first."""
    match entity:
        case Account():
            yield "accounts", _account(entity)
        case AdminAccount():
            yield "accounts", {**_account(entity.account), "locale": entity.locale, "status": _standing(entity)}
        case Status():
            yield from _status(entity)
        case AdminReport():
            for inside in (entity.account, entity.target_account, *entity.statuses):
                yield from rows_of(inside)
            posts = [status.id for status in entity.statuses]
            yield "complaints", _complaint(entity, entity.target_account.id, entity.account.id, posts)
        case Report():
            yield from rows_of(entity.target_account)
            yield "complaints", _complaint(entity, entity.target_account.id, None, entity.status_ids or [])


def _account(account: Account) -> dict[str, Any]:
    pages = [read_html(html) for html in (account.note or "", *(field.value or "" for field in account.fields or []))]
    status = "suspended" if account.suspended else "restricted" if account.limited else "active"
    return {
        "account_id": account.id,
        "created_at": account.created_at,
        "handle": account.acct,
        "display_name": account.display_name,
        "bio": "\n".join(text for text, _ in pages if text),
        "links": list(dict.fromkeys(link for _, links in pages for link in links)),
        "age_band": "unknown",
        "status": status,
    }


def _standing(account: AdminAccount) -> str:
    if account.suspended:
        return "suspended"
    return "restricted" if account.silenced or account.disabled else "active"


def _complaint(report: AdminReport | Report, about: str, by: str | None, posts: list[str]) -> dict[str, Any]:
    """A complaint names one post: the first of those reported."""
    return {
        "complaint_id": report.id,
        "account_id": about,
        "post_id": posts[0] if posts else None,
        "reporter_id": by,
        "reason": f"{report.category}: {report.comment}" if report.comment else report.category,
        "created_at": report.created_at,
    }


def _status(status: Status) -> Iterator[Row]:
    yield from rows_of(status.account)
    quoted = status.quote.quoted_status if status.quote else None
    for inside in (status.reblog, quoted):
        if inside is not None:
            yield from rows_of(inside)
            yield _tie(status, inside.account.id, inside.id, "share")
    text, links = read_html(status.content)
    text = "\n".join(part for part in (status.spoiler_text, text) if part)
    links += [status.card.url] if status.card and status.card.url else []
    row = {
        "post_id": status.id,
        "account_id": status.account.id,
        "created_at": status.created_at,
        "kind": "repost" if status.reblog else "comment" if status.in_reply_to_id else "post",
        "text": text,
        "hashtags": once([*(tag.name for tag in status.tags), *tags_in(text)]),
        "mentions": [account.id for account in status.mentions],
        "links": list(dict.fromkeys(links)),
        "media_ids": [file.id for file in status.media_attachments],
        "reply_to": status.in_reply_to_id,
    }
    yield "posts", row
    for file in status.media_attachments:
        yield "media", _file(status, file)
    for account in status.mentions:
        yield _tie(status, account.id, status.id, "mention")
    if status.in_reply_to_account_id:
        yield _tie(status, status.in_reply_to_account_id, status.in_reply_to_id, "comment")


def _file(status: Status, file: _Attachment) -> dict[str, Any]:
    kinds = {"image": "image", "gifv": "video", "video": "video"}
    return {
        "media_id": file.id,
        "account_id": status.account.id,
        "post_id": status.id,
        "created_at": status.created_at,
        "kind": kinds.get(file.type, "other"),
    }


def _tie(status: Status, target: str, post: str | None, kind: str) -> Row:
    row = {"actor_id": status.account.id, "target_id": target, "post_id": post, "kind": kind}
    return "interactions", {**row, "created_at": status.created_at}
