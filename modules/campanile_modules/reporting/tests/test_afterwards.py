"""After the end, coming back without an account, borders, several at once: what the services do."""

from __future__ import annotations

import re

import pytest
from shapely.geometry import shape
from tests.towns import Town, centre, inside, user

from campanile_modules.reporting import services
from campanile_modules.reporting.errors import (
    AlreadySaid,
    IllegalMove,
    OutsideTown,
    WrongSecret,
)
from campanile_modules.reporting.models import (
    Feedback,
    Report,
)
from campanile_modules.reporting.services import (
    borders,
    bulk,
    keys,
    moves,
    opinions,
)
from campanile_modules.reporting.states import State
from campanile_modules.reporting.tests.making import move, report
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.people.models import User

pytestmark = pytest.mark.django_db


def test_not_solved_reopens_once(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        one = move(report(), State.RESOLVED, by)
        assert opinions.may_be_given(one)
        again = opinions.give(one, solved=False, stars=1, comment="Il buco c'è ancora")
        assert (again.state, again.round) == (State.REOPEN_REQUESTED, 2)
        with pytest.raises(AlreadySaid):
            opinions.give(one, solved=True)
        ended = move(again, State.RESOLVED, by)
        assert opinions.give(ended, solved=False).state == State.RESOLVED, "a second time it is only heard"
        with pytest.raises(AlreadySaid):
            opinions.give(ended, solved=True)
        assert Feedback.objects.count() == 2
        assert not opinions.may_be_given(ended)


def test_an_author_without_a_name_comes_back_by_code_and_secret(lecco: Town, merate: Town) -> None:
    with inside(lecco):
        one = report()
        secret = one.secret  # type: ignore[attr-defined]
        assert secret not in str(Report.objects.values().get(pk=one.pk))
        assert keys.open_with(one.code.lower(), secret.replace("-", " ").lower()).pk == one.pk
        for code, wrong in ((one.code, "AAAA-AAAA"), ("XXXX-XXXX", secret), (one.code, "")):
            with pytest.raises(WrongSecret):
                keys.open_with(code, wrong)
        key = keys.key_of(one)
        assert keys.read(key, one.code) == (True, 0)
        assert keys.read(key, "XXXX-XXXX") is None
        assert keys.read(key[:-1], one.code) is None
    with inside(merate):
        assert keys.read(key, one.code) is None, "a key of one town opens nothing in another"


def test_an_author_with_a_telephone_only_gets_an_sms(lecco: Town) -> None:
    with inside(lecco):
        one = report(phone="333 123 4567")
        message = Message.objects.get(recipient="+393331234567")
        assert message.deliveries.get().channel == "sms"
        assert one.code in message.body
        assert re.search(r"https?://\S+/segnalazioni/", message.body)
        landline = report(phone="0341 481111", title="Altra")
        assert not Message.objects.filter(idempotency_key__contains=str(landline.events.get().pk)).exists()


# -- where, and several at once --------------------------------------------------------------------


def test_outside_the_town_the_neighbour_is_named_and_near_the_border_it_is_asked(lecco: Town, merate: Town) -> None:
    with centre():
        there = shape(Municipality.objects.get(pk=merate.pk).boundary).representative_point()
    with inside(lecco):
        assert borders.check(45.8559, 9.3977).inside
        with pytest.raises(OutsideTown, match="Merate"):
            borders.check(there.y, there.x)
        with pytest.raises(OutsideTown, match=r"41\.9000, 12\.5000"):
            borders.check(41.9, 12.5, confirmed=True)


def test_several_at_once_and_taking_it_back(lecco: Town) -> None:
    with inside(lecco):
        by: User = user("sindaco")
        reach = by.reach("reporting.answer_report")
        codes = [report(title=f"Buca {n}").code for n in range(3)]
        closed = move(report(title="Chiusa"), State.WITHDRAWN, None)
        result = bulk.do("prendi", [*codes, closed.code], by=by, values={}, reach=reach)
        assert sorted(result.done) == sorted(codes)
        assert [code for code, _why in result.refused] == [closed.code]
        assert bulk.undo(result.undo, by=by) == 3
        assert set(Report.objects.filter(code__in=codes).values_list("state", "assignee")) == {("submitted", None)}
        ended = bulk.do("chiudi", codes, by=by, values={"testo": "Fatto", "esito": "resolved"}, reach=reach)
        assert len(ended.done) == 3
        refused = bulk.do("chiudi", codes, by=by, values={"testo": ""}, reach=reach)
        assert len(refused.refused) == 3
        assert bulk.undo(ended.undo, by=by) == 3
        assert set(Report.objects.filter(code__in=codes).values_list("state", flat=True)) == {"in_charge"}


def test_a_mention_brings_a_report_into_somebodys_list(lecco: Town) -> None:
    with inside(lecco):
        one = report()
        event = services.note(one, by=user("sindaco"), text="Guarda tu", mentions=[user("tecnico")])
        assert list(event.mentions.all()) == [user("tecnico")]
        with pytest.raises(IllegalMove):
            moves.withdraw(move(report(), State.RESOLVED, user("sindaco")))
