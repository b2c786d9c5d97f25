"""Settings made from what a module declares, saved views, the centre's catalogue, last sign-ins, my reports."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campanile_modules.reporting import services as reporting
from campanile_modules.reporting.apps import ReportingSettings
from campanile_modules.reporting.models import Category
from campanile_modules.reporting.photos import most_photos
from campanile_tenants.contract.errors import ModuleNotEnabled
from campanile_tenants.kit.settings import settings_of
from campanile_tenants.public.library.models import SharedService
from campanile_tenants.public.registry.activation import change_settings, switch_off, switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.models import Figure
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.office.models import SavedView
from campanile_tenants.town.people.models import User
from campanile_tenants.town.site.models import Page
from tests.towns import client, inside, town, user


def again(istat_code: str) -> Any:
    directory.forget()
    return town(istat_code)


def test_a_mayor_changes_a_setting_and_it_holds_at_once(lecco: Any) -> None:
    mayor = client(lecco, "sindaco")
    shown = mayor.get("/ufficio/moduli/reporting/impostazioni/").content.decode()
    assert "Foto che una segnalazione può avere" in shown or "foto" in shown.lower()
    path = "/ufficio/moduli/reporting/impostazioni/"
    assert mayor.post(path, {"most_photos": 99, "keep_author_days": 30}).status_code == 422
    assert mayor.post(path, {"most_photos": 2, "keep_author_days": 30}).status_code == 302
    place = again("097042")
    with inside(place):
        assert most_photos() == 2
        assert settings_of("reporting", ReportingSettings) == ReportingSettings(2, 30)
        entry = Entry.objects.filter(action="office.settings_saved").latest("pk")
        assert entry.details == {"changed": ["keep_author_days", "most_photos"]}
    switch_off(place, "reporting", by="test")
    with pytest.raises(ModuleNotEnabled):
        change_settings(place, "reporting", {})
    assert mayor.get(path).status_code in (302, 404)
    switch_on(place, "reporting", by="test")
    with inside(again("097042")):
        assert most_photos() == 2  # what was chosen before is not forgotten
    assert client(lecco, "tecnico").get(path).status_code == 403


def test_a_list_is_kept_under_a_name_by_who_wants_it(lecco: Any) -> None:
    officer = client(lecco, "tecnico")
    sent = {"page": "reporting:inbox", "query": "stato=open&cerca=buca", "name": "Buche aperte"}
    assert officer.post("/ufficio/viste/", sent)["Location"] == "/segnalazioni/ufficio/?stato=open&cerca=buca"
    assert "Buche aperte" in officer.get("/segnalazioni/ufficio/").content.decode()
    assert "Buche aperte" not in client(lecco, "sindaco").get("/segnalazioni/ufficio/").content.decode()
    assert officer.post("/ufficio/viste/", sent | {"page": "https://evil.example"})["Location"] == "/ufficio/"
    with inside(lecco):
        view = SavedView.objects.get()
    assert client(lecco, "sindaco").post(f"/ufficio/viste/{view.pk}/togli/").status_code == 404
    assert officer.post(f"/ufficio/viste/{view.pk}/togli/").status_code == 302
    with inside(lecco):
        assert not SavedView.objects.exists()


def form_of(shared: SharedService, **changes: Any) -> dict[str, Any]:
    data = shared.data
    values = {"base": shared.version, "title": data["title"], "summary": data["summary"], "category": data["category"]}
    return (
        values
        | {"topics": data["topics"], "online": ""}
        | {f"text_{k}": v for k, v in data["texts"].items()}
        | changes
    )


def test_the_centre_writes_for_all_towns_and_each_decides(lecco: Any) -> None:
    centre = client(None, "operatore")
    shared = SharedService.objects.get(code="tari")
    assert centre.post("/catalogo/tari/", form_of(shared, text_how="")).status_code == 422
    assert (
        centre.post("/catalogo/tari/", form_of(shared, text_how="1. Fai così.", note="Più chiaro")).status_code == 302
    )
    assert centre.post("/catalogo/tari/", form_of(shared, text_how="1. Altro.")).status_code == 422  # a stale screen
    shared.refresh_from_db()
    assert (shared.version, shared.is_adapted, shared.what_changed) == (2, True, "Più chiaro")
    assert centre.post("/catalogo/nuovo/", form_of(shared, base=0, title="Noleggio bici")).status_code == 302
    mayor = client(lecco, "sindaco")
    offered = mayor.get("/ufficio/sito/aggiornamenti/").content.decode()
    assert "Più chiaro" in offered
    assert "Noleggio bici" in offered
    assert mayor.post("/ufficio/sito/catalogo/noleggio-bici/prendi/").status_code == 302
    assert client(lecco).get("/servizi/tributi-finanze-e-contravvenzioni/noleggio-bici/").status_code == 200
    centre.post("/catalogo/noleggio-bici/ritira/")
    with inside(lecco):
        assert Page.objects.published().filter(slug="noleggio-bici").exists()
    assert client(None, "collega").post("/catalogo/tari/", {}).status_code == 403


def test_campaniles_own_texts_leave_alone_what_the_centre_changed(lecco: Any) -> None:
    from campanile_tenants.public.library import shipped

    SharedService.objects.filter(code="tari").update(shipped_version=0, is_adapted=True)
    SharedService.objects.filter(code="imu").update(shipped_version=0, data={"title": "x"})
    assert shipped.put_in() == 1
    assert SharedService.objects.get(code="imu").version == 2
    assert SharedService.objects.get(code="tari").version == 1
    assert shipped.put_in() == 0


def test_the_console_knows_when_a_town_was_last_here_and_what_happened(lecco: Any) -> None:
    with inside(lecco):
        User.objects.filter(email="tecnico@example.org").update(last_login=timezone.now())
        User.objects.filter(email="cittadina@example.org").update(
            last_login=timezone.now() + timezone.timedelta(days=9)
        )
    seen = Figure.objects.get(schema_name=lecco.schema_name, code="people.last_sign_in")
    assert abs(seen.value - timezone.now().timestamp()) < 60
    shown = client(None, "operatore").get("/").content.decode()
    assert "Ultimi fatti" in shown
    assert "Ultimo accesso" in shown


def test_a_citizen_finds_her_reports_by_the_address_she_proved(lecco: Any) -> None:
    with inside(lecco):
        for email in ("cittadina@example.org", "altra@example.org"):
            reporting.submit(category=Category.objects.first(), title=f"Di {email}", address="Via Roma", email=email)
    citizen: Client = client(lecco, "cittadina")
    shown = citizen.get("/area-personale/").content.decode()
    assert "Di cittadina@example.org" in shown
    assert "altra@example.org" not in shown
    assert client(lecco).get("/area-personale/")["Location"].startswith("/accesso/")
    assert client(lecco, "tecnico").get("/area-personale/")["Location"] == "/ufficio/"
    with inside(lecco):
        assert user("cittadina").email == "cittadina@example.org"
