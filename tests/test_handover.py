"""A report for a neighbour on the platform: code, history, photos and followers go along, the name only by consent."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from shapely.geometry import shape

from campanile_modules.reporting import photos, services
from campanile_modules.reporting.models import Draft, Handover, Photo, Report, Reporter
from campanile_modules.reporting.services import borders, following, handing_over
from campanile_modules.reporting.states import State
from campanile_modules.reporting.tests.making import report
from campanile_modules.reporting.tests.test_pictures import picture
from campanile_tenants.kit.crossing import NotTaken, hand_over
from campanile_tenants.public.registry.activation import switch_off
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.delivery.models import Message
from tests.towns import centre, client, inside, town, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def point(merate: Any) -> dict[str, str]:
    """Somewhere in Merate."""
    with centre():
        there = shape(Municipality.objects.get(pk=merate.pk).boundary).representative_point()
    return {"latitude": f"{there.y:.6f}", "longitude": f"{there.x:.6f}"}


def sent(point: dict[str, str], **values: Any) -> Report:
    """A report that an officer of Lecco took in, whose point lies in Merate."""
    draft = Draft.objects.create()
    photos.add(draft, ContentFile(picture(), name="x.jpg"))
    return report(draft=draft, trusted=True, **point, **values)


@pytest.mark.parametrize("agreed", [True, False])
def test_it_arrives_with_its_code_and_story_and_the_author_only_if_she_agreed(
    lecco: Any, merate: Any, point: dict[str, str], agreed: bool
) -> None:
    with inside(lecco):
        one = sent(point, name="Anna", email="anna@example.org", may_be_handed_over=agreed)
        following.me_too(one, browser="x", email="ida@example.org", words="Sì")
        services.note(one, by=user("sindaco"), text="Solo per noi")
        services.answer(one, by=user("sindaco"), text="È di Merate")
        to = borders.whose(one.latitude, one.longitude).other  # type: ignore[arg-type]
        assert to is not None
        handing_over.offer(one, to, by=user("sindaco"), text="La strada è di Merate.")
        assert Report.objects.get(pk=one.pk).state == State.FORWARDED
        assert handing_over.carry() == 1
        assert handing_over.carry() == 0
        done = Handover.objects.get()
        assert done.state == "done"
        assert done.link.endswith(f"/segnalazioni/{one.code}/")
        assert merate.host in done.link
        assert done.link in Message.objects.filter(recipient="anna@example.org").latest("created_at").body
        assert Entry.objects.filter(action="crossing.handed_over").count() == 1
        content = one.photos.get().file.read()
    with inside(merate):
        there = Report.objects.get(code=one.code)
        assert (there.title, there.channel, there.state) == (one.title, "handover", "submitted")
        assert there.created_at == one.created_at
        assert there.close_due_at is not None
        assert "Lecco" in there.origin
        texts = [event.public_text for event in there.events.all()]
        assert "È di Merate" in texts
        assert "Solo per noi" not in str(list(there.events.values()))
        assert Reporter.objects.filter(report=there, email="anna@example.org").exists() == agreed
        assert list(there.follows.values_list("email", flat=True)) == ["ida@example.org"]
        assert Photo.objects.get(report=there).file.read() == content
        assert Message.objects.filter(recipient="anna@example.org").exists() == agreed
        assert Entry.objects.filter(action="crossing.taken_in").count() == 1


def test_a_worker_that_died_after_the_delivery_delivers_once(lecco: Any, merate: Any, point: dict[str, str]) -> None:
    with inside(lecco):
        one = sent(point)
        to = borders.whose(one.latitude, one.longitude).other  # type: ignore[arg-type]
        assert to is not None
        handing_over.offer(one, to, by=user("sindaco"), text="x")
        handing_over.carry()
        Handover.objects.update(state="waiting", link="")
        assert handing_over.carry() == 1
    with inside(merate):
        assert Report.objects.count() == 1


def test_one_that_does_not_get_through_keeps_nobody_waiting(lecco: Any, merate: Any, point: dict[str, str]) -> None:
    with inside(lecco):
        broken, good = sent(point, title="Senza foto"), sent(point)
        to = borders.whose(good.latitude, good.longitude).other  # type: ignore[arg-type]
        assert to is not None
        for one in (broken, good):
            handing_over.offer(one, to, by=user("sindaco"), text="x")
        photo = broken.photos.get()
        photo.file.storage.delete(photo.file.name)
        assert handing_over.carry() == 1
        assert set(Handover.objects.values_list("report__title", "state")) == {
            ("Senza foto", "waiting"), (good.title, "done"),
        }  # fmt: skip


def test_who_does_not_take_it_gives_it_back(lecco: Any, merate: Any, point: dict[str, str]) -> None:
    with inside(lecco):
        one = sent(point)
        to = borders.whose(one.latitude, one.longitude).other  # type: ignore[arg-type]
        assert to is not None
        handing_over.offer(one, to, by=user("sindaco"), text="x")
    switch_off(town("097048"), "reporting", by="test")
    directory.forget()
    with inside(lecco):
        assert handing_over.carry() == 0
        assert Handover.objects.get().state == "refused"
        assert Report.objects.get(pk=one.pk).state == State.ASSIGNED, "somebody's task again"
        assert "non prende segnalazioni" in one.events.latest("id").internal_text
        with pytest.raises(NotTaken):
            hand_over("999999", "reporting", lambda: None)


def test_the_office_is_offered_the_neighbour_and_no_one_else(lecco: Any, merate: Any, point: dict[str, str]) -> None:
    with inside(lecco):
        one, ours = sent(point), report(title="Nostra")
    mayor = client(lecco, "sindaco")
    page = mayor.get(f"/segnalazioni/ufficio/{one.code}/").content.decode()
    assert "Consegna al Comune di Merate" in page
    assert "Consegna a" not in mayor.get(f"/segnalazioni/ufficio/{ours.code}/").content.decode()
    assert mayor.post(f"/segnalazioni/ufficio/{ours.code}/consegna/", {"text": "x"}).status_code == 422
    assert mayor.post(f"/segnalazioni/ufficio/{one.code}/consegna/", {"text": "È di Merate"}).status_code == 302
    with inside(lecco):
        assert Handover.objects.get().istat_code == "097048"
