"""Which case a network belongs to: kept, merged, split, come back."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

LEAST_SHARE = 1 / 3
"""Share of the smaller of the two from which a case and a network are the same."""
MOST = 1 / 2
"""Share of a case's members from which it goes up in the network where they are."""


@dataclass(frozen=True, slots=True)
class Known:
    """A case as it stands before the run."""

    number: int
    network_id: str
    is_open: bool
    accounts: Collection[str]


@dataclass(frozen=True, slots=True)
class Match:
    """What becomes of one network: its case (None: a new one), cases that go up in it, the case that it split from."""

    case: int | None
    merges: tuple[int, ...] = ()
    split_from: int | None = None


def match(networks: Sequence[tuple[str, Collection[str]]], known: Sequence[Known]) -> list[Match]:
    """One match for each (network id, accounts): a case keeps the network of its name, else its largest part.

    Open cases go before closed ones; every case is given to one network.
    """
    owners = _owners(networks, known)
    by_number = {case.number: case for case in known}
    taken = set(owners.values())
    home = {account: case.number for case in known if case.is_open for account in case.accounts}
    matches = []
    for place, (_, accounts) in enumerate(networks):
        inside = Counter(home[account] for account in accounts if account in home)
        merges = tuple(
            number
            for number, shared in sorted(inside.items())
            if number not in taken and shared >= MOST * len(by_number[number].accounts)
        )
        owner = owners.get(place)
        if owner is None and merges:
            owner, merges = merges[0], merges[1:]
        taken |= {*merges, *([owner] if owner is not None else [])}
        torn = inside.most_common(1) if owner is None else []
        split = torn[0][0] if torn and torn[0][1] >= LEAST_SHARE * len(accounts) else None
        matches.append(Match(owner, merges, split))
    return matches


def _owners(networks: Sequence[tuple[str, Collection[str]]], known: Sequence[Known]) -> dict[int, int]:
    """The case of each network that keeps one, by place."""
    by_number = {case.number: case for case in known}
    homes: dict[str, list[int]] = {}
    named: dict[str, list[int]] = {}
    for case in known:
        named.setdefault(case.network_id, []).append(case.number)
        for account in case.accounts:
            homes.setdefault(account, []).append(case.number)
    claims = []
    for place, (name, accounts) in enumerate(networks):
        shared = Counter(number for account in accounts for number in homes.get(account, ()))
        for number in {*shared, *named.get(name, ())}:
            case, same = by_number[number], by_number[number].network_id == name
            if same or shared[number] >= LEAST_SHARE * min(len(accounts), len(case.accounts)):
                claims.append((not case.is_open, not same, -shared[number], place, number))
    owners: dict[int, int] = {}
    given: set[int] = set()
    for _, _, _, place, number in sorted(claims):
        if place not in owners and number not in given:
            owners[place] = number
            given.add(number)
    return owners
