"""One server for all tests of the door that do not disturb it."""

import pytest
from asking import Deployment, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with serving(Deployment.make(tmp_path_factory.mktemp("deployment"))) as running:
        yield running


@pytest.fixture(scope="session")
def client(server):
    with server.client() as client:
        yield client


@pytest.fixture
def deployment(tmp_path):
    return Deployment.make(tmp_path)
