"""Middlewares for FastAPI: a search service and a recommender.

A refused query is searched all the same, as a query that finds nothing: so a refused search takes as long as an empty
one. The viewer is whoever your session says; here a gateway writes it into a header.
"""

import json
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from examples.guard_client import AsyncGuard

Next = Callable[[Request], Awaitable[Response]]


def guarded_search(guard: AsyncGuard) -> Callable[[Request, Next], Awaitable[Response]]:
    """For `/search?q=…`, which answers `{"results": [{"author": …}, …]}`."""

    async def search(request: Request, call_next: Next) -> Response:
        if request.url.path != "/search":
            return await call_next(request)
        viewer, query = request.headers.get("x-viewer"), request.query_params.get("q", "")
        told = await guard.ask("search", query=query, viewer=viewer)
        if told["decision"] == "deterrence":
            return JSONResponse({"results": [], "help": told["help"]})
        if told["decision"] != "allow":
            request.scope["query_string"] = urlencode({"q": secrets.token_hex(len(query) // 2 + 8)}).encode()
        results = (await _body(await call_next(request)))["results"]
        if results:
            told = await guard.ask("search", query=query, viewer=viewer, authors=[one["author"] for one in results])
            results = _left(results, told["removed"]) if told["decision"] == "allow" else []
        return JSONResponse({"results": results})

    return search


def guarded_recommender(guard: AsyncGuard) -> Callable[[Request, Next], Awaitable[Response]]:
    """For `/recommended`, which answers `{"accounts": […]}` in the recommender's order."""

    async def recommend(request: Request, call_next: Next) -> Response:
        if request.url.path != "/recommended":
            return await call_next(request)
        accounts = (await _body(await call_next(request)))["accounts"]
        told = await guard.ask("recommend", viewer=request.headers.get("x-viewer"), candidates=accounts)
        return JSONResponse({"accounts": [accounts[place] for place in told["kept"]]})

    return recommend


async def _body(response: Response) -> dict[str, list]:
    return json.loads(b"".join([part async for part in response.body_iterator]))  # type: ignore[attr-defined]


def _left(results: list, removed: list[int]) -> list:
    gone = set(removed)
    return [one for place, one in enumerate(results) if place not in gone]
