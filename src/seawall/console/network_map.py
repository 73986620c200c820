"""The map of a network, drawn here and sent as SVG.

Shapes and colours are the roles', sizes the risks, lines the ties; the layout holds communities apart. The marks come
from `shapes.svg`, which every page of the console holds, and the colours from its style sheet: the map needs neither
script nor inline style.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seawall.network.layout import Drawing, drawing
from seawall.records.roles import Role

SIDE = 640
TIES = 2_500
"""The most ties that a map draws, the strongest."""
STRENGTHS = ("faint", "middling", "strong")
UPWARDS = (Role.BYSTANDER, Role.BUYER, Role.PROMOTER, Role.RESELLER, Role.SELLER, Role.AT_RISK_CHILD)
"""Who is drawn above whom: the last stays visible in a crowd."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An account on the map; `at` is what its row in the members' table is called."""

    at: str
    label: str
    role: str
    risk: float


def draw(marks: Sequence[Mark], ties: npt.NDArray[np.int64], weights: npt.NDArray[np.float32]) -> SafeString:
    """The map as an SVG element; `ties`, shape (m, 2), are places in `marks`, `weights`, shape (m,), above 0."""
    sketch = drawing(np.arange(len(marks), dtype=np.int64), ties, weights, TIES)
    margin = 24 + max(0.0, 170 - 4.0 * len(marks))  # so that a small network looks small
    places = margin + (SIDE - 2 * margin) * sketch.points
    return format_html(
        '<svg class="map" viewBox="0 0 {0} {0}" role="img" aria-label="{1}">{2}{3}</svg>',
        SIDE,
        _told(len(marks), len(sketch.edges), len(ties)),
        _lines(sketch, places),
        _shapes(marks, places),
    )


def _told(accounts: int, shown: int, ties: int) -> str:
    """What a person who cannot see the map hears of it."""
    drawn = ngettext("Map of {accounts} account", "Map of {accounts} accounts", accounts).format(accounts=accounts)
    lines = _("the strongest {shown} of {ties} ties between them").format(shown=shown, ties=ties)
    return f"{drawn}, {lines}."


def _lines(sketch: Drawing, places: npt.NDArray[np.float32]) -> SafeString:
    """The ties in thirds by strength, the weakest below."""
    drawn = []
    for strength, part in zip(STRENGTHS, np.array_split(sketch.edges, len(STRENGTHS)), strict=True):
        ends = np.rint(places[part].reshape(-1, 4)).astype(int).tolist()
        path = "".join(f"M{ax} {ay}L{bx} {by}" for ax, ay, bx, by in ends)
        drawn.append(f'<path class="ties {strength}" d="{path}"/>' if path else "")
    return mark_safe("".join(drawn))  # noqa: S308  numbers and our own words only


def _shapes(marks: Sequence[Mark], places: npt.NDArray[np.float32]) -> SafeString:
    order = sorted(range(len(marks)), key=lambda at: UPWARDS.index(Role(marks[at].role)))
    largest = min(max(110 / max(len(marks), 1) ** 0.5, 4.2), 15)
    shapes = (_shape(marks[at], places[at], largest) for at in order)
    return mark_safe("".join(shapes))  # noqa: S308  each is escaped


def _shape(mark: Mark, place: npt.NDArray[np.float32], largest: float) -> SafeString:
    return format_html(
        '<use href="#{0}" class="{0}" data-at="{1}" transform="translate({2} {3})scale({4})"><title>{5}</title></use>',
        mark.role,
        mark.at,
        f"{place[0]:.1f}",
        f"{place[1]:.1f}",
        f"{largest * (0.45 + 0.55 * mark.risk**2):.1f}",
        f"{mark.label}: {mark.role.replace('_', ' ')}, {mark.risk:.2f}",
    )
