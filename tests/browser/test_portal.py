"""The towns' sites in a real browser: every kind of page, by keyboard, without a network, and their editor."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import check_accessible, shot, sign_in
from tests.browser.test_journeys import ask, photo

pytestmark = pytest.mark.filterwarnings("ignore")

PAGES = {
    "home": "/", "services": "/servizi/", "category": "/servizi/ambiente/", "management": "/amministrazione/",
    "offices": "/amministrazione/uffici/", "office": "/amministrazione/uffici/anagrafe/",
    "board": "/amministrazione/organi-di-governo/la-giunta-comunale/", "person": "/amministrazione/politici/chiara-ratti/",
    "documents": "/amministrazione/documenti-e-dati/", "dataset": "/amministrazione/documenti-e-dati/spesa-del-comune-per-capitolo/",
    "news": "/novita/", "news-item": "/novita/notizie/la-biblioteca-apre-anche-il-sabato-pomeriggio/",
    "live": "/vivere-il-comune/", "events": "/vivere-il-comune/eventi/", "event": "/vivere-il-comune/eventi/consiglio-comunale/",
    "place": "/vivere-il-comune/luoghi/biblioteca-comunale/", "topics": "/argomenti/", "topic": "/argomenti/istruzione/",
    "service": "/servizi/anagrafe-e-stato-civile/carta-identita-elettronica/", "search": "/cerca/?cerca=carta",
    "nothing-found": "/cerca/?cerca=residensa", "faq": "/domande-frequenti/", "booking": "/prenota/", "contacts": "/contatti/",
    "map": "/mappa-del-sito/", "privacy": "/privacy/", "legal": "/note-legali/", "conditions": "/condizioni-di-servizio/",
    "accessibility": "/accessibilita/", "offline": "/senza-rete/", "reports": "/segnalazioni/", "not-there": "/servizi/niente/",
}  # fmt: skip
SHOWN = ("home", "service", "services", "news-item", "events", "search", "offline")


def test_every_kind_of_page_is_open_to_everybody(page: Page, site: Site, size: str) -> None:
    for name, path in PAGES.items():
        page.goto(site.url(path))
        check_accessible(page)
        if name in SHOWN:
            shot(page, f"site-{name}", size)


def test_the_menu_opens_and_closes_by_keyboard_on_a_phone(page: Page, site: Site, size: str) -> None:
    page.goto(site.url())
    if size == "desktop":
        expect(page.get_by_role("link", name="Amministrazione").first).to_be_visible()
        return
    menu = page.get_by_role("button", name="Menu")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu")).to_be_visible()
    check_accessible(page)
    shot(page, "site-menu", size)
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    menu.click()
    page.locator("#menu").get_by_role("link", name="Servizi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Servizi")


def test_from_a_word_to_a_service_by_keyboard_alone(page: Page, site: Site, size: str) -> None:
    page.goto(site.url())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Vai al contenuto")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("carta identita")
    expect(page.locator("#search-list option").first).to_have_attribute("value", "Carta d'identità elettronica (CIE)")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/cerca/"))
    link = page.get_by_role("link", name="Carta d'identità elettronica (CIE)")
    for _ in range(60):
        if link.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Carta d'identità elettronica (CIE)")
    expect(page.get_by_role("heading", level=2).first).to_have_text("A chi è rivolto")


def test_somebody_says_how_clear_a_page_is(page: Page, site: Site, size: str) -> None:
    page.goto(site.url(PAGES["service"]))
    page.get_by_label("Valuta 2 stelle su 5").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Dove hai incontrato le maggiori difficoltà?")).to_be_visible()
    expect(page.get_by_text("Quali sono stati gli aspetti che hai preferito?")).to_be_hidden()
    page.get_by_label("A volte le indicazioni non erano complete").check()
    check_accessible(page)
    page.locator("#valutazione").scroll_into_view_if_needed()
    shot(page, "site-rating", size)
    page.get_by_role("button", name="Invia").click()
    expect(page.get_by_text("Grazie: la tua risposta ci aiuta")).to_be_visible()
    check_accessible(page)


def test_a_report_with_photo_written_without_a_network_arrives_once(
    quiet_page: Page, site: Site, size: str, tmp_path: Path, context: BrowserContext
) -> None:
    page = quiet_page  # a browser without a network says so on its console
    count = "{ reportingReports(first: 1) { totalCount } }"
    before = ask(site, count)["data"]["reportingReports"]["totalCount"]
    page.goto(site.url("/segnalazioni/nuova/"))
    page.evaluate("navigator.serviceWorker.ready")
    page.get_by_label("Ho letto come vengono usati i miei dati").check()
    page.get_by_role("button", name="Avanti").click()
    expect(page.get_by_label("Titolo")).to_be_visible()

    context.set_offline(True)
    page.get_by_label("Dov'è?").fill("Sentiero 7, senza campo")
    page.get_by_label("Che tipo di disservizio?").select_option("roads")
    page.get_by_label("Titolo").fill(f"Frana sul sentiero ({size})")
    page.get_by_label("Foto", exact=True).set_input_files(photo(tmp_path))
    page.get_by_role("button", name="Avanti").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sei senza rete")
    expect(page.get_by_text("Frana sul sentiero")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("112, numero di emergenza"))).to_be_visible()
    check_accessible(page)
    shot(page, "offline-queue", size)
    assert ask(site, count)["data"]["reportingReports"]["totalCount"] == before

    context.set_offline(False)
    page.goto(site.url())
    note = page.locator("[data-queue-note]")
    expect(note).to_contain_text("Inviata: Frana sul sentiero", timeout=20_000)
    check_accessible(page)
    other = context.new_page()  # two pages at once, and both look for what waits
    other.goto(site.url("/servizi/"))
    page.reload()
    page.wait_for_timeout(500)
    assert ask(site, count)["data"]["reportingReports"]["totalCount"] == before + 1
    note.get_by_role("link").first.click()
    expect(page.get_by_text(re.compile("Codice ")).first).to_be_visible()


def test_an_editor_writes_looks_and_publishes(
    page: Page, site: Site, password: str, size: str, tmp_path: Path
) -> None:
    sign_in(page, site, "redazione@comune.lecco.lc.example", password)
    for name, path in {"pages": "/ufficio/sito/", "ratings": "/ufficio/sito/valutazioni/", "feeds": "/ufficio/sito/fonti/",
                       "offers": "/ufficio/sito/aggiornamenti/", "links": "/ufficio/sito/link/"}.items():  # fmt: skip
        page.goto(site.url(path))
        check_accessible(page)
        if name == "pages":
            shot(page, "editor-list", size)
    page.goto(site.url("/ufficio/sito/"))
    page.get_by_text("Nuova pagina").click()
    page.get_by_role("link", name="Notizia").click()
    page.get_by_label("Titolo", exact=False).first.fill(f"Festa della polenta ({size})")
    page.get_by_role("button", name="Pubblica", exact=True).click()
    expect(page.get_by_text(re.compile("Il testo è salvato"))).to_be_visible()  # something is still missing
    check_accessible(page)
    page.get_by_label("In una frase").fill("Domenica in piazza.")
    page.get_by_label("Testo").fill("Si comincia alle")
    page.get_by_role("button", name="Grassetto").first.click()
    page.keyboard.type("12")
    page.locator("summary", has_text="Immagine").click()
    page.get_by_label("Immagine", exact=True).set_input_files(photo(tmp_path))
    page.get_by_label("Che cosa si vede nell'immagine").fill("Il paiolo in piazza")
    shot(page, "editor", size)
    page.get_by_role("button", name="Salva e guarda").click()
    expect(page.get_by_text("Anteprima della versione")).to_be_visible()
    expect(page.locator(".richtext-wrapper strong")).to_have_text("12")
    check_accessible(page)
    page.get_by_role("link", name="Torna a scrivere").click()
    page.get_by_role("button", name="Pubblica", exact=True).click()
    expect(page.locator(".alert-success")).to_contain_text("Pubblicata")
    page.get_by_role("link", name="Versioni").click()
    check_accessible(page)
    shot(page, "editor-versions", size)
    page.goto(site.url(f"/novita/notizie/festa-della-polenta-{size}/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Festa della polenta")
    image = page.get_by_role("img", name="Il paiolo in piazza")
    assert image.evaluate("(one) => one.decode().then(() => one.currentSrc.endsWith('.avif'))")


def test_what_is_typed_stays_in_the_browser_until_it_is_saved(
    page: Page, site: Site, password: str, size: str
) -> None:
    sign_in(page, site, "redazione@comune.lecco.lc.example", password)
    page.goto(site.url("/ufficio/sito/nuova/news/"))
    page.get_by_label("Testo").fill("Parole che non ho ancora salvato.")
    page.goto(site.url("/ufficio/sito/"))
    page.goto(site.url("/ufficio/sito/nuova/news/"))
    page.get_by_role("button", name="Riprendilo").click()
    expect(page.get_by_label("Testo")).to_have_value("Parole che non ho ancora salvato.")


def test_the_mayor_changes_the_colour_of_the_site(page: Page, site: Site, password: str, size: str) -> None:
    sign_in(page, site, "sindaco@comune.merate.lc.example", password, "merate.localhost")
    page.goto(site.url("/ufficio/sito/aspetto/", "merate.localhost"))
    check_accessible(page)
    shot(page, "identity", size)
    colour = {"phone": "wine", "desktop": "teal"}[size]
    page.get_by_label("colore").select_option(colour)
    page.get_by_role("button", name="Salva").click()
    expect(page.locator(".alert-success")).to_contain_text("È già sul sito")
    page.goto(site.url("/", "merate.localhost"))
    expect(page.locator("html")).to_have_attribute("data-colour", colour)
    check_accessible(page)


def test_without_javascript_a_site_is_whole(browser: Any, site: Site, size: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="it-IT")
    page = context.new_page()
    page.goto(site.url(PAGES["service"]))
    page.locator("label[for=star5]").click()
    page.get_by_role("button", name="Invia").click()
    expect(page.locator(".alert-success")).to_contain_text("Grazie")
    context.close()
