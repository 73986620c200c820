"""The example middlewares, in front of a real guard."""

import asyncio
import json
import sys
from pathlib import Path

import django
import httpx
import pytest
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory, override_settings
from fastapi import FastAPI

sys.path.append(str(Path(__file__).parents[2]))
from asking import BLOCKED, BUYER, FREE, SELLER, STRANGER
from examples.django_guard import guarded_recommender as django_recommender
from examples.django_guard import guarded_search as django_search
from examples.fastapi_guard import guarded_recommender, guarded_search
from examples.guard_client import SAFE, AsyncGuard, SyncGuard

POSTS = [{"author": STRANGER, "text": f"{FREE} in spring"}, {"author": SELLER, "text": f"{FREE} and {BLOCKED}"}]
ACCOUNTS = [SELLER, STRANGER, BUYER, "account-5"]


def find(query):
    return {"results": [post for post in POSTS if query in post["text"]]}


def service(guard, empty_after=0.0):
    """A search service and a recommender, with the example's middlewares in front."""
    app = FastAPI()
    app.get("/search")(lambda q: find(q))
    app.get("/recommended")(lambda: {"accounts": ACCOUNTS})
    app.get("/other")(lambda: {"other": True})
    app.middleware("http")(guarded_search(guard, empty_after))
    app.middleware("http")(guarded_recommender(guard))
    return app


@pytest.fixture
def fastapi_get(server):
    def get(path, secret=server.deployment.secret, **query):
        async def once():
            app = service(AsyncGuard(f"http://127.0.0.1:{server.port}", secret))
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
                return (await client.get(path, params=query, headers={"x-viewer": STRANGER})).json()

        return asyncio.run(once())

    return get


@pytest.fixture
def django_get(server):
    if not settings.configured:
        settings.configure()
        django.setup()
    views = {"/search": lambda request: JsonResponse(find(request.GET["q"]))}
    views["/recommended"] = lambda request: JsonResponse({"accounts": ACCOUNTS})
    views["/other"] = lambda request: JsonResponse({"other": True})

    def get(path, secret=server.deployment.secret, **query):
        with override_settings(GUARD_ADDRESS=f"http://127.0.0.1:{server.port}", GUARD_SECRET=secret):
            answer = django_recommender(django_search(lambda request: views[request.path](request)))
            request = RequestFactory().get(path, query, headers={"x-viewer": STRANGER})
            found: HttpResponse = answer(request)
        return json.loads(found.content)

    return get


@pytest.fixture(params=["fastapi_get", "django_get"])
def get(request):
    return request.getfixturevalue(request.param)


def test_a_search_leaves_the_seller_out(get):
    assert [one["author"] for one in get("/search", q=FREE)["results"]] == [STRANGER]


def test_a_blocked_search_finds_nothing_though_posts_match(get):
    assert find(BLOCKED)["results"]
    assert get("/search", q=BLOCKED)["results"] == []


def test_the_recommender_loses_the_flagged_accounts(get):
    assert get("/recommended")["accounts"] == [STRANGER, "account-5"]


def test_other_paths_pass(get):
    assert get("/other") == {"other": True}


def test_without_an_answer_nothing_is_shown(get):
    assert get("/search", secret="wrong", q=FREE) == {"results": []}
    assert get("/recommended", secret="wrong") == {"accounts": []}


@pytest.mark.parametrize("surface", SAFE)
def test_a_guard_that_is_away_gives_the_safe_answer(surface):
    assert SyncGuard("http://127.0.0.1:9", "secret").ask(surface) == SAFE[surface]
