"""Middlewares for Django: a search service and a recommender.

The same as for FastAPI: a refused query is searched as one that finds nothing, so it takes as long as an empty search.
"""

import json
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from examples.guard_client import SyncGuard

Next = Callable[[HttpRequest], HttpResponse]


def guarded_search(get_response: Next) -> Next:
    """For a view that reads `q` and answers `{"results": [{"author": …}, …]}`."""
    guard = SyncGuard(settings.GUARD_ADDRESS, settings.GUARD_SECRET)

    def search(request: HttpRequest) -> HttpResponse:
        if request.path != "/search":
            return get_response(request)
        viewer, query = request.headers.get("x-viewer"), request.GET.get("q", "")
        told = guard.ask("search", query=query, viewer=viewer)
        if told["decision"] == "deterrence":
            return JsonResponse({"results": [], "help": told["help"]})
        if told["decision"] != "allow":
            request.GET = request.GET.copy()
            request.GET["q"] = secrets.token_hex(len(query) // 2 + 8)
        results = json.loads(get_response(request).content)["results"]
        if results:
            told = guard.ask("search", query=query, viewer=viewer, authors=[one["author"] for one in results])
            gone = set(told["removed"]) if told["decision"] == "allow" else set(range(len(results)))
            results = [one for place, one in enumerate(results) if place not in gone]
        return JsonResponse({"results": results})

    return search


def guarded_recommender(get_response: Next) -> Next:
    """For a view that answers `{"accounts": […]}` in the recommender's order."""
    guard = SyncGuard(settings.GUARD_ADDRESS, settings.GUARD_SECRET)

    def recommend(request: HttpRequest) -> HttpResponse:
        if request.path != "/recommended":
            return get_response(request)
        accounts = json.loads(get_response(request).content)["accounts"]
        told = guard.ask("recommend", viewer=request.headers.get("x-viewer"), candidates=accounts)
        return JsonResponse({"accounts": [accounts[place] for place in told["kept"]]})

    return recommend
