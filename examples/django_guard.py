"""Middlewares for Django: a search service and a recommender.

The same as for FastAPI: a refused query is searched as one that finds nothing, and no empty result leaves before
`EMPTY_AFTER` seconds. Settings: `GUARD_ADDRESS`, and `GUARD_SECRET` from a file or the environment.
"""

import json
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from examples.guard_client import SyncGuard

EMPTY_AFTER = 0.05
"""Seconds; more than an empty search takes, with the guard's answer."""

Next = Callable[[HttpRequest], HttpResponse]


def guarded_search(get_response: Next) -> Next:
    """For `/search?q=…`, which answers `{"results": [{"author": …}, …]}`."""
    guard = SyncGuard(settings.GUARD_ADDRESS, settings.GUARD_SECRET)

    def search(request: HttpRequest) -> HttpResponse:
        if request.path != "/search":
            return get_response(request)
        begun, viewer, query = time.monotonic(), request.headers.get("x-viewer"), request.GET.get("q", "")
        told = guard.ask("search", query=query, viewer=viewer)
        if told["decision"] == "deterrence":
            return JsonResponse({"results": [], "help": told["help"]})
        request.GET = request.GET.copy()
        request.GET["q"] = query if told["decision"] == "allow" else secrets.token_hex(8 + len(query) // 2)
        results = json.loads(get_response(request).content)["results"]
        if results:
            told = guard.ask("search", query=query, viewer=viewer, authors=[one["author"] for one in results])
            results = [one for place, one in enumerate(results) if place not in told["removed"]]
        if told["decision"] != "allow" or not results:
            time.sleep(max(0.0, begun + EMPTY_AFTER - time.monotonic()))
            results = []
        return JsonResponse({"results": results})

    return search


def guarded_recommender(get_response: Next) -> Next:
    """For `/recommended`, which answers `{"accounts": […]}` in the recommender's order."""
    guard = SyncGuard(settings.GUARD_ADDRESS, settings.GUARD_SECRET)

    def recommend(request: HttpRequest) -> HttpResponse:
        if request.path != "/recommended":
            return get_response(request)
        accounts = json.loads(get_response(request).content)["accounts"]
        told = guard.ask("recommend", viewer=request.headers.get("x-viewer"), candidates=accounts)
        return JsonResponse({"accounts": [accounts[place] for place in told["kept"]]})

    return recommend
