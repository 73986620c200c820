"""One door out, for the whole tree: by reading its imports, and by watching what it connects to."""

import ast
import socket
from pathlib import Path

import pytest

import reaching

SOURCE = Path(reaching.ROOM)
DOOR = Path(reaching.DOOR)
FILES = sorted(SOURCE.rglob("*.py"))
CLIENTS = frozenset(
    [
        "aiohttp",
        "asyncssh",
        "atproto",
        "boto3",
        "dns",
        "fsspec",
        "ftplib",
        "grpc",
        "http",
        "httpcore",
        "httplib2",
        "httpx",
        "imaplib",
        "mastodon",
        "nntplib",
        "paramiko",
        "poplib",
        "requests",
        "s3fs",
        "smtplib",
        "socket",
        "socketserver",
        "ssl",
        "stix2",
        "subprocess",
        "telnetlib",
        "threatexchange",
        "urllib",
        "urllib3",
        "websocket",
        "websockets",
        "xmlrpc",
    ]
)
EXCHANGES = [SOURCE / "intake" / "exchanges" / f"{name}.py" for name in ("ncmec", "stopncii", "threatexchange")]
FINE = {
    "urllib.parse": FILES,
    "http.server": [SOURCE / "disclosures" / "cybertip" / "receiver" / "server.py"],
    "subprocess": [SOURCE / "cli" / "parts.py", SOURCE / "hashes" / "video_file.py"],
    "threatexchange": EXCHANGES,
}
"""Addresses are parsed; the receiver listens; processes are our own; clients of exchanges are given our session."""
OPENING = {"open_connection", "create_connection", "open_unix_connection", "start_tls", "urlopen", "read_url"}


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def ways_out(source: str, path: Path) -> set[str]:
    """What of a file could open a connection."""
    tree = ast.parse(source)
    allowed = tuple(name for name, files in FINE.items() if path in files)
    found = {name for name in imported(tree) if name.partition(".")[0] in CLIENTS and not name.startswith(allowed)}
    calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & OPENING
    return found | calls


def test_there_is_something_to_read():
    assert len(FILES) > 400
    assert all(path in FILES for path in [DOOR, *FINE["http.server"], *FINE["threatexchange"]])
    assert {"socket", "http.client", "ssl"} <= ways_out(DOOR.read_text(), DOOR)


def test_no_file_but_the_door_can_open_a_connection():
    found = {str(path): ways for path in FILES if path != DOOR and (ways := ways_out(path.read_text(), path))}
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        "import requests",
        "import urllib.request",
        "from urllib import request",
        "from http.client import HTTPSConnection",
        "from http import client",
        "def late():\n    import socket",
        "async def late(loop):\n    await loop.create_connection(None, 'a', 1)",
        "from threatexchange.exchanges.clients.stopncii import api",
    ],
)
def test_a_planted_client_is_found(planted):
    assert ways_out(planted, SOURCE / "flow" / "run.py")


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("203.0.113.9", 80)])
def test_a_connection_beyond_this_machine_is_stopped_before_it_is_made(address):
    with pytest.raises(reaching.Stopped), socket.socket() as tried:
        tried.connect(address)
    assert reaching.STRANGE.pop().startswith(address[0])


def test_a_name_is_not_even_looked_up():
    with pytest.raises(reaching.Stopped):
        socket.getaddrinfo("report.example", 443)
    assert "report.example" in reaching.STRANGE.pop()


def test_code_of_ours_that_connects_past_the_door_is_stopped():
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = compile("import socket; socket.create_connection(address)", str(SOURCE / "flow" / "run.py"), "exec")
        with pytest.raises(reaching.Stopped):
            exec(code, {"address": server.getsockname()})
    assert reaching.STRANGE.pop().endswith(str(SOURCE / "flow" / "run.py"))
