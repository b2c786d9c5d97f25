"""Readers from other programs and out again: nobody without proof, nobody who left; the page of one reader, the proof."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.towns import Town, client, inside, person, town

from campanile_modules.newsletters.errors import DisposableMail, FileRefused, NoEvidence, NothingChosen
from campanile_modules.newsletters.models import Import, Subscriber, Subscription
from campanile_modules.newsletters.services import importing, readers, subscribing
from campanile_modules.newsletters.services.importing import Choice
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.delivery.models import Message, Suppression
from campanile_tenants.town.privacy.services import consents_of

pytestmark = pytest.mark.django_db
PLAIN = "Indirizzo e-mail;Consenso;Lingua\nAnna@Example.org;Modulo di carta, 3/2/2024;it\nbea@example.org;;de\nnessuno;x;\n"
LISTMONK = (
    'email,name,attributes,status,created_at\nanna@example.org,Anna,"{}",enabled,2024-02-03T10:00:00Z\n'
    'bea@example.org,Bea,"{}",blocklisted,2024-02-03T10:00:00Z\n'
)
MAILCHIMP = (
    "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TAGS\n"
    'anna@example.org,Anna,2,"2023-05-01 09:00:00",203.0.113.9,"2023-05-01 09:02:00",203.0.113.9,"Notizie dal Comune"\n'
    "bea@example.org,Bea,2,,,,,\n"
)
GONE = "Email Address,OPTIN_TIME,UNSUB_TIME\nanna@example.org,2023-05-01 09:00:00,2024-01-01 08:00:00\n"
State = Subscription.State


@pytest.fixture
def place(lecco: Town) -> Town:
    switch_on(lecco, "newsletters", by="test")
    directory.forget()
    with inside(town(lecco.istat_code)):
        person("redazione", "communications")
        person("sindaca", "administrator")
    return town(lecco.istat_code)


def choice(text: str, *codes: str, **more: Any) -> Choice:
    return Choice(codes or ("notizie",), importing.guess(importing.header_of(text)).columns, **more)


def states() -> dict[str, str]:
    return dict(Subscription.objects.values_list("subscriber__email", "state"))


def test_a_plain_file_is_looked_at_and_taken_in_with_its_proof(place: Town) -> None:
    with inside(place):
        shown = importing.look(PLAIN, choice(PLAIN))
        assert (shown.rows, [row.email for row in shown.good], shown.wrong_rows) == (3, ["anna@example.org"], [4])
        assert not Subscriber.objects.exists(), "a look writes nothing"
        importing.take_in(PLAIN, choice(PLAIN))
        assert states() == {"anna@example.org": State.CONFIRMED}
        (given,) = consents_of("anna@example.org")
        assert (given.wording.text, given.channel) == ("Modulo di carta, 3/2/2024", "import")
        again = importing.take_in(PLAIN, choice(PLAIN, ask=True))
        assert ([row.email for row in again.asked], again.good) == (["bea@example.org"], [])
        assert dict(again.reasons)["la riceve già"] == 1
        assert states()["bea@example.org"] == State.REQUESTED
        assert Message.objects.filter(recipient="bea@example.org").count() == 0
        assert [subscribing.ask_imported(), subscribing.ask_imported()] == [1, 0]
        mail = Message.objects.get(recipient="bea@example.org")
        assert "vecchio elenco" in mail.body or "ältere" in mail.body.lower() or "older" in mail.body
        assert states()["bea@example.org"] == State.PENDING
        subscribing.confirm(Subscriber.objects.get(email="bea@example.org"), re.search(r"\b\d{6}\b", mail.body)[0])  # type: ignore[index]
        assert states()["bea@example.org"] == State.CONFIRMED


def test_nobody_is_written_down_without_proof(place: Town) -> None:
    bare = "email\nanna@example.org\n"
    with inside(place):
        with pytest.raises(NoEvidence):
            importing.take_in(bare, choice(bare))
        assert not Subscriber.objects.exists()
        found = importing.take_in(bare, choice(bare, agreed="Al banchetto della sagra, 12/8/2025"))
        assert len(found.good) == 1
        with pytest.raises(NothingChosen):
            importing.look(bare, choice(bare, "nessuna"))
        with pytest.raises(FileRefused, match="colonna"):
            importing.look("nome\nAnna\n", choice("nome\nAnna\n"))
        with pytest.raises(FileRefused, match="vuoto"):
            importing.look("", choice(""))


def test_exports_of_listmonk_and_mailchimp(place: Town) -> None:
    with inside(place):
        shown = importing.look(LISTMONK, choice(LISTMONK))
        assert shown.mapped.program == "listmonk"
        assert dict(shown.reasons) == {"senza prova che ha detto di sì": 1, "si è tolto, là o qui": 1}
        shown = importing.take_in(MAILCHIMP, choice(MAILCHIMP, "notizie", "eventi", ask=True))
        assert shown.mapped.program == "MailChimp"
        (anna,) = shown.good
        assert (anna.topics, anna.agreed_at.year) == (("notizie",), 2023)  # type: ignore[union-attr]
        assert "confermata il 2023-05-01 09:02:00" in anna.words
        assert "203.0.113.9" not in str(consents_of("anna@example.org")[0].wording.text), "no more than is needed"
        assert [row.email for row in shown.asked] == ["bea@example.org"]
        left = importing.look(GONE, choice(GONE))
        assert dict(left.reasons) == {"si è tolto, là o qui": 1}


def test_who_left_or_is_dead_stays_out(place: Town) -> None:
    text = "email,consent\n" + "".join(f"{name}@example.org,sì\n" for name in ("anna", "bea", "carla", "anna"))
    text += "x@mailinator.com,sì\n"
    with inside(place):
        subscribing.write_down("anna@example.org", ["notizie"], agreed="x")
        subscribing.end("anna@example.org", "notizie")
        Suppression.objects.create(channel="email", address="bea@example.org", reason="complaint")
        shown = importing.look(text, choice(text))
        assert [row.email for row in shown.good] == ["carla@example.org"]
        assert dict(shown.reasons) == {
            "si è tolto, là o qui": 1, "l’indirizzo non esiste più, o ha segnalato spam": 1,
            "è due volte nel file": 1, "un indirizzo che vive dieci minuti": 1,
        }  # fmt: skip
        with pytest.raises(DisposableMail):
            subscribing.ask("x@mailinator.com", ["notizie"], words="sì")


def test_many_rows_take_few_queries(place: Town) -> None:
    def queries(number: int, name: str) -> int:
        text = "email,consent\n" + "".join(f"{name}{n}@example.org,Modulo di carta\n" for n in range(number))
        with CaptureQueriesContext(connection) as asked:
            assert len(importing.take_in(text, choice(text)).good) == number
        return len(asked)

    with inside(place):
        assert queries(1_500, "b") <= queries(3, "a") + 3


def test_out_again_in_both_forms_and_whole(place: Town) -> None:
    with inside(place):
        subscribing.write_down("anna@example.org", ["notizie", "eventi"], agreed="=Allo sportello")
        subscribing.end("anna@example.org", "eventi")
        rows = list(csv.DictReader(io.StringIO("".join(readers.export_csv()))))
        assert [(row["newsletter"], row["stato"]) for row in rows] == [
            ("notizie", "confirmed"),
            ("eventi", "unsubscribed"),
        ]
        assert rows[0]["consenso"] == "'=Allo sportello", "no formula for a spreadsheet"
        (row,) = csv.DictReader(io.StringIO("".join(readers.export_csv(listmonk=True))))
        assert (row["email"], row["status"]) == ("anna@example.org", "enabled")
        assert json.loads(row["attributes"])["newsletters"] == {"notizie": "confirmed", "eventi": "unsubscribed"}
        text = "".join(readers.export_csv())
        assert importing.guess(importing.header_of(text)).columns == {
            "email": "email", "agreed": "consenso", "agreed_at": "data consenso", "state": "stato",
            "topics": "newsletter", "language": "lingua",
        }  # fmt: skip
    admin = client(place, "sindaca")
    assert admin.get("/newsletter/ufficio/lettori/esporta/?forma=listmonk").getvalue().startswith(b"email,name,")
    whole = zipfile.ZipFile(io.BytesIO(admin.get("/newsletter/ufficio/lettori/esporta/?forma=tutto").getvalue()))
    assert {"lettori.csv", "lettori-listmonk.csv", "newsletter.json", "clic.csv"} <= set(whole.namelist())
    assert client(place, "redazione").get("/newsletter/ufficio/lettori/esporta/").status_code == 403


def test_the_office_looks_at_a_file_then_takes_it_in(place: Town) -> None:
    office, base = client(place, "redazione"), "/newsletter/ufficio/lettori/importa/"
    assert office.get(base).status_code == 200
    assert office.post(base, {}).status_code == 422
    answer = office.post(base, {"file": SimpleUploadedFile("lettori.csv", PLAIN.encode("utf-8-sig"))})
    with inside(place):
        assert "anna" not in Import.objects.get().sealed.lower(), "sealed"
    page = office.get(answer.url).content.decode()
    assert "Modulo di carta" in page
    assert "Righe con un indirizzo impossibile: 4" in page
    form = {
        "column_email": "Indirizzo e-mail",
        "column_agreed": "Consenso",
        "topics": "notizie",
        "agreed": "",
        "ask": "",
    }
    assert "Chiesto per mail" in office.post(answer.url, form | {"fai": "guarda"}).content.decode()
    assert office.post(answer.url, form | {"fai": "prendi"}).url == "/newsletter/ufficio/lettori/"
    with inside(place):
        assert states() == {"anna@example.org": State.CONFIRMED}
        assert not Import.objects.exists()
    assert office.get(answer.url).status_code == 410, "it is gone"
    away = office.post(base, {"file": SimpleUploadedFile("y.csv", b"email\nugo@example.org\n")}).url
    assert f"{away}lascia/" in office.get(away).content.decode()
    assert office.post(f"{away}lascia/").url == "/newsletter/ufficio/lettori/"
    assert office.get(away).status_code == 410
    bare = office.post(base, {"file": SimpleUploadedFile("x.csv", b"email\nugo@example.org\n")}).url
    refused = office.post(bare, {"column_email": "email", "topics": "notizie", "fai": "prendi"}).content.decode()
    assert "Nessuno è stato iscritto" in refused


def test_one_reader_why_nothing_comes_and_the_proof(place: Town) -> None:
    with inside(place):
        subscribing.write_down("anna@example.org", ["notizie"], agreed="Allo sportello, il 3 febbraio")
        reader = Subscriber.objects.get()
        Suppression.objects.create(
            channel="email", address=reader.email, reason="dead_address", detail="5.1.1 user unknown"
        )
        reader.subscriptions.update(state=State.BOUNCED, ended_at=timezone.now())
    office, base = client(place, "redazione"), f"/newsletter/ufficio/lettori/{reader.pk}/"
    assert "anna@example.org" in office.get("/newsletter/ufficio/lettori/?cerca=ann&stato=bounced").content.decode()
    page = office.get(base).content.decode()
    assert "5.1.1 user unknown" in page
    proof = office.get(f"{base}prova.pdf")
    assert proof.content.startswith(b"%PDF-")
    assert proof.content.count(b"/Type /Page\n") == 1
    assert office.post(base).url == base
    with inside(place):
        assert states() == {"anna@example.org": State.CONFIRMED}
        assert not Suppression.objects.exists()
        Suppression.objects.create(channel="email", address=reader.email, reason="complaint")
    office.post(base)
    with inside(place):
        assert Suppression.objects.exists(), "only she can take back a complaint"
    assert client(place, "lettore").get(base).status_code == 403


def test_lists_ask_few_queries(place: Town) -> None:
    with inside(place):
        for n in range(25):
            subscribing.write_down(f"r{n}@example.org", ["notizie", "eventi"], agreed="x")
    office = client(place, "redazione")
    office.get("/newsletter/ufficio/lettori/")
    with CaptureQueriesContext(connection) as asked:
        assert office.get("/newsletter/ufficio/lettori/").status_code == 200
    assert len(asked) <= 20, [row["sql"][:90] for row in asked]
