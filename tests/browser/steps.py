"""What every journey does: sign in, look for barriers, take a picture."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Error, Page

from campanile_infra.embedded.state import State
from campanile_platform.demo.build import demo_secret
from tests.browser.conftest import AXE, SHOTS, Site

_sessions: dict[tuple[str, str], Any] = {}


def shot(page: Page, name: str, size: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.wait_for_load_state("load")  # not "networkidle": an inbox listens as long as it is open
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    page.screenshot(path=SHOTS / f"{name}-{size}.png", full_page=False)


def check_accessible(page: Page) -> None:
    """No violation of WCAG 2.1 A and AA that axe can find, and nothing wider than the screen."""
    try:
        _look_for_barriers(page)
    except Error:  # a click was still on its way: the page went while axe looked at it
        page.wait_for_load_state()
        _look_for_barriers(page)


def _look_for_barriers(page: Page) -> None:
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    result = page.evaluate("(tags) => axe.run({ runOnly: { type: 'tag', values: tags } })", tags)
    found = [(v["id"], [n["html"][:140] for n in v["nodes"]]) for v in result["violations"]]
    assert found == [], f"{page.url}: {json.dumps(found, indent=1)}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


def six_digits(secret: str) -> str:
    """What a code app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(page: Page, site: Site, who: str, password: str, host: str = "lecco.localhost") -> None:
    """Signs in once a run with password and code; afterwards the session's cookies come back."""
    if (known := _sessions.get((who, host))) is not None:
        page.context.add_cookies(known)
        page.goto(site.url("/" if host == "localhost" else "/ufficio/", host))
        return
    page.goto(site.url("/accesso/", host))
    page.get_by_label("Email").fill(who)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Accedi", exact=True).click()
    page.wait_for_load_state()
    if "/codice/" in page.url:
        page.locator("[name=code]").fill(six_digits(demo_secret(State(site.state))))
        page.get_by_role("button", name="Accedi", exact=True).click()
    page.wait_for_url(lambda url: "/accesso/" not in url)
    _sessions[who, host] = page.context.cookies()
