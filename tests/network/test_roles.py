"""Roles: probabilities that divide what an account is believed to do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.network.evidence import Column, Evidence
from seawall.network.roles import role_probabilities
from seawall.records.roles import ROLES, SELLER_SIDE, Role


class Anything(Evidence):
    """Evidence in which a column that is not named holds 0."""

    def column(self, name):
        return super().column(name) if name in {column.name for column in self.columns} else np.zeros(1, np.float32)


def roles(sells: float, buys: float, **evidence: float) -> dict[str, float]:
    """Role probabilities of one account; evidence by column, `_` for `.`."""
    columns = tuple(Column(name.replace("__", "."), "", "") for name in evidence)
    values = np.array([list(evidence.values())], np.float32).reshape(1, -1)
    opinion = np.array([[1 - sells - buys, sells, buys]], np.float32)
    return dict(zip(ROLES, role_probabilities(Anything(columns, values), opinion)[0].tolist(), strict=True))


@given(st.floats(0, 1, width=16), st.floats(0, 1, width=16), st.floats(0, 5, width=16), st.floats(0, 1, width=16))
def test_roles_divide_the_belief_and_sum_to_one(sells, share, points, minor):
    buys = (1 - sells) * share
    found = roles(sells, buys, sellers__mention__out__count=points, minor=minor)
    assert sum(found.values()) == pytest.approx(1, abs=1e-5)
    assert sum(found[role] for role in SELLER_SIDE) == pytest.approx(sells, abs=1e-5)
    assert found[Role.BUYER] == pytest.approx(buys, abs=1e-5)


def test_a_seller_who_is_marked_as_a_minor_is_likelier_a_child_at_risk():
    assert roles(0.9, 0, minor=1.0)[Role.AT_RISK_CHILD] > roles(0.9, 0, minor=0.0)[Role.AT_RISK_CHILD]


def test_who_points_at_sellers_is_likelier_a_promoter():
    plain, pointing = (roles(0.9, 0, sellers__mention__out__count=count) for count in (0.0, 3.0))
    assert pointing[Role.PROMOTER] > plain[Role.PROMOTER]
