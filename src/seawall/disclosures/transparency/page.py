"""The transparency report as one page and as a table."""

import csv
import io
from collections.abc import Sequence
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from seawall.disclosures.transparency.figures import SMALL, Figure, Period
from seawall.disclosures.transparency.records import Records

COLUMNS = ("service", "period_start", "period_end", "part", "indicator", "scope", "value", "unit", "low", "high", "of")
"""The parts follow Implementing Regulation (EU) 2024/2835; its column names are not all known to us (docs say so)."""


def as_csv(records: Records, period: Period, figures: Sequence[Figure]) -> str:
    """The figures as CSV, one a line."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in figures:
        values = (_plain(one.value), one.unit, _plain(one.low), _plain(one.high), _plain(one.of))
        start, end = f"{period.start:%Y-%m-%d}", f"{period.end:%Y-%m-%d}"
        rows.writerow((records.platform, start, end, one.part, one.name, one.scope, *values))
    return out.getvalue()


def as_page(records: Records, period: Period, figures: Sequence[Figure]) -> str:
    """The figures as one HTML page that needs nothing else."""
    environment = Environment(
        loader=PackageLoader("seawall.disclosures.transparency", "."), autoescape=True, undefined=StrictUndefined
    )
    parts = [(part, list(rows)) for part, rows in groupby(figures, key=lambda one: one.part)]
    return environment.get_template("page.html").render(
        platform=records.platform, start=period.start, end=period.end, parts=parts, shown=_shown
    )


def _shown(figure: Figure) -> str:
    """A value for people, with its interval."""
    if figure.small:
        return f"fewer than {SMALL}"
    if figure.value is None:
        return "nothing to count"
    if figure.unit == "count":
        return f"{figure.value:,.0f}"
    if figure.unit == "share":
        return f"{figure.value:.1%} ({figure.low:.1%} to {figure.high:.1%}, of {figure.of:,})"
    between = f" ({figure.low:.1f} to {figure.high:.1f})" if figure.low is not None and figure.high is not None else ""
    return f"{figure.value:.1f} h{between}, of {figure.of:,}"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}" if value != int(value) else f"{value:.0f}"
