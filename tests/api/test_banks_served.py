"""The banks behind a real server: who may ask, what keeps them well, and how it ends."""

import asyncio
import io
import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from asking import SOURCE

from seawall.api.hma.serve import Banks, FileProtocol
from seawall.api.journal import Journal
from seawall.api.token_file import add_token, revoke_token
from seawall.api.tokens import CURATE, INVESTIGATE, MATCH
from seawall.hashes.entries import HashKind, hash_list
from seawall.hashes.health import media_health
from seawall.hashes.reading import read_banks
from seawall.hashes.store import BankStore

PDQ = "5a" * 32


def until(holds, seconds=15.0):
    end = time.monotonic() + seconds
    while not (told := holds()) and time.monotonic() < end:
        time.sleep(0.05)
    return told


class Served:
    """A running `seawall hashes serve` on banks of one entry, and its clients by token."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self.log = folder, folder / "banks", folder / "log"
        with BankStore(self.store) as banks:
            banks.add("KNOWN", hash_list([{"kind": "pdq", "value": PDQ}]))
        self.secrets = {
            name: add_token(folder / "seawall.tokens", name, scopes)
            for name, scopes in {"upload": [MATCH], "analyst": [MATCH, INVESTIGATE], "keeper": [CURATE]}.items()
        }

    @contextmanager
    def running(self):
        command = [sys.executable, "-m", "seawall.cli.main", "hashes", "serve", str(self.store), "--port", "0"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stderr=log, env={**os.environ, "PYTHONPATH": str(SOURCE)}
            )
        try:
            self.port = until(lambda: self._port(), 60)
            yield self
        finally:
            self.process.terminate()
            self.code = self.process.wait(20)

    def _port(self):
        assert self.process.poll() is None, self.log.read_text()
        found = re.search(r'"event":"serving".*"port":(\d+)', self.log.read_text())
        return int(found[1]) if found else None

    def client(self, name):
        headers = {"authorization": f"Bearer {self.secrets[name]}"}
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=20)

    def banks(self, account=None):
        asked = {"signal": PDQ, "signal_type": "pdq"} | ({"account": account} if account else {})
        with self.client("upload") as client:
            return list(client.get("/m/lookup", params=asked).json())


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Served(tmp_path_factory.mktemp("served")).running() as running:
        yield running


def test_a_client_of_hma_asks_with_a_token(served):
    with served.client("analyst") as analyst, served.client("upload") as upload:
        asked = {"signal": PDQ, "signal_type": "pdq"}
        assert analyst.get("/m/lookup", params=asked).json() == {"KNOWN": [{"bank_content_id": 1, "distance": "0"}]}
        assert upload.get("/m/lookup", params=asked).json() == {"KNOWN": [{"bank_content_id": 1}]}
        assert upload.post("/m/compare", json={"pdq": [PDQ, PDQ]}).status_code == 403
    assert httpx.get(f"http://127.0.0.1:{served.port}/m/lookup", params=asked).status_code == 401


def test_the_canary_goes_the_whole_way_by_itself(served):
    assert until(lambda: media_health(served.store).ready)
    assert '"to": "http://127.0.0.1' in (served.store / "outbound.jsonl").read_text()


def test_a_revoked_token_is_forgotten_and_a_new_one_known(served):
    tokens = served.folder / "seawall.tokens"
    served.secrets["late"] = add_token(tokens, "late", [MATCH])
    with served.client("late") as client:
        ask = lambda: client.get("/m/index/status").status_code  # noqa: E731
        assert until(lambda: ask() == 200)
        revoke_token(tokens, "late")
        assert until(lambda: ask() == 401)
    assert media_health(served.store).ready


def test_banks_are_changed_over_http_while_another_writer_is_refused(served):
    with served.client("keeper") as keeper:
        keeper.post("/c/banks", json={"name": "NEW"})
        added = keeper.post("/c/bank/NEW/signal", json={"pdq": "a5" * 32})
    assert added.status_code == 200
    command = [sys.executable, "-m", "seawall.cli.main", "hashes", "withdraw", str(served.store), "1"]
    command += ["--bank", "KNOWN", "--source", ""]
    told = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)})
    assert told.returncode == 3
    assert "another process writes" in told.stderr
    assert "change the banks over HTTP" in told.stderr


def test_lookups_read_the_banks_that_a_server_holds(served):
    with served.client("keeper") as keeper:
        keeper.post("/c/banks", json={"name": "LATER"})
        assert keeper.post("/c/bank/LATER/signal", json={"pdq": "5c" * 32}).status_code == 200
    with read_banks(served.store) as banks:
        assert banks.banks()["LATER"] == 1
        assert [match.bank for match in banks.lookup([(HashKind.PDQ, "5c" * 32)])[0]] == ["LATER"]


def test_what_a_person_releases_matches_again_in_the_running_server(tmp_path):
    served = Served(tmp_path)
    with BankStore(served.store) as banks:
        banks.quarantine(1, "matched uploads of 1000 accounts")
    settle = [sys.executable, "-m", "seawall.cli.main", "hashes", "settle", str(served.store), "1", "--release"]
    with served.running():
        assert served.banks() == []
        assert media_health(served.store).notices[0].endswith("entry 1: matched uploads of 1000 accounts")
        subprocess.run(settle, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(SOURCE)})
        assert served.banks() == ["KNOWN"]
        assert media_health(served.store).notices == ()
    assert served.code == 0
    assert json.loads(served.log.read_text().splitlines()[-1])["event"] == "stopped"


def test_a_client_that_drips_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(FileProtocol, "patience", 0.3)
    log = io.StringIO()

    async def drip(banks):
        serving = asyncio.create_task(banks._serve("127.0.0.1", 0))
        while not (port := re.search(r'"port":(\d+)', log.getvalue())):
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port[1]))
        writer.write(b"GET /m/loo")
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving

    with BankStore(tmp_path / "banks") as store:
        asyncio.run(drip(Banks(store, tmp_path / "seawall.tokens", Journal(log))))
    assert '"slow clients cut off"' in log.getvalue()
