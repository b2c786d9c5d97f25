"""At three in the morning: from the bulletin's proposal to everybody, by two thumbs; the correction; a drill; subscribing."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import check_accessible, shot, sign_in
from tests.browser.test_people import fresh

pytestmark = pytest.mark.filterwarnings("ignore")
TOWNS = {"phone": ("lecco", "Lecco"), "desktop": ("merate", "Merate")}
MOST_SECONDS = 60


def test_from_the_bulletin_to_everybody_and_back(page: Page, site: Site, password: str, size: str) -> None:
    slug, name = TOWNS[size]
    host = f"{slug}.localhost"
    sign_in(page, site, f"protezione@comune.{slug}.lc.example", password, host)
    other = fresh(page)
    sign_in(other, site, f"volontari@comune.{slug}.lc.example", password, host)
    page.goto(site.url("/allerte/ufficio/", host))
    check_accessible(page)
    shot(page, "alerts-office", size)
    began = time.monotonic()
    page.get_by_role("button", name="Prepara l’allerta").first.click()
    expect(page.locator(".send-town")).to_have_text(name)
    page.get_by_role("button", name="Chiedi l’approvazione").click()
    expect(page.locator(".send-card")).to_contain_text("Aspetta una seconda persona")
    other.goto(page.url)
    other.get_by_role("button", name=re.compile("Approva e invia a .* persone a")).click()
    expect(other.locator(".correct-bar")).to_be_visible()
    assert time.monotonic() - began < MOST_SECONDS
    check_accessible(other)
    expect(other.locator("table.board")).to_contain_text("di", timeout=30_000)
    shot(other, "alerts-board", size)
    stranger = fresh(page)
    stranger.goto(site.url("/", host))
    expect(stranger.locator(".alert-strip")).to_contain_text("Allerta")
    check_accessible(stranger)
    stranger.locator(".alert-strip a").first.click()
    expect(stranger.get_by_role("heading", name="Che cosa fare")).to_be_visible()
    check_accessible(stranger)
    shot(stranger, "alerts-public", size)
    other.get_by_role("button", name="Era un falso allarme").click()
    expect(other.locator("#board-title")).to_contain_text("Falso allarme")
    stranger.goto(site.url("/allerte/", host))
    expect(stranger.locator("main")).to_contain_text("Falso allarme")
    check_accessible(stranger)


def test_the_card_is_read_and_a_drill_reaches_nobody_else(page: Page, site: Site, password: str, size: str) -> None:
    sign_in(page, site, "protezione@comune.mandello-del-lario.lc.example", password, "mandello-del-lario.localhost")
    page.goto(site.url("/allerte/ufficio/nuova/?prova=1", "mandello-del-lario.localhost"))
    check_accessible(page)
    page.get_by_role("link", name="Piena del fiume").click()
    check_accessible(page)
    page.get_by_label("Arancione").check()
    page.get_by_label("Fiume o torrente").fill("Meria")
    page.get_by_role("button", name="Prepara il testo").click()
    expect(page.locator(".drill-band")).to_be_visible()
    expect(page.locator(".send-facts .send-number").first).to_have_text("4")
    check_accessible(page)
    shot(page, "alerts-drill", size)
    page.get_by_role("link", name="Cambia").click()
    check_accessible(page)
    page.get_by_label("Titolo", exact=False).first.fill("Prova di piena")
    page.get_by_role("button", name="Salva e rileggi").click()
    expect(page.locator("#card-title")).to_contain_text("Prova di piena")
    page.get_by_role("button", name="Butta via").click()


def test_a_citizen_subscribes_in_three_steps(page: Page, site: Site, password: str, size: str) -> None:
    page.goto(site.url("/avvisami/"))
    check_accessible(page)
    shot(page, "subscribe", size)
    page.get_by_role("button", name="Avanti").click()
    page.get_by_label("E-mail", exact=True).check()
    page.get_by_label("Indirizzo mail o numero di telefono").fill(f"cittadina-{size}@example.org")
    page.get_by_label("Sono d’accordo").check()
    check_accessible(page)
    page.get_by_role("button", name="Avanti").click()
    check_accessible(page)
    console = fresh(page)
    sign_in(console, site, "operatore@provincia.lecco.example", password, "localhost")
    message = console.locator("details.message", has_text=f"cittadina-{size}@example.org").first
    for _ in range(60):
        console.goto(site.url("/in-uscita/", "localhost"))
        if message.count():
            break
        time.sleep(0.25)
    found = re.search(r"\b(\d{6})\b", str(message.inner_text()))
    assert found is not None
    page.get_by_label("Il codice che ti abbiamo mandato").fill(found[1])
    page.get_by_role("button", name="Conferma").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fatto")
    check_accessible(page)
    page.get_by_role("link", name="Scegli che cosa ricevi").click()
    check_accessible(page)
