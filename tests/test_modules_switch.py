"""A module that is off is off everywhere; its folder is all that adding one takes."""

from __future__ import annotations

import pytest
from campanile_modules.noticeboard.models import Notice
from django.db import transaction

from campanile_infra.tasks.base import before_town_task
from campanile_modules.reporting.models import Report
from campanile_platform.config.celery import app as celery_app
from campanile_tenants.contract.errors import UnknownModule
from campanile_tenants.public.registry import events
from campanile_tenants.public.registry.activation import history, switch_off, switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.tasks import may_run
from tests.towns import Town, ask, client, inside, town

pytestmark = pytest.mark.django_db
REPORTS = "{ reportingReports(first: 1) { totalCount } }"


def off(place: Town, code: str = "reporting") -> Town:
    switch_off(place, code, by="test")
    directory.forget()
    return town(place.istat_code)


def on(place: Town, code: str = "reporting") -> Town:
    switch_on(place, code, by="test")
    directory.forget()
    return town(place.istat_code)


def test_page_api_menu_task_and_portal_obey_one_switch_and_the_data_stay(lecco: Town) -> None:
    officer = client(lecco, "tecnico")
    assert officer.get("/segnalazioni/").status_code == 200
    with inside(lecco):
        before = Report.objects.count()
    lecco = off(lecco)
    for page in ("/segnalazioni/", "/segnalazioni/nuova/", "/segnalazioni/ufficio/", "/segnalazioni/mappa.geojson"):
        assert officer.get(page).status_code == 404, page
    assert "non è attivo" in officer.get("/segnalazioni/").content.decode()
    assert ask(officer, REPORTS)["errors"][0]["extensions"]["code"] == "MODULE_NOT_ENABLED"
    assert "Segnalazioni" not in officer.get("/ufficio/").content.decode()
    assert "Segnala un disservizio" not in officer.get("/servizi/").content.decode()
    with inside(lecco):
        assert may_run("campanile_modules.reporting.tasks.purge") is False
        assert Report.objects.count() == before
    lecco = on(lecco)
    assert officer.get("/segnalazioni/ufficio/").status_code == 200
    assert "data" in ask(officer, REPORTS)
    with inside(lecco):
        assert may_run("campanile_modules.reporting.tasks.purge") is True


def test_each_switch_is_a_row_that_says_who_and_when(lecco: Town) -> None:
    administrator = client(lecco, "sindaco")
    administrator.post("/ufficio/moduli/reporting/", {"state": "off"})
    administrator.post("/ufficio/moduli/reporting/", {"state": "on"})
    latest, first = [row for row in history(lecco) if row["module"] == "reporting"]
    assert (latest["started_by"], latest["ended_at"]) == ("Sindaco", None)
    assert (first["started_by"], first["ended_by"]) == ("test", "Sindaco")
    assert switch_on(lecco, "reporting", by="again") is False


def test_only_an_administrator_switches_modules(lecco: Town) -> None:
    assert client(lecco, "tecnico").post("/ufficio/moduli/reporting/", {"state": "off"}).status_code == 403
    assert client(lecco, "cittadina").get("/ufficio/").status_code == 403
    assert client(lecco).get("/ufficio/moduli/").status_code == 302


def test_a_module_that_does_not_exist_is_named_with_those_that_do(lecco: Town) -> None:
    with pytest.raises(UnknownModule, match="noticeboard, reporting"):
        switch_on(lecco, "parking", by="test")


def test_the_dummy_module_is_everywhere_by_its_folder_alone(lecco: Town) -> None:
    officer = client(lecco, "tecnico")
    assert officer.get("/bacheca/").status_code == 404
    lecco = on(lecco, "noticeboard")
    with inside(lecco):
        Notice.objects.create(text="Mercato spostato")
    assert officer.get("/bacheca/").content.decode() == "Mercato spostato"
    assert ask(officer, "{ noticeboardTexts }")["data"] == {"noticeboardTexts": ["Mercato spostato"]}
    assert "Bacheca" in officer.get("/ufficio/").content.decode()
    assert "Bacheca del Comune" in client(lecco).get("/servizi/").content.decode()
    assert client(lecco).get("/bacheca/ufficio/").status_code == 302
    assert "campanile_modules.noticeboard.tasks.tidy" in celery_app.conf.beat_schedule


def test_events_reach_only_modules_that_are_on(lecco: Town) -> None:
    heard: list[str] = []

    def listener(text: str) -> None:
        heard.append(text)

    listener.__module__ = "campanile_modules.noticeboard.listeners"
    events.on("reporting.received")(lambda **payload: listener(str(payload["report_id"])))
    handler = events._handlers["reporting.received"][-1]
    handler.__module__ = "campanile_modules.noticeboard.listeners"
    with inside(lecco):
        events.publish("reporting.received", report_id="1")
    lecco = on(lecco, "noticeboard")
    with inside(lecco):
        events.publish("reporting.received", report_id="2")
    events._handlers["reporting.received"].remove(handler)
    assert heard == ["2"]


def test_the_database_holds_one_open_activation_a_module(lecco: Town) -> None:
    from django.db import IntegrityError

    from campanile_tenants.public.registry.models import Activation

    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.create(
            municipality=lecco, schema_name=lecco.schema_name, module="reporting", started_by="twice"
        )


def test_the_gate_stands_in_front_of_every_town_task() -> None:
    assert may_run in before_town_task
