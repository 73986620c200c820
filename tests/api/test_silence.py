"""A refused search and an empty one cannot be told apart from outside.

The test asks the example search service in pairs, one refused and one empty query in random order, and compares bodies,
headers and, by Wilcoxon's signed rank test over the pairs, times. Its power is measured twice. On the same times: with
one side made later by half the interquartile range of the differences, whatever that is on a quiet or a busy machine,
the same test must find it in at least 90 of 100 resamples. And on a service that answers a refused search at once, as
one would first write it: the same test must tell its two searches apart.
"""

import asyncio
import random
import re
import time
from importlib.resources import files

import httpx
import numpy as np
import pytest
from asking import BLOCKED, Deployment, serving
from examples.guard_client import AsyncGuard
from fastapi import FastAPI
from scipy.stats import wilcoxon
from test_examples import service

PAIRS, FALSE_ALARM, POWER = 250, 0.001, 0.9
EMPTY = "quolbrenda"  # about as long as the blocked one, and nobody writes it
AFTER = 0.04


@pytest.fixture(scope="module")
def guard(tmp_path_factory):
    """A running guard whose policy is silent to everybody."""
    deployment = Deployment.make(tmp_path_factory.mktemp("silent"))
    shipped = files("seawall.guard").joinpath("policy.toml").read_text()
    policy = re.sub(r"(?m)^term_blocks .*deterrence.*$", 'term_blocks = { anyone = "silent" }', shipped)
    (deployment.folder / "policy.toml").write_text(policy)
    with serving(deployment, "--policy", "policy.toml") as server:
        with server.client() as client:
            decided = [
                client.post("/v1/search", json={"query": query}).json()["decision"] for query in (BLOCKED, EMPTY)
            ]
        assert decided == ["silent", "allow"]
        yield f"http://127.0.0.1:{server.port}", deployment.secret


@pytest.fixture(scope="module")
def answers(guard):
    """Pairs of answers to a refused and an empty search, and their times in seconds, shape (PAIRS, 2)."""
    return asyncio.run(ask_in_pairs(service(AsyncGuard(*guard), AFTER)))


async def ask_in_pairs(searched):
    draw, times, told = random.Random(0), np.empty((PAIRS, 2)), []
    transport = httpx.ASGITransport(searched)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        for row in range(-20, PAIRS):
            pair = [None, None]
            for which in draw.sample((0, 1), 2):
                begun = time.perf_counter()
                pair[which] = await client.get("/search", params={"q": (BLOCKED, EMPTY)[which]})
                times[row, which] = time.perf_counter() - begun
            told.append(pair)
    return told, times


def hasty(guard):
    """A search service that answers a refused query at once, and any other when its search is done."""
    app = FastAPI()

    @app.get("/search")
    async def search(q: str):
        told = await guard.ask("search", query=q)
        if told["decision"] == "allow":
            await asyncio.sleep(0.002)  # two milliseconds of looking
        return {"results": []}

    return app


def differ(times):
    """How probable a difference as large is where there is none."""
    return wilcoxon(times[:, 0] - times[:, 1]).pvalue


def test_bodies_are_the_same(answers):
    assert {answer.content for pair in answers[0] for answer in pair} == {b'{"results":[]}'}


def test_status_and_headers_are_the_same(answers):
    assert {answer.status_code for pair in answers[0] for answer in pair} == {200}
    assert len({tuple(sorted(answer.headers.items())) for pair in answers[0] for answer in pair}) == 1


def test_times_cannot_be_told_apart(answers):
    assert differ(answers[1]) > FALSE_ALARM


def power(times, later):
    """The share of resamples in which the test finds that refused searches come so many seconds later."""
    draw, found = np.random.default_rng(0), 0
    for _ in range(100):
        some = times[draw.integers(0, PAIRS, PAIRS)]
        flipped = np.where(draw.random((PAIRS, 1)) < 0.5, some, some[:, ::-1])  # what difference there is, taken out
        found += differ(flipped + np.array([later, 0.0])) <= FALSE_ALARM
    return found / 100


def test_the_test_of_times_would_find_half_the_spread_between_two_searches(answers, record_property):
    low, high = np.quantile(answers[1][:, 0] - answers[1][:, 1], [0.25, 0.75])
    record_property("found_ms", float((high - low) / 2 * 1e3))
    assert power(answers[1], (high - low) / 2) >= POWER


def test_the_test_of_times_finds_a_service_that_refuses_at_once(guard):
    assert differ(asyncio.run(ask_in_pairs(hasty(AsyncGuard(*guard))))[1]) <= FALSE_ALARM
