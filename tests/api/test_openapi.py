"""The description of the door."""

import msgspec
import pytest

from seawall.guard.answers import REQUESTS


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


def test_every_surface_is_described(document):
    assert {f"/v1/{name}" for name in REQUESTS} <= set(document["paths"])


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_described_by_the_type_that_decodes_it(document, name):
    _, schemas = msgspec.json.schema_components([REQUESTS[name]], ref_template="#/components/schemas/{name}")
    for part, schema in schemas.items():
        assert document["components"]["schemas"][part] == schema


def test_every_path_that_asks_for_a_token_says_so(document):
    open_to_all = {"/healthz", "/readyz", "/openapi.json"}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert ("security" in operation) == (path not in open_to_all)


def test_no_reference_leads_nowhere(document):
    text = msgspec.json.encode(document).decode()
    for part in text.split("#/components/schemas/")[1:]:
        assert part.partition('"')[0] in document["components"]["schemas"]
