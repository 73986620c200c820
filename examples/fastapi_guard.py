"""Middlewares for FastAPI: a search service and a recommender.

A refused query is searched all the same, as a query that finds nothing, and no empty result leaves before `EMPTY_AFTER`
seconds: so a refused search and an empty one look the same from outside, in size and in time. The viewer is whoever
your session says; here a gateway writes it into a header.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from examples.guard_client import AsyncGuard

EMPTY_AFTER = 0.05
"""Seconds; more than an empty search takes, with the guard's answer."""

Next = Callable[[Request], Awaitable[Response]]
Middleware = Callable[[Request, Next], Awaitable[Response]]


def guarded_search(guard: AsyncGuard, empty_after: float = EMPTY_AFTER) -> Middleware:
    """For `/search?q=…`, which answers `{"results": [{"author": …}, …]}`."""

    async def search(request: Request, call_next: Next) -> Response:
        if request.url.path != "/search":
            return await call_next(request)
        begun, viewer, query = time.monotonic(), request.headers.get("x-viewer"), request.query_params.get("q", "")
        told = await guard.ask("search", query=query, viewer=viewer)
        if told["decision"] == "deterrence":
            return JSONResponse({"results": [], "help": told["help"]})
        searched = query if told["decision"] == "allow" else secrets.token_hex(8 + len(query) // 2)
        request.scope["query_string"] = urlencode({"q": searched}).encode()
        results = (await _body(await call_next(request)))["results"]
        if results:
            told = await guard.ask("search", query=query, viewer=viewer, authors=[one["author"] for one in results])
            results = [one for place, one in enumerate(results) if place not in told["removed"]]
        if told["decision"] != "allow" or not results:
            await asyncio.sleep(begun + empty_after - time.monotonic())
            results = []
        return JSONResponse({"results": results})

    return search


def guarded_recommender(guard: AsyncGuard) -> Middleware:
    """For `/recommended`, which answers `{"accounts": […]}` in the recommender's order."""

    async def recommend(request: Request, call_next: Next) -> Response:
        if request.url.path != "/recommended":
            return await call_next(request)
        accounts = (await _body(await call_next(request)))["accounts"]
        told = await guard.ask("recommend", viewer=request.headers.get("x-viewer"), candidates=accounts)
        return JSONResponse({"accounts": [accounts[place] for place in told["kept"]]})

    return recommend


async def _body(response: Response) -> dict[str, list[Any]]:
    parts = [part async for part in response.body_iterator]  # type: ignore[attr-defined]
    read: dict[str, list[Any]] = json.loads(b"".join(parts))
    return read
