"""The guard's door: seven questions, appeals and changes over HTTP.

A bare ASGI application. Whatever goes wrong inside, a question is answered with the safe default of its surface, and
counted; only a request that is itself wrong gets anything but a decision.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from seawall.api.appeals import AppealQueue
from seawall.api.health import Alive, Readiness
from seawall.api.http import (
    BINARY,
    JSON,
    TEXT,
    ClientGone,
    HttpError,
    Receive,
    Scope,
    Send,
    answer,
    answer_problem,
    read_body,
)
from seawall.api.journal import Journal
from seawall.api.metrics import Metrics
from seawall.api.openapi import Described, describe
from seawall.api.token_file import Client, Clients
