"""The roles that an account can play, and which of them sell."""

from enum import StrEnum


class Role(StrEnum):
    """What an account does in a trade; `BYSTANDER` is everyone else."""

    SELLER = "seller"
    PROMOTER = "promoter"
    BUYER = "buyer"
    RESELLER = "reseller"
    AT_RISK_CHILD = "at_risk_child"
    BYSTANDER = "bystander"


ROLES = tuple(Role)
"""Every role, in the order of the columns of `findings`."""

SELLER_SIDE = frozenset({Role.SELLER, Role.PROMOTER, Role.RESELLER, Role.AT_RISK_CHILD})
"""The roles that offer; a child among them takes the victim path."""
