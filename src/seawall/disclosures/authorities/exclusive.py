"""No account is reported to two authorities that exclude each other."""

from collections.abc import Iterable

from seawall.disclosures.ledger import Ledger
from seawall.disclosures.models import Disclosure, State
from seawall.records.errors import Refused

EXCLUSIVE: tuple[frozenset[str], ...] = (frozenset({"ncmec", "nca"}),)
"""Sets of authorities of which an account's case goes to one only."""


def require_first(ledger: Ledger, authority: str, accounts: Iterable[str]) -> None:
    """Raise Refused where one of the accounts went, or is going, to an authority that excludes this one."""
    excluded = {other for group in EXCLUSIVE if authority in group for other in group} - {authority}
    subjects = [ledger.subject(account) for account in accounts]
    standing = Disclosure.objects.filter(authority__in=excluded, subject__in=subjects, environment="production")
    found = standing.exclude(state__in=[State.WITHDRAWN, State.FAILED]).first()
    if found is not None:
        raise Refused(
            f"an account of this case is reported to {found.authority} (disclosure {found.pk}, {found.state}); "
            f"it is not reported to {authority} too."
        )
