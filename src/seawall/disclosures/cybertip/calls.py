"""The seven calls, as bytes that can be kept before they are sent."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

from seawall.disclosures.cybertip.environments import Credentials
from seawall.disclosures.pace import Pace
from seawall.effects.outbound import Answer, Outbound
from seawall.records.errors import Damaged

CallName = Literal["status", "xsd", "submit", "upload", "fileinfo", "finish", "retract"]
_XML = "text/xml; charset=utf-8"
_FORM = "application/x-www-form-urlencoded"
_BOUNDARY = "seawall-7f1c2b9d4e"


@dataclass(frozen=True, slots=True)
class Tipline:
    """One environment, reached through the one place that opens connections."""

    outbound: Outbound
    credentials: Credentials
    pace: Pace = field(default_factory=Pace)

    def get(self, call: Literal["status", "xsd"]) -> Answer:
        """Ask for the service's state or its schema."""
        return self._send("GET", call, {}, None)

    def post_xml(self, call: Literal["submit", "fileinfo"], xml: bytes) -> Answer:
        """Send a document."""
        return self._send("POST", call, {"Content-Type": _XML}, xml)

    def post_id(self, call: Literal["finish", "retract"], form: bytes) -> Answer:
        """Send a report's number."""
        return self._send("POST", call, {"Content-Type": _FORM}, form)

    def upload(self, upload: "Upload", pieces: Iterable[bytes]) -> Answer:
        """Send a file as it comes; it is held nowhere."""
        headers = {
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
            "Content-Length": str(upload.length),
        }
        return self._send("POST", "upload", headers, upload.body(pieces))

    def _send(
        self, method: str, call: CallName, headers: dict[str, str], body: bytes | Iterable[bytes] | None
    ) -> Answer:
        self.pace.take()
        return self.outbound.request(
            method,
            f"{self.credentials.address}/{call}",
            purpose=f"cybertip {call}",
            headers={"Authorization": self.credentials.header, **headers},
            body=body,
        )


def id_form(report_id: int) -> bytes:
    """The form that finish and retract take."""
    return urlencode({"id": report_id}).encode()


class Upload:
    """One file on its way: what is around it, and its digests as they pass."""

    def __init__(self, report_id: int, name: str, content_type: str, size: int) -> None:
        plain = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)[:120] or "file"
        self.head = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="id"\r\n\r\n{report_id}\r\n'
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{plain}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        ).encode("ascii", "replace")
        self.size = size
        self.tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
        self.md5 = hashlib.md5(usedforsecurity=False)
        self.sha256 = hashlib.sha256()

    @property
    def length(self) -> int:
        """Bytes of the whole body."""
        return len(self.head) + self.size + len(self.tail)

    def body(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The body in pieces; raises Damaged before its end where the file is not as long as it was said to be."""
        yield self.head
        passed = 0
        for piece in pieces:
            passed += len(piece)
            if passed > self.size:
                break
            self.md5.update(piece)
            self.sha256.update(piece)
            yield piece
        if passed != self.size:
            raise Damaged(f"the file has another size than the {self.size} bytes that the case names; look at it.")
        yield self.tail
