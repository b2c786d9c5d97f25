"""Newsletters by their users: two steps on a phone, an issue by two people, ended by a mail program's one click."""

from __future__ import annotations

import re
import time
import urllib.request
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import check_accessible, shot, sign_in
from tests.browser.test_people import fresh

pytestmark = pytest.mark.filterwarnings("ignore")
ADMINISTRATOR = "sindaco@comune.lecco.lc.example"
WRITER, SECOND = "redazione@comune.lecco.lc.example", "stampa@comune.lecco.lc.example"


def mail_to(page: Page, site: Site, address: str, subject: str) -> EmailMessage:
    """The newest mail to an address whose subject holds something, as the mail server took it."""
    for _try in range(40):
        for file in sorted((site.state / "outbox").glob("*.eml"), reverse=True)[:200]:
            found = message_from_bytes(file.read_bytes(), policy=policy.default)
            if str(found["To"]) == address and subject in str(found["Subject"]):
                assert isinstance(found, EmailMessage)
                return found
        page.wait_for_timeout(500)
    raise AssertionError(f"no mail “{subject}” to {address}")


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def ask(site: Site, method: str, url: str) -> int:
    """A mail program, or a scanner: it knows nothing of browsers."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    data = b"List-Unsubscribe=One-Click" if method == "POST" else None
    request = urllib.request.Request(
        f"http://127.0.0.1:{site.port}{path}", data, {"Host": f"lecco.localhost:{site.port}"}
    )

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_arguments: object) -> None:
            return None

    try:
        with urllib.request.build_opener(Stay).open(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_from_the_subscription_to_the_end_in_one_click(page: Page, site: Site, password: str, size: str) -> None:
    reader, subject = f"lettrice.{size}@example.org", f"Il mese di {size}"
    page.goto(site.url("/newsletter/"))
    check_accessible(page)
    shot(page, "newsletter-subscribe", size)
    page.get_by_label(re.compile("Notizie dal Comune")).check()
    page.get_by_label("Il tuo indirizzo e-mail").fill(reader)
    page.get_by_role("button", name="Accetto: scrivetemi").click()
    check_accessible(page)
    code = re.search(r"\b\d{6}\b", text_of(mail_to(page, site, reader, "conferma le newsletter")))
    assert code is not None
    page.get_by_label("Le sei cifre della mail").fill(code[0])
    page.get_by_role("button", name="Conferma").click()
    expect(page.get_by_role("heading", name="Fatto: ti scriviamo")).to_be_visible()
    check_accessible(page)
    page.locator(".action-bar .btn-primary").click()
    page.get_by_label(re.compile("^Eventi")).check()
    page.get_by_role("button", name="Salva").click()
    expect(page.get_by_text("Salvato.")).to_be_visible()
    check_accessible(page)

    begun = time.monotonic()
    writer = fresh(page)
    sign_in(writer, site, WRITER, password)
    writer.goto(site.url("/newsletter/ufficio/"))
    check_accessible(writer)
    shot(writer, "newsletter-office", size)
    writer.get_by_role("button", name=re.compile("Scrivi un numero Notizie")).click()
    writer.get_by_label("Oggetto", exact=True).fill(subject)
    writer.get_by_label("Testo", exact=True).first.fill(
        "Sabato apre il **mercato**: [programma](https://example.org/mercato)."
    )
    writer.get_by_role("button", name="Salva e guarda").click()
    frame = writer.frame_locator("iframe").first
    expect(frame.get_by_role("heading", name=subject)).to_be_visible()
    expect(frame.get_by_text("Leggilo sul sito")).to_be_visible()
    check_accessible(writer)
    shot(writer, "newsletter-look", size)
    writer.get_by_role("button", name="Pronta: chiedi a un collega di approvarla").click()
    expect(writer.get_by_text("La approva un collega che non l’ha scritta.")).to_be_visible()
    look = writer.url
    writer.context.close()
    second = fresh(page)
    sign_in(second, site, SECOND, password)
    second.goto(look)
    check_accessible(second)
    second.get_by_role("button", name="Approva e invia").click()
    expect(second.locator(".alert-success")).to_contain_text("Parte esattamente come lo hai letto")
    check_accessible(second)
    shot(second, "newsletter-numbers", size)

    mail = mail_to(page, site, reader, subject)
    html = mail.get_body(("html",))
    assert html is not None
    in_hand = fresh(page)
    in_hand.set_content(html.get_content())
    assert in_hand.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(in_hand, "newsletter-mail", size)
    in_hand.context.close()
    assert time.monotonic() - begun < 600, "written, checked, approved and sent in ten minutes"
    end = str(mail["List-Unsubscribe"]).strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/newsletter/vai/" in text_of(mail) or "example.org/mercato" in text_of(mail)
    assert ask(site, "GET", end) in (200, 302), "a scanner looks"
    page.goto(page.url)
    expect(page.get_by_label(re.compile("Notizie dal Comune"))).to_be_checked()
    assert ask(site, "POST", end) == 200
    page.goto(page.url)
    expect(page.get_by_label(re.compile("Notizie dal Comune"))).not_to_be_checked()
    expect(page.get_by_label(re.compile("^Eventi"))).to_be_checked()
    second.goto(site.url("/newsletter/notizie/"))
    second.get_by_role("link", name=subject).click()
    check_accessible(second)
    shot(second, "newsletter-archive", size)
    second.context.close()


CSV = "Indirizzo e-mail;Consenso\nanna.bianchi@example.net;Modulo di carta del 3/2/2024\nugo@example.net;\nnessuno;x\n"


def test_readers_from_a_file_their_proof_and_the_domain(page: Page, site: Site, password: str, size: str) -> None:
    sign_in(page, site, WRITER, password)
    page.goto(site.url("/newsletter/ufficio/lettori/"))
    check_accessible(page)
    shot(page, "newsletter-readers", size)
    page.get_by_role("link", name="Da un file").click()
    check_accessible(page)
    page.get_by_label("Il file").set_input_files(
        {
            "name": "l.csv",
            "mimeType": "text/csv",
            "buffer": CSV.replace("ugo", f"ugo.{size}").replace("anna", f"anna.{size}").encode(),
        }
    )
    page.get_by_role("button", name="Guarda").click()
    expect(page.get_by_text("senza prova che ha detto di sì")).to_be_visible()
    check_accessible(page)
    page.get_by_label("Chiedi agli altri per mail").check()
    page.get_by_role("button", name="Guarda di nuovo").click()
    expect(page.get_by_text("senza prova che ha detto di sì")).not_to_be_visible()
    check_accessible(page)
    shot(page, "newsletter-import", size)
    page.get_by_role("button", name="Iscrivili").click()
    expect(page.get_by_text("1 lettore iscritto.")).to_be_visible()
    page.get_by_label("Una parte dell’indirizzo").fill(f"anna.{size}")
    page.get_by_role("button", name="Cerca").click()
    page.get_by_role("link", name=f"anna.{size}.bianchi@example.net").click()
    expect(page.get_by_text("Modulo di carta del 3/2/2024")).to_be_visible()
    check_accessible(page)
    shot(page, "newsletter-reader", size)
    with page.expect_request(re.compile("prova.pdf")) as asked:
        page.get_by_role("link", name="La prova in PDF").evaluate("link => fetch(link.href)")
    assert asked.value.response().status == 200  # type: ignore[union-attr]
    admin = fresh(page)
    sign_in(admin, site, ADMINISTRATOR, password)
    admin.goto(site.url("/newsletter/ufficio/dominio/"))
    check_accessible(admin)
    admin.get_by_role("button", name="Comincia il piano oggi").click()
    expect(admin.locator(".alert-success")).to_contain_text("un po’ alla volta")
    check_accessible(admin)
    shot(admin, "newsletter-domain", size)
    admin.get_by_role("button", name="Finisci il piano").click()
    admin.goto(site.url("/newsletter/ufficio/"))
    check_accessible(admin)
    admin.goto(site.url("/newsletter/ufficio/di/notizie/"))
    check_accessible(admin)
    admin.goto(site.url("/newsletter/incorpora/"))
    check_accessible(admin)
    admin.context.close()
