"""The description of the door, generated from its own types."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import msgspec

from seawall.api.http import Problem

_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_REFS = "#/components/schemas/{name}"
_BINARY = {"type": "string", "format": "binary"}
_JSON, _OCTETS, _TEXT = "application/json", "application/octet-stream", "text/plain"

REASONS = {
    400: "The body is not what this path takes.",
    401: "There is no known token.",
    409: "The change is refused: not signed, not approved, or out of order.",
    403: "The token lacks the scope of this path.",
    413: "The body is too large.",
    415: "The body is of another content type.",
    429: "The token has spent its rate; `Retry-After` says for how many seconds.",
    503: "The service cannot do this now; try again later.",
}
"""Every status that is no decision, and what it means."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a path takes and gives: types or None; `binary` where it also takes and gives octets."""

    path: str
    method: str
    summary: str
    scope: str
    request: type | None
    answer: type | str
    binary: bool = False
    queued: bool = False  # written down before it is answered, so it may have to be sent again
    conflicts: bool = False
    unready: bool = False  # 503 with the same body as 200


def describe(paths: Iterable[Described]) -> dict[str, Any]:
    """An OpenAPI 3.1 document."""
    listed = list(paths)
    types = {Problem, *(one.request for one in listed if one.request)}
    types |= {one.answer for one in listed if isinstance(one.answer, type)}
    ordered = sorted(types, key=lambda one: one.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template=_REFS)
    _spell_base64(schemas)
    operations: dict[str, dict[str, Any]] = {}
    for one in listed:
        operations.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Seawall's guard", "version": version("seawall"), "license": {"name": "Apache-2.0"}},
        "paths": operations,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _spell_base64(schemas: Mapping[str, Any]) -> None:
    """Say as a pattern what `contentEncoding` says: few readers of a description check that one."""
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            if field.get("contentEncoding") == "base64":
                field["pattern"] = _BASE64


def _operation(one: Described) -> dict[str, Any]:
    told: dict[str, Any] = {"summary": one.summary, "responses": _responses(one)}
    if one.request:
        told["requestBody"] = {"required": True, "content": _content(one.request, one.binary)}
    if one.scope:
        told |= {"security": [{"token": []}], "description": f"Needs a token with the scope `{one.scope}`."}
    return told


def _responses(one: Described) -> dict[str, Any]:
    statuses = [400, 413, 415] if one.request else []
    statuses += [401, 403, 429] if one.scope else []
    statuses += [409] if one.conflicts else []
    statuses += [503] if one.queued else []
    problem = {"content": _content(Problem, binary=False)}
    responses: dict[str, Any] = {"200": {"description": one.summary, "content": _content(one.answer, one.binary)}}
    responses |= {str(status): {"description": REASONS[status], **problem} for status in sorted(statuses)}
    if one.unready:
        responses["503"] = {"description": REASONS[503], "content": _content(one.answer, binary=False)}
    return responses


def _content(kind: type | str, binary: bool) -> Mapping[str, Any]:
    if isinstance(kind, str):
        return {kind: {"schema": {"type": "string" if kind == _TEXT else "object"}}}
    told: dict[str, Any] = {_JSON: {"schema": {"$ref": _REFS.format(name=kind.__name__)}}}
    return {**told, _OCTETS: {"schema": _BINARY}} if binary else told
