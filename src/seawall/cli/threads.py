"""How many threads libraries start of their own accord: one."""

import os

POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def calm_threads() -> None:
    """Let libraries compute on one thread and wait asleep, unless told otherwise; call it before numpy is imported.

    Threads that wait by spinning cost several times the time on busy cores, and sums over several threads come out
    otherwise on a machine with other cores. What runs on more threads (the lake) is told how many.
    """
    for name in POOLS:
        os.environ.setdefault(name, "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
