"""Kills a sender forty times over thirty reports, and streams ten gigabytes through the vault.

Run `python tests/soak/disclosures.py [--gigabytes N]`; it exits with 1 when a report is lost or sent twice.
"""

import argparse
import os
import shutil
import sys
import tempfile
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS), str(TESTS / "disclosures")]

from disclosing import KEY, PASSWORD, USER, MediaHandler, approved, fill  # noqa: E402
from django.core.management import call_command  # noqa: E402
from killed_senders import assert_each_once, kill_often  # noqa: E402

import databases  # noqa: E402
from seawall.disclosures.cybertip.receiver.server import Receiver  # noqa: E402
from seawall.disclosures.example import example_dossier  # noqa: E402
from seawall.disclosures.ledger import Ledger  # noqa: E402

KILLS, ACCOUNTS, SEED = 40, 30, 5


def main() -> int:
    """Both soaks, one line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gigabytes", type=float, default=10.0)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        killed_reports(Path(name))
    with tempfile.TemporaryDirectory() as name:
        return streamed(Path(name), told.gigabytes)


def killed_reports(home: Path) -> None:
    """Thirty reports, forty kills, and failures of the receiver in between."""
    address = f"sqlite:///{home / 'seawall.db'}"
    databases.use(address)
    call_command("migrate", verbosity=0)
    receiver = Receiver(USER, PASSWORD)
    media = ThreadingHTTPServer(("127.0.0.1", 0), MediaHandler)
    media.files, media.base = {}, f"http://127.0.0.1:{media.server_address[1]}"
    for server in (receiver, media):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    for call in ("submit", "upload", "fileinfo", "finish"):
        for how in ("lost", "cut", "1000"):
            receiver.fail(call, how)
    ledger = Ledger(KEY)
    dossier = fill(media, example_dossier(ACCOUNTS, SEED, media.base))
    filed = approved(ledger, dossier)
    environment = {**os.environ, "SEAWALL_DATABASE": address, "SEAWALL_HOME": str(home)}
    killed = kill_often(environment, receiver.base, media.base, dossier.case_id, KILLS, SEED, longest=0.15)
    for one in filed:
        one.refresh_from_db()
        ledger.verify(one)
    assert_each_once(receiver, dossier, filed)
    orphans = sum(report.state != "finished" for report in receiver.reports.kept.values())
    sys.stdout.write(
        f"{len(filed)} reports, killed {killed} times of {KILLS} at work: each finished once, linked to those before; "
        f"{orphans} unfinished ones expire there\n"
    )


def streamed(home: Path, gigabytes: float) -> int:
    """A case of so many gigabytes into the vault and out of it as a pack."""
    from vault_streaming import stream_case

    free = shutil.disk_usage(home).free / 1e9
    assert free > 3 * gigabytes, f"{gigabytes} GB need three times as much free disk; {free:.0f} GB are free"
    peak, seconds = stream_case(home, gigabytes)
    sys.stdout.write(f"{gigabytes:g} GB into the vault, out and into a pack in {seconds:.0f} s; peak {peak:.0f} MB\n")
    return int(peak >= 200)


if __name__ == "__main__":
    sys.exit(main())
