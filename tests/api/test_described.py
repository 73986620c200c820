"""The running service does what its own description says, whatever it is sent."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import ignored_auth

ROUNDS = 30


@pytest.fixture(scope="session")
def described(server):
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/openapi.json")


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(max_examples=ROUNDS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_a_described_one(case, server):
    headers = {"authorization": f"Bearer {server.deployment.secret}"}
    case.call_and_validate(headers=headers, excluded_checks=[ignored_auth])  # the test below asks without a token


@schema.parametrize()
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_without_a_token_every_answer_is_a_described_one(case, server):
    answer = case.call(headers={"authorization": "Bearer wrong"})
    assert answer.status_code == (401 if case.operation.definition.raw.get("security") else 200)
