"""The privacy desk: what is held comes out whole, goes whole, and ends when its time is over."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone, translation

from campanile_modules.reporting import services as reporting
from campanile_modules.reporting.models import Category, Draft, Report, Reporter, ReportEvent
from campanile_tenants.contract.access import Assurance
from campanile_tenants.contract.registry import registry
from campanile_tenants.kit.templatetags.campanile import readable
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory, load_town
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.people.models import Invitation, Kind, Role, User
from campanile_tenants.town.people.services import invitations
from campanile_tenants.town.people.services.citizens import known_citizen
from campanile_tenants.town.privacy import services
from campanile_tenants.town.privacy.models import Breach, Consent, Request, Wording
from campanile_tenants.town.privacy.scan import scan
from campanile_tenants.town.privacy.subject import Subject
from tests.towns import client, inside

ANNA = Subject(email="anna.rusconi@example.org", phone="+39 333 7654321", name="Anna Rusconi")
NAMES = list(ANNA.identifiers.values())


@pytest.fixture
def town_with_anna(merate: Any) -> Any:
    """Every module on, and one citizen who left traces everywhere; another one beside her."""
    for module in registry:
        switch_on(merate, module.code, by="test")
    directory.forget()
    place = load_town(pk=merate.pk)
    assert place is not None
    with inside(place):
        category = Category.objects.first()
        assert category is not None
        officer = User.objects.get(email="tecnico@example.org")
        report = reporting.submit(
            category=category, title="Buca da Anna Rusconi", description="Scrivete a ANNA.RUSCONI@example.org",
            address="Via Roma", name=ANNA.name, email=ANNA.email, phone=ANNA.phone,
        )  # fmt: skip
        reporting.answer(report, by=officer, text="Gentile Anna Rusconi, arriviamo.")
        reporting.note(report, by=officer, text="Richiamata al +39 333 7654321")
        reporting.submit(category=category, title="Altra", address="x", name="Bruno", email="bruno@example.org")
        Draft.objects.create(values={"email": ANNA.email, "title": "a metà"})
        citizen = User.objects.create_user(ANNA.email, None, full_name=ANNA.name, kind=Kind.CITIZEN)
        Entry.objects.create(actor_kind="citizen", actor_id=str(citizen.pk), action="auth.signed_in", channel="web")
        services.give_consent("newsletter", "Voglio le notizie", version="1", language="it", subject=ANNA.email,
                              channel="web")  # fmt: skip
    return place


def test_the_export_holds_every_row_that_names_her(town_with_anna: Any) -> None:
    with inside(town_with_anna):
        hits = scan(NAMES)
        assert {"reporting_reporter", "reporting_report", "reporting_reportevent", "reporting_draft",
                "delivery_message", "people_user"} <= {hit.table for hit in hits}  # fmt: skip
        data = services.export(ANNA, by=User.objects.get(email="sindaco@example.org"))
    told = {part["what"]: part["rows"] for part in data["parts"]}
    from django.apps import apps

    for hit in hits:
        model = next(model for model in apps.get_models() if model._meta.db_table == hit.table)
        label = str(model._meta.verbose_name_plural)
        assert len(told[label]) >= len(hit.keys), f"{hit.table}.{hit.column}"
    assert "Voglio le notizie" in json.dumps(told, ensure_ascii=False)
    assert "Bruno" not in json.dumps(told)


def test_after_the_erasure_the_scan_finds_only_what_is_kept_with_its_reason(town_with_anna: Any) -> None:
    with inside(town_with_anna):
        mayor = User.objects.get(email="sindaco@example.org")
        outcome = services.erase(ANNA, by=mayor)
        assert outcome.left == []
        assert scan(NAMES) == []
        assert [row["why"] for row in outcome.kept] == [str(h.keep_reason) for _m, h in registry.personal_data()
                                                       if h.model == "audit.Entry"]  # fmt: skip
        assert Report.objects.count() == 2, "the matter stays"
        mended = Report.objects.get(title__startswith="Buca da")
        assert mended.title == "Buca da […]"
        assert ReportEvent.objects.filter(public_text="Gentile […], arriviamo.").exists()
        assert Reporter.objects.get().email == "bruno@example.org"
        assert not User.objects.filter(kind=Kind.CITIZEN, email=ANNA.email).exists()
        assert services.consents_of(ANNA.email)[0].wording.text in (
            "Voglio le notizie",
            "Ho letto come vengono usati i miei dati",
        )
        log = Request.objects.get(kind="erasure")
        assert not any(name in json.dumps([log.subject, log.counts, log.kept]) for name in NAMES)
        assert Entry.objects.filter(action="privacy.erased").exists()


def test_a_colleague_who_asks_for_erasure_keeps_the_account_that_says_who_did_what(merate: Any) -> None:
    with inside(merate):
        mayor = User.objects.get(email="sindaco@example.org")
        outcome = services.erase(Subject(email="tecnico@example.org"), by=mayor)
        assert [row["what"] for row in outcome.kept][-1:] != []
        assert User.objects.filter(email="tecnico@example.org").exists()
        assert outcome.left == []


def test_the_net_below_names_a_column_that_nobody_declared(town_with_anna: Any) -> None:
    with inside(town_with_anna):
        Role.objects.create(code="x", name="Il ruolo di Anna Rusconi")
        outcome = services.erase(ANNA, by=User.objects.get(email="sindaco@example.org"))
        assert [(hit.table, hit.column) for hit in outcome.left] == [("people_role", "name")]


def test_every_declaration_can_be_asked_and_every_column_of_a_person_is_declared(town_with_anna: Any) -> None:
    from django.apps import apps

    declared = {held.model for _module, held in registry.personal_data()}
    for _module, held in registry.personal_data():
        model = apps.get_model(held.model)
        for name in held.fields:
            model._meta.get_field(name)
    wanted = ("email", "phone", "full_name", "recipient", "ip", "tax_code")
    known = {"people.Office", "people.ApiToken"}  # of the town itself
    for model in apps.get_models():
        if model._meta.app_label in ("people", "account", "usersessions", "delivery", "privacy", "reporting"):
            names = {field.name for field in model._meta.concrete_fields}
            if names & set(wanted):
                assert model._meta.label in declared | known, f"{model._meta.label} holds people and declares nothing"


def test_a_name_alone_is_no_identifier(merate: Any) -> None:
    answer = client(merate, "sindaco").post("/ufficio/privacy/", {"name": "Anna Rusconi", "checked": "on"})
    assert answer.status_code == 422
    assert Subject(name="x").is_enough is False


def test_the_desk_shows_exports_and_erases(town_with_anna: Any) -> None:
    mayor = client(town_with_anna, "sindaco")
    who = {"email": ANNA.email, "phone": ANNA.phone, "name": ANNA.name, "checked": "on"}
    shown = mayor.post("/ufficio/privacy/", who)
    assert "autori" in shown.content.decode().lower()
    data = json.loads(mayor.post("/ufficio/privacy/dati.json", who).content)
    assert any(part["rows"] for part in data["parts"])
    page = mayor.post("/ufficio/privacy/dati.html", who).content.decode()
    assert "Buca da Anna Rusconi" in page
    unsure = mayor.post("/ufficio/privacy/cancella/", who)
    assert unsure.status_code == 302
    gone = mayor.post("/ufficio/privacy/cancella/", who | {"sure": "on"}).content.decode()
    assert "GDPR art. 5.2" in gone
    assert "niente altro nomina questa persona" in gone
    assert (
        "non ha nulla"
        in mayor.post(
            "/ufficio/privacy/", {**who, "email": "nessuno@example.org", "phone": "", "name": ""}
        ).content.decode()
    )


def test_what_is_past_its_time_is_counted_first_and_erased_at_night(town_with_anna: Any) -> None:
    with inside(town_with_anna):
        Reporter.objects.filter(email=ANNA.email).update(purge_on=timezone.localdate() - timedelta(days=1))
        Message.objects.filter(recipient=ANNA.email).update(created_at=timezone.now() - timedelta(days=91))
        invitation, _token = invitations.invite("x@example.org", "reader", by="x")
        Invitation.objects.filter(pk=invitation.pk).update(
            created_at=timezone.now() - timedelta(days=50), expires_at=timezone.now() - timedelta(days=40)
        )
        due = {told["model"]: told["rows"] for told in services.retain(dry_run=True)}
        assert (due["reporting.Reporter"], due["people.Invitation"]) == (1, 1)
        assert due["delivery.Message"] >= 1
        assert Reporter.objects.count() == 2, "a dry run changes nothing"
        done = {told["model"]: told["rows"] for told in services.retain()}
        assert done == due
        assert Reporter.objects.count() == 1
        assert not any(told["rows"] for told in services.retain(dry_run=True))
        assert Entry.objects.filter(action="privacy.retained", object_id="reporting.Reporter").exists()


def test_the_register_is_made_from_what_the_active_modules_declare(merate: Any) -> None:
    page = client(merate, "sindaco").get("/ufficio/privacy/trattamenti/").content.decode()
    assert "autori" in page.lower()
    assert "6.1.e" in page


def test_a_consent_keeps_the_exact_words_and_is_found_by_the_address_only(merate: Any) -> None:
    with inside(merate):
        first = services.give_consent("n", "Sì, voglio", version="1", language="it", subject="A@x.org", channel="web")
        again = services.give_consent("n", "Sì, voglio", version="1", language="it", subject="b@x.org", channel="desk")
        assert first.wording == again.wording
        assert first.wording.digest == Wording.digest_of("n", "1", "it", "Sì, voglio")
        assert services.consents_of(" a@X.org ") == [first]
        assert "x.org" not in str(list(Consent.objects.values()))
        assert services.withdraw_consent("n", subject="a@x.org") == 1
        assert services.withdraw_consent("n", subject="a@x.org") == 0
        with pytest.raises(ValidationError):
            services.give_consent("n", " ", version="1", language="it", subject="a@x.org", channel="web")


def test_the_export_opens_what_is_sealed_and_finds_consents_by_telephone(merate: Any) -> None:
    with inside(merate):
        known_citizen(
            tax_code="RSSMRA80A01E507I", given_name="M", family_name="R", provider="x", assurance=Assurance.LOW
        )
        services.give_consent("n", "Chiamatemi", version="1", language="it", subject=ANNA.phone, channel="desk")
        who = Subject(phone=ANNA.phone, tax_code="rssmra80a01e507i")
        told = json.dumps(services.export(who, by=User.objects.get(email="sindaco@example.org")))
    assert "RSSMRA80A01E507I" in told
    assert "Chiamatemi" in told


def test_a_breach_cannot_be_closed_before_it_is_decided_who_is_told(merate: Any) -> None:
    mayor = client(merate, "sindaco")
    values = {"what": "Mail sbagliata", "kinds_of_data": "indirizzi", "discovered_at": "2026-11-20T10:00"}
    wrong = mayor.post("/ufficio/privacy/violazioni/nuova/", values | {"closed_at": "2026-11-20T12:00"})
    assert wrong.status_code == 422
    assert mayor.post("/ufficio/privacy/violazioni/nuova/", values).status_code == 302
    with inside(merate):
        assert Breach.objects.get().hours_left is not None
        with pytest.raises(IntegrityError), transaction.atomic():
            Breach.objects.update(closed_at=timezone.now())
    assert "registro" in mayor.get("/ufficio/privacy/violazioni/").content.decode()


def test_events_of_reports_change_only_while_erasing(town_with_anna: Any) -> None:
    with inside(town_with_anna):
        for statement in ("UPDATE reporting_reportevent SET public_text = 'x'", "DELETE FROM reporting_reportevent"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL campanile.erasing = 'on'; UPDATE reporting_reportevent SET kind = 'note'")


@pytest.mark.parametrize(("value", "shown"), [
    ("2026-11-22T03:18:29.401580+00:00", "22 novembre 2026, 04:18"), ("2026-11-22", "22 novembre 2026"),
    ("True", "sì"), ("False", "no"), ("2026-99-99", "2026-99-99"), ("Via Roma 1", "Via Roma 1"),
])  # fmt: skip
def test_an_export_reads_like_a_letter(value: str, shown: str) -> None:
    with translation.override("it"):
        assert readable(value) == shown
