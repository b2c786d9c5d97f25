"""Citizens sign in as surely as the service asks: by a code in the mail, or with SPID."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from campanile_infra.channels.sms.parts import count as parts
from campanile_tenants.contract.access import Assurance
from campanile_tenants.contract.module import ServiceEntry
from campanile_tenants.kit.templatetags.campanile import sign_in_words
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.contacts.models import Endpoint
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.people.models import Kind, SignInCode, User
from campanile_tenants.town.people.services import citizens, codes, handover, invitations
from campanile_tenants.town.privacy.subject import Subject, find
from tests.towns import client, inside, user

ANNA = "anna@example.org"


@pytest.fixture(autouse=True)
def _ready(lecco: Any) -> None:
    switch_on(lecco, "noticeboard", by="test")
    directory.forget()


def six_digits(place: Any, address: str = ANNA) -> str:
    with inside(place):
        message = Message.objects.filter(recipient=address, purpose="people.code").latest("created_at")
    found = re.search(r"\d{6}", message.body)
    return found[0] if found else ""


def ask(place: Any, address: str = ANNA, to: str = "/bacheca/miei/") -> Client:
    browser = client(place)
    away = browser.get(to)
    assert away.url.startswith("/accesso/cittadini/?next=")
    browser.get(away.url)
    assert browser.post("/accesso/cittadini/", {"address": address}).url == "/accesso/cittadini/codice/"
    return browser


def test_a_code_by_mail_opens_what_asks_for_little_and_nothing_more(lecco: Any) -> None:
    browser = ask(lecco)
    back = browser.post("/accesso/cittadini/codice/", {"code": six_digits(lecco)})
    assert back.url == "/bacheca/miei/"
    assert browser.get("/bacheca/miei/").status_code == 200
    assert "livello=2" in browser.get("/bacheca/certa/").url
    assert browser.get("/ufficio/").status_code == 403
    with inside(lecco):
        assert User.objects.get(email=ANNA).kind == Kind.CITIZEN
        assert ANNA not in str(list(SignInCode.objects.values()))
    page = browser.get("/accesso/cittadini/?next=/bacheca/certa/&livello=2").content.decode()
    assert 'name="address"' not in page, "a code is not sure enough for this"


def test_a_code_counts_once_five_times_and_ten_minutes(lecco: Any) -> None:
    browser = ask(lecco)
    digits = six_digits(lecco)
    for _n in range(5):
        assert browser.post("/accesso/cittadini/codice/", {"code": "000000"}).status_code == 422
    assert browser.post("/accesso/cittadini/codice/", {"code": digits}).status_code == 422, "tried too often"
    browser = ask(lecco)
    with inside(lecco):
        SignInCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.post("/accesso/cittadini/codice/", {"code": six_digits(lecco)}).status_code == 422
    browser, other = ask(lecco), client(lecco)
    assert other.post("/accesso/cittadini/codice/", {"code": six_digits(lecco)}).url == "/accesso/cittadini/"
    assert browser.post("/accesso/cittadini/codice/", {"code": six_digits(lecco)}).status_code == 302
    with inside(lecco):
        assert Entry.objects.filter(action="auth.code_refused").count() == 7


def test_a_code_by_sms_lets_in_whoever_has_a_mobile_and_no_mail(lecco: Any, settings: Any) -> None:
    browser = ask(lecco, "333 123 4567")
    with inside(lecco):
        message = Message.objects.get(purpose="people.code")
        assert message.deliveries.get().channel == "sms"
        assert message.body.splitlines()[-1].startswith(f"@{lecco.host} #"), "as WebOTP wants its last line"
        assert parts(message.body).parts == 1
    digits = six_digits(lecco, "+393331234567")
    assert browser.post("/accesso/cittadini/codice/", {"code": digits}).url == "/bacheca/miei/"
    with inside(lecco):
        anna = User.objects.get(phone="+393331234567")
        assert (anna.kind, anna.email) == (Kind.CITIZEN, "")
        found = {row.held.model for row in find(Subject(phone="333 1234567"))}
        assert found >= {"people.SignInCode", "people.User"}
    again = ask(lecco, "+39 3331234567")
    again.post("/accesso/cittadini/codice/", {"code": six_digits(lecco, "+393331234567")})
    with inside(lecco):
        assert User.objects.filter(kind=Kind.CITIZEN).exclude(phone="").count() == 1, "known again"


@pytest.mark.parametrize("text", ["0341 123456", "333", "anna@", "anna", ""])
def test_no_code_goes_where_nothing_can_arrive(lecco: Any, text: str) -> None:
    page = client(lecco).post("/accesso/cittadini/", {"address": text})
    assert page.status_code == 422
    with inside(lecco):
        assert not SignInCode.objects.exists()


def test_without_a_provider_of_sms_a_number_is_no_address(lecco: Any, settings: Any) -> None:
    settings.CHANNELS = {**settings.CHANNELS, "sms": ()}
    assert "E-mail o cellulare" not in client(lecco).get("/accesso/cittadini/").content.decode()
    assert client(lecco).post("/accesso/cittadini/", {"address": "3331234567"}).status_code == 422


def test_app_io_is_offered_to_whoever_is_vouched_for(lecco: Any) -> None:
    browser, address = client(lecco), "/avvisami/come/"
    switch_on(lecco, "alerts", by="test")
    directory.forget()
    browser.post("/avvisami/", {"topics": ["alerts.weather"]})
    page = browser.get(address).content.decode()
    assert 'value="io"' not in page
    assert "livello=2&amp;next=/avvisami/come/" in page
    with inside(lecco):
        maria = citizens.known_citizen(
            tax_code="RSSMRA80A01E507I", given_name="M", family_name="R", provider="spid",
            assurance=Assurance.SUBSTANTIAL,
        )  # fmt: skip
        browser.force_login(maria)
    browser.post("/avvisami/", {"topics": ["alerts.weather"]})
    assert 'value="io"' in browser.get(address).content.decode()
    done = browser.post(address, {"channel": "io", "address": "RSSMRA80A01E507X", "agree": "on"})
    assert done.status_code == 200
    with inside(lecco):
        way = Endpoint.objects.get(channel="io")
        assert way.address == "RSSMRA80A01E507I", "hers, whatever the form said"
        assert way.verified_at is not None
        assert "contacts.Endpoint" in {row.held.model for row in find(Subject(tax_code="rssmra80a01e507i"))}


def test_staff_get_no_code_and_the_page_says_nothing_of_it(lecco: Any) -> None:
    browser = ask(lecco, "sindaco@example.org")
    assert six_digits(lecco, "sindaco@example.org") == ""
    assert browser.post("/accesso/cittadini/codice/", {"code": "123456"}).status_code == 422


def test_codes_to_one_address_are_few(lecco: Any) -> None:
    for _n in range(3):
        ask(lecco)
    refused = client(lecco).post("/accesso/cittadini/", {"address": ANNA})
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert "Troppi tentativi" in refused.content.decode()


def test_the_way_back_stays_on_the_site(lecco: Any) -> None:
    browser = client(lecco)
    browser.get("/accesso/cittadini/?next=https://evil.example/")
    browser.post("/accesso/cittadini/", {"address": ANNA})
    assert browser.post("/accesso/cittadini/codice/", {"code": six_digits(lecco)}).url == "/"


def test_spid_opens_what_asks_for_more(lecco: Any) -> None:
    browser = client(lecco)
    browser.get("/accesso/cittadini/?next=/bacheca/certa/&livello=2")
    with inside(lecco):
        found = citizens.known_citizen(
            tax_code="RSSMRA80A01E507I",
            given_name="M",
            family_name="R",
            provider="spid",
            assurance=Assurance.SUBSTANTIAL,
        )
        stored = browser.session
        binding = handover.set_out(stored)
        stored.save()
        token = handover.issue(found, binding, provider="spid", assurance=Assurance.SUBSTANTIAL)
    assert browser.get(f"/accesso/ingresso/{token}/").url == "/bacheca/certa/"
    assert browser.get("/bacheca/certa/").status_code == 200
    assert browser.get("/bacheca/miei/").status_code == 200


def test_guessing_hand_overs_invitations_and_tokens_is_slowed_down(lecco: Any) -> None:
    browser = client(lecco)
    with inside(lecco):
        assert user("sindaco")
    assert {browser.get(f"/accesso/ingresso/{n}/").status_code for n in range(31)} == {403, 429}
    assert {browser.get(f"/accesso/invito/{n}/").status_code for n in range(21)} == {410, 429}
    answers = {
        browser.post("/graphql/", {"query": "{ modules { code } }"}, content_type="application/json",
                     headers={"Authorization": f"Bearer {n}"}).status_code
        for n in range(31)
    }  # fmt: skip
    assert answers == {401, 429}


def test_whoever_signed_in_as_a_citizen_may_be_invited_as_a_colleague(lecco: Any) -> None:
    with inside(lecco):
        User.objects.create_user("maria@example.org", None, full_name="Maria", kind=Kind.CITIZEN)
        _invitation, token = invitations.invite("maria@example.org", "reader", by="sindaco")
        colleague = invitations.accept(token, full_name="Maria Rossi", password="una-frase-lunga-assai")
        assert colleague.kind == Kind.STAFF
        with pytest.raises(invitations.AlreadyHere):
            invitations.invite("maria@example.org", "reader", by="sindaco")


def test_a_code_on_its_way_is_found_by_the_privacy_desk(lecco: Any) -> None:
    with inside(lecco):
        codes.send("Maria@Example.org")
        found = {row.held.model for row in find(Subject(email="maria@example.org"))}
        assert "people.SignInCode" in found
        assert "people.SignInCode" not in {row.held.model for row in find(Subject(email="altra@example.org"))}


def test_the_portal_says_how_to_sign_in_for_a_service(lecco: Any) -> None:
    assert sign_in_words(ServiceEntry("x", "noticeboard:list")) == ""
    with translation.override("it"):
        assert "codice via mail" in sign_in_words(ServiceEntry("x", "noticeboard:mine"))
        assert sign_in_words(ServiceEntry("x", "noticeboard:sure")) == "Entri con SPID o CIE."
