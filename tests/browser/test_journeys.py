"""The journeys that matter, in a real browser on a phone and on a desktop."""

from __future__ import annotations

import io
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import check_accessible, shot, sign_in

pytestmark = pytest.mark.filterwarnings("ignore")


def ask(site: Site, query: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{site.port}/graphql/", json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json", "Host": f"lecco.localhost:{site.port}"},
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:
        return dict(json.load(answer))


def photo(folder: Path) -> Path:
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    file = folder / "buca.jpg"
    picture = Image.effect_noise((1200, 900), 22).convert("RGB")  # asphalt ...
    hole = Image.new("L", picture.size, 0)
    ImageDraw.Draw(hole).ellipse((330, 330, 900, 640), fill=230)
    picture.paste((38, 34, 30), mask=hole.filter(ImageFilter.GaussianBlur(18)))  # ... with a hole
    picture.save(file, exif=exif)
    return file


def test_from_the_report_with_photo_to_the_answer(
    page: Page, site: Site, password: str, size: str, tmp_path: Path, context: BrowserContext
) -> None:
    page.goto(site.url())
    expect(page).to_have_title(re.compile("Comune di Lecco"))
    check_accessible(page)
    shot(page, "home", size)
    page.get_by_role("link", name="Segnala un disservizio").first.click()
    check_accessible(page)
    page.get_by_label("Ho letto come vengono usati i miei dati").check()
    page.get_by_role("button", name="Avanti").click()

    expect(page.locator(".map")).to_be_visible()
    shot(page, "report", size)
    page.get_by_role("button", name="Avanti").click()  # too early: the errors stand beside the fields
    expect(page.locator("#errors")).to_be_focused()
    check_accessible(page)
    page.get_by_role("button", name="Usa la tua posizione").click()
    expect(page.locator("[data-map-status]")).to_contain_text("Punto messo")
    page.get_by_label("Dov'è?").fill("Lungolago 12")
    page.get_by_label("Che tipo di disservizio?").select_option("roads")
    page.get_by_label("Titolo").fill(f"Buca davanti al molo ({size})")
    page.get_by_label("Dettagli", exact=True).fill("Larga mezzo metro, di sera non si vede.")
    page.get_by_label("Foto", exact=True).set_input_files(photo(tmp_path))
    page.get_by_label("Nome e cognome").fill("Anna Rusconi")
    page.get_by_label("E-mail").fill("anna@example.org")
    page.get_by_role("button", name="Avanti").click()
    check_accessible(page)
    shot(page, "summary", size)
    image = page.locator(".thumbs img")
    assert image.evaluate("(img) => img.complete && img.naturalWidth > 0")
    page.get_by_role("button", name="Invia la segnalazione").click()
    code = page.locator(".big-code").inner_text()
    check_accessible(page)
    shot(page, "receipt", size)
    citizen = page.url.replace(f"ricevuta/{code}", code)

    desk = context.browser.new_context(viewport=page.viewport_size, locale="it-IT").new_page()  # type: ignore[union-attr]
    sign_in(desk, site, "tecnico@comune.lecco.lc.example", password)
    check_accessible(desk)
    desk.goto(site.url("/segnalazioni/ufficio/"))
    check_accessible(desk)
    shot(desk, "inbox", size)
    desk.get_by_role("link", name=re.compile(f"molo .{size}.")).click()
    check_accessible(desk)
    desk.get_by_role("button", name="Prendi in carico").click()
    expect(desk.locator(".alert-success")).to_contain_text("in carico")
    desk.locator("summary", has_text="Chiudi").click()
    desk.locator("details[open] textarea").fill("Riparata questa mattina.")
    shot(desk, "close", size)
    desk.get_by_role("button", name="Chiudi la segnalazione").click()
    expect(desk.locator(".alert-success")).to_contain_text("Chiusa")
    desk.context.close()

    page.goto(citizen)
    expect(page.get_by_text("Riparata questa mattina.")).to_be_visible()
    check_accessible(page)
    shot(page, "answer", size)
    page.goto(site.url("/segnalazioni/"))
    check_accessible(page)
    shot(page, "list", size)


