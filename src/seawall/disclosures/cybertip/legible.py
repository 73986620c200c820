"""Text of the platform as XML can carry it."""

import re

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legible(text: str | None) -> str:
    """The text with every character that XML cannot carry shown as U+FFFD; nothing else changes."""
    return _NOT_XML.sub("\ufffd", text) if text else ""
