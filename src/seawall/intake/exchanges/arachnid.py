"""Project Arachnid Shield: asked by PDQ alone, no picture leaves."""

import base64
from dataclasses import dataclass

from seawall.intake.exchanges.session import ExchangeSession
from seawall.records.errors import Unavailable

_HARMFUL = frozenset({"csam", "harmful-abusive-material"})


@dataclass(frozen=True, slots=True)
class ArachnidShield:
    """The service by its base address, as https://shield.projectarachnid.com; the session holds the credentials."""

    base: str
    session: ExchangeSession

    def classify(self, pdqs: list[str]) -> list[str | None]:
        """For each PDQ (64 hex digits) csam, harmful-abusive-material, or None where it is not known."""
        asked = [base64.b64encode(bytes.fromhex(pdq)).decode() for pdq in pdqs]
        reply = self.session.post(f"{self.base}/v1/pdq/", json={"hashes": asked})
        reply.raise_for_status()
        try:
            told = reply.json()["scanned_hashes"]
            found = [told[key]["classification"] for key in asked]
        except (KeyError, TypeError) as error:
            raise Unavailable(f"the answer of the service lacks {error}; nothing is known of these hashes.") from error
        return [label if label in _HARMFUL else None for label in found]
