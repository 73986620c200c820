"""Exchanges as an operator opens them: by name, address and secrets file."""

import json

import pytest
from click.testing import CliRunner

from seawall.cli.hashes import hashes
from seawall.intake.exchanges.opening import open_exchange
from seawall.records.errors import BadConfiguration, Refused

SECRETS = {
    "ncmec": {"user": "u", "password": "p"},
    "stopncii": {"subscription": "s", "keys": {"FetchHashes": "f"}},
    "threatexchange": {"token": "1|t", "group": 7},
}
ANSWERS = {
    "ncmec": f"<queryResult><images maxTimestamp='2026-01-01T00:00:00Z'><image><member id='1'>M</member><id>2</id>"
    f"<fingerprints><md5>{'ab' * 16}</md5></fingerprints></image></images></queryResult>",
    "stopncii": json.dumps(
        {
            "count": 1,
            "nextPageToken": None,
            "nextSetTimestamp": 9,
            "hasMoreRecords": False,
            "hashRecords": [
                {
                    "lastModtimestamp": 1,
                    "signalType": "VideoMD5",
                    "hashValue": "ab" * 16,
                    "hashStatus": "Active",
                    "caseNumbers": [],
                }
            ],
        }
    ),
    "threatexchange": json.dumps(
        {
            "data": [
                {
                    "id": "1",
                    "indicator": "ab" * 16,
                    "type": "HASH_MD5",
                    "last_updated": 5,
                    "should_delete": False,
                    "descriptors": {"data": [{"status": "MALICIOUS"}]},
                }
            ]
        }
    ),
}


@pytest.fixture
def secrets(tmp_path):
    def write(content):
        path = tmp_path / "secrets.json"
        path.write_text(json.dumps(content))
        return path

    return write


@pytest.mark.parametrize("kind", SECRETS)
def test_pull_reads_each_exchange_into_a_bank(exchange, secrets, tmp_path, kind):
    exchange.answer = lambda *_: ANSWERS[kind].encode()
    store = str(tmp_path / "store")
    options = ["--exchange", kind, "--base", exchange.base + "/", "--secrets", str(secrets(SECRETS[kind])), "--private"]
    told = CliRunner().invoke(hashes, ["pull", store, *options, "--bank", "known"], catch_exceptions=False)
    assert told.output == "1 new entries, 0 withdrawn, 0 refused\n"
    found = CliRunner().invoke(hashes, ["lookup", store, "ab" * 16, "--kind", "md5"], catch_exceptions=False)
    assert "known" in found.output
    assert exchange.base in (tmp_path / "store" / "outbound.jsonl").read_text()


def test_a_private_address_needs_the_flag(exchange, secrets, tmp_path):
    with pytest.raises(BadConfiguration, match="http:// for a private one"):
        open_exchange("ncmec", exchange.base, secrets(SECRETS["ncmec"]), tmp_path / "ledger")
    source = open_exchange("ncmec", "https://localhost:1", secrets(SECRETS["ncmec"]), tmp_path / "ledger")
    with pytest.raises(Refused, match="not public"):
        next(iter(source.pages(None)))


def test_secrets_of_another_shape_are_told(secrets, tmp_path):
    with pytest.raises(BadConfiguration, match="must be a JSON object with token, group"):
        open_exchange("threatexchange", "https://example.org", secrets({"user": "u"}), tmp_path / "ledger")


def test_an_unknown_exchange_is_told(secrets, tmp_path):
    with pytest.raises(BadConfiguration, match="no exchange 'iwf'"):
        open_exchange("iwf", "https://example.org", secrets({}), tmp_path / "ledger")
