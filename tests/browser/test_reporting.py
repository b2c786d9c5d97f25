"""Reporting by its users: me too, following without a name, not solved, and an officer's day by keyboard alone."""

from __future__ import annotations

import json
import re
import socket
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from georeport import GeoReport
from playwright.sync_api import Page, expect
from shapely.geometry import shape

from tests.browser.conftest import Site
from tests.browser.steps import check_accessible, shot, sign_in
from tests.browser.test_people import fresh
from tests.processes import campanile

pytestmark = pytest.mark.filterwarnings("ignore")
PEOPLE = "tecnico@comune.lecco.lc.example"


def begin(page: Page, site: Site) -> None:
    page.goto(site.url("/segnalazioni/nuova/"))
    page.get_by_label("Ho letto come vengono usati i miei dati").check()
    page.get_by_role("button", name="Avanti").click()


def send(page: Page, site: Site, title: str, place: str, kind: str = "waste") -> tuple[str, str]:
    """Sends a report without a name; returns its code and secret."""
    begin(page, site)
    page.get_by_label("Dov'è?").fill(place)
    page.get_by_label("Che tipo di disservizio?").select_option(kind)
    page.get_by_label("Titolo").fill(title)
    page.get_by_role("button", name="Avanti").click()
    page.get_by_role("button", name="Invia la segnalazione").click()
    return page.locator(".big-code").inner_text(), page.locator(".secret-code").inner_text()


def test_somebody_else_has_the_problem_too_and_says_so_in_one_tap(page: Page, site: Site, size: str) -> None:
    place = f"Via dei Test {size} 7"
    code, _secret = send(page, site, f"Cestino pieno ({size})", place)
    other = fresh(page)
    begin(other, site)
    other.get_by_label("Dov'è?").fill(place)
    other.get_by_label("Che tipo di disservizio?").select_option("waste")
    other.get_by_label("Titolo").fill("Cestino che trabocca")
    other.get_by_label("Dettagli", exact=True).click()
    expect(other.get_by_text("Altri ce l'hanno già detto")).to_be_visible()
    check_accessible(other)
    shot(other, "report-similar", size)
    other.get_by_role("button", name=re.compile("Anche io")).click()
    expect(other).to_have_url(re.compile(f"/segnalazioni/{code}/"))
    expect(other.get_by_text("un'altra persona ha questo problema")).to_be_visible()
    check_accessible(other)
    shot(other, "me-too", size)
    other.context.close()


def test_without_a_name_by_code_and_secret_until_it_is_not_solved(
    page: Page, site: Site, password: str, size: str
) -> None:
    code, secret = send(page, site, f"Vetri per terra ({size})", f"Via Nuova {size} 3")
    check_accessible(page)
    shot(page, "receipt-secret", size)
    desk = fresh(page)
    sign_in(desk, site, PEOPLE, password)
    desk.goto(site.url(f"/segnalazioni/ufficio/{code}/"))
    desk.locator("summary", has_text=re.compile("^Chiudi$")).click()
    desk.locator("details[open]").get_by_label("Testo").fill("Puliti questa mattina.")
    desk.get_by_role("button", name="Chiudi la segnalazione").click()
    expect(desk.locator(".alert-success")).to_contain_text("Chiusa")

    at_home = fresh(page)
    at_home.goto(site.url("/segnalazioni/segui/"))
    check_accessible(at_home)
    shot(at_home, "follow", size)
    at_home.get_by_label("Codice della segnalazione").fill(code.lower())
    at_home.get_by_label("Segreto").fill(secret)
    at_home.get_by_role("button", name="Aprila").click()
    expect(at_home.get_by_role("heading", name="È risolta davvero?")).to_be_visible()
    check_accessible(at_home)
    shot(at_home, "is-it-solved", size)
    at_home.get_by_role("button", name="No, non lo è").click()
    expect(at_home.get_by_text("L'ufficio la riprende in mano")).to_be_visible()
    desk.reload()
    expect(desk.locator(".state").first).to_contain_text("Non risolta")
    at_home.context.close()
    desk.context.close()


