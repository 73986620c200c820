"""Banks, their content, and the kinds of hash that take part."""

import math
import re
from typing import Any

import msgspec

from seawall.api.hma.matching import asked_types
from seawall.api.hma.request import (
    CONTENT_TYPES,
    SIGNAL_TYPES,
    Answer,
    Holdings,
    HttpError,
    Request,
    checked,
    number,
    share,
)
from seawall.hashes.entries import hash_list

_BANK_NAME = re.compile(r"[A-Z0-9_]{1,255}")
_ABOUT = frozenset({"content_id", "content_uri", "json"})
_OFF, _ON = 0, 1  # HMA's numbers for content that never matches and for content that does; others are Unix seconds


def list_banks(holdings: Holdings, _: Request) -> list[dict[str, Any]]:
    """GET /c/banks."""
    return [{"name": name, "matching_enabled_ratio": part} for name, part in holdings.curation.matching().items()]


def make_bank(holdings: Holdings, request: Request) -> Answer:
    """POST /c/banks."""
    given = request.json()
    name = bank_name(given.get("name"))
    if name in holdings.curation.matching():
        raise HttpError(403, "there is such a bank already")
    holdings.curation.set_matching(name, share(given))
    return Answer(201, show_bank(holdings, request, name))


def show_bank(holdings: Holdings, _: Request, name: str) -> dict[str, Any]:
    """GET /c/bank/NAME."""
    return {"name": name, "matching_enabled_ratio": _known(holdings, name)}


def change_bank(holdings: Holdings, request: Request, name: str) -> dict[str, Any]:
    """PUT /c/bank/NAME: another name, another share of lookups."""
    _known(holdings, name)
    given = request.json()
    if {"enabled", "enabled_ratio"} & given.keys():
        holdings.curation.set_matching(name, share(given))
    if "name" in given and given["name"] != name:
        holdings.curation.rename(name, bank_name(given["name"]))
        name = given["name"]
    return show_bank(holdings, request, name)


def drop_bank(holdings: Holdings, _: Request, name: str) -> dict[str, str]:
    """DELETE /c/bank/NAME."""
    holdings.store.drop_bank(name)
    return {"message": "Done"}


def add_signal(holdings: Holdings, request: Request, name: str) -> dict[str, Any]:
    """POST /c/bank/NAME/signal."""
    given = request.json()
    signals = {kind: value for kind, value in given.items() if kind not in {"note", "metadata"}}
    return _add(holdings, name, signals, given.get("note"), given.get("metadata"))


def add_content(holdings: Holdings, request: Request, name: str) -> dict[str, Any]:
    """POST /c/bank/NAME/content."""
    signals = request.signals()
    fields = request.upload.fields if request.upload else {}
    return _add(holdings, name, dict(signals), fields.get("note"), _parsed(fields.get("metadata")))


def show_content(holdings: Holdings, request: Request, name: str, entry: str) -> dict[str, Any]:
    """GET /c/bank/NAME/content/ID."""
    kind, value = _content(holdings, name, entry)
    until = holdings.curation.paused_until(int(entry))
    note, about = holdings.curation.noted(int(entry))
    known = msgspec.json.decode(about) if about else {}
    told: dict[str, Any] = {
        "id": int(entry),
        "disable_until_ts": _ON if until is None else _OFF if math.isinf(until) else int(until),
        "original_media_uri": known.get("content_uri"),
        "bank": show_bank(holdings, request, name),
    }
    told |= {"note": note} if note else {}
    told |= {"metadata": known} if request.flag("include_metadata") else {}
    return told | ({"signals": {kind: value}} if request.flag("include_signals") else {})


def change_content(holdings: Holdings, request: Request, name: str, entry: str) -> dict[str, Any]:
    """PUT /c/bank/NAME/content/ID: pause it, or note something on it."""
    _content(holdings, name, entry)
    given = request.json()
    if "disable_until_ts" in given:
        until = number(given, "disable_until_ts")
        holdings.curation.pause(int(entry), None if until == _ON else math.inf if until == _OFF else until)
    if "note" in given:
        holdings.curation.note(int(entry), str(given["note"] or ""))
    return show_content(holdings, request, name, entry)


