"""A network keeps its name from run to run while accounts come and go.

A new network takes the name of the earlier one that it shares most accounts with, when that is at least a third of the
smaller of the two; each name is given once, to the largest overlap first.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

LEAST_SHARE = 1 / 3

Named = tuple[str, str | None]


def related(networks: Sequence[Sequence[str]], earlier: Mapping[str, Sequence[str]]) -> Mapping[tuple[int, str], int]:
    """(place, earlier id) of every new and earlier network that share enough accounts, and how many they share."""
    home = {account: name for name, accounts in earlier.items() for account in accounts}
    return {
        (place, name): shared
        for place, accounts in enumerate(networks)
        for name, shared in sorted(Counter(home[account] for account in accounts if account in home).items())
        if shared >= LEAST_SHARE * min(len(accounts), len(earlier[name]))
    }


def name_networks(networks: Sequence[Sequence[str]], earlier: Mapping[str, Sequence[str]]) -> list[Named]:
    """(network id, earlier id or None) for each list of account ids."""
    overlaps = [(-shared, place, name) for (place, name), shared in related(networks, earlier).items()]
    kept: dict[int, str] = {}
    for _, place, name in sorted(overlaps):
        if place not in kept and name not in kept.values():
            kept[place] = name
    return [
        (kept[place], kept[place]) if place in kept else (_new_name(accounts), None)
        for place, accounts in enumerate(networks)
    ]


def _new_name(accounts: Sequence[str]) -> str:
    digest = hashlib.blake2b("\n".join(sorted(accounts)).encode(), digest_size=8).hexdigest()
    return f"network-{digest}"
