"""Setting up: kinds of problems, rules, hours, ready answers, and who may."""

from __future__ import annotations

import pytest
from tests.towns import Town, client, inside, person, user

from campanile_modules.reporting.models import Category, ResponseTemplate, RoutingRule, WorkCalendar
from campanile_modules.reporting.tests.making import report

pytestmark = pytest.mark.django_db


def test_the_town_sets_up_kinds_rules_hours_and_answers(lecco: Town) -> None:
    mayor, base = client(lecco, "sindaco"), "/segnalazioni/ufficio/imposta/"
    assert mayor.get(base).status_code == 200
    given = {
        "code": "snow", "name": "Neve", "visibility": "public", "is_active": "on", "anonymous_allowed": "on",
        "duplicate_radius": "50", "answer_hours": "8", "close_days": "3", "position": "1",
        "questions_text": "cm | Quanti centimetri? | numero | obbligatoria\nwhere | Dove? | scelta: strada, marciapiede",
    }  # fmt: skip
    for broken in ("x | y", "cm | Quanti? | colore", "a | b | scelta: una", "a | b | testo\na | c | testo"):
        assert mayor.post(f"{base}categorie/nuova/", given | {"questions_text": broken}).status_code == 422
    assert mayor.post(f"{base}categorie/nuova/", given).status_code == 302
    with inside(lecco):
        snow = Category.objects.get(code="snow")
        assert [one["kind"] for one in snow.questions] == ["number", "choice"]
        assert snow.questions[0]["required"]
        colleague = user("tecnico").pk
    shown = mayor.get(f"{base}categorie/snow/").content.decode()
    assert "cm | Quanti centimetri? | numero | obbligatoria" in shown
    rule = {"category": snow.pk, "person": colleague, "position": "1"}
    assert mayor.post(f"{base}regole/nuova/", {"category": snow.pk, "position": "1"}).status_code == 422, "to nobody"
    assert mayor.post(f"{base}regole/nuova/", rule).url == f"{base}regole/prova/"
    assert mayor.get(f"{base}regole/prova/").status_code == 200
    hours = {
        "name": "Cantiere",
        "day_0": "7:00-12:00 13:00-16:00",
        "patron_saint": "6/12",
        "closures_text": "24/12/2026",
    }
    for broken in (
        {"day_0": "mattina"},
        {"day_0": "12:00-9:00"},
        {"day_0": ""},
        {"patron_saint": "Nicola"},
        {"closures_text": "x"},
    ):
        assert mayor.post(f"{base}orari/nuovi/", hours | broken).status_code == 422, broken
    assert mayor.post(f"{base}orari/nuovi/", hours).status_code == 302
    with inside(lecco):
        kept = WorkCalendar.objects.get(name="Cantiere")
        assert (kept.spans[0], kept.patron_saint) == ([["07:00", "12:00"], ["13:00", "16:00"]], "12-06")
    assert "6/12" in mayor.get(f"{base}orari/{kept.pk}/").content.decode().replace("06/12", "6/12")
    answer = {"name": "Preso", "text": "Gentile, {codice} è da {ufficio}.", "state": ""}
    assert mayor.post(f"{base}risposte/nuova/", answer).status_code == 302
    with inside(lecco):
        one = report()
        assert f"Gentile, {one.code}" in mayor.get(f"/segnalazioni/ufficio/{one.code}/").content.decode()
        pk = ResponseTemplate.objects.get().pk
    assert mayor.post(f"{base}risposte/{pk}/togli/").status_code == 302
    with inside(lecco):
        assert not ResponseTemplate.objects.exists()
        assert RoutingRule.objects.count() == 1
        person("luca", "officer")
    assert client(lecco, "luca").get(base).status_code == 403
