"""Proposals: from bulletins, from the centre, from other authorities' CAP; the same word again updates."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.towns import Town, centre, user

from campanile_modules.alerts.errors import BadCap, ProposalGone
from campanile_modules.alerts.models import Alert, Delegation, Proposal
from campanile_modules.alerts.services import flow, proposals, releasing
from campanile_modules.alerts.states import State
from campanile_modules.alerts.tests.making import draft, snow, told
from campanile_tenants.kit.cap import messages as m
from campanile_tenants.kit.cap import write
from campanile_tenants.public.bulletins.models import Issue, Membership, Outlook
from campanile_tenants.public.notices.models import Campaign, Invitation
from campanile_tenants.public.notices.services import campaigns

pytestmark = pytest.mark.django_db


def bulletin(hour: int, **risks: int) -> datetime:
    """Tomorrow's colours for Lecco's zone, published today at `hour`."""
    day = timezone.localdate() + timedelta(days=1)
    begin = timezone.make_aware(datetime.combine(day, time()))
    published = timezone.make_aware(datetime.combine(day - timedelta(days=1), time(hour)))
    with centre():
        zone = Membership.objects.get(istat_code="097042", during__contains=day).zone_id
        issue = Issue.objects.create(published_at=published)
        Outlook.objects.create(
            issue=issue, zone_id=zone, day=day, valid_from=begin, valid_to=begin + timedelta(days=1),
            overall=max(risks.values()), **({"hydrogeological": 0, "storms": 0, "hydraulic": 0} | risks),
        )  # fmt: skip
    return published + timedelta(minutes=1)


def test_a_raised_zone_makes_one_proposal_in_the_right_words(here: Town) -> None:
    now = bulletin(8, hydraulic=2, storms=1)
    assert proposals.look_at_bulletins(now) == 1
    assert proposals.look_at_bulletins(now) == 0, "the same issue changes nothing"
    found = Proposal.objects.get()
    words = found.content["texts"]["it"]
    assert (found.colour, found.hazard, found.origin) == (2, "flood", "bulletin")
    assert "fiumi e torrenti" in words["headline"]
    assert "domani" in words["description"]
    assert "temporali" in words["description"]
    assert "IT-alert" not in str(found.content)


def test_a_later_issue_of_the_day_updates_and_says_what_changed(here: Town) -> None:
    told()
    proposals.look_at_bulletins(bulletin(8, storms=1))
    first = Proposal.objects.get()
    revision = proposals.take(first, by=user("ada"))
    assert proposals.take(first, by=user("bruno")).pk == revision.pk, "taken twice is one alert"
    assert proposals.look_at_bulletins(bulletin(9, storms=3)) == 1
    again = Proposal.objects.get()
    assert (again.pk, again.state, again.colour, again.before) == (first.pk, "open", 3, {"storms": 1})
    changed = proposals.take(again, by=user("bruno"))
    assert (changed.pk, changed.colour) == (revision.pk, 3), "the draft is written anew"
    submitted = flow.submit(changed, by=user("bruno"))
    releasing.release(flow.approve(submitted, by=user("ada"), seen=submitted.content_hash), by=user("ada"))
    assert proposals.look_at_bulletins(bulletin(10, storms=2)) == 1
    update = proposals.take(Proposal.objects.get(), by=user("ada"))
    assert (update.number, update.msg_type, update.alert_id) == (2, "Update", revision.alert_id)
    assert Alert.objects.count() == 1


def test_a_zone_that_is_green_again_takes_the_proposal_away(here: Town) -> None:
    proposals.look_at_bulletins(bulletin(8, storms=1))
    proposals.look_at_bulletins(bulletin(9, storms=0))
    found = Proposal.objects.get()
    assert found.state == "over"
    with pytest.raises(ProposalGone):
        proposals.take(found, by=user("ada"))


def campaign(colour: int = 1, **more: Any) -> Campaign:
    content = snow(colour)
    with centre():
        return campaigns.propose(
            title="Neve in provincia", hazard="snow", colour=colour, content=content.to_store(), by="Provincia",
            expires_at=content.expires_at, towns=["c_097042"], **more,
        )  # fmt: skip


def test_the_centre_proposes_and_each_town_decides(here: Town) -> None:
    told()
    made = campaign()
    assert proposals.look_at_campaigns() == 1
    assert proposals.look_at_campaigns() == 0
    found = Proposal.objects.get()
    proposals.dismiss(found)
    assert Invitation.objects.get().state == "refused"
    proposals.put_back(found)
    revision = proposals.take(found, by=user("ada"))
    submitted = flow.submit(revision, by=user("ada"))
    releasing.release(flow.approve(submitted, by=user("bruno"), seen=submitted.content_hash), by=user("bruno"))
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.campaign_id) == ("sent", made.pk)


def test_what_the_mayor_agreed_to_is_sent_by_itself_and_nothing_above_it(here: Town) -> None:
    told()
    until = timezone.now() + timedelta(days=30)
    Delegation.objects.create(kind="centre", colour=1, given_by=user("sindaco"), until=until)
    campaign(colour=1)
    campaign(colour=2)
    proposals.look_at_campaigns()
    assert sorted(Invitation.objects.values_list("campaign__colour", "state")) == [(1, "delegated"), (2, "waiting")]
    sent = Alert.objects.get()
    assert sent.current is not None
    assert (sent.current.approval, sent.current.state) == ("delegation", State.RELEASING)


def test_a_campaign_that_cannot_be_sent_waits_for_people(here: Town) -> None:
    until = timezone.now() + timedelta(days=30)
    Delegation.objects.create(kind="centre", colour=1, given_by=user("sindaco"), until=until)
    campaign(colour=1)  # nobody would be reached
    assert proposals.look_at_campaigns() == 1
    assert Proposal.objects.get().state == "open"
    assert not Alert.objects.exists()


def cap_message(**more: Any) -> bytes:
    now = timezone.now().replace(microsecond=0)
    info = m.Info(
        category=(m.Category.FIRE,), event="Incendio", urgency=m.Urgency.IMMEDIATE, severity=m.Severity.SEVERE,
        certainty=m.Certainty.OBSERVED, expires=now + timedelta(hours=6), headline="Incendio al monte",
        description="Il bosco brucia.", areas=(m.Area("Lecco"),),
    )  # fmt: skip
    values: dict[str, Any] = {"status": m.Status.ACTUAL, "infos": (info,)} | more
    return write(m.Alert("regione-1", "regione.example", now, msg_type=m.MsgType.ALERT, **values))


def test_another_authoritys_cap_becomes_one_proposal(here: Town) -> None:
    first = proposals.from_cap(cap_message())
    assert proposals.from_cap(cap_message()).pk == first.pk
    assert (first.hazard, first.colour, first.title) == ("fire", 2, "Incendio al monte")
    revision = proposals.take(first, by=user("ada"))
    assert revision.alert.origin == "cap"


@pytest.mark.parametrize(
    "content",
    [b"", b"<x/>", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "exercise", "nothing"],
)
def test_what_is_no_cap_alert_is_refused_with_words(here: Town, content: Any) -> None:
    if content == "exercise":
        content = cap_message(status=m.Status.EXERCISE)
    elif content == "nothing":
        content = cap_message(infos=())
    with pytest.raises(BadCap):
        proposals.from_cap(content)
    assert not Proposal.objects.exists()
    assert draft(user("ada")).alert.origin == "own"