def test_an_officers_day_by_keyboard_alone(page: Page, site: Site, password: str, size: str) -> None:
    if size == "phone":
        pytest.skip("nobody has a keyboard on a phone")
    sign_in(page, site, PEOPLE, password)
    page.goto(site.url("/segnalazioni/ufficio/?stato=submitted&ordine=vecchie"))
    links = page.locator(".inbox-list .report-list a")
    assert links.count() >= 5
    codes: list[str] = []
    for _n in range(3):  # take the oldest one, answer it, note something, close it, and back to the list
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/ufficio/[A-Z0-9]{4}-[A-Z0-9]{4}/"), wait_until="load")
        code = page.url.rpartition("/ufficio/")[2].partition("/")[0]
        page.keyboard.press("a")
        expect(page.locator(".verb-main .btn")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".alert-success")).to_contain_text("in carico a te")
        page.keyboard.press("n")
        page.keyboard.type("Parlato con la squadra.")
        for _tab in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").strip() == "Salva la nota":
                break
        page.keyboard.press("Enter")
        expect(page.locator(".alert-success")).to_contain_text("Annotato")
        page.keyboard.press("c")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("Riparato.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".alert-success")).to_contain_text("Chiusa")
        codes.append(code)
        page.goto(site.url("/segnalazioni/ufficio/?stato=submitted&ordine=vecchie"), wait_until="load")
    page.keyboard.press("/")
    page.keyboard.type("buca")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("cerca=buca"))
    for code in codes:
        page.goto(site.url(f"/segnalazioni/{code}/"))
        expect(page.locator(".state").first).to_have_text("Risolta")
    for path in ("?vista=bacheca", "?vista=mappa", "calendario/"):
        page.goto(site.url(f"/segnalazioni/ufficio/{path}"))
        check_accessible(page)
        shot(page, f"reports-{re.sub('[^a-z]', '', path)}", size)


def test_the_numbers_are_open_to_everybody(page: Page, site: Site, size: str) -> None:
    for name, path in (("statistics", "statistiche/"), ("open-data", "dati/")):
        page.goto(site.url(f"/segnalazioni/{path}"))
        check_accessible(page)
        shot(page, name, size)
    expect(page.get_by_role("link", name=re.compile("CSV"))).to_be_visible()


def test_setting_up_and_hiding_a_face(page: Page, site: Site, password: str, size: str) -> None:
    sign_in(page, site, "sindaco@comune.lecco.lc.example", password)
    page.goto(site.url("/segnalazioni/ufficio/imposta/"))
    check_accessible(page)
    shot(page, "reports-setup", size)
    page.get_by_role("link", name="Buche e strade").click()
    check_accessible(page)
    shot(page, "reports-category", size)
    page.goto(site.url("/segnalazioni/ufficio/imposta/orari/nuovi/"))
    check_accessible(page)
    page.goto(site.url("/segnalazioni/ufficio/importa/"))
    check_accessible(page)


