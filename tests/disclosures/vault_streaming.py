"""A large case into the vault, out of it and into a pack, in a process whose memory is measured."""

import os
import subprocess
import sys
import time
from pathlib import Path

SOURCES = ":".join([str(Path(__file__).parents[2] / "src"), os.environ.get("PYTHONPATH", "")])


def stream_case(home, gigabytes):
    """Peak memory in MB, and seconds, of streaming so much in and out."""
    started = time.perf_counter()
    told = subprocess.run(
        [sys.executable, __file__, str(home), str(gigabytes)],
        env={**os.environ, "PYTHONPATH": SOURCES},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(told.stdout), time.perf_counter() - started


def pieces(size, piece=b"account,at,what,invented words and numbers 0123456789\n" * 1200):
    """So many bytes of text, a piece at a time."""
    while size > 0:
        yield piece[: min(size, len(piece))]
        size -= len(piece)


def main(home, gigabytes):
    from seawall.disclosures.vault.keys import OperatorKey
    from seawall.disclosures.vault.pack import export_pack, verify_pack
    from seawall.disclosures.vault.vault import By, Vault

    key = OperatorKey(bytes(range(32)))
    case = Vault(home / "vault", key).open("large", By("tester", "a soak"))
    half = int(gigabytes * 1e9 / 2)
    for name in ("text.csv", "metadata.csv"):
        case.put(name, pieces(half))
    assert sum(len(piece) for piece in case.read("text.csv")) == half
    pack_key = export_pack(case, key, home / "pack")
    assert len(verify_pack(home / "pack", pack_key, key.public).items) == 2
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1e3)  # noqa: T201  the caller reads it


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
