"""A whole case in a browser: from signing in to effects at a receiver."""

import http.server
import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from console.invented import case, person
from console.serving import chromium, served, signed_in_page
from seawall.cases.models import AccountDecision, Case, Item, Judgement, Proposal, Reveal
from seawall.cases.verifying import verify
from seawall.effects.configuration import effects_section
from seawall.effects.executor import carry_out_due
from seawall.effects.sinks import make_sinks
from seawall.effects.webhook import verified
from seawall.guard.contents import Contents
from seawall.guard.library import Guard
from seawall.guard.publish import publish
from seawall.records.ids import IdKey

KEY = IdKey(bytes(range(32)))


@dataclass
class Receiver:
    """A platform's own server: what arrived, and whether each was signed."""

    secret: bytes = field(default_factory=lambda: secrets.token_hex(32).encode())
    url: str = ""
    got: list[dict] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A local server that takes effects."""
    told = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.signed.append(verified(told.secret, headers, body, float(headers["seawall-timestamp"])))
            told.got.append(json.loads(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/effects"
    yield told
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def send_effects_to(receiver: Receiver, home) -> None:
    """Name the receiver and the guard as the two sinks."""
    (home / "webhook.secret").write_bytes(receiver.secret)
    (home / "seawall.toml").write_text(
        '[effects.sinks.platform]\ntype = "webhook"\n[effects.sinks.platform.options]\n'
        f'url = "{receiver.url}"\nsecret_file = "{home / "webhook.secret"}"\nprivate = true\n'
        '[effects.sinks.guard]\ntype = "overlay"\n'
    )


def reveal_by_holding(page: Page, item: Item) -> None:
    """Hold the button of a text until it shows, then let go."""
    place = page.locator(".hidden-text").filter(has=page.locator(f"[formaction$='/texts/{item.pk}/']"))
    place.get_by_role("button", name="Hold to show").hover()
    page.mouse.down()
    expect(place.locator(".shown")).to_be_visible()
    assert place.locator(".shown").inner_text().strip()
    page.mouse.up()
    expect(place.locator(".shown")).to_be_hidden()
    assert place.locator(".shown").text_content() == ""


def test_a_whole_case(database, receiver, browser):
    first, second = person("mika", "analyst"), person("nino", "lead")
    one = case(12, 5)
    send_effects_to(receiver, database.home)
    environment = database.environment | {"SEAWALL_CONFIG": str(database.home / "seawall.toml")}
    with served(environment) as address:
        page = signed_in_page(browser, address, first)
        page.get_by_role("button", name=f"Claim C-{one.pk}").click()
        item = one.items.order_by("severity").first()
        page.goto(f"{address}/cases/{one.pk}/accounts/{item.account_id}/")
        reveal_by_holding(page, item)
        page.goto(f"{address}/cases/{one.pk}/")
        page.get_by_role("button", name="Preview what will happen").click()
        page.get_by_label("Your reasons").fill("One circle with menus and a shared link.")
        page.get_by_role("button", name="Propose to a second person").click()
        expect(page.get_by_text("another person looks at the evidence")).to_be_visible()
        assert not AccountDecision.objects.exists()

        other = signed_in_page(browser, address, second)
        proposal = Proposal.objects.get()
        other.goto(f"{address}/approvals/{proposal.pk}/")
        expect(other.get_by_text("One circle with menus")).to_have_count(0)
        other.get_by_role("button", name="Open the evidence").click()
        expect(other.get_by_text("One circle with menus")).to_be_visible()
        other.get_by_label("Your reasons").fill("The evidence carries it.")
        other.get_by_role("button", name="Approve", exact=True).click()
        expect(other.get_by_text("Approved: it is being carried out.")).to_be_visible()
    _check_what_followed(one, item, first, receiver)
    _check_that_the_guard_refuses(database.home)


def _check_that_the_guard_refuses(home) -> None:
    """Whoever was removed is recommended to nobody any more; whoever was not decided on still is."""
    publish(home / "index", KEY, Contents())
    removed = AccountDecision.objects.filter(action="remove").values_list("account_id", flat=True)
    asked = np.array([*(int(account, 16) for account in removed), 7], np.uint64)
    with Guard.open(home / "index", KEY, overlay=home / "overlay.jsonl") as guard:
        assert guard.recommend(0, asked).kept.tolist() == [len(asked) - 1]


def _check_what_followed(one: Case, item: Item, first, receiver: Receiver) -> None:
    one.refresh_from_db()
    assert one.undecided == 0
    assert one.state == Case.State.CLOSED
    seen = Reveal.objects.get(person=first)
    assert (seen.item, seen.case) == (item, one)
    assert seen.seconds is not None
    section = effects_section()
    while carry_out_due(make_sinks(section), section):
        pass
    removed = set(AccountDecision.objects.filter(action="remove").values_list("account_id", flat=True))
    order = [told["kind"] for told in receiver.got]
    assert {told["subject_id"] for told in receiver.got if told["kind"] == "remove"} == removed != set()
    assert all(receiver.signed)
    assert order.index("preserve") < order.index("remove")
    assert not verify().faults


def test_the_text_hides_when_the_page_is_left(database, browser):
    first, one = person("mika", "analyst"), case(8, 6)
    with served(database.environment) as address:
        page = signed_in_page(browser, address, first)
        page.get_by_role("button", name=f"Claim C-{one.pk}").click()
        item = one.items.order_by("severity").first()
        page.goto(f"{address}/cases/{one.pk}/accounts/{item.account_id}/")
        place = page.locator(".hidden-text").filter(has=page.locator(f"[formaction$='/texts/{item.pk}/']"))
        place.get_by_role("button", name="Hold to show").hover()
        page.mouse.down()
        expect(place.locator(".shown")).to_be_visible()
        page.evaluate("window.dispatchEvent(new Event('blur'))")
        expect(place.locator(".shown")).to_be_hidden()
        page.mouse.up()
        page.goto(f"{address}/cases/{one.pk}/")
        page.go_back()
        expect(place.locator(".shown")).to_be_hidden()
    assert not Judgement.objects.exists()


def test_a_case_by_keyboard_alone(database, browser):
    first, one = person("mika", "analyst"), case(8, 7)
    with served(database.environment) as address:
        page = signed_in_page(browser, address, first)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/cases/{one.pk}/")
        page.keyboard.press("c")
        expect(page.get_by_text("yours until")).to_be_visible()
        page.keyboard.press("n")
        page.keyboard.type("Seen by keyboard.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(
            page.locator("#notes ~ *").get_by_text("Seen by keyboard.").or_(page.get_by_text("Seen by keyboard."))
        ).to_be_visible()
        page.keyboard.press("p")
        expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
        page.keyboard.press("?")
        expect(page.get_by_role("heading", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("q")
        page.wait_for_url("**/queue/")
    assert one.notes.count() == 1