def drop_content(holdings: Holdings, _: Request, name: str, entry: str) -> dict[str, int]:
    """DELETE /c/bank/NAME/content/ID."""
    _content(holdings, name, entry)
    return {"deleted": holdings.store.withdraw_entries([int(entry)])}


def list_signal_types(holdings: Holdings, _: Request) -> list[dict[str, Any]]:
    """GET /c/signal_type."""
    kinds = holdings.curation.kinds()
    return [{"name": name, "enabled_ratio": kinds[kind]} for name, kind in SIGNAL_TYPES.items()]


def change_signal_type(holdings: Holdings, request: Request, name: str) -> Answer:
    """PUT /c/signal_type/NAME."""
    if name not in SIGNAL_TYPES:
        raise HttpError(400, f"no such signal type; known types: {', '.join(SIGNAL_TYPES)}")
    holdings.curation.set_kind(SIGNAL_TYPES[name], number(request.json(), "enabled_ratio"))
    return Answer(204, "")


def signal_index(holdings: Holdings, request: Request) -> dict[str, Any]:
    """GET /c/signal_type/index: index and ledger change together, so that neither is out of date."""
    told = {}
    for name in asked_types(request):
        size, newest = holdings.store.extent(SIGNAL_TYPES[name])
        told[name] = {
            "db_size": size,
            "index_size": size,
            "index_out_of_date": False,
            "newest_db_item": newest,
            "index_built_to": newest,
        }
    return told


def list_content_types(_: Holdings, __: Request) -> list[dict[str, Any]]:
    """GET /c/content_type."""
    return [{"name": name, "enabled": True} for name in CONTENT_TYPES]


def bank_name(name: object) -> str:
    """A name as HMA allows it."""
    if not isinstance(name, str) or not _BANK_NAME.fullmatch(name):
        raise HttpError(400, "a bank's name is of A-Z, 0-9 and _")
    return name


def _add(holdings: Holdings, name: str, signals: dict[str, Any], note: Any, about: Any) -> dict[str, Any]:
    _known(holdings, name)
    if len(signals) != 1:
        raise HttpError(400, f"send one signal of {', '.join(SIGNAL_TYPES)}")
    if about is not None and (not isinstance(about, dict) or set(about) - _ABOUT):
        raise HttpError(400, f"metadata is an object of {', '.join(sorted(_ABOUT))}")
    ((signal_type, given),) = signals.items()
    kind, value = checked(signal_type, given)
    row = {"kind": str(kind), "value": value, "source": "hma", "reference": value}
    new = holdings.store.add(name, hash_list([row]))
    entry = new[0] if new else _entry_of(holdings, name, signal_type, value)
    if note or about:
        holdings.curation.note(entry, str(note or ""), msgspec.json.encode(about or {}).decode())
    return {"id": entry, "signals": {signal_type: value}}


def _entry_of(holdings: Holdings, name: str, signal_type: str, value: str) -> int:
    matches = holdings.store.lookup([(SIGNAL_TYPES[signal_type], value)], threshold=0, paused=True)[0]
    return next(match.entry for match in matches if match.bank == name)


def _parsed(text: str | None) -> Any:
    try:
        return None if text is None else msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise HttpError(400, f"metadata is no JSON: {error}") from error


def _known(holdings: Holdings, name: str) -> float:
    matching = holdings.curation.matching()
    if name not in matching:
        raise HttpError(404, "no such bank")
    return matching[name]


def _content(holdings: Holdings, name: str, entry: str) -> tuple[str, str]:
    """The kind and value of a bank's entry."""
    found = holdings.store.entry(int(entry)) if len(entry) < 19 else None
    if found is None or found[0] != name:
        raise HttpError(404, "no such content in this bank")
    return found[1], found[2]
