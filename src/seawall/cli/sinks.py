"""All sinks by type: this is where the rooms' sinks meet the executor."""

from collections.abc import Mapping

from seawall.disclosures.sinks import MAKERS as DISCLOSURES
from seawall.effects.sink import Maker
from seawall.effects.sinks import MAKERS as OWN

MAKERS: Mapping[str, Maker] = {**OWN, **DISCLOSURES}
"""Adding a room's sinks is one line."""
