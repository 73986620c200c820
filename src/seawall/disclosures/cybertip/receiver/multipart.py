"""A form with one file, which is digested and held nowhere."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_PIECE = 1 << 16
_HEAD = 1 << 14


@dataclass(slots=True)
class Form:
    """The text fields, and the file's MD5 and size; `md5` is empty where no file came."""

    fields: dict[str, str] = field(default_factory=dict)
    md5: str = ""
    size: int = 0


def read_form(read: Callable[[int], bytes], length: int, content_type: str) -> Form:
    """A multipart form of `length` bytes; raises ValueError for what is none."""
    found = re.search(r'boundary="?([^";]+)', content_type)
    if not found:
        raise ValueError("the form has no boundary")
    return _Reader(read, length, b"\r\n--" + found[1].encode()).form()


class _Reader:
    """Pieces of a body, split at the boundary; never more than two pieces are held."""

    def __init__(self, read: Callable[[int], bytes], left: int, boundary: bytes) -> None:
        self._read, self._left, self._boundary = read, left, boundary
        self._held = b"\r\n"  # so that the first boundary looks like the others

    def form(self) -> Form:
        form = Form()
        self._until(self._boundary, bytearray().extend, most=_HEAD)
        while not self._starts(b"--"):
            head = bytearray()
            self._until(b"\r\n\r\n", head.extend, most=_HEAD)
            name = re.search(rb'name="([^"]*)"', bytes(head))
            if b"filename=" in head:
                self._file(form)
            else:
                value = bytearray()
                self._until(self._boundary, value.extend, most=_HEAD)
                form.fields[(name[1] if name else b"").decode()] = value.decode()
        return form

    def _file(self, form: Form) -> None:
        digest: Any = hashlib.md5(usedforsecurity=False)

        def take(piece: bytes) -> None:
            digest.update(piece)
            form.size += len(piece)

        self._until(self._boundary, take)
        form.md5 = digest.hexdigest()

    def _starts(self, with_what: bytes) -> bool:
        while len(self._held) < 2 and self._more():
            pass
        return self._held.startswith(with_what)

    def _until(self, mark: bytes, take: Callable[[bytes], None], most: int | None = None) -> None:
        passed = 0
        while True:
            place = self._held.find(mark)
            safe = place if place >= 0 else max(0, len(self._held) - len(mark) + 1)
            take(self._held[:safe])
            passed += safe
            self._held = self._held[safe:]
            if place >= 0:
                self._held = self._held[len(mark) :]
                return
            if (most is not None and passed > most) or not self._more():
                raise ValueError("the form is cut off, or a field of it is too long")

    def _more(self) -> bool:
        piece = self._read(min(_PIECE, self._left)) if self._left else b""
        self._left -= len(piece)
        self._held += piece
        return bool(piece)
