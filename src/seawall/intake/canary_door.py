"""The canary's longest path: over HTTP to the door, as an upload goes."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import urlsplit

import msgspec

from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import Unavailable

_LINE = "canary-8d1f"


@dataclass(frozen=True, slots=True)
class CanaryDoor:
    """Asks a door that speaks HMA's JSON whether it knows a file."""

    outbound: Outbound
    address: str
    token: str

    @classmethod
    def of(cls, base: str, token: str, ledger: Path, private: bool = False) -> Self:
        """A door by its base address; nothing else can be reached, and each connection goes into the ledger."""
        parts = urlsplit(base)
        outbound = Outbound([Destination(f"{parts.scheme}://{parts.netloc}", private)], ledger)
        return cls(outbound, f"{base.rstrip('/')}/m/lookup?bypass_coinflip=true", token)

    def __call__(self, file: BinaryIO) -> Set[str]:
        """The banks that the door says the file matches."""
        head = f'--{_LINE}\r\nContent-Disposition: form-data; name="photo"; filename="canary.jpg"\r\n\r\n'
        body = head.encode() + file.read() + f"\r\n--{_LINE}--\r\n".encode()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": f"multipart/form-data; boundary={_LINE}",
        }
        answer = self.outbound.request("POST", self.address, purpose="canary", headers=headers, body=body)
        if answer.status != 200:
            raise Unavailable(f"the door answered {answer.status}")
        told = msgspec.json.decode(answer.body, type=dict[str, dict[str, object]])
        return {bank for banks in told.values() for bank in banks}
