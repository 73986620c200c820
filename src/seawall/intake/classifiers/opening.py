"""The classifiers that an operator lists, each behind its breaker."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from seawall.effects.outbound import Destination, Outbound
from seawall.intake.classifiers.base import Breaker, Classifier
from seawall.intake.classifiers.vendors import Arachnid, GoogleContentSafety, Hive, HmaLookup, OpenAiModeration
from seawall.intake.exchanges.arachnid import ArachnidShield
from seawall.intake.exchanges.session import ExchangeSession
from seawall.records.errors import BadConfiguration


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the file: what kind of service, where, and what it asks for.

    `key` is Google's key, OpenAI's, Hive's or HMA's token; Arachnid takes `user` and `password`. `labels` are the
    scores that count, of OpenAI and Hive.
    """

    kind: Literal["google", "openai", "hive", "hma", "arachnid"]
    base: Annotated[str, msgspec.Meta(pattern="^https?://")]
    key: str = ""
    user: str = ""
    password: str = ""
    model: str = "omni-moderation-latest"
    labels: tuple[str, ...] = ()
    private: bool = False


def open_classifiers(path: Path, ledger: Path) -> list[Breaker]:
    """The classifiers of a JSON file (an array of `Listed`), each allowed to reach its own origin and nothing else."""
    try:
        listed = msgspec.json.decode(path.read_bytes(), type=list[Listed])
    except (OSError, msgspec.DecodeError) as error:
        fields = ", ".join(Listed.__struct_fields__)
        raise BadConfiguration(f"{path} must be a JSON array of objects with {fields} ({error}).") from error
    return [Breaker(_opened(one, ledger)) for one in listed]


def _opened(one: Listed, ledger: Path) -> Classifier:
    parts, base = urlsplit(one.base), one.base.rstrip("/")
    outbound = Outbound([Destination(f"{parts.scheme}://{parts.netloc}", one.private)], ledger)
    if one.kind == "google":
        return GoogleContentSafety(base, _given(one, "key"), ExchangeSession(outbound, one.kind))
    if one.kind == "arachnid":
        user, password = _given(one, "user"), _given(one, "password")
        return Arachnid(ArachnidShield(base, ExchangeSession.basic(outbound, one.kind, user, password)))
    scheme = "Token" if one.kind == "hive" else "Bearer"
    session = ExchangeSession(outbound, one.kind, {"Authorization": f"{scheme} {_given(one, 'key')}"})
    if one.kind == "hma":
        return HmaLookup(base, session)
    labels = frozenset(_labels(one))
    return Hive(base, labels, session) if one.kind == "hive" else OpenAiModeration(base, one.model, labels, session)


def _given(one: Listed, name: str) -> str:
    if not (value := str(getattr(one, name))):
        raise BadConfiguration(f"the classifier {one.kind} lacks its {name}; fill it in.")
    return value


def _labels(one: Listed) -> Sequence[str]:
    if not one.labels:
        raise BadConfiguration(f"the classifier {one.kind} lacks its labels; name the scores that count.")
    return one.labels
