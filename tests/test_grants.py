"""Machines and the centre: API tokens, hand-overs, grants, emergencies."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from campanile_modules.reporting import services as reporting
from campanile_modules.reporting.models import Category
from campanile_platform.centre import access_requests
from campanile_tenants.contract.errors import NotAllowed
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.people.models import ApiToken, Grant, HandOver, SupportHours, User
from campanile_tenants.town.people.services import grants, handover, tokens
from tests.towns import client, inside, user

# -- API tokens ------------------------------------------------------------------------------------

PRIVATE = "{ reportingReports(first: 5) { nodes { title } } }"


def test_a_token_reads_within_its_scopes_and_is_kept_as_a_digest(lecco: Any) -> None:
    with inside(lecco):
        reporting.submit(category=Category.objects.first(), title="Segreta", address="Via Roma")
        until = timezone.now() + timedelta(days=30)
        row, text = tokens.make("Protocollo", ["reporting.view_report"], expires_at=until, by=user("sindaco"))
        _other, weak = tokens.make("Altro", ["reporting.close_report"], expires_at=until, by=user("sindaco"))
        assert text not in json.dumps(list(ApiToken.objects.values()), default=str)

    def titles(token: str) -> set[Any]:
        answer = client(lecco).post("/graphql/", {"query": PRIVATE}, content_type="application/json",
                                    headers={"Authorization": f"Bearer {token}"})  # fmt: skip
        return {node["title"] for node in answer.json()["data"]["reportingReports"]["nodes"]}

    assert titles(text) == {"Segreta"}
    assert titles(weak) == {None}
    with inside(lecco):
        assert ApiToken.objects.get(pk=row.pk).last_used_at is not None
        tokens.revoke(row)
    refused = client(lecco).post("/graphql/", {"query": PRIVATE}, content_type="application/json",
                                 headers={"Authorization": f"Bearer {text}"})  # fmt: skip
    assert refused.status_code == 401
    assert "invalid_token" in refused["WWW-Authenticate"]


def test_a_token_is_never_made_for_what_only_people_do_nor_for_ever(lecco: Any) -> None:
    with inside(lecco):
        mayor = user("sindaco")
        for scope, days in (
            ("people.manage_staff", 30),
            ("reporting.view_report", 400),
            ("reporting.view_report", -1),
        ):
            with pytest.raises(tokens.InvalidInput):
                tokens.make("x", [scope], expires_at=timezone.now() + timedelta(days=days), by=mayor)


def test_a_session_needs_its_csrf_token_for_the_api(lecco: Any) -> None:
    browser = Client(headers={"host": lecco.host}, enforce_csrf_checks=True)
    body = {"query": "{ municipality { name } }"}
    assert browser.post("/graphql/", body, content_type="application/json").status_code == 200
    with inside(lecco):
        browser.force_login(user("tecnico"))
    assert browser.post("/graphql/", body, content_type="application/json").status_code == 403


# -- hand-overs and grants -------------------------------------------------------------------------


def test_a_hand_over_works_once_in_the_browser_that_set_out(lecco: Any) -> None:
    with inside(lecco):
        session: dict[str, str] = {}
        token = handover.issue(user("tecnico"), handover.set_out(session), provider="test")
        assert handover.redeem(session, token).user == user("tecnico")
        for other in (session, {}, {"handover_secret": "x"}):
            with pytest.raises(handover.HandOverRefused):
                handover.redeem(other, token)


@pytest.mark.parametrize("fault", ["another browser", "too late", "another town", "inactive"])
def test_a_hand_over_is_refused(lecco: Any, merate: Any, fault: str) -> None:
    session: dict[str, str] = {}
    with inside(lecco):
        token = handover.issue(user("tecnico"), handover.set_out(session), provider="test")
        if fault == "too late":
            HandOver.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        if fault == "inactive":
            User.objects.filter(email="tecnico@example.org").update(is_active=False)
    if fault == "another browser":
        session = {"handover_secret": "stolen"}
    with inside(merate if fault == "another town" else lecco), pytest.raises(handover.HandOverRefused):
        handover.redeem(session, token)
    with inside(merate if fault == "another town" else lecco):
        assert Entry.objects.filter(action="handover.refused").exists()


def municipality(place: Any) -> Municipality:
    return Municipality.objects.get(pk=place.pk)


def enter(place: Any, operator: str = "collega") -> tuple[Client, Any]:
    """The whole walk of a browser: town, centre, back to the town."""
    console = client(None, operator)
    browser = client(place)
    away = browser.get("/accesso/dal-centro/")
    back = console.get(away.url.replace("http://localhost", ""))
    if "/ingresso/" not in back.url:
        return browser, back
    return browser, browser.get(back.url[back.url.index("/accesso") :])


def test_an_operator_comes_in_by_grant_only_and_every_act_bears_it(lecco: Any) -> None:
    console = client(None, "collega")
    assert enter(lecco)[1].url == "/accessi/"
    asked = console.post("/accessi/chiedi/097042/", {"reason": "Ticket 12", "role": "officer", "hours": "2"})
    assert asked.status_code == 302
    assert enter(lecco)[1].url == "/accessi/", "asking is not enough"
    with inside(lecco):
        assert Message.objects.filter(purpose="people.grant", recipient="sindaco@example.org").count() == 1
        grant = Grant.objects.get()
        report = reporting.submit(category=Category.objects.first(), title="Buca", address="x", name="Anna")
    client(lecco, "sindaco").post(f"/ufficio/accessi/{grant.pk}/approva/")
    browser, arrived = enter(lecco)
    assert arrived.url == "/ufficio/"
    page = browser.get(f"/segnalazioni/ufficio/{report.code}/").content.decode()
    assert "Ticket 12" in page
    assert "grant-band" in page
    browser.post(f"/segnalazioni/ufficio/{report.code}/prendi/")
    with inside(lecco):
        trail = Entry.objects.filter(grant_id=grant.pk, actor_kind="operator")
        assert {"reporting.moved", "reporting.read_personal_data"} <= set(trail.values_list("action", flat=True))
        report.refresh_from_db()
        assert "Campanile" in report.assignee.full_name
    for closed in ("/ufficio/persone/", "/ufficio/accessi/", "/ufficio/token/", "/ufficio/moduli/"):
        assert browser.get(closed).status_code == 403, "what only the town's own people do"
    client(lecco, "sindaco").post(f"/ufficio/accessi/{grant.pk}/termina/")
    assert browser.get("/ufficio/").status_code in (302, 403)
    assert enter(lecco)[1].url == "/accessi/"


def test_a_grant_is_never_chained(lecco: Any) -> None:
    with inside(lecco):
        grant = grants.ask("1", email="o@centro.it", full_name="O", role="administrator", reason="r", hours=1)
        grants.approve(grant, by=user("sindaco"))
        operator = User.objects.get(email="o@centro.it")
        held = operator.access
        assert held.grant == grant
        assert not {"people.manage_staff", "people.manage_grants", "people.manage_tokens"} & set(held.reaches)
        second = grants.ask("2", email="p@centro.it", full_name="P", role="reader", reason="r", hours=1)
        with pytest.raises(NotAllowed):
            grants.approve(second, by=operator)


def test_a_grant_that_is_past_its_time_opens_nothing(lecco: Any) -> None:
    with inside(lecco):
        grant = grants.ask("1", email="o@centro.it", full_name="O", role="officer", reason="r", hours=1)
        grants.approve(grant, by=user("sindaco"))
        past = timezone.now() - timedelta(hours=3)
        Grant.objects.update(decided_at=past, expires_at=past + timedelta(hours=1))
        assert User.objects.get(email="o@centro.it").access.reaches == {}
        assert grants.expire() == 1
        assert Grant.objects.get().state == "ended"


def test_support_hours_open_at_once_for_reading_only(lecco: Any) -> None:
    with inside(lecco):
        for day in range(1, 8):
            SupportHours.objects.create(weekday=day, opens="00:00", closes="23:59:59", agreed_by="x")
        reading = grants.ask("1", email="o@centro.it", full_name="O", role="reader", reason="r", hours=1)
        working = grants.ask("2", email="p@centro.it", full_name="P", role="officer", reason="r", hours=1)
        assert reading.is_live
        assert not working.is_live


def test_nobody_breaks_the_glass_alone_and_the_town_is_told_at_once(lecco: Any) -> None:
    first, second = user("operatore"), user("collega")
    grant = access_requests.ask(
        municipality(lecco), first, role="officer", reason="Alluvione", hours=2, emergency=True
    )
    row = access_requests.AccessRequest.objects.get(pk=grant.pk)
    with pytest.raises(grants.SecondOperatorNeeded), transaction.atomic():
        access_requests.confirm(row, first)
    assert enter(lecco, "operatore")[1].url == "/accessi/"
    access_requests.confirm(row, second)
    with inside(lecco):
        mail = Message.objects.get(purpose="people.grant")
        assert mail.recipient == "sindaco@example.org"
        assert "emergenza" in mail.subject.lower()
    assert enter(lecco, "operatore")[1].url == "/ufficio/"
    assert Entry.objects.filter(action="grant.approved", object_id=str(grant.pk)).exists(), (
        "in the platform's trail too"
    )


def test_somebody_of_the_town_is_never_taken_for_an_operator(lecco: Any) -> None:
    with inside(lecco), pytest.raises(NotAllowed):
        grants.ask("1", email="tecnico@example.org", full_name="T", role="administrator", reason="r", hours=1)