def test_the_citizen_is_told_by_mail_and_the_operator_can_read_what_left(
    page: Page, site: Site, password: str, size: str
) -> None:
    sign_in(page, site, "operatore@provincia.lecco.example", password, "localhost")
    page.goto(site.url("/in-uscita/", "localhost"))
    check_accessible(page)
    for _ in range(40):  # the worker empties the outbox by itself
        if page.get_by_text(re.compile(r"La tua segnalazione .*: Risolta")).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    message = page.locator("details.message", has_text=re.compile(r"La tua segnalazione .*: Risolta")).first
    message.locator("summary").click()
    expect(message.locator("pre")).to_contain_text("Riparata questa mattina.")
    shot(page, "outbox", size)


def test_switching_the_module_off_takes_everything_away_and_on_brings_it_back(
    page: Page, site: Site, password: str, size: str
) -> None:
    count = "{ reportingReports(first: 1) { totalCount } }"
    before = ask(site, count)["data"]["reportingReports"]["totalCount"]
    sign_in(page, site, "sindaco@comune.lecco.lc.example", password)
    page.locator(".more-menu summary").click()
    page.get_by_role("link", name="Moduli").click()
    check_accessible(page)
    shot(page, "modules", size)
    page.get_by_role("button", name="Disattiva Segnalazioni").click()
    expect(page.locator(".alert-success")).to_contain_text("disattivato")
    try:
        expect(page.get_by_role("navigation").get_by_role("link", name="Segnalazioni")).to_have_count(0)
        answer = page.goto(site.url("/segnalazioni/"))
        assert answer is not None
        assert answer.status == 404
        check_accessible(page)
        shot(page, "off", size)
        answer = page.goto(site.url("/segnalazioni/ufficio/"))
        assert answer is not None
        assert answer.status == 404
        assert ask(site, count)["errors"][0]["extensions"]["code"] == "MODULE_NOT_ENABLED"
    finally:
        page.goto(site.url("/ufficio/moduli/"))
        page.get_by_role("button", name="Attiva Segnalazioni").click()
    expect(page.locator(".alert-success")).to_contain_text("attivo")
    assert ask(site, count)["data"]["reportingReports"]["totalCount"] == before
    page.goto(site.url("/segnalazioni/ufficio/"))
    expect(page.get_by_role("heading", name="Segnalazioni")).to_be_visible()


def test_an_operator_sees_84_towns_and_takes_in_another(page: Page, site: Site, password: str, size: str) -> None:
    sign_in(page, site, "operatore@provincia.lecco.example", password, "localhost")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("8[45] comuni"))
    check_accessible(page)
    shot(page, "console", size)
    page.get_by_role("link", name="Nuovo comune").first.click()
    page.get_by_label("Nome o codice ISTAT").fill("bovegno" if size == "phone" else "bovezzo")
    page.get_by_role("button", name="Cerca").click()
    check_accessible(page)
    page.locator(".choices a").click()
    page.wait_for_url(re.compile(r"/adesioni/nuova/\d{6}/"))
    check_accessible(page)
    page.get_by_label("E-mail del primo amministratore").fill("sindaco@example.org")
    module = page.get_by_label("Segnalazioni")
    expect(module).to_be_checked()
    assert module.evaluate("(box) => getComputedStyle(box).opacity") == "1"
    shot(page, "wizard", size)
    page.get_by_role("button", name="Fai aderire il comune").click()
    expect(page.locator(".alert-success")).to_contain_text("è attivo", timeout=40_000)
    check_accessible(page)
    shot(page, "job", size)
    page.get_by_role("link", name="Apri il sito").click()
    expect(page).to_have_title(re.compile("Comune di Bove"))


def test_an_invited_administrator_sets_a_password_and_enters(page: Page, site: Site, password: str, size: str) -> None:
    sign_in(page, site, "operatore@provincia.lecco.example", password, "localhost")
    town = "Abbadia Lariana" if size == "phone" else "Airuno"
    page.goto(site.url(f"/in-uscita/?cerca=Comune+di+{town.replace(' ', '+')}", "localhost"))
    message = page.locator("details.message", has_text=f"Comune di {town}").first
    message.locator("summary").click()
    link = str(message.locator("pre a").get_attribute("href"))
    page.goto(link)
    check_accessible(page)
    page.get_by_label("Nome e cognome").fill("Maria Bianchi")
    page.get_by_label("Scegli una password").fill("corto")
    page.get_by_role("button", name="Salva ed entra").click()
    expect(page.locator(".field-error")).to_be_visible()
    page.get_by_label("Scegli una password").fill("lago barca montagna")
    page.get_by_role("button", name="Salva ed entra").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sicurezza del tuo account")  # a second factor first
    check_accessible(page)
    again = page.goto(link)  # an invitation works once
    assert again is not None
    assert again.status == 410
    check_accessible(page)


