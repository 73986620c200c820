"""The sinks of this room by type, and those that a configuration names."""

from collections.abc import Mapping

from seawall.effects.configuration import EffectsSection
from seawall.effects.files import FilesSink
from seawall.effects.overlay import OverlaySink
from seawall.effects.sink import Maker, Sink
from seawall.effects.webhook import WebhookSink
from seawall.records.errors import BadConfiguration

MAKERS: Mapping[str, Maker] = {
    "files": FilesSink.make,
    "overlay": OverlaySink.make,
    "webhook": WebhookSink.make,
}
"""Adding a sink of this room is one line; other rooms' sinks are joined by the command line and the console."""


def make_sinks(section: EffectsSection, makers: Mapping[str, Maker] = MAKERS) -> dict[str, Sink]:
    """Every sink that the configuration names; raises BadConfiguration for a type that nobody makes."""
    made: dict[str, Sink] = {}
    for name, described in section.sinks.items():
        if described.type not in makers:
            raise BadConfiguration(
                f"[effects.sinks.{name}] has the type {described.type!r}; there are {', '.join(sorted(makers))}."
            )
        made[name] = makers[described.type](name, described.options)
    return made
