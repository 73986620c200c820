"""Exchanges: which are read, with what credentials, how it went."""

from collections.abc import Mapping
from typing import Any

from seawall.api.hma.curating import bank_name
from seawall.api.hma.request import Answer, Holdings, HttpError, Request
from seawall.intake.exchanges.book import ExchangeBook, Listed
from seawall.intake.exchanges.opening import SECRETS

APIS: Mapping[str, str] = {"ncmec": "ncmec", "stop_ncii": "stopncii", "fb_threatexchange": "threatexchange"}
"""What HMA calls each kind of exchange."""

_HMA_NAME = {kind: name for name, kind in APIS.items()}


def list_apis(_: Holdings, __: Request) -> list[str]:
    """GET /c/exchanges/apis."""
    return list(APIS)


def show_api(holdings: Holdings, _: Request, name: str) -> dict[str, bool]:
    """GET /c/exchanges/api/NAME; the spelling is HMA's."""
    return {"supports_authentification": True, "has_set_authentification": holdings.book.has_secrets(_kind(name))}


def set_credentials(holdings: Holdings, request: Request, name: str) -> dict[str, bool]:
    """POST /c/exchanges/api/NAME: an empty object forgets them."""
    given = request.json()
    if "credential_json" in given:
        credentials = given["credential_json"]
        if credentials and not isinstance(credentials, dict):
            raise HttpError(400, "credential_json is an object")
        holdings.book.set_secrets(_kind(name), credentials or None)
    return show_api(holdings, request, name)


def show_schema(holdings: Holdings, _: Request, name: str) -> dict[str, Any]:
    """GET /c/exchanges/api/NAME/schema."""
    kind = _kind(name)
    base = {
        "name": "base",
        "type": "enum",
        "required": False,
        "default": holdings.book.bases[kind][0],
        "help": "where the exchange is reached",
        "choices": list(holdings.book.bases[kind]),
    }
    secrets = [
        {"name": field, "type": "str", "required": True, "default": None, "help": None, "choices": None}
        for field in SECRETS[kind].__struct_fields__
    ]
    return {"config_schema": {"fields": [base]}, "credentials_schema": {"fields": secrets}}


def list_exchanges(holdings: Holdings, _: Request) -> list[str]:
    """GET /c/exchanges."""
    return [one.name for one in holdings.book.list()]


def make_exchange(holdings: Holdings, request: Request) -> Answer:
    """POST /c/exchanges."""
    given = request.json()
    name, settings = bank_name(given.get("bank")), given.get("api_json") or {}
    if not isinstance(settings, dict) or set(settings) - {"base"}:
        raise HttpError(400, "api_json is an object; its one field is base")
    if name in holdings.curation.matching():
        raise HttpError(403, "there is such a bank already")
    holdings.book.add(name, _kind(given.get("api")), settings.get("base"))
    holdings.curation.set_matching(name, 1.0)
    return Answer(201, {"message": "Created successfully"})


def show_exchange(holdings: Holdings, _: Request, name: str) -> dict[str, Any]:
    """GET /c/exchange/NAME."""
    one = _listed(holdings.book, name)
    return {"name": one.name, "api": _HMA_NAME[one.kind], "enabled": one.enabled, "base": one.base}


def change_exchange(holdings: Holdings, request: Request, name: str) -> dict[str, Any]:
    """PUT /c/exchange/NAME: read it, or leave it alone."""
    _listed(holdings.book, name)
    enabled = request.json().get("enabled", True)
    if not isinstance(enabled, bool):
        raise HttpError(400, "enabled is true or false")
    holdings.book.enable(name, enabled)
    return show_exchange(holdings, request, name)


def drop_exchange(holdings: Holdings, request: Request, name: str) -> dict[str, str]:
    """DELETE /c/exchange/NAME: what it brought goes too, unless `delete_bank=false` keeps it."""
    if holdings.book.get(name):
        holdings.book.remove(name, bank=request.query.get("delete_bank", "true").lower() != "false")
    return {"message": "success"}


def fetch_status(holdings: Holdings, _: Request, name: str) -> dict[str, Any]:
    """GET /c/exchange/NAME/status; times are whole Unix seconds."""
    one = _listed(holdings.book, name)
    return {
        "checkpoint_ts": _whole(one.completed if one.succeeded else None),
        "running_fetch_start_ts": _whole(one.started if one.running else None),
        "last_fetch_complete_ts": _whole(one.completed),
        "last_fetch_succeeded": one.succeeded,
        "up_to_date": bool(one.succeeded) and not one.running,
        "fetched_items": one.items,
    }


def _kind(name: object) -> str:
    if not isinstance(name, str) or name not in APIS:
        raise HttpError(400, f"no such exchange api; known: {', '.join(APIS)}")
    return APIS[name]


def _listed(book: ExchangeBook, name: str) -> Listed:
    found = book.get(name)
    if found is None:
        raise HttpError(404, "no such exchange")
    return found


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds)
