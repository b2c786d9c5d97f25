"""Two people, what they approve, and what the database refuses."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.towns import Town, user

from campanile_modules.alerts.errors import (
    AlreadyOver,
    Changed,
    IllegalMove,
    NoDelegation,
    NotEditable,
    NotReady,
    OwnAlert,
    ReasonMissing,
    WrongTown,
)
from campanile_modules.alerts.models import Alert, Delegation, Revision
from campanile_modules.alerts.services import flow, releasing
from campanile_modules.alerts.services.content import digest
from campanile_modules.alerts.states import MOVES, State
from campanile_modules.alerts.tests.making import draft, snow, told
from campanile_tenants.town.delivery.models import Message

pytestmark = pytest.mark.django_db


def test_two_people_and_the_hash_of_what_they_read(here: Town) -> None:
    told()
    ada, bruno = user("ada"), user("bruno")
    submitted = flow.submit(draft(ada), by=ada)
    with pytest.raises(OwnAlert):
        flow.approve(submitted, by=ada, seen=submitted.content_hash)
    with pytest.raises(Changed):
        flow.approve(submitted, by=bruno, seen="another text")
    approved = flow.approve(submitted, by=bruno, seen=submitted.content_hash)
    assert (approved.state, approved.approval) == (State.APPROVED, "two_people")
    with pytest.raises(IllegalMove):
        flow.approve(approved, by=bruno, seen=approved.content_hash)
    sent = releasing.release(approved, by=bruno)
    assert sent.state == State.RELEASING
    assert Message.objects.filter(about=sent.alert.about).count() == 1
    with pytest.raises(IllegalMove):
        releasing.release(approved, by=bruno)
    assert Message.objects.filter(about=sent.alert.about).count() == 1


def test_what_was_submitted_stands_and_taking_it_back_forgets_the_approval(here: Town) -> None:
    told()
    ada, bruno = user("ada"), user("bruno")
    submitted = flow.submit(draft(ada), by=ada)
    with pytest.raises(NotEditable):
        flow.change(submitted, snow(3), by=ada)
    approved = flow.approve(submitted, by=bruno, seen=submitted.content_hash)
    back = flow.take_back(approved)
    assert (back.state, back.approved_hash, back.approved_by) == (State.DRAFT, "", None)
    changed = flow.change(back, snow(3), by=bruno)
    with pytest.raises(OwnAlert):  # she wrote the last text, so she cannot approve it
        flow.approve(flow.submit(changed, by=ada), by=bruno, seen=digest(changed))


@pytest.mark.parametrize(
    "change",
    ["colour = 3", "texts = '{}'", "expires_at = expires_at + interval '1 h'", "areas = '[]'", "everybody = true",
     "content_hash = 'x', approved_hash = 'x'", "state = 'active'", "state = 'draft', colour = 3"],
)  # fmt: skip
def test_the_database_refuses_to_change_what_was_approved(here: Town, change: str) -> None:
    told()
    ada, bruno = user("ada"), user("bruno")
    submitted = flow.submit(draft(ada), by=ada)
    approved = flow.approve(submitted, by=bruno, seen=submitted.content_hash)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE alerts_revision SET {change} WHERE id = %s", [approved.pk])


def test_the_database_refuses_one_person_as_two_and_alone_without_a_reason(here: Town) -> None:
    ada = user("ada")
    mine = draft(ada)
    for values in ("approval = 'two_people'", "approval = 'break_glass'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE alerts_revision SET {values}, state = 'approved', content_hash = 'x', approved_hash = 'x', "
                "approved_at = now(), approved_by_id = %s, submitted_by_id = %s WHERE id = %s", [ada.pk, ada.pk, mine.pk],
            )  # fmt: skip


def test_the_database_knows_the_same_moves(here: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('alerts_revision_stands'::regproc)")
        source = cursor.fetchone()[0]
    found = re.findall(r"OLD\.state = '(\w+)' AND NEW\.state IN \(([^)]*)\)", source)
    held = {State(before): frozenset(State(one) for one in re.findall(r"'(\w+)'", after)) for before, after in found}
    assert held == {before: after for before, after in MOVES.items() if after}


def test_alone_takes_the_towns_name_and_a_reason_and_tells_everybody(here: Town) -> None:
    told()
    ada = user("ada")
    mine = draft(ada)
    with pytest.raises(WrongTown):
        flow.break_glass(mine, by=ada, town_name="Merate", reason="nessuno risponde")
    with pytest.raises(ReasonMissing):
        flow.break_glass(mine, by=ada, town_name="Lecco", reason=" ")
    glass = flow.break_glass(mine, by=ada, town_name="  lecco ", reason="Nessuno risponde, il fiume sale")
    releasing.release(glass, by=ada)
    mails = Message.objects.filter(purpose="alerts.alone")
    assert {mail.recipient for mail in mails} >= {"ada@example.org", "bruno@example.org", "sindaco@example.org"}
    assert "Nessuno risponde" in mails[0].body


def test_the_mayor_agrees_beforehand_up_to_a_colour_and_never_to_red(here: Town) -> None:
    told()
    ada, mayor = user("ada"), user("sindaco")
    with pytest.raises(NoDelegation):
        flow.approve_by_delegation(draft(ada, colour=1), by=ada)
    until = timezone.now() + timedelta(days=30)
    given = Delegation.objects.create(kind="alone", colour=1, given_by=mayor, until=until)
    assert flow.approve_by_delegation(draft(ada, colour=1), by=ada).approval == "delegation"
    with pytest.raises(NoDelegation):
        flow.approve_by_delegation(draft(ada, colour=2), by=ada)
    Delegation.objects.filter(pk=given.pk).update(withdrawn_at=timezone.now())
    with pytest.raises(NoDelegation):
        flow.approve_by_delegation(draft(ada, colour=1), by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.create(kind="alone", colour=3, given_by=mayor, until=until)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=given.pk).update(colour=2)


def test_a_half_checked_alert_never_begins(here: Town) -> None:
    ada = user("ada")
    with pytest.raises(NotReady, match=r"nobody|nessuno"):
        flow.submit(draft(ada), by=ada)
    told()
    now = timezone.now()
    over = draft(ada, onset=now - timedelta(hours=3), expires_at=now - timedelta(hours=1))
    with pytest.raises(NotReady):
        flow.submit(over, by=ada)
    crossed = [[9.38, 45.85], [9.40, 45.87], [9.40, 45.85], [9.38, 45.87], [9.38, 45.85]]
    with pytest.raises(NotReady):
        flow.submit(draft(ada, areas=[{"kind": "polygon", "name": "x", "ring": crossed}]), by=ada)
    outside = [[12.48, 41.89], [12.49, 41.89], [12.49, 41.90], [12.48, 41.89]]
    with pytest.raises(NotReady):
        flow.submit(draft(ada, areas=[{"kind": "polygon", "name": "x", "ring": outside}]), by=ada)
    blank = snow().texts
    blank["it"]["description"] = "Chiusa ____"
    with pytest.raises(NotReady):
        flow.submit(draft(ada, texts=blank), by=ada)
    assert not Message.objects.filter(purpose__startswith="alerts").exists()


def test_an_update_takes_the_place_of_what_holds_and_a_correction_ends_it(here: Town) -> None:
    told()
    ada, bruno = user("ada"), user("bruno")
    first = flow.submit(draft(ada), by=ada)
    releasing.release(flow.approve(first, by=bruno, seen=first.content_hash), by=bruno)
    alert = Alert.objects.get(pk=first.alert_id)
    second = flow.update(alert, by=ada)
    assert flow.update(alert, by=ada).pk == second.pk, "one in hand"
    second = flow.submit(flow.change(second, snow(3), by=ada), by=ada)
    releasing.release(flow.approve(second, by=bruno, seen=second.content_hash), by=bruno)
    states = list(alert.revisions.values_list("number", "state"))
    assert states == [(1, State.UPDATED), (2, State.RELEASING)]
    last = releasing.correct(alert, by=ada, false_alarm=True)
    assert last.msg_type == "Cancel"
    assert last.headline().startswith("Falso allarme")
    assert [revision.number for revision in alert.revisions.filter(state=State.CANCELLED)] == [2]
    alert.refresh_from_db()
    assert alert.closed_at is not None
    releasing.go_on()
    assert not Revision.objects.filter(state=State.RELEASING).exists()
    Revision.objects.filter(alert=alert, state=State.ACTIVE).update(state=State.EXPIRED)
    with pytest.raises(AlreadyOver):
        flow.update(alert, by=ada)
