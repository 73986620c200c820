"""The page of an evaluation: its figures, and error by coverage."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from seawall.network.coverage import Coverage

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 260, 52, 40


def render_evaluation(title: str, lines: Sequence[str], coverage: Coverage) -> str:
    """One page that opens offline; the same evaluation gives the same text."""
    loader = PackageLoader("seawall.pages")
    house = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    top = max([error for _, error in coverage.curve], default=0.0) or 0.01
    return house.get_template("evaluation.html.j2").render(
        title=title,
        lines=lines,
        coverage=coverage,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        floor=HEIGHT - BOTTOM,
        path=_path(coverage, top),
        sure=LEFT + (WIDTH - LEFT) * (coverage.share or 0.0),
        top=top,
    )


def _path(coverage: Coverage, top: float) -> str:
    """The curve as SVG path data, the highest error at the top."""
    wide, high = WIDTH - LEFT, HEIGHT - BOTTOM
    points = [f"{LEFT + wide * share:.1f} {high * (1 - error / top):.1f}" for share, error in coverage.curve]
    return "M" + " L".join(points) if points else ""
