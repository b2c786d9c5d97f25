"""Every page that a menu or a link leads to, in the back office and in the console, is open to everybody (axe)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.steps import check_accessible, sign_in

pytestmark = pytest.mark.filterwarnings("ignore")
NEVER = re.compile(
    r"/(esci|lingua|dal-centro|graphql|allegati|immagini|static|feed|stemma)|\.(csv|json|ics|xml|geojson|pdf)"
)
ONE_OF_EACH = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|\d+")
PLACES = {
    "office": ("sindaco@comune.lecco.lc.example", "lecco.localhost", "/ufficio/", ("/ufficio/", "/segnalazioni/ufficio/", "/accesso/s")),
    "desk": ("tecnico@comune.lecco.lc.example", "lecco.localhost", "/segnalazioni/ufficio/", ("/segnalazioni/ufficio/",)),
    "alerts": ("protezione@comune.lecco.lc.example", "lecco.localhost", "/allerte/ufficio/", ("/allerte/ufficio/", "/ufficio/contatti/")),
    "console": ("operatore@provincia.lecco.example", "localhost", "/", ("/",)),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_page_behind_the_sign_in_has_a_barrier(
    page: Page, site: Site, password: str, size: str, place: str
) -> None:
    who, host, start, inside = PLACES[place]
    sign_in(page, site, who, password, host)
    waiting, seen, looked = [start], set(), []
    while waiting and len(looked) < 45:
        path = waiting.pop(0)
        shape = ONE_OF_EACH.sub("#", path.partition("?")[0])
        if shape in seen:
            continue
        seen.add(shape)
        answer = page.goto(site.url(path, host))
        if answer is None or answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        check_accessible(page)
        looked.append(shape)
        for href in page.locator("a[href]").evaluate_all("(links) => links.map((link) => link.href)"):
            parts = urlsplit(str(href))
            if parts.hostname == host and parts.path.startswith(inside) and not NEVER.search(parts.path):
                waiting.append(parts.path)
    assert len(looked) >= {"office": 18, "desk": 2, "alerts": 10, "console": 8}[place], looked
