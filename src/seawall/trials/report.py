"""The report of a trial: one page that opens offline.

It is drawn here, without script, font or picture from elsewhere, from the figures of `trial.json` alone: aggregates,
and no account, tag or post.
"""

from collections.abc import Mapping
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from seawall.records.roles import ROLES
from seawall.trials.arms import OFF, ON, TRUTH
from seawall.trials.drawing import flood_plot, frontier_plot, introductions_flow
from seawall.trials.personas import BORDERLINE

CURVES = (BORDERLINE, "buyer", "child", "fan")
"""Personas whose flood curves are drawn: those at stake, and one to compare with."""


def render(told: Mapping[str, Any]) -> str:
    """The page as HTML; the same figures give the same text."""
    loader = ChoiceLoader([PackageLoader("seawall.trials"), PackageLoader("seawall.pages")])
    house = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    house.filters.update(number="{:,}".format, share=_share, fine=_fine, word=lambda name: name.replace("_", " "))
    off, on = told["arms"][OFF.name], told["arms"].get(ON.name)
    return house.get_template("trial.html.j2").render(
        told=told,
        head=told["headline"],
        off=off,
        on=on,
        truth=told["arms"].get(TRUTH.name),
        floods=_floods(told),
        flow=introductions_flow(off["introductions"]),
        flow_on=introductions_flow(on["introductions"]) if on else None,
        frontier=frontier_plot(told["frontier"]),
        roles=[str(role) for role in ROLES if role != ROLES[-1]],
    )


def _floods(told: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """For each recommender, the curves without a guard and with it."""
    names = [name for name in CURVES if name in told["plan"]["personas"]]
    floods = []
    for recommender in told["plan"]["recommenders"]:
        both = []
        for arm in (OFF.name, ON.name):
            if arm in told["arms"]:
                personas = told["arms"][arm]["recommenders"][recommender]
                both.append({name: personas[name]["flood_curve"] for name in names})
        scale = flood_plot({f"{place}{name}": c for place, of in enumerate(both) for name, c in of.items()})
        half = len(names)
        floods.append((recommender, scale, half))
    return floods


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1%}".replace("%", "\u00a0%")


def _fine(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2%}".replace("%", "\u00a0%")
