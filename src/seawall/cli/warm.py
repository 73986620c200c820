"""Compiles every kernel once: `python -m seawall.cli.warm`."""

import tempfile
from pathlib import Path

from seawall.cli.kernels import keep_kernels

keep_kernels()

from seawall.flow.order import Order  # noqa: E402
from seawall.flow.progress import Stages  # noqa: E402  numba reads its folder when it is first imported
from seawall.flow.run import STAGES, run  # noqa: E402
from seawall.records.ids import IdKey  # noqa: E402
from seawall.trials.world import make_world  # noqa: E402

ACCOUNTS = 5_000


def warm() -> None:
    """Make a small world and run on it, as a platform's first run would, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="seawall-warm-") as name:
        folder = Path(name)
        make_world(folder, ACCOUNTS, 0)
        order = Order(folder / "activity", folder / "run", IdKey(bytes(32)), (folder / "lexicon.csv",))
        run(order, Stages(STAGES, quiet=True))


if __name__ == "__main__":
    warm()
