"""Sees every connection that Python opens, whoever opens it."""

import sys

OPENED: list[tuple[str, int]] = []
"""Hosts and ports, in the order in which they were connected to."""
CONFIGURED: set[int] = set()
"""Ports of servers that a test has started."""
LOOKED_UP: list[str] = []
"""Names that were looked up."""


def _watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        OPENED.append(arguments[1][:2])
    elif event == "socket.getaddrinfo":
        LOOKED_UP.append(str(arguments[0]))


sys.addaudithook(_watch)
