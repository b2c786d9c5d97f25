"""Pages: the way from proposal to correction, who may do what, sending alone, help, feeds, subscribing."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.towns import SECRET, Town, client, inside, user

from campanile_modules.alerts.models import Alert, Delegation, Proposal, Revision
from campanile_modules.alerts.services import flow, releasing
from campanile_modules.alerts.tests.making import draft, snow, told
from campanile_modules.alerts.wording.filling import ending
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.contacts.models import Contact, Endpoint
from campanile_tenants.town.delivery.models import Answer, Delivery, Message
from campanile_tenants.town.places.services import zones
from campanile_tenants.town.site.models import Identity

pytestmark = pytest.mark.django_db


def post(browser: Client, path: str, **values: Any) -> Any:
    return browser.post(path, values)


def sent(here: Town) -> Alert:
    ada, bruno = user("ada"), user("bruno")
    submitted = flow.submit(draft(ada), by=ada)
    releasing.release(flow.approve(submitted, by=bruno, seen=submitted.content_hash), by=bruno)
    releasing.go_on()
    return Alert.objects.get(pk=submitted.alert_id)


def test_from_a_draft_to_the_correction_with_two_people(here: Town) -> None:
    told()
    ada, bruno = client(here, "ada"), client(here, "bruno")
    answer = post(ada, "/allerte/ufficio/nuova/?pericolo=road", colour="1", street="x",
                  expires_at=f"{timezone.localtime() + timedelta(hours=9):%Y-%m-%dT%H:%M}")  # fmt: skip
    assert answer.status_code == 422, "the blanks are still empty"
    answer = post(ada, "/allerte/ufficio/nuova/?pericolo=snow", colour="2",
                  expires_at=f"{timezone.localtime() + timedelta(hours=9):%Y-%m-%dT%H:%M}")  # fmt: skip
    page = answer.headers["Location"]
    assert "Lecco" in ada.get(page).content.decode()
    assert post(ada, f"{page}chiedi/").status_code == 302
    waits = Message.objects.filter(purpose="alerts.waits").values_list("recipient", flat=True)
    assert "bruno@example.org" in waits
    assert "ada@example.org" not in waits
    refused = post(ada, f"{page}decidi/approva/", seen=Revision.objects.get().content_hash)
    assert refused.status_code == 403
    assert "collega" in refused.content.decode()
    assert post(bruno, f"{page}decidi/approva/", seen="x").status_code == 409
    seen = re.search(r'name="seen" value="(\w{64})"', bruno.get(page).content.decode())
    assert seen is not None
    assert post(bruno, f"{page}decidi/approva/", seen=seen[1]).status_code == 302
    assert post(bruno, f"{page}decidi/approva/", seen=seen[1]).status_code == 409, "twice is once"
    releasing.go_on()
    assert Delivery.objects.filter(message__purpose="alerts.alert").count() == 1
    assert "1" in ada.get(f"{page}andamento/").content.decode()
    assert post(ada, f"{page}falso-allarme/").status_code == 302
    assert post(ada, f"{page}falso-allarme/").status_code == 409, "a thumb that taps twice"
    assert post(ada, f"{page}aggiorna/").status_code == 409
    assert Revision.objects.filter(msg_type="Cancel").count() == 1


def test_sending_alone_takes_a_code_a_name_and_a_reason_and_keeps_what_was_typed(here: Town) -> None:
    told()
    mine = draft(user("ada"))
    ada, page = client(here, "ada"), f"/allerte/ufficio/{mine.alert.code}/"
    typed = {"town_name": "Lecco", "reason": "Nessun collega risponde"}
    wrong = post(ada, f"{page}decidi/da-solo/", **typed, code="000000")
    assert wrong.status_code == 403
    assert "Nessun collega risponde" in wrong.content.decode()
    assert Entry.objects.filter(action="auth.second_factor_refused").exists()
    code = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))
    assert post(ada, f"{page}decidi/da-solo/", **{**typed, "town_name": "Merate"}, code=code).status_code == 400
    assert not Message.objects.filter(purpose="alerts.alert").exists()
    assert post(ada, f"{page}decidi/da-solo/", **typed, code=code).status_code == 302, "the code was not used up"
    assert Message.objects.filter(purpose="alerts.alert").count() == 1


def test_who_reads_does_not_write_and_who_writes_does_not_approve(here: Town) -> None:
    told()
    mine = draft(user("ada"))
    page = f"/allerte/ufficio/{mine.alert.code}/"
    reader = client(here, "lettore")
    assert reader.get(page).status_code == 200
    for verb in ("chiedi/", "scarta/", "decidi/approva/", "decidi/da-solo/"):
        assert post(reader, page + verb).status_code == 403
    assert client(here, "cittadina").get(page).status_code == 403
    assert client(here).get(page).status_code == 302
    assert post(client(here, "ada"), page + "niente/").status_code == 404


def test_a_draft_is_edited_and_what_is_wrong_comes_back(here: Town) -> None:
    told()
    mine = draft(user("ada"))
    ada, page = client(here, "ada"), f"/allerte/ufficio/{mine.alert.code}/modifica/"
    assert ada.get(page).status_code == 200
    values = {
        "headline_it": "Neve", "description_it": "Nevica.", "instruction_it": "Resta a casa.", "colour": "1",
        "expires_at": "2020-01-01T10:00", "place": "polygon", "ring": "[[1,2]]", "channels": ["sms"],
    }  # fmt: skip
    answer = ada.post(page, values)
    assert answer.status_code == 422
    assert "Nevica." in answer.content.decode()
    end = f"{timezone.localtime() + timedelta(hours=9):%Y-%m-%dT%H:%M}"
    good = ada.post(page, {**values, "expires_at": end, "place": "streets", "streets": "Via Roma\nVia Verdi"})
    assert good.status_code == 302
    mine.refresh_from_db()
    assert (mine.areas, mine.channels) == ([{"kind": "streets", "names": ["Via Roma", "Via Verdi"]}], ["sms"])


def test_an_alert_to_a_zone_in_the_languages_of_the_town(here: Town) -> None:
    square = [[9.385, 45.85], [9.40, 45.85], [9.40, 45.86], [9.385, 45.86], [9.385, 45.85]]
    zone = zones.keep("Rione Olate", {"type": "Polygon", "coordinates": [square]})
    Identity.objects.update_or_create(pk=1, defaults={"languages": ["de"]})
    directory.forget()
    inside_it, outside = (
        told(latitude=45.855, longitude=9.39),
        told(address="+393337654321", latitude=45.84, longitude=9.41),
    )
    ada, alert = client(here, "ada"), draft(user("ada")).alert
    page = f"/allerte/ufficio/{alert.code}/"
    shown = ada.get(f"{page}modifica/").content.decode()
    assert "Rione Olate" in shown
    assert "Deutsch" in shown
    words = {"headline_it": "Neve a Olate", "description_it": "Nevica.", "headline_de": "Schnee in Olate"}
    values = {"colour": "2", "onset": "", "expires_at": f"{timezone.localtime() + timedelta(hours=9):%Y-%m-%dT%H:%M}",
              "place": "zone", "channels": ["sms"], **words}  # fmt: skip
    refused = ada.post(f"{page}modifica/", values)
    assert refused.status_code == 422
    assert "Scegli almeno una zona" in refused.content.decode()
    assert "che cosa succede, o togli il titolo" in refused.content.decode()
    assert (
        ada.post(f"{page}modifica/", values | {"zones": [zone.pk], "description_de": "Es schneit."}).status_code == 302
    )
    zones.remove(zone)
    revision = Revision.objects.get()
    assert revision.areas == [{"kind": "zone", "name": "Rione Olate", "rings": [square]}], "as it was drawn then"
    assert revision.texts["de"]["headline"] == "Schnee in Olate"
    flow.submit(revision, by=user("ada"))
    releasing.release(
        flow.approve(revision, by=user("bruno"), seen=Revision.objects.get().content_hash), by=user("bruno")
    )
    releasing.go_on()
    assert {row.address for row in Delivery.objects.all()} == {inside_it.address}
    assert outside.address not in {row.address for row in Delivery.objects.all()}
    document = Revision.objects.get().document
    assert "<areaDesc>Rione Olate</areaDesc>" in document
    assert "de-DE" in document
    assert ending(revision.texts, false_alarm=True)["de"]["headline"] == "Fehlalarm: Schnee in Olate"


def test_the_page_of_one_alert_keeps_its_budget(here: Town) -> None:
    for number in range(5):
        told(address=f"+39333123456{number}")
    before, after = draft(user("ada")).alert, sent(here)
    browser = client(here, "ada")
    for alert in (before, after):
        browser.get(f"/allerte/ufficio/{alert.code}/")
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(f"/allerte/ufficio/{alert.code}/").status_code == 200
        assert len(caught) <= 30, [one["sql"][:90] for one in caught]


def test_the_portal_shows_what_holds_and_never_a_draft_or_a_drill(here: Town) -> None:
    told()
    drill = draft(user("ada"), kind="drill")
    alert = sent(here)
    stranger = client(here)
    home = stranger.get("/").content.decode()
    assert f"/allerte/{alert.code}/" in home
    for code, status in ((alert.code, 200), (drill.alert.code, 404)):
        assert stranger.get(f"/allerte/{code}/").status_code == status
    assert drill.alert.code not in stranger.get("/allerte/").content.decode()
    assert (
        "Orange alert" in stranger.get(f"/allerte/{alert.code}/", headers={"accept-language": "en"}).content.decode()
    )


def test_feeds_are_signed_and_asked_for_once(here: Town) -> None:
    told()
    alert = sent(here)
    stranger = client(here)
    feed = stranger.get("/allerte/cap.atom")
    assert f"/allerte/{alert.code}/1.cap.xml" in feed.content.decode()
    assert feed.content.startswith(b"<?xml")
    again = stranger.get("/allerte/cap.atom", headers={"if-none-match": feed.headers["ETag"]})
    assert again.status_code == 304
    message = stranger.get(f"/allerte/{alert.code}/1.cap.xml")
    assert b"SignatureValue" in message.content
    assert message.headers["Content-Type"] == "application/cap+xml"
    assert b"BEGIN CERTIFICATE" in stranger.get("/allerte/firma.pem").content


def test_who_asks_for_help_is_on_the_list_and_reading_it_goes_on_record(here: Town) -> None:
    endpoint = told(
        "voice", "+390341481111", name="Ida Rossi", street="Via Roma", fragile=True, fragile_note="non cammina"
    )
    sent(here)
    delivery = Delivery.objects.get(address="+390341481111")
    made = Answer.objects.create(message=delivery.message, delivery=delivery, person=endpoint.contact_id, kind="help")
    ada = client(here, "ada")
    text = ada.get("/allerte/ufficio/aiuto/").content.decode()
    assert "Ida Rossi" in text
    assert "non cammina" in text
    assert 'href="tel:+390341481111"' in text
    assert Entry.objects.filter(action="contacts.read_personal_data").exists()
    for verb in ("fatto", "fatto", "riapri", "fatto"):
        post(ada, f"/allerte/ufficio/aiuto/{made.pk}/{verb}/", note="Andati i volontari")
    made.refresh_from_db()
    assert made.handled_by == user("ada")


def test_a_proposal_put_aside_is_still_there(here: Town) -> None:
    content = snow()
    made = Proposal.objects.create(
        key="x",
        origin="own",
        hazard="snow",
        colour=2,
        title="Neve da parte",
        said_at=timezone.now(),
        content=content.to_store(),
        expires_at=content.expires_at,
    )
    ada, page = client(here, "ada"), f"/allerte/ufficio/proposte/{made.pk}/"
    assert ada.get(page).status_code == 200
    assert ada.post(f"{page}niente/").status_code == 404
    ada.post(f"{page}lascia/")
    assert "rimetti/" in ada.get("/allerte/ufficio/").content.decode()
    ada.post(f"{page}rimetti/")
    assert ada.post(f"{page}prepara/").headers["Location"].startswith("/allerte/ufficio/")


def test_the_mayor_delegates_and_withdraws(here: Town) -> None:
    mayor, ada = client(here, "sindaco"), client(here, "ada")
    until = f"{timezone.localdate() + timedelta(days=30)}"
    values = {"kind": "alone", "colour": "1", "until": until}
    assert post(ada, "/allerte/ufficio/deleghe/", **values).status_code == 403
    assert post(mayor, "/allerte/ufficio/deleghe/", **{**values, "colour": "3"}).status_code == 422
    assert post(mayor, "/allerte/ufficio/deleghe/", **values).status_code == 302
    told()
    mine = draft(user("ada"), colour=1)
    assert post(ada, f"/allerte/ufficio/{mine.alert.code}/delega/").status_code == 302
    post(mayor, f"/allerte/ufficio/deleghe/{Delegation.objects.get().pk}/ritira/")
    other = draft(user("ada"), colour=1)
    assert post(ada, f"/allerte/ufficio/{other.alert.code}/delega/").status_code == 403


def test_the_poster_and_the_coverage(here: Town) -> None:
    Contact.objects.create(name="X", street="Via Roma", house_number="1")
    ada = client(here, "ada")
    assert ada.get("/allerte/ufficio/manifesto.pdf").content.startswith(b"%PDF")
    assert "Via Roma" in ada.get("/allerte/ufficio/copertura/").content.decode()


def test_subscribing_in_three_steps_and_choosing_anew(here: Town) -> None:
    browser = client(here)
    assert post(browser, "/avvisami/", nothing="1").status_code == 422
    assert post(browser, "/avvisami/", topics=["alerts.weather"]).headers["Location"] == "/avvisami/come/"
    bad = post(browser, "/avvisami/come/", channel="email", address="niente", agree="on")
    assert bad.status_code == 422
    way = post(browser, "/avvisami/come/", channel="email", address="io@example.org", agree="on", quiet="on")
    assert way.headers["Location"] == "/avvisami/codice/"
    assert post(browser, "/avvisami/codice/", code="000000").status_code in (422, 200)
    found = re.search(r"\b(\d{6})\b", Message.objects.filter(purpose="contacts.code").latest("created_at").body)
    assert found is not None
    done = post(browser, "/avvisami/codice/", code=found[1]).content.decode()
    endpoint = Endpoint.objects.get(address="io@example.org")
    assert endpoint.verified_at is not None
    link = re.search(r'href="(/avvisami/preferenze/[^"]+)"', done)
    assert link is not None
    assert client(here).get(link[1]).status_code == 200
    assert post(client(here), link[1], topics=["alerts.roads"]).status_code == 200
    assert list(endpoint.preferences.values_list("topic", flat=True)) == ["alerts.roads"]
    assert client(here).get(link[1][:-3] + "xx/").status_code == 404
    post(client(here), link[1], stop="1")
    endpoint.refresh_from_db()
    assert endpoint.retired_at is not None


def test_a_telegram_link_of_ones_own(here: Town) -> None:
    browser = client(here)
    post(browser, "/avvisami/", topics=["alerts.weather"])
    assert post(browser, "/avvisami/come/", channel="telegram", agree="on").status_code == 302
    assert "/start " in browser.get("/avvisami/codice/").content.decode()


def test_the_office_writes_people_down_and_takes_a_file(here: Town) -> None:
    ada = client(here, "ada")
    values = {
        "name": "Ida",
        "phone": "0341 481111",
        "topics": ["alerts.weather"],
        "agreed": "allo sportello",
        "kind": "drill",
    }
    assert post(ada, "/ufficio/contatti/nuovo/", **{**values, "phone": "12"}).status_code == 422
    assert post(ada, "/ufficio/contatti/nuovo/", **values).status_code == 302
    assert Contact.objects.get(name="Ida").kind == "drill"
    assert "Ida" in ada.get("/ufficio/contatti/?cerca=ida").content.decode()
    ida = Contact.objects.get(name="Ida")
    assert post(ada, f"/ufficio/contatti/{ida.pk}/tipo/", kind="canary").status_code == 302
    assert post(ada, f"/ufficio/contatti/{ida.pk}/tipo/", kind="niente").status_code == 302
    ida.refresh_from_db()
    assert ida.kind == "canary"
    assert Entry.objects.filter(action="contacts.marked").count() == 1
    rows = "nome;telefono;consenso\n" + "\n".join(f"P{n};0341 4822{n:02d};ok" for n in range(10)) + "\nX;12;ok"
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("x.csv", rows.encode())
    shown = ada.post("/ufficio/contatti/importa/", {"file": file, "topics": ["alerts.weather"]})
    assert "10 " in shown.content.decode()
    assert Contact.objects.count() == 1, "only looked at"
    assert post(ada, "/ufficio/contatti/importa/scrivi/").status_code == 302
    assert Contact.objects.count() == 11
    assert post(ada, "/ufficio/contatti/importa/scrivi/").status_code == 302, "twice is once"
    assert Contact.objects.count() == 11
    assert client(here, "lettore").get("/ufficio/contatti/").status_code == 403


@pytest.mark.parametrize(
    ("path", "who", "most"),
    [("/allerte/ufficio/", "ada", 17), ("/allerte/", "", 12), ("/allerte/ufficio/aiuto/", "ada", 14),
     ("/ufficio/contatti/", "ada", 14), ("/allerte/ufficio/copertura/", "ada", 9)],
)  # fmt: skip
def test_a_list_keeps_its_query_budget(here: Town, path: str, who: str, most: int) -> None:
    for n in range(4):
        told(address=f"+39333000020{n}", name=f"P{n}", street="Via Roma")
        sent(here)
    browser = client(here, who)
    browser.get(path)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert browser.get(path).status_code == 200
    with inside(here):
        for n in range(4):
            told(address=f"+39333000030{n}", name=f"Q{n}")
            draft(user("ada"), texts=snow().texts)
    with CaptureQueriesContext(connection) as many:
        assert browser.get(path).status_code == 200
    assert len(many) == len(few) <= most, len(many)
