"""Sees every connection that Python opens in this process, whoever opens it, and stops those that would leave.

Nothing of the suite may reach beyond this machine, and of Seawall's own code only `effects/outbound.py` may connect.
"""

import ipaddress
import socket
import sys
from pathlib import Path
from types import FrameType

import py4j
import pyspark

import seawall

ROOM = str(Path(seawall.__file__).parent)
DOOR = str(Path(ROOM) / "effects" / "outbound.py")
SPARK = tuple(str(Path(package.__file__).parent) for package in (py4j, pyspark))
"""How Python talks to the Spark that a test starts on this machine."""

OPENED: list[tuple[str, int]] = []
"""Hosts and ports, in the order in which they were connected to."""
CONFIGURED: set[int] = set()
"""Ports of servers that a test has started."""
LOOKED_UP: list[str] = []
"""Names that were looked up."""
STRANGE: list[str] = []
"""What was stopped, and why."""

_SENDING = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class Stopped(OSError):
    """A connection that no test configured."""


def opened_by(frame: FrameType | None) -> str:
    """The file of Seawall that opens a connection, or nothing where none does."""
    while frame is not None and not frame.f_code.co_filename.startswith(SPARK):
        if frame.f_code.co_filename.startswith(ROOM):
            return frame.f_code.co_filename
        frame = frame.f_back
    return ""


def is_here(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host in {"", "localhost", socket.gethostname()}


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in _SENDING and isinstance(arguments[1], tuple):
        host, port = str(arguments[1][0]), int(arguments[1][1])
        OPENED.append((host, port))
        by = opened_by(sys._getframe(1))
        if not is_here(host):
            _stop(f"{host}:{port} is not on this machine (from {by or 'a test'})")
        if by not in {"", DOOR}:
            _stop(f"{host}:{port} was connected to by {by}")
    elif event == "socket.getaddrinfo" and arguments[0] is not None:
        name = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
        LOOKED_UP.append(name)
        if not is_here(name):
            _stop(f"{name} was looked up (from {opened_by(sys._getframe(1)) or 'a test'})")


def _stop(why: str) -> None:
    STRANGE.append(why)
    raise Stopped(why)


sys.addaudithook(_watch)