def test_the_whole_report_by_keyboard_without_javascript(browser: Any, site: Site, size: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="it-IT")
    page = context.new_page()
    page.goto(site.url("/segnalazioni/nuova/"))
    page.get_by_label("Ho letto come vengono usati i miei dati").press("Space")
    page.keyboard.press("Enter")
    page.get_by_label("Dov'è?").fill("Via Roma 3")
    page.get_by_label("Che tipo di disservizio?").select_option("lighting")
    page.get_by_label("Titolo").fill("Lampione spento")
    page.get_by_label("Titolo").press("Enter")
    page.get_by_role("button", name="Invia la segnalazione").press("Enter")
    expect(page.locator(".big-code")).to_be_visible()
    context.close()


def test_the_site_speaks_english_to_who_asks_and_italian_otherwise(page: Page, site: Site, size: str) -> None:
    page.goto(site.url())
    expect(page.locator("html")).to_have_attribute("lang", "it")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Municipality of Lecco")
    check_accessible(page)
    page.get_by_role("button", name="Italiano").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Comune di Lecco")


def test_a_picture_that_is_none_is_refused_and_the_form_is_kept(page: Page, site: Site, size: str) -> None:
    page.goto(site.url("/segnalazioni/nuova/"))
    page.get_by_label("Ho letto come vengono usati i miei dati").check()
    page.get_by_role("button", name="Avanti").click()
    page.get_by_label("Titolo").fill("Resta qui")
    bad = {"name": "nota.svg", "mimeType": "image/svg+xml", "buffer": io.BytesIO(b"<svg/>").getvalue()}
    page.get_by_label("Foto", exact=True).set_input_files(bad)
    page.get_by_role("button", name="Avanti").click()
    expect(page.locator("#id_photos_error")).to_contain_text("nota.svg")
    expect(page.get_by_label("Titolo")).to_have_value("Resta qui")


def test_an_unknown_host_lists_nothing(page: Page, site: Site, size: str) -> None:
    answer = page.goto(site.url("/", "nonesiste.localhost"))
    assert answer is not None
    assert answer.status == 404
    assert "Lecco" not in page.content()
    check_accessible(page)


def test_a_developer_finds_the_guide_and_pastes_its_first_example(page: Page, site: Site, size: str) -> None:
    page.goto(site.url())
    page.get_by_role("link", name="API", exact=True).click()
    expect(page.get_by_role("heading", name="API per sviluppatori")).to_be_visible()
    shot(page, "guide", size)
    command = page.locator("pre").first.inner_text()
    body = command.partition(" -d '")[2].removesuffix("'")
    assert ask(site, json.loads(body)["query"])["data"]["municipality"]["name"] == "Lecco"
    page.locator("#ReportingReport summary").click()
    expect(page.locator("#ReportingReport")).to_contain_text("Public code, as on the receipt.")
    check_accessible(page)
    shot(page, "guide-type", size)


CREATE = """mutation { reportingCreateReport(input: {
    category: "waste", title: "Cestino pieno", address: "Piazza Cermenati"
}) { report { code } userErrors { message } } }"""


def test_an_open_inbox_says_that_something_came_in_and_moves_nothing(
    page: Page, site: Site, password: str, size: str
) -> None:
    sign_in(page, site, "tecnico@comune.lecco.lc.example", password)
    page.goto(site.url("/segnalazioni/ufficio/"))
    note = page.locator(".live-note")
    expect(note.get_by_text("Mostra")).to_be_hidden()
    first = page.locator(".report-list li").first.inner_text()
    page.wait_for_timeout(500)
    codes = {ask(site, CREATE)["data"]["reportingCreateReport"]["report"]["code"] for _time in range(2)}
    expect(note).to_contain_text("Segnalazioni cambiate: 2")
    assert page.locator(".report-list li").first.inner_text() == first, "nothing moves while one reads"
    check_accessible(page)
    shot(page, "inbox-live", size)
    note.get_by_role("link", name="Mostra").click()
    expect(page.locator(".report-list")).to_contain_text("Cestino pieno")
    assert len(codes) == 2


def test_the_page_for_developers_is_readable_at_both_widths(page: Page, site: Site, size: str) -> None:
    page.goto(site.url("/graphql/guida/"))
    check_accessible(page)
    shot(page, "guide", size)
    page.locator("#changes").scroll_into_view_if_needed()
    shot(page, "guide-changes", size)
