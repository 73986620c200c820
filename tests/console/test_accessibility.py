"""Every page, checked by axe at desk and phone width, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from console.scene import PLACES, set_scene
from console.serving import chromium, served, signed_in_page
from console.signing import give_second_factor

WAYS = [
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 900}, "color_scheme": "dark"},
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def findings(page) -> list[str]:
    """What axe finds on a page that is serious or critical, with the elements."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url}: {one['id']} {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def scrolls_sideways(page) -> bool:
    """Whether a page is wider than its window: on a phone everything must fit."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_page_has_a_serious_finding(database):
    people = set_scene(database.home)
    for person in people.values():
        give_second_factor(person)
    wrong: list[str] = []
    with served(database.environment) as address, chromium() as browser:
        for way in WAYS:
            door = browser.new_context(**way).new_page()
            door.goto(f"{address}/sign-in/")
            wrong += findings(door)
            for role in dict.fromkeys(place.role for place in PLACES):
                people[role].refresh_from_db()
                page = signed_in_page(browser, address, people[role], **way)
                for place in [place for place in PLACES if place.role == role]:
                    page.goto(f"{address}{place.path}")
                    page.wait_for_load_state("networkidle")
                    if place.then:
                        place.then(page)
                    wrong += findings(page)
                    wrong += [f"{page.url} scrolls sideways"] if scrolls_sideways(page) else []
                page.context.close()
    assert wrong == []
