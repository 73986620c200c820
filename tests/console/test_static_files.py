"""Style sheets and scripts come whole, as a browser asks for them."""

from pathlib import Path

import pytest
from django.test import Client

import seawall.console

KEYS = "/static/console/keys.js"
SOURCE = Path(seawall.console.__file__).parent / "static" / "console" / "keys.js"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def test_a_file_comes_in_one_piece(client):
    answer = client.get(KEYS)
    assert not answer.streaming
    assert answer.content == SOURCE.read_bytes()
    assert answer["content-type"].startswith("text/javascript")


def test_a_file_that_the_browser_has_is_not_sent_again(client):
    answer = client.get(KEYS, headers={"if-modified-since": client.get(KEYS)["last-modified"]})
    assert (answer.status_code, answer.content) == (304, b"")
    assert "content-type" not in answer


def test_a_part_of_a_file_is_that_part(client):
    answer = client.get(KEYS, headers={"range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (206, SOURCE.read_bytes()[:10])
