"""Parts are started, asked how they are, started again and ended."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest

from seawall.cli.console import link
from seawall.cli.parts import FIRST_WAIT, Part, write_states


@pytest.fixture
def server():
    """A part that answers with a status that a test sets."""

    class Handler(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self):
            self.send_response(self.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    opened = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=opened.serve_forever, daemon=True).start()
    yield Handler, f"http://127.0.0.1:{opened.server_port}/"
    opened.shutdown()


def sleeping(**options) -> Part:
    """A part whose process does nothing for long: `world` waits for its console."""
    return Part("sleeper", ["id", "--help"], **options)


def test_a_part_that_ends_waits_longer_each_time():
    part = sleeping()
    part.look(0.0)
    part.process.wait(60)
    assert part.look(1.0) == f"ended; starts again in {2 * FIRST_WAIT:.0f} s"
    part.look(1.0 + 2 * FIRST_WAIT)
    part.process.wait(60)
    assert part.look(4.0) == f"ended; starts again in {4 * FIRST_WAIT:.0f} s"


def test_a_part_waits_for_what_it_needs(tmp_path):
    part = sleeping(needs=tmp_path / "run" / "summary.json")
    assert part.look(0.0).startswith("waits for run")
    assert part.process is None


def test_a_part_is_up_when_it_says_so(server, monkeypatch):
    handler, address = server
    part = sleeping(address=address)
    monkeypatch.setattr("subprocess.Popen.poll", lambda _: None)
    assert part.look(0.0) == "up"
    handler.status = 503
    assert part.look(1.0) == "runs and does not answer as it should"
    part.stop()


def test_states_are_written_whole(tmp_path):
    write_states(tmp_path / "parts.json", {"guard": "up"})
    assert msgspec.json.decode((tmp_path / "parts.json").read_bytes())["parts"] == {"guard": "up"}
    assert [path.name for path in tmp_path.iterdir()] == ["parts.json"]


def test_a_link_moves_to_another_run_at_once(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        link(tmp_path / "run", tmp_path / name)
    assert (tmp_path / "run").resolve() == tmp_path / "two"
