"""People in a real browser: passkey and code app, the lost phone, the colleague of one office, the centre's grant."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import check_accessible, shot, sign_in, six_digits

pytestmark = pytest.mark.filterwarnings("ignore")
MAYOR = "sindaco@comune.lecco.lc.example"


def fresh(page: Page) -> Page:
    """Another browser of the same size."""
    return page.context.browser.new_context(viewport=page.viewport_size, locale="it-IT").new_page()  # type: ignore[union-attr]


def invited(page: Page, site: Site, password: str, email: str, role: str, office: str = "") -> Page:
    """The mayor invites; the colleague follows the link in the mail and chooses a password, in her own browser."""
    sign_in(page, site, MAYOR, password)
    page.goto(site.url("/ufficio/persone/invita/"))
    check_accessible(page)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Ruolo").select_option(label=role)
    if office:
        page.get_by_label("Solo per questo ufficio").select_option(label=office)
    page.get_by_role("button", name="Invia l’invito").click()
    expect(page.locator(".alert-success")).to_contain_text("Invito inviato")
    check_accessible(page)
    console = fresh(page)
    sign_in(console, site, "operatore@provincia.lecco.example", password, "localhost")
    message = console.locator("details.message", has_text=email).first
    for _ in range(40):
        console.goto(site.url("/in-uscita/", "localhost"))
        if message.count():
            break
        time.sleep(0.25)
    message.locator("summary").click()
    link = str(message.locator("pre a").get_attribute("href"))
    console.context.close()
    mine = fresh(page)
    mine.goto(link)
    mine.get_by_label("Nome e cognome").fill("Carla Riva")
    mine.get_by_label("Scegli una password").fill("lago barca montagna")
    mine.get_by_role("button", name="Salva ed entra").click()
    return mine


def test_a_passkey_is_enrolled_and_opens_without_a_password(page: Page, site: Site, password: str, size: str) -> None:
    mine = invited(page, site, password, f"passkey-{size}@example.org", "amministratore")
    expect(mine.get_by_role("heading", level=1)).to_contain_text("Sicurezza del tuo account")
    expect(mine.locator(".alert-warning")).to_contain_text("secondo fattore")
    shot(mine, "security", size)
    devtools = mine.context.new_cdp_session(mine)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    mine.get_by_role("link", name="Aggiungi una passkey").click()
    expect(mine.get_by_role("heading", level=1)).to_contain_text("Aggiungi una passkey")
    check_accessible(mine)
    mine.locator("[name=name]").fill("Il mio telefono")
    mine.get_by_role("button", name="Aggiungi una passkey").click()
    expect(mine.get_by_role("heading", level=1)).to_contain_text("Codici di recupero")
    check_accessible(mine)
    shot(mine, "recovery-codes", size)
    assert mine.locator(".codes code").count() == 10
    mine.goto(site.url("/ufficio/"))
    expect(mine.get_by_role("heading", level=1)).to_contain_text("Che cosa serve oggi")
    mine.goto(site.url("/accesso/esci/"))
    mine.get_by_role("button").last.click()
    mine.goto(site.url("/accesso/"))
    shot(mine, "sign-in", size)
    mine.get_by_role("button", name="Accedi con una passkey").click()
    mine.wait_for_url(re.compile("/ufficio/"))
    expect(mine.get_by_role("heading", level=1)).to_contain_text("Che cosa serve oggi")
    mine.context.close()


def test_a_code_app_is_enrolled_and_the_lost_phone_is_survived(
    page: Page, site: Site, password: str, size: str
) -> None:
    email = f"codici-{size}@example.org"
    mine = invited(page, site, password, email, "amministratore")
    mine.get_by_role("link", name="Configura un’app di codici").click()
    check_accessible(mine)
    shot(mine, "code-app", size)
    mine.locator("summary").click()
    secret = mine.locator("#totp-secret").inner_text()
    mine.locator("[name=code]").fill(six_digits(secret))
    mine.get_by_role("button", name="Conferma").click()
    expect(mine.locator(".codes code")).to_have_count(10)
    codes = mine.locator(".codes code").all_inner_texts()
    mine.goto(site.url("/accesso/esci/"))
    mine.get_by_role("button").last.click()

    phone_lost = fresh(page)
    phone_lost.goto(site.url("/accesso/"))
    phone_lost.get_by_label("Email").fill(email)
    phone_lost.locator("[name=password]").fill("lago barca montagna")
    phone_lost.get_by_role("button", name="Accedi", exact=True).click()
    expect(phone_lost.get_by_role("heading", level=1)).to_contain_text("Ancora un passo")
    check_accessible(phone_lost)
    shot(phone_lost, "second-factor", size)
    phone_lost.locator("[name=code]").fill("123456")
    phone_lost.get_by_role("button", name="Accedi", exact=True).click()
    expect(phone_lost.locator(".field-error").first).to_be_visible()
    phone_lost.locator("[name=code]").fill(codes[3])
    phone_lost.get_by_role("button", name="Accedi", exact=True).click()
    expect(phone_lost.get_by_role("heading", level=1)).to_contain_text("Che cosa serve oggi")
    phone_lost.context.close()

    # Without codes either: a colleague takes the factor off, and the next sign-in asks for a new one.
    page.goto(site.url("/ufficio/persone/"))
    check_accessible(page)
    shot(page, "people", size)
    page.locator(".row-item", has_text=email).get_by_role("link").click()
    check_accessible(page)
    shot(page, "person", size)
    page.get_by_role("button", name="Telefono perso").click()
    expect(page.locator(".alert-success")).to_contain_text("Secondo fattore tolto")
    again = fresh(page)
    again.goto(site.url("/accesso/"))
    again.get_by_label("Email").fill(email)
    again.locator("[name=password]").fill("lago barca montagna")
    again.get_by_role("button", name="Accedi", exact=True).click()
    expect(again.get_by_role("heading", level=1)).to_contain_text("Sicurezza del tuo account")
    again.context.close()
    mine.context.close()


def test_an_invited_officer_of_one_office_sees_only_its_reports(
    page: Page, site: Site, password: str, size: str
) -> None:
    mine = invited(page, site, password, f"strade-{size}@example.org", "operatore di un ufficio", "Ufficio tecnico")
    expect(mine.get_by_role("heading", level=1)).to_contain_text("Che cosa serve oggi")
    mine.goto(site.url("/segnalazioni/ufficio/?stato=all"))
    seen = ""
    while True:
        seen += mine.locator(".inbox-list").inner_text()
        older = mine.get_by_role("link", name=re.compile("Più vecchie"))
        if not older.count():
            break
        older.click()
    assert "Buche e strade" in seen
    for other in ("Illuminazione", "Verde pubblico", "Rifiuti", "Parchi gioco", "Cimiteri", "Arredo"):
        assert other not in seen
    mine.context.close()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("ruoli/", "matrix"), ("ruoli/desk/", "role"), ("uffici/", "offices"), ("uffici/tecnico/", "office"),
        ("accessi/", "grants"), ("token/", "tokens"), ("registro/", "audit"), ("cittadini/", "citizens"),
        ("privacy/", "privacy"), ("privacy/trattamenti/", "register"), ("privacy/conservazione/", "retention"),
        ("privacy/violazioni/", "breaches"), ("privacy/violazioni/nuova/", "breach"),
    ],
)  # fmt: skip
def test_the_pages_about_access_have_no_barriers(
    page: Page, site: Site, password: str, size: str, path: str, name: str
) -> None:
    sign_in(page, site, MAYOR, password)
    page.goto(site.url(f"/ufficio/{path}"))
    check_accessible(page)
    shot(page, name, size)


def test_a_citizen_signs_in_with_a_code_by_mail(page: Page, site: Site, password: str, size: str) -> None:
    address = f"anna-{size}@example.org"
    page.goto(site.url("/accesso/cittadini/"))
    check_accessible(page)
    shot(page, "citizens-sign-in", size)
    page.get_by_label("E-mail").fill(address)
    page.get_by_role("button", name="Mandami il codice").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Il tuo codice")
    check_accessible(page)
    shot(page, "citizen-code", size)
    console = fresh(page)
    sign_in(console, site, "operatore@provincia.lecco.example", password, "localhost")
    message = console.locator("details.message", has_text=address).first
    for _ in range(40):
        console.goto(site.url("/in-uscita/", "localhost"))
        if message.count():
            break
        time.sleep(0.25)
    found = re.search(r"\d{6}", str(message.text_content()))
    assert found is not None
    console.context.close()
    page.locator("[name=code]").fill(found[0])
    page.get_by_role("button", name="Accedi", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Comune di Lecco")


def test_the_privacy_desk_shows_a_person_before_it_does_anything(
    page: Page, site: Site, password: str, size: str
) -> None:
    sign_in(page, site, MAYOR, password)
    page.goto(site.url("/ufficio/privacy/"))
    page.get_by_label("E-mail").fill("nessuno@example.org")
    page.get_by_role("button", name="Vedi che cosa").click()
    expect(page.locator(".field-error").first).to_contain_text("Prima accertati")
    check_accessible(page)
    page.get_by_label("E-mail").fill("sindaco@comune.lecco.lc.example")
    page.get_by_label("Mi sono accertato").check()
    page.get_by_role("button", name="Vedi che cosa").click()
    expect(page.locator(".rows").first).to_contain_text("persone")
    check_accessible(page)
    shot(page, "privacy-person", size)
    page.get_by_role("button", name="Pagina da stampare").click()
    check_accessible(page)
    shot(page, "privacy-export", size)


def test_the_centre_comes_in_by_grant_and_is_shown_out(page: Page, site: Site, password: str, size: str) -> None:
    console = fresh(page)
    sign_in(console, site, "operatore@provincia.lecco.example", password, "localhost")
    console.goto(site.url("/accessi/chiedi/097042/", "localhost"))
    check_accessible(console)
    shot(console, "ask-access", size)
    console.get_by_label("Motivo").fill(f"Aiuto al telefono ({size})")
    console.get_by_label("Lavora come").select_option("officer")
    console.get_by_role("button", name="Chiedi").click()
    check_accessible(console)
    sign_in(page, site, MAYOR, password)
    page.goto(site.url("/ufficio/accessi/"))
    expect(page.locator(".card-plain")).to_contain_text("Aiuto al telefono")
    check_accessible(page)
    shot(page, "grant-asked", size)
    page.get_by_role("button", name="Fai entrare").click()
    console.reload()
    shot(console, "grants-console", size)
    console.get_by_role("link", name=re.compile("Entra")).click()
    console.wait_for_url(re.compile(r"lecco\.localhost.*/ufficio/"))
    expect(console.locator(".grant-band")).to_contain_text("Aiuto al telefono")
    check_accessible(console)
    shot(console, "grant-band", size)
    page.goto(site.url("/ufficio/accessi/"))
    page.get_by_role("button", name="Termina subito").click()
    expect(page.locator(".alert-success")).to_contain_text("è fuori")
    console.goto(site.url("/ufficio/"))
    expect(console).to_have_url(re.compile("/accesso/"))
    console.context.close()


def test_the_console_shows_its_operators_and_its_trail(page: Page, site: Site, password: str, size: str) -> None:
    sign_in(page, site, "operatore@provincia.lecco.example", password, "localhost")
    for path, name in (("persone/", "operators"), ("ruoli/", "console-roles"), ("registro/", "console-audit")):
        page.goto(site.url(f"/{path}", "localhost"))
        check_accessible(page)
        shot(page, name, size)
