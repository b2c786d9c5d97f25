"""A form that is sent after the session has ended: the text is kept, one signs in, and it goes on."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.models import Session
from django.test import Client

from campanile_modules.reporting.models import Draft
from campanile_tenants.town.people.models import User
from campanile_tenants.town.site.models import Page
from tests.towns import client, inside, person

LONG = "Un testo lungo che nessuno vuole scrivere due volte. " * 40


def test_a_long_text_survives_the_end_of_the_session(lecco: Any) -> None:
    with inside(lecco):
        person("redazione", "communications")
    writer = client(lecco, "redazione")
    sent = {"base": 0, "title": "Lunga", "category": "avvisi", "text_description": LONG, "verb": "save"}
    with inside(lecco):
        Session.objects.all().delete()  # her session is over
    answer = writer.post("/ufficio/sito/nuova/news/", sent)
    assert answer["Location"] == "/accesso/?next=/accesso/riprendi/"
    with inside(lecco):
        writer.force_login(User.objects.get(email="redazione@example.org"))
    shown = writer.get("/accesso/riprendi/")
    assert "Il tuo testo è al sicuro" in shown.content.decode()
    assert shown.context["kept"]["path"] == "/ufficio/sito/nuova/news/"
    again = dict(shown.context["kept"]["fields"])
    assert again["text_description"].strip() == LONG.strip()
    assert writer.post("/ufficio/sito/nuova/news/", again).status_code == 302
    with inside(lecco):
        assert Page.objects.get(title="Lunga").versions.get().content.texts["description"] == LONG.strip()
    assert writer.get("/accesso/riprendi/")["Location"] == "/"  # nothing waits any more


def test_a_page_from_before_a_new_sign_in_is_shown_to_be_sent_again_but_never_a_strangers(lecco: Any) -> None:
    strict = Client(headers={"host": lecco.host}, enforce_csrf_checks=True)
    with inside(lecco):
        strict.force_login(User.objects.get(email="tecnico@example.org"))
    sent = {"title": "Mia", "text_description": LONG, "password": "segreta"}
    ours = strict.post("/ufficio/sito/nuova/news/", sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert ours.status_code == 403
    assert LONG.strip()[:60] in ours.content.decode()
    assert "segreta" not in ours.content.decode()
    for site in ("cross-site", "same-site", ""):
        theirs = strict.post("/ufficio/sito/nuova/news/", sent, headers={"Sec-Fetch-Site": site} if site else {})
        assert theirs.status_code == 403
        assert LONG.strip()[:60] not in theirs.content.decode()


def test_what_a_citizen_wrote_waits_for_the_first_step(lecco: Any) -> None:
    stranger = client(lecco)
    answer = stranger.post("/segnalazioni/nuova/dati/", {"title": "Buca", "description": LONG, "address": "Via Roma"})
    assert answer.status_code == 302
    first = stranger.get(answer["Location"])
    assert "è al sicuro" in first.content.decode()
    stranger.post(answer["Location"], {"accept": "on"})
    shown = stranger.get("/segnalazioni/nuova/dati/").content.decode()
    assert LONG[:60] in shown
    with inside(lecco):
        assert Draft.objects.count() == 1


def test_what_no_page_sent_is_not_kept(lecco: Any) -> None:
    stranger = client(lecco)
    answer = stranger.post("/ufficio/sito/nuova/news/", {"a": 1}, content_type="application/json")
    assert answer["Location"] == "/accesso/?next=/ufficio/sito/nuova/news/"
    huge = stranger.post("/ufficio/sito/nuova/news/", {"text_description": "x" * 500_000})
    assert huge["Location"] == "/accesso/?next=/ufficio/sito/nuova/news/"