def test_a_client_of_open311_reads_a_running_town(site: Site, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if size == "phone":
        pytest.skip("once is enough")
    known = socket.getaddrinfo

    def loopback(host: Any, *rest: Any, **more: Any) -> Any:  # as browsers do (RFC 6761, 6.3)
        return known("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", loopback)
    root = site.url("/segnalazioni/open311/v2")
    as_json, as_xml = GeoReport(root), GeoReport(root, output_format="xml")
    services = {one["service_code"]: one for one in as_json.get_service_list()}
    assert services.keys() == {one["service_code"] for one in as_xml.get_service_list()}
    requests = as_json.get_service_requests(status="open")
    assert requests
    assert {one["service_request_id"] for one in requests} == {
        one["service_request_id"] for one in as_xml.get_service_requests(status="open")
    }
    one = as_json.get_service_request(requests[0]["service_request_id"])
    assert (one[0] if isinstance(one, list) else one)["service_code"] in services
    same = as_xml.get_service_request(requests[0]["service_request_id"])
    assert (same[0] if isinstance(same, list) else same)["service_request_id"] == requests[0]["service_request_id"]


def border_point(site: Site, there: str) -> tuple[float, float]:
    """Latitude and longitude of a place some ten metres inside a neighbour of Lecco."""

    def outline(host: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{site.port}/confine.geojson", headers={"Host": f"{host}:{site.port}"}
        )
        with urllib.request.urlopen(request) as answer:
            return shape(json.load(answer)["geometry"])

    mine, theirs = outline("lecco.localhost"), outline(there)
    inside = theirs.intersection(mine.boundary.buffer(0.0003)).representative_point()
    assert not mine.covers(inside)
    return inside.y, inside.x


def test_a_report_that_is_the_neighbours_goes_there_with_its_code(
    page: Page, site: Site, password: str, size: str
) -> None:
    latitude, longitude = border_point(site, "malgrate.localhost")
    begin(page, site)
    page.get_by_label("Dov'è?").fill("Rotonda del ponte")
    page.get_by_label("Che tipo di disservizio?").select_option("roads")
    page.get_by_label("Titolo").fill(f"Buca sul ponte ({size})")
    page.evaluate(f"document.getElementById('id_latitude').value = '{latitude:.6f}'")
    page.evaluate(f"document.getElementById('id_longitude').value = '{longitude:.6f}'")
    page.get_by_role("button", name="Avanti").click()
    expect(page.locator("#errors")).to_contain_text("Malgrate")
    check_accessible(page)
    shot(page, "border", size)
    page.get_by_label(re.compile("ma è nel Comune di Lecco")).check()
    page.get_by_role("button", name="Avanti").click()
    page.get_by_role("button", name="Invia la segnalazione").click()
    code = page.locator(".big-code").inner_text()

    officer = fresh(page)
    sign_in(officer, site, PEOPLE, password)
    officer.goto(site.url(f"/segnalazioni/ufficio/{code}/"))
    more = officer.locator(".verbs-more > summary")
    if more.count() and more.is_visible():
        more.click()
    officer.locator("summary", has_text="Consegna al Comune di Malgrate").click()
    officer.locator("details[open]").get_by_label("Testo").fill("Il ponte è di Malgrate: la seguono loro.")
    officer.get_by_role("button", name="Consegnala", exact=True).click()
    expect(officer.locator(".alert-success")).to_contain_text("Malgrate")
    officer.context.close()

    link = page.get_by_role("link", name="Comune di Malgrate")
    for _second in range(20):
        page.goto(site.url(f"/segnalazioni/{code}/"))
        if link.count():
            break
        page.wait_for_timeout(500)
    link.first.click()
    page.wait_for_url(re.compile(rf"malgrate\.localhost:\d+/segnalazioni/{code}/"))
    expect(page.get_by_text("Presa in consegna dal Comune di Lecco")).to_be_visible()
    check_accessible(page)
    shot(page, "handed-over", size)


def test_a_whole_day_of_200_reports_by_keyboard_alone(
    page: Page, site: Site, password: str, size: str, tmp_path: Path
) -> None:
    if size == "phone":
        pytest.skip("nobody has a keyboard on a phone")
    file = tmp_path / "aperte.csv"
    lines = [f"2026-11-{n % 20 + 1:02d};aperta;Strade;Buca numero {n};Via Roma {n};day-{n}" for n in range(200)]
    file.write_text("\n".join(["Creato;Stato;Categoria;Titolo;Luogo;Numero", *lines]), encoding="utf-8")
    done = campanile(site.state, "reports", "import", "097048", str(file))
    assert "200 reports taken in, 0 left out" in done.stdout, done.stdout + done.stderr
    sign_in(page, site, "tecnico@comune.merate.lc.example", password, "merate.localhost")
    inbox = site.url("/segnalazioni/ufficio/?stato=submitted&cerca=Buca+numero", "merate.localhost")
    page.goto(inbox)
    keys = page.keyboard
    for turn in range(9):  # 25 a page: eight pages, and the last one that says there is nothing more
        if page.locator(".with-ticks").count() == 0:
            break
        keys.press("X")
        expect(page.locator("[data-ticked]")).to_have_text("25")
        if turn == 0:
            keys.press("j")
            keys.press("x")
            expect(page.locator("[data-ticked]")).to_have_text("24")
            keys.press("x")
            keys.press("?")
            expect(page.locator("#keys")).to_be_visible()
            keys.press("?")
        keys.press("s")
        for _tab in range(3):  # past “take charge”, the office, “give to the office”
            keys.press("Tab")
        keys.type("Riparate questa settimana.")
        for _tab in range(3):  # outcome, reason, the button
            keys.press("Tab")
        with page.expect_navigation():
            keys.press("Enter")
        if turn == 0:
            check_accessible(page)
            shot(page, "several-done", size)
        page.goto(inbox)
    assert turn == 8
    expect(page.get_by_text("Nessuna segnalazione in attesa")).to_be_visible()


def test_counter_and_kiosk(page: Page, site: Site, password: str, size: str) -> None:
    sign_in(page, site, PEOPLE, password)
    page.goto(site.url("/segnalazioni/ufficio/sportello/"))
    check_accessible(page)
    shot(page, "desk", size)
    page.get_by_label("Che tipo di disservizio?").select_option("lighting")
    page.get_by_label("Titolo").fill(f"Lampione spento ({size})")
    page.get_by_label("Dov'è?").fill(f"Via dei Pini {size} 1")
    page.get_by_role("button", name="Registra la segnalazione").click()
    expect(page.locator(".secret-code")).to_be_visible()
    check_accessible(page)
    shot(page, "desk-slip", size)

    screen = fresh(page)
    screen.goto(site.url("/segnalazioni/chiosco/"))
    check_accessible(screen)
    shot(screen, "kiosk", size)
    screen.get_by_role("button", name="Segnala un disservizio").click()
    screen.get_by_label("Ho letto come vengono usati i miei dati").check()
    screen.get_by_role("button", name="Avanti").click()
    check_accessible(screen)
    shot(screen, "kiosk-details", size)
    screen.evaluate("document.querySelector('form[data-idle]').dataset.idle = '0.2'")
    screen.mouse.click(5, 5)
    expect(screen.get_by_role("heading", name="Ci sei ancora?")).to_be_visible()
    check_accessible(screen)
    shot(screen, "kiosk-still-there", size)
    screen.evaluate("document.querySelector('form[data-idle]').dataset.idle = '90'")
    screen.get_by_role("button", name="Sì, continuo").click()
    screen.get_by_role("button", name="Ricomincia").click()
    expect(screen.get_by_role("heading", name="Che cosa non va in paese?")).to_be_visible()
    screen.context.close()
