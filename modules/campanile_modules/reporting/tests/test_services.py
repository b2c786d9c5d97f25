"""Promise, routing, duplicates, following, opinions, photos, keys: what the services do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.towns import Town, inside, user

from campanile_modules.reporting import services
from campanile_modules.reporting.errors import (
    AnswerMissing,
    CategoryClosed,
    ConsentMissing,
    EmailMissing,
    KeyReused,
    NameMissing,
    NotTheSame,
    PhotoMissing,
)
from campanile_modules.reporting.models import (
    Category,
    Follow,
    Report,
    ReportEvent,
    RoutingRule,
    WorkCalendar,
)
from campanile_modules.reporting.services import (
    duplicates,
    following,
    moves,
    promises,
    routing,
)
from campanile_modules.reporting.states import State
from campanile_modules.reporting.tests.making import LECCO, category, in_state, move, report
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.places.services import zones
from campanile_tenants.town.privacy.models import Consent

pytestmark = pytest.mark.django_db
QUESTION = {"code": "pole", "label": "Numero del palo", "kind": "number", "required": True}


def mails(to: str) -> list[str]:
    return list(Message.objects.filter(recipient=to).order_by("created_at").values_list("subject", flat=True))


# -- what a category asks for ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "values", "error", "field"),
    [
        ({"is_active": False}, {}, CategoryClosed, "category"),
        ({"stop_text": "Chiama il 112."}, {}, CategoryClosed, "category"),
        ({"anonymous_allowed": False}, {}, NameMissing, "name"),
        ({"anonymous_allowed": False}, {"name": "Ida"}, NameMissing, "email"),
        ({"confirm_email": True}, {"phone": "333 1234567"}, EmailMissing, "email"),
        ({"photo_required": True}, {}, PhotoMissing, "photos"),
        ({"questions": [QUESTION]}, {}, AnswerMissing, "answer_pole"),
        ({"questions": [QUESTION]}, {"answers": {"pole": "dodici"}}, AnswerMissing, "answer_pole"),
        ({"questions": [{**QUESTION, "kind": "choice", "choices": ["a", "b"]}]}, {"answers": {"pole": "c"}},
         AnswerMissing, "answer_pole"),
    ],
)  # fmt: skip
def test_what_a_category_asks_for_is_asked_by_name(
    lecco: Town, changes: Any, values: Any, error: type[Exception], field: str
) -> None:
    with inside(lecco):
        with pytest.raises(error) as caught:
            report(category=category(**changes), **values)
        assert caught.value.field == field  # type: ignore[attr-defined]
        assert not Report.objects.exists()
        assert report(category=category(**changes), trusted=True).pk, "an officer may"


def test_a_report_confirmed_by_mail_begins_then(lecco: Town) -> None:
    with inside(lecco):
        one = in_state(State.PENDING_EMAIL, user("sindaco"))
        assert (one.answer_due_at, one.close_due_at) == (None, None)
        assert mails("anna@example.org")[0].startswith("Conferma la tua segnalazione")
        Report.objects.filter(pk=one.pk).update(created_at=timezone.now() - timedelta(days=2))
        confirmed = services.confirm(Report.objects.get(pk=one.pk))
        assert confirmed.state == State.SUBMITTED
        assert (confirmed.answer_due_at or timezone.now()) > timezone.now()
        assert services.confirm(confirmed).state == State.SUBMITTED, "twice is once"
        other = in_state(State.PENDING_EMAIL, user("sindaco"), title="Altra")
        services.purge(timezone.now() + timedelta(days=4))
        assert not Report.objects.filter(pk=other.pk).exists(), "nobody confirmed it, and the mail said so"
        assert Report.objects.filter(pk=one.pk).exists()


@pytest.mark.parametrize(
    ("changes", "more"),
    [({"moderated": True}, {}), ({}, {"suspicious": True}), ({}, {"description": "http://a http://b https://c"})],
)
def test_what_looks_odd_is_held_and_its_author_hears_so(lecco: Town, changes: Any, more: Any) -> None:
    with inside(lecco):
        one = report(category=category(**changes), email="anna@example.org", **more)
        assert one.state == State.HELD
        assert not Report.objects.all().public().exists()
        assert len(mails("anna@example.org")) == 1
        assert services.let_through(one, by=user("sindaco")).state == State.SUBMITTED
        assert len(mails("anna@example.org")) == 1, "she is not told twice that it was received"


def test_a_key_used_for_something_else_is_refused(lecco: Town) -> None:
    with inside(lecco):
        one = report(idempotency_key="k")
        assert report(idempotency_key="k").pk == one.pk
        with pytest.raises(KeyReused):
            report(idempotency_key="k", title="Altro")


# -- the promise -----------------------------------------------------------------------------------


def test_the_receipt_promises_by_the_hours_of_the_town(lecco: Town) -> None:
    with inside(lecco):
        WorkCalendar.objects.update(spans=[[["00:00", "23:59"]]] * 7, national_holidays=False)
        one = report(category=category(answer_hours=8, close_days=10))
        assert abs((one.answer_due_at or one.created_at) - one.created_at - timedelta(hours=8)) < timedelta(minutes=2)
        assert one.close_due_at is not None
        assert timezone.localtime(one.close_due_at).date() == timezone.localdate() + timedelta(days=10)


def test_the_clock_stands_while_the_citizen_is_asked(lecco: Town) -> None:
    with inside(lecco):
        WorkCalendar.objects.update(spans=[[["00:00", "23:59"]]] * 7, national_holidays=False)
        one = moves.ask_citizen(report(email="anna@example.org"), by=user("sindaco"), text="Quale palo?")
        due = one.close_due_at
        assert due is not None
        Report.objects.filter(pk=one.pk).update(paused_at=timezone.now() - timedelta(days=3))
        moves.say(Report.objects.get(pk=one.pk), "Il numero 12")
        after = Report.objects.get(pk=one.pk)
        assert after.state == State.IN_CHARGE
        assert after.paused_at is None
        assert abs((after.close_due_at or due) - due - timedelta(days=3)) < timedelta(minutes=10)
        assert not Report.objects.filter(state=State.WAITING_CITIZEN).overdue().exists()


def test_a_promise_is_kept_or_broken_when_it_is_closed_and_open_again_afterwards(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        kept = move(report(), State.RESOLVED, by)
        assert kept.promise == Report.Promise.KEPT
        late = report()
        Report.objects.filter(pk=late.pk).update(close_due_at=timezone.now() - timedelta(hours=1))
        broken = move(late, State.RESOLVED, by)
        assert broken.promise == Report.Promise.BROKEN
        again = services.reopen(broken, by=by)
        assert again.promise == Report.Promise.OPEN
        assert (again.close_due_at or timezone.now()) > timezone.now()


def test_what_is_late_goes_up_step_by_step_one_mail_a_round(lecco: Town) -> None:
    with inside(lecco):
        now, mayor = timezone.now(), user("sindaco")
        office = Office.objects.create(code="strade", name="Strade", head=user("tecnico"))
        for n in range(2):
            one = report(category=category(office=office), title=f"Buca {n}")
            Report.objects.filter(pk=one.pk).update(answer_due_at=now - timedelta(hours=1))
        assert promises.escalate(now) == 2
        assert promises.escalate(now) == 0, "nobody hears the same twice"
        assert mails("tecnico@example.org") == ["Segnalazioni oltre il giorno promesso: 2"]
        assert mails(mayor.email) == []
        assert promises.escalate(now + timedelta(days=4)) == 2
        assert mails(mayor.email) == ["Segnalazioni oltre il giorno promesso: 2"]
        assert promises.escalate(now + timedelta(days=7)) == 2
        assert set(Report.objects.values_list("escalated", "promise")) == {(3, "broken")}
        closed = move(Report.objects.latest("created_at"), State.RESOLVED, mayor)
        assert closed.escalated == 0


# -- who gets it -----------------------------------------------------------------------------------


def test_the_first_rule_that_fits_decides(lecco: Town) -> None:
    with inside(lecco):
        lights, general = (Office.objects.create(code=code, name=code) for code in ("luci", "generale"))
        square = [[9.39, 45.85], [9.41, 45.85], [9.41, 45.87], [9.39, 45.87], [9.39, 45.85]]
        middle = zones.keep("Centro", {"type": "Polygon", "coordinates": [square]})
        roads, other = category(office=general), category("other")
        parent = category("waste")
        Category.objects.filter(pk=other.pk).update(parent=parent)
        RoutingRule.objects.create(position=1, category=roads, zone=middle, office=lights)
        RoutingRule.objects.create(position=2, category=parent, person=user("tecnico"))
        RoutingRule.objects.create(position=0, office=lights, valid_to=timezone.localdate() - timedelta(days=1))
        assert report(category=roads, **LECCO).office == lights
        assert report(category=roads).office == general, "no point, no zone: the category's office"
        assert report(category=roads, latitude="45.840000", longitude="9.420000", address="x").office == general
        assert report(category=category("other")).assignee == user("tecnico"), "by the rule of its parent"
        trial = routing.try_out()
        assert (trial.reports, trial.by_category, trial.nowhere, trial.changed) == (4, 2, 0, 0)
        assert [number for _rule, number in trial.by_rule] == [1, 1]
        RoutingRule.objects.all().delete()
        assert routing.try_out().changed == 1


# -- the same twice --------------------------------------------------------------------------------


def test_open_reports_nearby_of_the_same_kind_are_found(lecco: Town) -> None:
    with inside(lecco):
        by, roads = user("sindaco"), category(duplicate_radius=60)
        near = report(**LECCO, title="Buca profonda sul lungolago")
        report(title="Lontana", latitude="45.860000", longitude="9.397700")
        report(category=category("lighting"), **LECCO, title="Lampione spento")
        move(report(**LECCO, title="Chiusa"), State.RESOLVED, by)
        services.hold(report(**LECCO, title="Trattenuta"), by=by)
        found = duplicates.nearby(roads, latitude=45.8561, longitude=9.3977, title="Buca sul lungolago")
        assert [(one.code, one.is_alike) for one in found] == [(near.code, True)]
        assert 15 < (found[0].metres or 0) < 30
        assert duplicates.nearby(roads, latitude=45.8561, longitude=9.3977, but=near.pk) == []
        assert len(duplicates.nearby(roads, address="LUNGOLAGO 12")) == 2, "the same address, wherever the points are"
        at_address = report(address="Via Roma 1")
        assert [one.code for one in duplicates.nearby(roads, address="via roma 1")] == [at_address.code]
        assert duplicates.nearby(roads) == []


def test_me_too_counts_once_and_writes_once(lecco: Town) -> None:
    with inside(lecco):
        one = report(email="anna@example.org")
        assert following.me_too(one, browser="a")[1]
        assert not following.me_too(one, browser="a")[1]
        follow, created = following.me_too(one, browser="b", email="Ida@Example.org", words="Voglio sapere")
        assert created
        assert not following.me_too(one, browser="c", email="ida@example.org", words="Voglio sapere")[1]
        assert one.follows.count() == 2
        with pytest.raises(ConsentMissing):
            following.me_too(one, browser="d", email="ugo@example.org")
        services.take_charge(one, by=user("sindaco"))
        assert len(mails("ida@example.org")) == 2, "that she follows, and that it is in charge"
        assert following.stop(one, follow.pk)
        assert not following.stop(one, follow.pk)
        move(one, State.RESOLVED, user("sindaco"))
        assert len(mails("ida@example.org")) == 2
        assert one.follows.count() == 2, "she still counts"
        services.note(one, by=user("sindaco"), text="Dentro")
        assert len(mails("anna@example.org")) == 3, "notes are told to nobody outside"


def test_who_was_counted_in_one_tap_may_leave_her_address_and_counts_once(lecco: Town) -> None:
    with inside(lecco):
        one, other = report(), report(title="Altra")
        tapped, _created = following.me_too(one, browser="a")
        left, created = following.me_too(one, browser="a", email="ida@example.org", words="Sì", known=tapped.pk)
        assert (left.pk, created, one.follows.count()) == (tapped.pk, False, 1)
        assert len(mails("ida@example.org")) == 1
        following.me_too(other, browser="a", email="ida@example.org", words="Sì")
        following.stop(one, left.pk)
        assert Consent.objects.filter(withdrawn_at=None).count() == 2, "the other report goes on"
        following.stop(other, other.follows.get().pk)
        assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_those_above_hear_of_new_delays_however_many_old_ones_there_are(
    lecco: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promises, "MOST_AT_ONCE", 2)
    with inside(lecco):
        now = timezone.now()
        for n in range(4):
            one = report(title=f"Buca {n}")
            Report.objects.filter(pk=one.pk).update(answer_due_at=now - timedelta(hours=n + 1))
        assert [promises.escalate(now), promises.escalate(now), promises.escalate(now)] == [2, 2, 0]


@pytest.mark.parametrize("end", [State.WITHDRAWN, State.REJECTED, State.DUPLICATE])
def test_what_is_no_answer_neither_keeps_nor_breaks_a_promise(lecco: Town, end: State) -> None:
    with inside(lecco):
        assert move(report(), end, user("sindaco")).promise == Report.Promise.NONE


def test_merging_moves_those_who_wait_and_undoing_moves_them_back(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        first, second = report(email="anna@example.org"), report(email="ida@example.org", title="La stessa")
        following.me_too(second, browser="x", email="ugo@example.org", words="Voglio sapere")
        third = report(title="Terza")
        services.take_charge(second, by=by)
        merged = duplicates.merge(Report.objects.get(pk=second.pk), first, by=by)
        assert (merged.state, merged.duplicate_of) == (State.DUPLICATE, first)
        assert set(first.follows.values_list("email", flat=True)) == {"ida@example.org", "ugo@example.org"}
        services.answer(first, by=by, text="Domani")
        move(first, State.IN_CHARGE, by)
        assert "in carico" in mails("ugo@example.org")[-1]
        deep = duplicates.merge(third, merged, by=by)
        assert deep.duplicate_of == first, "to the root"
        with pytest.raises(NotTheSame):
            duplicates.merge(first, deep, by=by)
        with pytest.raises(NotTheSame):
            duplicates.merge(first, first, by=by)
        back = services.reopen(merged, by=by)
        assert (back.state, back.duplicate_of) == (State.IN_CHARGE, None)
        assert not first.follows.filter(email="ida@example.org").exists()
        assert Follow.objects.filter(report=second, email="ugo@example.org").exists()


def test_a_report_of_two_problems_is_split(lecco: Town) -> None:
    with inside(lecco):
        one = report(email="anna@example.org", name="Anna")
        two = duplicates.split(
            one, by=user("sindaco"), category=category("lighting"), title="Lampione", description=""
        )
        assert (two.reporter.email, two.address, two.category.code) == ("anna@example.org", one.address, "lighting")
        assert two.code != one.code
        assert ReportEvent.objects.filter(report=one, kind="note", internal_text__contains=two.code).exists()
