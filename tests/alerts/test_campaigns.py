"""The centre's side: one warning proposed to many towns, what each did, every town's alerts in one feed, trials."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campanile_modules.alerts.models import Proposal
from campanile_modules.alerts.services import canaries, flow, proposals, releasing
from campanile_modules.alerts.tests.making import draft, told
from campanile_tenants.public.notices.models import Campaign, Coverage, Invitation, Notice, Trial
from campanile_tenants.public.notices.services import trials
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory, load_town
from campanile_tenants.town.contacts.models import Contact
from tests.towns import Town, client, inside, person, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns(lecco: Town, merate: Town) -> list[Town]:
    for place in (lecco, merate):
        switch_on(town(place.istat_code), "alerts", by="test")
    directory.forget()
    return [found for found in (load_town(istat_code=code) for code in ("097042", "097048")) if found is not None]


def test_one_warning_to_many_towns_each_with_its_own_name(towns: list[Town]) -> None:
    operator = client(None, "operatore")
    assert operator.get("/allerte/").status_code == 200
    end = f"{timezone.localtime() + timedelta(hours=9):%Y-%m-%dT%H:%M}"
    values: dict[str, Any] = {"colour": "1", "expires_at": end, "towns": ["c_097042", "c_097048"]}
    assert operator.post("/allerte/proponi/snow/", {**values, "towns": []}).status_code == 422
    assert operator.post("/allerte/proponi/snow/", {**values, "expires_at": "2020-01-01T10:00"}).status_code == 422
    page = operator.post("/allerte/proponi/snow/", values).headers["Location"]
    assert Campaign.objects.count() == 1
    for place in towns:
        with inside(place):
            assert proposals.look_at_campaigns() == 1
            assert place.name in Proposal.objects.get().content["texts"]["it"]["description"]
    with inside(towns[1]):
        proposals.dismiss(Proposal.objects.get())
    text = operator.get(page).content.decode()
    assert "Lecco" in text
    assert dict(Invitation.objects.values_list("schema_name", "state")) == {
        "c_097042": "waiting",
        "c_097048": "refused",
    }
    operator.post(f"{page}chiudi/")
    with inside(towns[0]):
        assert proposals.look_at_campaigns() == 0
    assert client(None, "revisore").post("/allerte/proponi/snow/", values).status_code == 403


def test_a_town_sees_and_answers_its_own_only(towns: list[Town]) -> None:
    for schema in ("c_097042", "c_097048"):
        Invitation.objects.create(
            campaign=Campaign.objects.create(title=schema, hazard="snow", colour=1, made_by="x",
                                             expires_at=timezone.now() + timedelta(days=1)),
            schema_name=schema,
        )  # fmt: skip
    with inside(towns[0]):
        assert list(Campaign.objects.values_list("title", flat=True)) == ["c_097042"]
        assert Invitation.objects.filter(schema_name="c_097048").update(state="refused") == 0


def test_every_towns_alerts_stand_in_one_feed_with_their_cap(towns: list[Town]) -> None:
    with inside(towns[0]):
        ada, bruno = person("ada", "civil_protection"), person("bruno", "civil_protection")
        told()
        submitted = flow.submit(draft(ada), by=ada)
        releasing.release(flow.approve(submitted, by=bruno, seen=submitted.content_hash), by=bruno)
    stranger = client(None)
    with CaptureQueriesContext(connection) as asked:
        feed = stranger.get("/allerte/cap.atom")
    assert len(asked) <= 3
    assert f"{submitted.alert.code}/1.cap.xml" in feed.content.decode()
    assert stranger.get("/allerte/cap.atom", headers={"if-none-match": feed.headers["ETag"]}).status_code == 304
    assert "neve" in client(None, "operatore").get("/allerte/").content.decode()
    assert Notice.objects.get().schema_name == "c_097042"


def test_the_centre_sees_whom_each_town_does_not_reach(towns: list[Town]) -> None:
    with inside(towns[0]):
        told(street="Via Roma", house_number="1")
        Contact.objects.create(street="Via Roma", house_number="2")
        assert canaries.count_households()
        assert not canaries.count_households(), "once an hour"
        assert Coverage.objects.get().unreached == 1
    with inside(towns[1]):
        assert not Coverage.objects.exists(), "each town sees its own"
    text = client(None, "operatore").get("/allerte/").content.decode()
    assert "Lecco" in text
    assert "1 di 2" in text


def test_a_trial_that_did_not_arrive_is_red_in_the_console(towns: list[Town]) -> None:
    with inside(towns[0]):
        trials.note("sms", sent_at=timezone.now(), state="failed")
        trials.note("email", sent_at=timezone.now(), state="delivered")
        trials.note("voice", sent_at=timezone.now() - timedelta(days=3), state="delivered")
    assert sorted(trials.bad().values_list("channel", flat=True)) == ["sms", "voice"]
    assert Trial.objects.count() == 3
    assert "Lecco" in client(None, "operatore").get("/canali/").content.decode()
