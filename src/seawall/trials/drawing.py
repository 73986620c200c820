"""The geometry of a trial report's pictures: curves, flows, a frontier."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 14, 40
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """A named curve as SVG path data, and where its label stands."""

    name: str
    path: str
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """Curves with the ticks of both axes: (place, label)."""

    lines: tuple[Line, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A node of a flow picture."""

    name: str
    column: int
    x: float
    y: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Band:
    """A flow between two boxes: a closed path, its role and its count."""

    path: str
    role: str
    count: int
    says: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A Sankey picture."""

    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """One policy on the frontier: what it cuts, what it costs, and both intervals, in picture units."""

    name: str
    x: float
    y: float
    low: float
    high: float
    cut: float
    lost: float
    truth: bool


def flood_plot(curves: Mapping[str, Sequence[float | None]]) -> Plot:
    """Shares of risky items by follows made; gaps are bridged."""
    length = max((len(curve) for curve in curves.values()), default=2)
    top = max([share for curve in curves.values() for share in curve if share is not None], default=0.1)
    top = max(ceil(top * 10) / 10, 0.1)
    lines = tuple(_line(name, curve, length, top) for name, curve in curves.items())
    x_ticks = tuple((_x(k, length), str(k)) for k in range(0, length, 5))
    steps = round(top * 10)
    each = 2 if steps > 5 else 1
    return Plot(lines, x_ticks, tuple((_y(s / 10, top), f"{s * 10} %") for s in range(0, steps + 1, each)))


def _line(name: str, curve: Sequence[float | None], length: int, top: float) -> Line:
    points = [(_x(k, length), _y(share, top)) for k, share in enumerate(smoothed(curve)) if share is not None]
    path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) if points else ""
    return Line(name, path, points[-1] if points else (LEFT, HEIGHT - BOTTOM))


def smoothed(curve: Sequence[float | None], reach: int = 1) -> list[float | None]:
    """The mean over neighbours that are known, up to `reach` away: single follows hold few items."""
    out: list[float | None] = []
    for place in range(len(curve)):
        near = [share for share in curve[max(place - reach, 0) : place + reach + 1] if share is not None]
        out.append(sum(near) / len(near) if near and curve[place] is not None else None)
    return out


def _x(k: float, length: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * k / max(length - 1, 1)


def _y(share: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(share / top, 1.0)


COLUMNS = ("persona", "surface", "signal", "role")
BOX, GAP, FLOW_HEIGHT, SIDE = 12, 9, 420, 128


def introductions_flow(rows: Rows) -> Flow:
    """Who introduced whom: persona, surface, signal, role; heights are counts of risky showings."""
    total = sum(row["shown"] for row in rows)
    if not total:
        return Flow((), (), 0)
    names = [_by_count(rows, column) for column in COLUMNS]
    most = max(map(len, names))
    scale = (FLOW_HEIGHT - GAP * (most - 1)) / total
    boxes = {(column, name): box for column in range(4) for name, box in _column(column, names[column], scale).items()}
    bands = [band for column in range(3) for band in _bands(rows, column, boxes, names, scale)]
    return Flow(tuple(boxes.values()), tuple(bands), FLOW_HEIGHT)


def _by_count(rows: Rows, column: str) -> list[tuple[str, int]]:
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row[column]] += row["shown"]
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _column(column: int, names: Sequence[tuple[str, int]], scale: float) -> dict[str, Box]:
    x = SIDE + (WIDTH - 2 * SIDE - BOX) * column / 3
    y = (FLOW_HEIGHT - sum(count for _, count in names) * scale - GAP * (len(names) - 1)) / 2
    boxes = {}
    for name, count in names:
        boxes[name] = Box(name, column, x, y, count * scale, count)
        y += count * scale + GAP
    return boxes


def _bands(
    rows: Rows,
    column: int,
    boxes: Mapping[tuple[int, str], Box],
    names: Sequence[Sequence[tuple[str, int]]],
    scale: float,
) -> list[Band]:
    """Flows from one column to the next, coloured by the role that is shown."""
    place = [{name: at for at, (name, _) in enumerate(of)} for of in names]
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        counted[row[COLUMNS[column]], row[COLUMNS[column + 1]], row["role"]] += row["shown"]
    order = sorted(counted, key=lambda k: (place[column][k[0]], place[column + 1][k[1]], place[3][k[2]]))
    left: Counter[str] = Counter()
    right: Counter[str] = Counter()
    ends: dict[tuple[str, str, str], tuple[float, float]] = {}
    for key in order:
        ends[key] = (boxes[column, key[0]].y + left[key[0]] * scale, 0)
        left[key[0]] += counted[key]
    for key in sorted(order, key=lambda k: (place[column + 1][k[1]], place[column][k[0]], place[3][k[2]])):
        ends[key] = (ends[key][0], boxes[column + 1, key[1]].y + right[key[1]] * scale)
        right[key[1]] += counted[key]
    return [_band(boxes, column, key, ends[key], counted[key], scale) for key in order]


def _band(
    boxes: Mapping[tuple[int, str], Box],
    column: int,
    key: tuple[str, str, str],
    ends: tuple[float, float],
    count: int,
    scale: float,
) -> Band:
    x0, x1 = boxes[column, key[0]].x + BOX, boxes[column + 1, key[1]].x
    (y0, y1), high, middle = ends, count * scale, (x0 + x1) / 2
    path = (
        f"M{x0:.1f},{y0:.2f}C{middle:.1f},{y0:.2f} {middle:.1f},{y1:.2f} {x1:.1f},{y1:.2f}"
        f"v{high:.2f}C{middle:.1f},{y1 + high:.2f} {middle:.1f},{y0 + high:.2f} {x0:.1f},{y0 + high:.2f}z"
    )
    return Band(path, key[2], count, f"{key[0]} to {key[1]}: {key[2].replace('_', ' ')}, {count:,}")


@dataclass(frozen=True, slots=True)
class Frontier:
    """Exposure cut against innocent items lost."""

    points: tuple[Point, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


def frontier_plot(rows: Rows) -> Frontier:
    """Right is safer, low is cheaper."""
    most = max([row["benign_lost"] or 0 for row in rows], default=0)
    top = max(ceil(most * 1000) / 1000, 0.001)
    points = tuple(
        Point(
            row["arm"],
            _cut(row["exposure_cut"]),
            _y(row["benign_lost"] or 0, top),
            _cut(row["exposure_cut_low"]),
            _cut(row["exposure_cut_high"]),
            row["exposure_cut"] or 0,
            row["benign_lost"] or 0,
            row["knows"] == "truth",
        )
        for row in rows
    )
    x_ticks = tuple((_cut(share / 5), f"{share * 20} %") for share in range(6))
    y_ticks = tuple((_y(top * share / 4, top), f"{round(top * share * 25, 4):g} %") for share in range(5))
    return Frontier(points, x_ticks, y_ticks)


def _cut(share: float | None) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(share or 0, 0), 1)
