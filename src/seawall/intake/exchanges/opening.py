"""An exchange by its name, base address and secrets file."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from seawall.effects.outbound import Destination, Outbound
from seawall.intake.exchanges.base import Exchange
from seawall.intake.exchanges.session import ExchangeSession
from seawall.records.errors import BadConfiguration, Unavailable

T = TypeVar("T")
KINDS = ("ncmec", "stopncii", "threatexchange")


class NcmecSecrets(msgspec.Struct, forbid_unknown_fields=True):
    """HTTP Basic credentials."""

    user: str
    password: str


class StopNciiSecrets(msgspec.Struct, forbid_unknown_fields=True):
    """A subscription key, and one function key an endpoint (FetchHashes, SubmitFeedback)."""

    subscription: str
    keys: dict[str, str]


class ThreatExchangeSecrets(msgspec.Struct, forbid_unknown_fields=True):
    """An application token and the privacy group to read."""

    token: str
    group: int


SECRETS: Mapping[str, type[msgspec.Struct]] = {
    "ncmec": NcmecSecrets,
    "stopncii": StopNciiSecrets,
    "threatexchange": ThreatExchangeSecrets,
}
"""What the secrets file of each kind of exchange holds."""


def open_exchange(kind: str, base: str, secrets: Path, ledger: Path, *, private: bool = False) -> Exchange:
    """The exchange, allowed to reach the origin of `base` and nothing else; secrets are a JSON file."""
    parts = urlsplit(base)
    outbound = Outbound([Destination(f"{parts.scheme}://{parts.netloc}", private)], ledger)
    base = base.rstrip("/")
    try:  # the clients come with the extra `exchange`
        from seawall.intake.exchanges.ncmec import Ncmec
        from seawall.intake.exchanges.stopncii import StopNcii
        from seawall.intake.exchanges.threatexchange import ThreatExchange
    except ImportError as error:
        raise Unavailable("exchanges need the extra `exchange`: pip install 'seawall[exchange]'.") from error
    if kind == "ncmec":
        basic = _read(secrets, NcmecSecrets)
        return Ncmec(base, ExchangeSession.basic(outbound, kind, basic.user, basic.password))
    if kind == "stopncii":
        keys = _read(secrets, StopNciiSecrets)
        return StopNcii(base, keys.subscription, keys.keys, ExchangeSession(outbound, kind))
    if kind == "threatexchange":
        group = _read(secrets, ThreatExchangeSecrets)
        return ThreatExchange(base, group.token, group.group, ExchangeSession(outbound, kind))
    raise BadConfiguration(f"there is no exchange {kind!r}; known: {', '.join(KINDS)}.")


def _read(secrets: Path, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(secrets.read_bytes(), type=shape)
    except (OSError, msgspec.DecodeError) as error:
        fields = ", ".join(getattr(shape, "__struct_fields__", ()))
        raise BadConfiguration(f"{secrets} must be a JSON object with {fields} ({error}).") from error
