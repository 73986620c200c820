"""The floors of the house: a room imports only from floors below it."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "seawall"
FLOORS = (
    {"records"},
    {"terms", "hashes", "effects"},
    {"signals", "network", "intake", "lake"},
    {"guard", "cases", "pages"},
    {"flow", "disclosures"},
    {"api", "trials", "console"},
    {"cli"},
)
FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
DRAWERS = {"utils", "util", "helpers", "common", "misc", "lib", "core", "shared"}


def imported_rooms(source: str) -> set[str]:
    """The rooms that a file imports, also inside functions and under TYPE_CHECKING."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "seawall":
            names |= {f"seawall.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[1] for name in names if name.startswith("seawall.")}


def climbs(room: str, source: str) -> set[str]:
    """The imports of a file in `room` that do not go down."""
    return {other for other in imported_rooms(source) if other != room and FLOOR[other] >= FLOOR[room]}


FILES = sorted(path for path in SOURCE.rglob("*.py") if path.parent != SOURCE)


def test_there_are_files_to_read():
    assert len(FILES) > 20
    assert {path.relative_to(SOURCE).parts[0] for path in FILES} <= set(FLOOR)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down(path: Path):
    assert climbs(path.relative_to(SOURCE).parts[0], path.read_text()) == set()


@pytest.mark.parametrize(
    "planted",
    [
        "from seawall.flow import run",
        "import seawall.flow.run",
        "from seawall import flow",
        "if TYPE_CHECKING:\n    from seawall.network import graph",
        "def late():\n    from seawall.lake import engine",
    ],
)
def test_a_planted_climb_is_found(planted: str):
    assert climbs("terms", planted)


@pytest.mark.parametrize("path", [*FILES, SOURCE / "__init__.py"], ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_file_opens_with_one_short_line(path: Path):
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    assert 0 < len(first) < 70
    assert first.endswith(".")


def test_no_drawer_for_helpers():
    assert not {path.stem for path in SOURCE.rglob("*")} & DRAWERS


def test_no_room_outgrows_the_house():
    lines = {path: len(path.read_text().splitlines()) for path in FILES}
    rooms: dict[str, int] = {}
    for path, count in lines.items():
        room = path.relative_to(SOURCE).parts[0]
        rooms[room] = rooms.get(room, 0) + count
    assert rooms["flow"] < 700
    assert max(lines.values()) <= 600


def test_no_function_over_a_hundred_lines():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 100, f"{path}: {node.name}"
