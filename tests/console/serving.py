"""The console as it is served: uvicorn in a process of its own, and a browser before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from console.invented import PASSWORD
from console.signing import code_of, give_second_factor
from seawall.cases.models import Person

PATIENCE = 60
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread; nothing here is asynchronous


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def served(environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a console that runs on the database of this environment."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "seawall.console.asgi:application", "--port", str(port)]
    quiet = ["--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "2"]
    process = subprocess.Popen([*command, *quiet], env=dict(environment))
    try:
        _wait_for(f"http://127.0.0.1:{port}/sign-in/", process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{address} does not answer")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def signed_in_page(browser: Browser, address: str, person: Person, **options) -> Page:
    """A page of a browser in which this person has given both factors by hand."""
    give_second_factor(person)
    page = browser.new_context(**options).new_page()
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Name").fill(person.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Six digits").fill(code_of(person))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page
