"""People who ask to be told, people whom the town writes down, and whom a message reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory, load_town
from campanile_tenants.town.contacts.addresses import normal, shown
from campanile_tenants.town.contacts.errors import ConsentMissing, NoSuchTopic, NotAMobile, WrongAddress, WrongCode
from campanile_tenants.town.contacts.models import Contact, Endpoint, Preference
from campanile_tenants.town.contacts.services import subscribing
from campanile_tenants.town.contacts.services.audiences import Whom, audience, count
from campanile_tenants.town.contacts.services.coverage import streets
from campanile_tenants.town.contacts.services.importing import FileRefused, TooManyWrong, preview, take_in
from campanile_tenants.town.contacts.services.subscribing import Wish, Written
from campanile_tenants.town.contacts.services.tidying import tidy
from campanile_tenants.town.delivery.models import Delivery, Lane, Message, Suppression, Work
from campanile_tenants.town.delivery.services import broadcast, freeze
from campanile_tenants.town.privacy.services import consents_of
from tests.towns import Town, inside, town

pytestmark = pytest.mark.django_db
ROME = ZoneInfo("Europe/Rome")
NEWS, DANGER = "noticeboard.news", "noticeboard.danger"
WISH = Wish("email", "Anna@Example.org", (NEWS,), "Chiedo gli avvisi.", "1")
IDA = Written("Ida Rossi", "0341 481111", "Via Roma", "3", "detto allo sportello il 2 marzo", (DANGER,))


@pytest.fixture
def here(lecco: Town) -> Iterator[Town]:
    switch_on(town("097042"), "noticeboard", by="test")
    directory.forget()
    now = load_town(istat_code="097042")
    assert now is not None
    with inside(now):
        yield now
    directory.forget()


def code_in_mail() -> str:
    body = Message.objects.filter(purpose="contacts.code").latest("created_at").body
    found = re.search(r"\b(\d{6})\b", body)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("channel", "text", "kept"),
    [
        ("email", " Anna@Example.ORG ", "anna@example.org"), ("sms", "333 123 4567", "+393331234567"),
        ("voice", "0341/481111", "+390341481111"), ("sms", "+41 79 123 45 67", "+41791234567"),
        ("io", "rssmra85t10a562s", "RSSMRA85T10A562S"), ("telegram", "-100123", "-100123"),
    ],
)  # fmt: skip
def test_one_way_to_write_an_address(channel: str, text: str, kept: str) -> None:
    assert normal(channel, text) == kept
    assert kept not in shown(channel, kept)


@pytest.mark.parametrize(
    ("channel", "text", "error"),
    [
        ("email", "anna@", WrongAddress), ("sms", "12", WrongAddress), ("sms", "0341 481111", NotAMobile),
        ("voice", "sempre", WrongAddress), ("io", "RSSMRA85T10A562X", WrongAddress), ("telegram", "@anna", WrongAddress),
        ("push", '{"endpoint": "http://10.0.0.1/"}', WrongAddress),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_with_its_field(
    channel: str, text: str, error: type[CampanileError]
) -> None:
    with pytest.raises(error) as caught:
        normal(channel, text)
    assert caught.value.field == "address"


def test_nothing_is_sent_before_the_address_is_confirmed(here: Town) -> None:
    endpoint = subscribing.ask(WISH)
    assert (endpoint.address, endpoint.verified_at) == ("anna@example.org", None)
    assert count(Whom(NEWS)) == {"people": 0}
    code = code_in_mail()
    with pytest.raises(WrongCode):
        subscribing.confirm(endpoint.pk, f"{(int(code) + 1) % 10**6:06d}")
    assert subscribing.confirm(endpoint.pk, f" {code[:3]} {code[3:]} ").verified_at
    assert count(Whom(NEWS)) == {"email": 1, "people": 1}
    assert count(Whom(DANGER)) == {"people": 0}
    (consent,) = consents_of("anna@example.org")
    assert consent.wording.text == "Chiedo gli avvisi."


def test_a_code_works_once_and_guessing_ends(here: Town) -> None:
    endpoint = subscribing.ask(WISH)
    code = code_in_mail()
    for _ in range(subscribing.MOST_TRIES):
        with pytest.raises(WrongCode):
            subscribing.confirm(endpoint.pk, "000000" if code != "000000" else "111111")
    with pytest.raises(WrongCode):
        subscribing.confirm(endpoint.pk, code)
    Endpoint.objects.update(code_until=None)
    again = subscribing.ask(WISH)
    assert again.pk == endpoint.pk
    subscribing.confirm(endpoint.pk, code_in_mail())
    with pytest.raises(WrongCode):
        subscribing.confirm(endpoint.pk, code_in_mail())


def test_nobody_can_ask_for_somebody_else(here: Town) -> None:
    endpoint = subscribing.ask(WISH)
    subscribing.confirm(endpoint.pk, code_in_mail())
    subscribing.ask(replace(WISH, topics=(DANGER,)))
    assert count(Whom(DANGER)) == {"people": 0}, "nothing changes before the new code is given"
    assert len(consents_of("anna@example.org")) == 1
    subscribing.confirm(endpoint.pk, code_in_mail())
    assert count(Whom(DANGER)) == {"email": 1, "people": 1}


def test_a_code_is_sent_once_a_minute_at_most(here: Town) -> None:
    for _ in range(3):
        subscribing.ask(WISH)
    assert Message.objects.filter(purpose="contacts.code").count() == 1


def test_a_topic_of_a_module_that_is_off_cannot_be_asked_for(here: Town) -> None:
    with pytest.raises(NoSuchTopic):
        subscribing.ask(replace(WISH, topics=("alerts.none",)))
    assert not Endpoint.objects.exists()


def test_stop_ends_everything_at_once_and_asking_anew_lifts_it(here: Town) -> None:
    endpoint = subscribing.ask(WISH)
    subscribing.confirm(endpoint.pk, code_in_mail())
    assert subscribing.stop("email", "anna@example.org") == 1
    assert count(Whom(NEWS, everybody=True)) == {"people": 0}
    assert Suppression.objects.count() == 1
    assert consents_of("anna@example.org")[0].withdrawn_at
    again = subscribing.ask(WISH)
    subscribing.confirm(again.pk, code_in_mail())
    assert not Suppression.objects.exists()
    assert count(Whom(NEWS))["email"] == 1


def test_choosing_and_quiet_hours(here: Town) -> None:
    endpoint = subscribing.ask(replace(WISH, topics=(NEWS, DANGER)))
    subscribing.confirm(endpoint.pk, code_in_mail())
    subscribing.choose(endpoint, (DANGER,), quiet=(time(22), time(7)), breaks_quiet=True)
    assert list(Preference.objects.values_list("topic", flat=True)) == [DANGER]


@pytest.mark.parametrize(
    ("local", "from_", "to", "end"),
    [
        (datetime(2026, 3, 2, 23, 30), time(22), time(7), datetime(2026, 3, 3, 7)),
        (datetime(2026, 3, 3, 6, 59), time(22), time(7), datetime(2026, 3, 3, 7)),
        (datetime(2026, 3, 3, 7, 0), time(22), time(7), None),
        (datetime(2026, 3, 3, 13, 30), time(13), time(15), datetime(2026, 3, 3, 15)),
        (datetime(2026, 3, 28, 23, 0), time(22), time(7), datetime(2026, 3, 29, 7)),  # the night of summer time
        (datetime(2026, 10, 24, 23, 0), time(22), time(7), datetime(2026, 10, 25, 7)),
    ],
)
def test_the_end_of_quiet_hours_is_roman_time(
    here: Town, local: datetime, from_: time, to: time, end: datetime | None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT contacts_end_of_quiet(%s, %s, %s)", [local.replace(tzinfo=ROME), from_, to])
        found = cursor.fetchone()[0]
    assert found == (end.replace(tzinfo=ROME).astimezone(UTC) if end else None)


def test_the_town_writes_down_who_has_a_landline_only(here: Town) -> None:
    with pytest.raises(ConsentMissing):
        subscribing.write_down(replace(IDA, agreed=" "))
    contact = subscribing.write_down(
        replace(IDA, fragile=True, fragile_note="ossigeno", relative_name="Ugo", relative_phone="333 1234567")
    )
    assert dict(contact.endpoints.values_list("address", "of_relative")) == {
        "+390341481111": False, "+393331234567": True,
    }  # fmt: skip
    assert count(Whom(DANGER)) == {"voice": 1, "people": 1}, "a relative is called in an emergency only"
    message = broadcast(key="k", purpose="test", lane=Lane.EMERGENCY, subject="x", body="y", topic=DANGER)
    freeze(message, audience(Whom(DANGER, emergency=True)))
    due = {delivery.address: delivery.due_at for delivery in Delivery.objects.all()}
    assert due["+390341481111"] is None
    assert 590 < (due["+393331234567"] - timezone.now()).total_seconds() <= 600


def test_quiet_hours_wait_unless_an_emergency_may_break_them(here: Town) -> None:
    now = timezone.now().astimezone(ROME)
    around = (time((now.hour - 1) % 24), time((now.hour + 2) % 24))
    contact = Contact.objects.create()
    for number, breaks in ((1, True), (2, False)):
        Preference.objects.create(topic=DANGER, endpoint=Endpoint.objects.create(
            contact=contact, channel="sms", address=f"+39333000000{number}", verified_at=timezone.now(),
            quiet_from=around[0], quiet_to=around[1], breaks_quiet=breaks,
        ))  # fmt: skip
    for lane, waiting in ((Lane.EMERGENCY, {"+393330000002"}), (Lane.BULK, {"+393330000001", "+393330000002"})):
        message = broadcast(key=lane, purpose="test", lane=lane, subject="x", body="y", topic=DANGER)
        freeze(message, audience(Whom(DANGER, emergency=lane == Lane.EMERGENCY)))
        waits = message.deliveries.filter(due_at__isnull=False)
        assert set(waits.values_list("address", flat=True)) == waiting
        assert Work.objects.filter(message=message, due_at__gt=timezone.now()).count() == 1


def test_an_escalation_waits_by_channel(here: Town) -> None:
    contact = Contact.objects.create()
    for channel, address in (("email", "a@b.it"), ("sms", "+393330000001"), ("voice", "+390341481111")):
        Endpoint.objects.create(contact=contact, channel=channel, address=address, verified_at=timezone.now())
    message = broadcast(key="k", purpose="test", lane=Lane.EMERGENCY, subject="x", body="y", topic=DANGER)
    freeze(message, audience(Whom(DANGER, everybody=True, delays={"email": 0, "sms": 60, "voice": 180})))
    assert dict(message.deliveries.values_list("channel", "step")) == {"email": 0, "sms": 1, "voice": 2}
    waits = {work.channel: round((work.due_at - timezone.now()).total_seconds(), -1) for work in Work.objects.all()}
    assert waits == {"email": 0, "sms": 60, "voice": 180}


def test_areas_by_street_and_polygon_and_nobody_without_a_known_place_is_left_out(here: Town) -> None:
    square = ((9.0, 45.0), (9.1, 45.0), (9.1, 45.1), (9.0, 45.1), (9.0, 45.0))
    for n, (street, place) in enumerate(
        (("Via Roma", (45.05, 9.05)), ("Via Po", (45.5, 9.05)), ("Via Po", None), ("", None))
    ):
        contact = Contact.objects.create(
            street=street, latitude=place and place[0], longitude=place and place[1], name=str(n)
        )
        Endpoint.objects.create(contact=contact, channel="email", address=f"{n}@b.it", verified_at=timezone.now())

    def reached(whom: Whom) -> set[str]:
        message = broadcast(
            key=f"k{len(Message.objects.all())}", purpose="test", lane=Lane.BULK, subject="x", body="y"
        )
        freeze(message, audience(whom))
        return {address[0] for address in message.deliveries.values_list("address", flat=True)}

    assert reached(Whom(DANGER, everybody=True)) == {"0", "1", "2", "3"}
    assert reached(Whom(DANGER, everybody=True, rings=(square,))) == {"0", "2", "3"}
    assert reached(Whom(DANGER, everybody=True, streets=("via po",))) == {"1", "2", "3"}
    assert reached(Whom(DANGER, everybody=True, kind=Contact.Kind.DRILL)) == set()


def test_what_was_never_confirmed_or_has_ended_is_forgotten(here: Town) -> None:
    old = timezone.now() - timedelta(days=31)
    kept = subscribing.ask(WISH)
    subscribing.confirm(kept.pk, code_in_mail())
    never = subscribing.ask(replace(WISH, address="never@example.org"))
    ended = subscribing.ask(replace(WISH, address="ended@example.org"))
    subscribing.confirm(ended.pk, code_in_mail())
    Endpoint.objects.filter(pk=ended.pk).update(retired_at=old)
    Endpoint.objects.update(created_at=old)
    fresh = subscribing.ask(replace(WISH, address="fresh@example.org"))
    assert tidy() == 2
    assert set(Endpoint.objects.values_list("pk", flat=True)) == {kept.pk, fresh.pk}
    assert Contact.objects.count() == 2
    assert not Contact.objects.filter(pk__in=(never.contact_id, ended.contact_id)).exists()


HEAD = "nome;telefono;via;civico;fragile;note;familiare;telefono_familiare;consenso\n"


def test_an_import_is_looked_at_before_anything_is_written(here: Town) -> None:
    rows = "".join(f"P{n};0341 4811{n:02d};Via Roma;{n};no;;;;allo sportello\n" for n in range(20))
    content = (HEAD + rows + "Rotta;123;Via Po;1;;;;;sì\n" + rows.splitlines()[0]).encode("cp1252")
    found = preview(content, (DANGER,))
    assert (found.rows, len(found.good), found.known, list(found.wrong)) == (22, 20, 1, [22])
    assert not Contact.objects.exists()
    take_in(content, (DANGER,))
    assert Contact.objects.filter(source="import").count() == 20
    assert take_in(content, (DANGER,)).good == [], "again changes nothing"
    assert streets()[0] == ("Via Roma", 20, 0)


def test_an_import_with_a_third_of_bad_numbers_is_refused_whole(here: Town) -> None:
    rows = "".join(f"P{n};{'123' if n % 3 == 0 else f'0341 4811{n:02d}'};;;;;;;sì\n" for n in range(30))
    with pytest.raises(TooManyWrong) as caught:
        take_in((HEAD + rows).encode(), (DANGER,))
    assert caught.value.data == {"wrong": 10, "rows": 30}
    assert not Contact.objects.exists()


@pytest.mark.parametrize("content", [b"", b"nome;via\nAnna;Roma\n", b"x" * 4_000_001])
def test_a_file_that_is_none_is_refused(here: Town, content: bytes) -> None:
    with pytest.raises(FileRefused):
        preview(content, (DANGER,))


def test_telegram_by_deep_link(here: Town) -> None:
    token = subscribing.telegram_token((NEWS,))
    assert len(token) <= 64
    assert subscribing.start_telegram("old-or-forged", 42, "Chiedo.", "1") is None
    endpoint = subscribing.start_telegram(token, 42, "Chiedo.", "1")
    assert endpoint is not None
    assert subscribing.start_telegram(token, 43, "Chiedo.", "1") is None, "a link works once"
    second = subscribing.start_telegram(subscribing.telegram_token((DANGER,)), 42, "Chiedo.", "1")
    assert second == endpoint
    assert set(endpoint.preferences.values_list("topic", flat=True)) == {NEWS, DANGER}
