"""The running service does what its own description says, whatever it is sent."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from seawall.guard.answers import REQUESTS

ROUNDS = 25
POSTS = [f"/v1/{name}" for name in (*REQUESTS, "overlay")]
GETS = ["/healthz", "/readyz", "/metrics", "/openapi.json"]
BEYOND = {"/v1/recommend", "/v1/overlay"}
"""What no schema can say: as many authors as posts, words of eight bytes, a whole number that is written 1.0."""


@pytest.fixture(scope="module")
def described(server):
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/openapi.json")


def for_each(operation, mode, ask):
    """Ask with invented requests that the description allows, or that it does not."""
    patient = settings(max_examples=ROUNDS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

    @patient
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case):
        ask(case)

    each()


def test_nothing_is_left_out(described):
    assert set(described.raw_schema["paths"]) == {*POSTS, *GETS}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", POSTS)
def test_every_answer_to_a_question_is_a_described_one(described, server, path, mode):
    headers = {"authorization": f"Bearer {server.deployment.secret}"}
    left = [ignored_auth, *([positive_data_acceptance] if path in BEYOND else [])]  # who asks is tested below
    for_each(described[path]["POST"], mode, lambda case: case.call_and_validate(headers=headers, excluded_checks=left))


@pytest.mark.parametrize("path", GETS)
def test_every_other_answer_is_a_described_one(described, server, path):
    headers = {"authorization": f"Bearer {server.deployment.secret}"}
    ask = described[path]["GET"].Case(headers=headers)
    ask.call_and_validate(excluded_checks=[ignored_auth])


@pytest.mark.parametrize("path", POSTS)
def test_with_a_wrong_token_every_answer_is_401(described, path):
    def ask(case):
        assert case.call(headers={"authorization": "Bearer wrong"}).status_code == 401

    for_each(described[path]["POST"], GenerationMode.POSITIVE, ask)
