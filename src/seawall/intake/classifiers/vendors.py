"""Google, OpenAI, Hive, HMA and Arachnid: one class each."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from seawall.hashes.hashing import hash_file
from seawall.intake.classifiers.base import Priority, Routing, by_score
from seawall.intake.exchanges.arachnid import ArachnidShield
from seawall.intake.exchanges.session import ExchangeSession
from seawall.records.errors import Unavailable

_LINE = "seawall-part"


@dataclass(frozen=True, slots=True)
class GoogleContentSafety:
    """Content Safety API, images:classify: a review priority for one image."""

    base: str
    key: str
    session: ExchangeSession
    name: ClassVar[str] = "google"

    def route(self, image: bytes) -> Routing:
        """Their priority as it is; their terms allow it for routing only."""
        url = f"{self.base}/v1beta1/images:classify?key={quote(self.key)}"
        with _shape(self.name):
            told = self.session.post(url, json={"images": [base64.b64encode(image).decode()]}).json()
            return Routing(self.name, Priority[told["reviewPriorities"][0]], {}, str(told.get("model_version", "")))


@dataclass(frozen=True, slots=True)
class OpenAiModeration:
    """Moderations: category scores; which categories count is the operator's choice. The session holds the key."""

    base: str
    model: str
    labels: frozenset[str]
    session: ExchangeSession
    name: ClassVar[str] = "openai"

    def route(self, image: bytes) -> Routing:
        """The highest of the scores that count."""
        url = "data:application/octet-stream;base64," + base64.b64encode(image).decode()
        asked = {"model": self.model, "input": [{"type": "image_url", "image_url": {"url": url}}]}
        with _shape(self.name):
            told = self.session.post(f"{self.base}/v1/moderations", json=asked).json()
            return by_score(self.name, told["results"][0]["category_scores"], self.labels, str(told.get("model", "")))


@dataclass(frozen=True, slots=True)
class Hive:
    """Synchronous tasks: class scores of the first output. The session holds the token."""

    base: str
    labels: frozenset[str]
    session: ExchangeSession
    name: ClassVar[str] = "hive"

    def route(self, image: bytes) -> Routing:
        """The highest of the scores that count."""
        with _shape(self.name):
            told = self.session.post(f"{self.base}/api/v2/task/sync", **_part("media", image)).json()
            classes = told["status"][0]["response"]["output"][0]["classes"]
            return by_score(self.name, {each["class"]: each["score"] for each in classes}, self.labels)


@dataclass(frozen=True, slots=True)
class HmaLookup:
    """A lookup at another Hasher-Matcher-Actioner: highest priority where any of its banks matches."""

    base: str
    session: ExchangeSession
    name: ClassVar[str] = "hma"

    def route(self, image: bytes) -> Routing:
        """Very high or very low, with the number of matches in each bank."""
        with _shape(self.name):
            told = self.session.post(f"{self.base}/m/lookup?bypass_coinflip=true", **_part("photo", image)).json()
            banks = {bank: float(len(matches)) for kind in told.values() for bank, matches in kind.items()}
            return Routing(self.name, Priority.VERY_HIGH if any(banks.values()) else Priority.VERY_LOW, banks)


@dataclass(frozen=True, slots=True)
class Arachnid:
    """Project Arachnid Shield, told the PDQ of an image and never the image."""

    shield: ArachnidShield
    name: ClassVar[str] = "arachnid"

    def route(self, image: bytes) -> Routing:
        """Very high for csam, high for other harmful material, very low for what is not known there."""
        hashed = hash_file(io.BytesIO(image))
        if hashed.pdq is None:
            raise Unavailable(f"this file has no PDQ ({hashed.outcome}), and {self.name} is asked by PDQ alone.")
        (told,) = self.shield.classify([hashed.pdq])
        priority = {None: Priority.VERY_LOW, "csam": Priority.VERY_HIGH}.get(told, Priority.HIGH)
        return Routing(self.name, priority, {told: 1.0} if told else {})


@contextmanager
def _shape(name: str) -> Iterator[None]:
    """Turn an answer of another shape into `Unavailable`."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unavailable(
            f"{name} answered in a shape that is not known ({error!r}); nothing is routed by it."
        ) from error


def _part(name: str, data: bytes) -> dict[str, Any]:
    """A multipart body with one file, and its header."""
    head = f'--{_LINE}\r\nContent-Disposition: form-data; name="{name}"; filename="file"\r\n\r\n'
    body = head.encode() + data + f"\r\n--{_LINE}--\r\n".encode()
    return {"data": body, "headers": {"Content-Type": f"multipart/form-data; boundary={_LINE}"}}
