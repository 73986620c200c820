"""Takes a picture of every page, phone and desktop, light and dark: `python -m console.screenshots` from tests/."""

import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from PIL import Image
from playwright.sync_api import Browser

import databases
from console.scene import PLACES, set_scene
from console.serving import chromium, served, signed_in_page
from console.signing import give_second_factor

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 1100}}
THEMES = ("light", "dark")
COLOURS = 200
PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "console"


def main(out: Path, whole: bool = False) -> None:
    """Write `<page>-<size>-<theme>.png` for every page into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home:
        base = databases.Database("sqlite", f"sqlite:///{home}/seawall.db", Path(home))
        databases.use(base.address)
        with override_settings(
            AUDIT_FOLDER=base.home / "audit", CONFIGURATION=base.home / "seawall.toml", HOME=base.home
        ):
            call_command("migrate", verbosity=0)
            people = set_scene(base.home)
            for person in people.values():
                give_second_factor(person)
            with served(base.environment) as address, chromium() as browser:
                for size in SIZES:
                    for theme in THEMES:
                        _take(browser, address, people, out, size, theme, whole)
        connections.close_all()


def _take(browser: Browser, address: str, people, out: Path, size: str, theme: str, whole: bool) -> None:
    options = {"viewport": SIZES[size], "color_scheme": theme}
    door = browser.new_context(**options).new_page()
    door.goto(f"{address}/sign-in/")
    _keep(door.screenshot(), out / f"sign-in-{size}-{theme}.png")
    for role in dict.fromkeys(place.role for place in PLACES):
        people[role].refresh_from_db()
        page = signed_in_page(browser, address, people[role], **options)
        for place in PLACES:
            if place.role == role:
                page.goto(f"{address}{place.path}")
                page.wait_for_load_state("networkidle")
                if place.then:
                    place.then(page)
                _keep(page.screenshot(full_page=whole), out / f"{place.name}-{size}-{theme}.png")
        page.context.close()


def _keep(png: bytes, path: Path) -> None:
    """The picture in few colours: a tenth of its size, and as readable."""
    Image.open(BytesIO(png)).convert("RGB").quantize(
        COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    ).save(path, optimize=True)


if __name__ == "__main__":
    main(next((Path(one) for one in sys.argv[1:] if one != "--whole"), PICTURES), whole="--whole" in sys.argv)
