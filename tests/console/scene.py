"""The scene of the pictures: a house at work, all of it invented."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from console.invented import case, person
from seawall.cases.actor import Actor, Door
from seawall.cases.commands import queue, work
from seawall.cases.models import Person


@dataclass(frozen=True)
class Place:
    """A page, who opens it, and what is done on it before the picture is taken."""

    name: str
    role: str
    path: str
    then: Callable[[Page], object] | None = None


def preview(page: Page) -> None:
    """Ask for the preview and wait for it."""
    page.get_by_role("button", name="Preview what will happen").click()
    page.wait_for_selector("#preview h3")


PLACES = (
    Place("queue", "analyst", "/queue/"),
    Place("case", "analyst", "/cases/1/", preview),
    Place("account", "analyst", "/cases/1/accounts/0000010000000000/"),
    Place("exposure", "analyst", "/exposure/"),
    Place("preferences", "analyst", "/preferences/"),
    Place("approvals", "lead", "/approvals/"),
    Place("audit", "lead", "/audit/"),
    Place("people", "admin", "/people/"),
)


def set_scene() -> Mapping[str, Person]:
    """People and cases; returns the people by role."""
    people = {role: person(role, role) for role in ("viewer", "analyst", "lead", "terms", "admin")}
    analyst = Actor(people["analyst"], Door.CONSOLE)
    urgent = case(420, 1, reasons=["child at risk"], priority=100, severe=True, stream="children")
    case(64, 2, reasons=["spreads now"], priority=80, language="pt-BR", returned=1)
    for seed in range(3, 14):
        case(20 + 23 * (seed % 5), seed)
    queue.claim(analyst, urgent)
    work.add_note(analyst, urgent, "Two circles share one link; the smaller one came up in the last three weeks.")
    return people
