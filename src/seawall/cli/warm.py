"""Compiles every kernel of a run once: `python -m seawall.cli.warm`."""

import tempfile
from pathlib import Path

from seawall.cli.kernels import keep_kernels

keep_kernels()

import pyarrow.csv as pc  # noqa: E402  numba reads its folder when it is first imported
import pyarrow.parquet as pq  # noqa: E402

from seawall.flow.order import Order  # noqa: E402
from seawall.flow.progress import Stages  # noqa: E402
from seawall.flow.run import STAGES, run  # noqa: E402
from seawall.guard.library import Guard  # noqa: E402
from seawall.hashes.warm import compile_kernels  # noqa: E402
from seawall.records.ids import IdKey  # noqa: E402
from seawall.trials.world import make_world  # noqa: E402

ACCOUNTS = 5_000


def warm() -> None:
    """Make a small world and run on it, as a platform's first run would, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="seawall-warm-") as name:
        folder = Path(name)
        make_world(folder, ACCOUNTS, 0)
        _as_text(folder / "activity", "complaints")
        order = Order(folder / "activity", folder / "run", IdKey(bytes(32)), (folder / "lexicon.csv",), plain_ids=True)
        run(order, Stages(STAGES, quiet=True))
        Guard.open(folder / "run" / "guard", order.key).close()
    compile_kernels()


def _as_text(activity: Path, table: str) -> None:
    """Turn a table into CSV, so that the kernels that read times are compiled too."""
    pc.write_csv(pq.read_table(activity / f"{table}.parquet"), activity / f"{table}.csv")
    (activity / f"{table}.parquet").unlink()


if __name__ == "__main__":
    warm()
