"""Reporting by its users: me too, following without a name, not solved, and an officer's day by keyboard alone."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
from georeport import GeoReport
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import check_accessible, shot, sign_in
from tests.browser.test_people import fresh

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
