"""Where compiled kernels are kept between commands."""

import os
from importlib.metadata import version
from pathlib import Path


def keep_kernels() -> None:
    """Give numba a fixed folder of the user's own, unless one is set; call it before numba is imported.

    The folder carries the version: numba looks at the file of a kernel, not at those of the kernels that it calls.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache / "seawall" / version("seawall") / "numba"))
