"""Neutral messages, and the page of help, by language and country."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from seawall.guard.answers import Decision
from seawall.guard.policy import RANK, SURFACES, Viewer
from seawall.records.errors import BadConfiguration

_KEYS: Mapping[tuple[str, Decision], str] = {
    ("search", Decision.SILENT): "search.no_results",
    ("search", Decision.DETERRENCE): "search.help",
    ("tag", Decision.CLOSE): "tag.unavailable",
    ("tag", Decision.RESTRICT): "tag.limited",
    ("profile", Decision.CLOSE): "profile.unavailable",
    ("contact", Decision.HOLD): "contact.requested",
    ("contact", Decision.REFUSE): "contact.requested",
    ("upload", Decision.HOLD): "upload.processing",
    ("upload", Decision.REFUSE): "upload.not_published",
}
"""The key for each decision that a person notices; a contact that is refused looks like one that waits."""

HELP_YOUNG = "search.help_young"
_ENGLISH = "en"


def message_key(surface: str, decision: Decision, viewer: int) -> str:
    """The key of what the user interface shows; empty where it shows what it always does."""
    key = _KEYS.get((surface.split(".")[0], decision), "")
    return HELP_YOUNG if key == "search.help" and viewer == Viewer.CHILD else key


KEY_OF = {
    (number, code, int(viewer)): message_key(surface, decision, viewer)
    for number, surface in enumerate(SURFACES)
    for code, decision in enumerate(RANK)
    for viewer in Viewer
}
"""Every key, by the numbers of surface, decision and viewer."""


class Services(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lines that a country's page of help ends with."""

    lines: list[str] = []


class Messages:
    """The sentences behind the keys."""

    def __init__(self, languages: Mapping[str, Mapping[str, str]], services: Mapping[str, Services]) -> None:
        self._languages, self._services = languages, services

    @classmethod
    def load(cls, path: Path | None = None) -> "Messages":
        """The shipped sentences, with those of a file laid over them."""
        shipped = tomllib.loads(files("seawall.guard").joinpath("messages.toml").read_text("utf-8"))
        given = tomllib.loads(path.read_text("utf-8")) if path else {}
        where = str(path) if path else "the shipped messages"
        try:
            services = msgspec.convert({**shipped.pop("help"), **given.pop("help", {})}, dict[str, Services])
            languages = msgspec.convert(shipped, dict[str, dict[str, str]])
            own = msgspec.convert(given, dict[str, dict[str, str]])
        except msgspec.ValidationError as error:
            raise BadConfiguration(
                f"{where}: {error}. Write keys and sentences under a language, as shipped."
            ) from error
        unknown = {key for sentences in own.values() for key in sentences} - set(languages[_ENGLISH])
        if unknown:
            raise BadConfiguration.unknown_key(where, min(unknown), languages[_ENGLISH])
        merged = {tongue: {**languages.get(tongue, {}), **own.get(tongue, {})} for tongue in {*languages, *own}}
        return cls(merged, services)

    def text(self, key: str, language: str = _ENGLISH) -> str:
        """The sentence of a key, in a language or else in English; empty for no key."""
        if not key:
            return ""
        spoken = self._languages.get(language.split("-")[0].lower(), {})
        return spoken.get(key) or self._languages[_ENGLISH][key]

    def page(self, key: str, country: str, language: str) -> str:
        """The page of help for a country and a language."""
        services = self._services.get(country.upper(), Services())
        return "\n".join([self.text(key, language), *services.lines])


@cache
def shipped_messages() -> Messages:
    """The shipped sentences, read once."""
    return Messages.load()
