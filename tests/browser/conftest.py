"""A whole Campanile with towns, and a real Chromium. In CI both must be there."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from campanile_infra.embedded.ports import LOOPBACK, free_port
from tests.processes import Serving, campanile, serving

ROOT = Path(__file__).parents[2]
SHOTS = Path(__file__).parent / "shots"
AXE = ROOT / "assets" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
PASSWORD = "tre-parole-insieme-42"
PATIENCE = 30_000
"""Milliseconds, also for a machine that is busy with something else: what is right comes sooner."""
expect.set_options(timeout=PATIENCE / 2)


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Inbox:
    """A real mail server: what arrives lies where the local outbox of the other channels is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{os.urandom(8).hex()}"
        (self.folder / f".{name}.new").write_bytes(envelope.original_content)
        (self.folder / f".{name}.new").rename(self.folder / f"{name}.eml")
        return "250 OK"


@dataclass
class Site:
    """A running Campanile with Lecco on it and people who can sign in."""

    running: Serving
    state: Path
    port: int

    def url(self, path: str = "/", host: str = "lecco.localhost") -> str:
        return f"http://{host}:{self.port}{path}"

    def module(self, state: str) -> None:
        assert campanile(self.state, "module", state, "097042", "reporting").returncode == 0


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    if _chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs Chromium for the browser tests.")
        pytest.skip("no Chromium here: install the package chromium to run the browser tests")
    with tempfile.TemporaryDirectory(prefix="campanile-browser-") as folder:
        Path(folder).chmod(0o755)
        state = Path(folder) / "state"
        inbox = Controller(Inbox(state / "outbox"), hostname=LOOPBACK, port=free_port())
        inbox.start()
        try:
            with serving(state, "demo", EMAIL_URL=f"smtp://{LOOPBACK}:{inbox.port}", LOCAL_OUTBOX="true") as running:
                yield Site(running, state, running.port())
        finally:
            inbox.stop()


@pytest.fixture(scope="package")
def password(site: Site) -> str:
    return str(site.running.wait_for(r"password: (\S+)")[1])


@pytest.fixture(scope="package")
def browser(site: Site) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = [
            "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
        ]  # fmt: skip
        chromium = playwright.chromium.launch(executable_path=_chromium(), args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def context(browser: Browser, size: str) -> Iterator[BrowserContext]:
    width, height = SIZES[size]
    made = browser.new_context(
        viewport={"width": width, "height": height}, locale="it-IT", has_touch=size == "phone",
        geolocation={"latitude": 45.8559, "longitude": 9.3977}, permissions=["geolocation"],
    )  # fmt: skip
    made.set_default_timeout(PATIENCE)
    made.set_default_navigation_timeout(2 * PATIENCE)
    yield made
    made.close()


@pytest.fixture
def quiet_page(context: BrowserContext) -> Page:
    """A page whose console is not listened to."""
    return context.new_page()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; whatever it writes to its console as an error fails the test, and so does a request to a stranger."""
    made = context.new_page()
    errors: list[str] = []
    made.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on("request", lambda request: None if ".localhost:" in request.url or "//localhost:" in request.url
            or request.url.startswith(("data:", "blob:")) else errors.append(f"asked a stranger: {request.url}"))  # fmt: skip
    yield made
    assert [error for error in errors if not re.search(r"status of (404|410|422)", error)] == []
