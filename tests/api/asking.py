"""Invented indexes and a real server process to ask."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from seawall.api.appeals import AppealLine
from seawall.api.token_file import GUARD_SCOPES, Clients, Line, add_token
from seawall.api.tokens import Token
from seawall.effects.overlay_entries import OverlayAction, OverlayEntry
from seawall.guard.contents import Contents
from seawall.guard.policy import Subject
from seawall.guard.publish import publish
from seawall.records.ids import IdKey
from seawall.terms.lexicon import Lexicon

SECRET = bytes(range(32))
KEY = IdKey(SECRET)
SOURCE = Path(__file__).parents[2] / "src"
BLOCKED, FREE = "zarbolint", "gardening"  # invented, and innocent
SELLER, BUYER, STRANGER, CHILD = "account-seller", "account-buyer", "account-stranger", "account-child"


def clients_of(tokens: Iterable[Token], a_second: float = 1e6) -> Clients:
    """Clients as the token file would hold them."""
    clients = Clients()
    clients.take(Line(token.name, token.digest, tuple(sorted(token.scopes)), a_second) for token in tokens)
    return clients


def contents(*more: str) -> Contents:
    """A seller, a buyer, a child, one blocked term, and `more` accounts that sell."""
    names = [SELLER, BUYER, CHILD, *more]
    subjects = [Subject.SELLS, Subject.BUYS, Subject.CHILD, *[Subject.SELLS] * len(more)]
    return Contents(
        accounts=KEY.column("account", pa.array(names)),
        subjects=np.array(subjects, np.uint8),
        ages=np.array([0, 0, 1, *[0] * len(more)], np.uint8),
        lexicon=Lexicon.of([BLOCKED], severity=3),
    )


def appeals(file: Path) -> list[AppealLine]:
    """The lines of a queue, which is whole."""
    return [msgspec.json.decode(line, type=AppealLine) for line in file.read_bytes().splitlines()]


@dataclass
class Deployment:
    """A folder with a key, tokens, two published runs, and a link to the one that serves."""

    folder: Path
    secret: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    executor: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    others: dict[str, str] = field(default_factory=dict)  # by scope: a secret that may do everything else

    @classmethod
    def make(cls, folder: Path) -> "Deployment":
        made = cls(folder)
        key = folder / "seawall.key"
        key.write_text(SECRET.hex())
        key.chmod(0o600)
        made.secret = made.token("everything", *GUARD_SCOPES)
        trusted = made.executor.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / "overlay.pub").write_bytes(trusted)
        for scope in GUARD_SCOPES:
            made.others[scope] = made.token(f"not-{scope[6:]}", *(one for one in GUARD_SCOPES if one != scope))
        for name, more in (("one", ()), ("two", (STRANGER,))):
            made.versions[name] = publish(folder / name / "guard", KEY, contents(*more)).version
        made.point("one")
        return made

    def token(self, name: str, *scopes: str, a_second: float = 1e6) -> str:
        return add_token(self.folder / "seawall.tokens", name, scopes, a_second)

    def entry(self, number: int, action: OverlayAction, account: str) -> OverlayEntry:
        """A person's decision on an account, as the effects' executor signs it."""
        entry = OverlayEntry(
            effect_id=f"effect-{number}",
            action=action,
            subject=f"{KEY.one('account', account):016x}",
            at="2026-01-01T00:00:00+00:00",
            sequence=number,
            approved_by=("one", "other"),
        )
        return entry.signed(self.executor)

    def point(self, name: str) -> None:
        """Let the link lead to another run, in one step."""
        (self.folder / "next").symlink_to(name)
        (self.folder / "next").replace(self.folder / "now")


@dataclass
class Server:
    """A running `seawall serve`."""

    process: subprocess.Popen[str]
    port: int
    journal: Path
    deployment: Deployment

    def client(self, secret: str | None = None) -> httpx.Client:
        """A client with the token that may do everything, with another, or, for an empty one, with none."""
        known = self.deployment.secret if secret is None else secret
        headers = {"authorization": f"Bearer {known}"} if known else {}
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=10)

    def decide(self, *entries: OverlayEntry) -> httpx.Response:
        """Hand decisions to the guard, as the executor's sink does."""
        body = msgspec.json.encode({"entries": entries})
        with self.client() as client:
            return client.post("/v1/overlay", content=body, headers={"content-type": "application/json"})

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(20)


@contextmanager
def serving(deployment: Deployment, *options: str, run: str = "now") -> Iterator[Server]:
    """`seawall serve` on a free port, as an operator starts it."""
    journal = deployment.folder / "journal"
    command = [sys.executable, "-m", "seawall.cli.main", "serve", run, "--port", "0", *options]
    with journal.open("w") as out:
        process = subprocess.Popen(
            command, cwd=deployment.folder, stderr=out, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)}
        )
    try:
        yield Server(process, _port(process, journal), journal, deployment)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(20)


def _port(process: subprocess.Popen[str], journal: Path) -> int:
    while process.poll() is None:
        for line in journal.read_text().splitlines():
            if '"serving"' in line and line.endswith("}"):
                return int(json.loads(line)["port"])
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(journal.read_text())
