"""The platform's own store of media: asked to preserve, read through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from seawall.effects.outbound import Outbound
from seawall.records.errors import Unavailable


@dataclass(frozen=True, slots=True)
class MediaStore:
    """Media by locator, as addresses of the store; `headers` carry its credentials."""

    outbound: Outbound
    headers: dict[str, str] = field(default_factory=dict)
    preserve_at: str = ""

    @contextmanager
    def open(self, locator: str) -> Iterator[tuple[int, Iterator[bytes]]]:
        """A file's length and its pieces; nothing is kept."""
        with self.outbound.stream(locator, purpose="media for a report", headers=self.headers) as opened:
            yield opened

    def preserve(self, case_id: str, locator: str, sha256: str, until: str) -> bytes:
        """Ask the store to keep a file until a day; returns its receipt, which belongs into the vault."""
        asked = msgspec.json.encode({"case": case_id, "locator": locator, "sha256": sha256, "until": until})
        answer = self.outbound.request(
            "POST",
            self.preserve_at,
            purpose="preserve media",
            headers={**self.headers, "Content-Type": "application/json"},
            body=asked,
        )
        if not 200 <= answer.status < 300:
            raise Unavailable(f"the store did not promise to preserve {sha256[:12]} ({answer.status}); ask it again.")
        return answer.body
