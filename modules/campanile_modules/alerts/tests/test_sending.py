"""Whom an alert reaches, over what, in which words; drills that stay inside; corrections; the end."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.towns import Town, user

from campanile_modules.alerts.models import Alert, Revision, SigningKey
from campanile_modules.alerts.services import canaries, checks, flow, releasing, summing
from campanile_modules.alerts.states import State
from campanile_modules.alerts.tests.making import draft, snow, told
from campanile_tenants.kit.cap import read, verify
from campanile_tenants.public.notices.models import Notice, Trial
from campanile_tenants.town.contacts.models import Contact
from campanile_tenants.town.delivery.models import Answer, Delivery, Lane, Message
from campanile_tenants.town.delivery.services import Audience, broadcast, drain, freeze

pytestmark = pytest.mark.django_db


def send(colour: int = 2, kind: str = "actual", **more: Any) -> Revision:
    """Written by Ada, approved by Bruno, sent; the recipients are written down."""
    ada, bruno = user("ada"), user("bruno")
    submitted = flow.submit(draft(ada, colour, kind, **more), by=ada)
    sent = releasing.release(flow.approve(submitted, by=bruno, seen=submitted.content_hash), by=bruno)
    assert releasing.go_on() == 1
    return Revision.objects.select_related("alert").get(pk=sent.pk)


def recipients(revision: Revision) -> set[str]:
    return set(Delivery.objects.filter(message__about=revision.alert.about).values_list("address", flat=True))


def test_who_chose_the_topic_is_told_and_nobody_else(here: Town) -> None:
    told(address="+393330000001")
    told(address="+393330000002", topic="alerts.roads")
    told(address="+393330000003", kind=Contact.Kind.DRILL)
    sent = send()
    assert sent.state == State.ACTIVE
    assert recipients(sent) == {"+393330000001"}
    assert Message.objects.get(about=sent.alert.about).lane == Lane.EMERGENCY
    assert recipients(send(everybody=True)) == {"+393330000001", "+393330000002"}
    assert Message.objects.get(about=send(colour=1).alert.about).lane == Lane.BULK


def test_streets_and_areas_choose_people(here: Town) -> None:
    told(address="+393330000001", street="Via Roma", house_number="3")
    told(address="+393330000002", street="Via Verdi")
    told(address="+393330000003", street="Via Volta", latitude=45.856, longitude=9.39)
    assert recipients(send(areas=[{"kind": "streets", "names": ["via roma"]}])) == {"+393330000001"}
    ring = [[9.385, 45.852], [9.395, 45.852], [9.395, 45.860], [9.385, 45.860], [9.385, 45.852]]
    found = recipients(send(areas=[{"kind": "polygon", "name": "Centro", "ring": ring}]))
    assert "+393330000003" in found, "who has no known place is told too"


def test_a_drill_reaches_only_those_who_take_part_and_the_database_sees_to_it(here: Town) -> None:
    told(address="+393330000001")
    told(address="+393330000009", kind=Contact.Kind.DRILL)
    sent = send(kind="drill", everybody=True)
    assert recipients(sent) == {"+393330000009"}
    message = Message.objects.get(about=sent.alert.about)
    assert message.exercise
    assert message.subject.startswith("ESERCITAZIONE")
    assert read(sent.document.encode()).status == "Exercise"
    assert not Notice.objects.exists()
    real = Contact.objects.get(endpoints__address="+393330000001")
    row = ("SELECT 1::bigint AS id, %(who)s::bigint AS person, 'sms' AS channel, '+393330000001' AS address, 'it' AS "
           "language, 0 AS step, NULL::timestamptz AS due_at")  # fmt: skip
    other = broadcast(key="x", purpose="x", lane=Lane.BULK, subject="x", body="x", exercise=True)
    for who in (real.pk, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            freeze(other, Audience(row, {"who": who}))
    for change in ("UPDATE delivery_message SET exercise = false WHERE id = %s",):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change, [message.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=sent.alert_id).update(kind="actual")


def test_the_correction_goes_to_whoever_was_told_over_the_ways_it_went(here: Town) -> None:
    told(address="+393330000001")
    told(address="+393330000002")
    told("email", "ada@example.com")
    sent = send()
    reached = Delivery.objects.filter(message__about=sent.alert.about)
    reached.filter(address="+393330000001").update(state="accepted", accepted_at=timezone.now())
    reached.filter(channel="email").update(state="ambiguous")
    told(address="+393330000077")  # came later, knows of nothing
    ended = releasing.correct(sent.alert, by=user("bruno"), false_alarm=True)
    assert releasing.go_on() == 1
    message = Message.objects.get(idempotency_key=f"alerts:{ended.pk}")
    assert set(message.deliveries.values_list("address", flat=True)) == {"+393330000001", "ada@example.com"}
    assert message.subject.startswith("Falso allarme: ")
    assert message.lane == Lane.EMERGENCY
    assert Delivery.objects.get(address="+393330000002").state == "cancelled"


def test_cap_is_valid_signed_and_chained(here: Town) -> None:
    told()
    sent = send()
    ended = releasing.correct(sent.alert, by=user("ada"), false_alarm=False)
    for revision in (sent, ended):
        made = read(revision.document.encode())
        key = x509.load_pem_x509_certificate(SigningKey.objects.get().certificate.encode()).public_key()
        verify(revision.document.encode(), key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        assert {info.language for info in made.infos} == {"it-IT", "en-GB"}
    last = read(ended.document.encode())
    assert last.msg_type == "Cancel"
    assert [one.identifier for one in last.references] == [f"{sent.alert.code}.1"]
    assert Notice.objects.count() == 2
    assert not Notice.objects.filter(ended_at__isnull=True).exists()


def test_a_mail_has_a_face_links_of_its_own_and_ends_in_one_click(here: Town) -> None:
    told("email", "ada@example.com")
    send()
    assert drain(Lane.EMERGENCY) == 1
    message = mail.outbox[-1] if mail.outbox else None
    content = message.message().as_bytes() if message is not None else _newest()
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/consegne/basta/" in found["List-Unsubscribe"]
    plain, html = found.get_body(("plain",)), found.get_body(("html",))
    assert plain is not None
    assert html is not None
    for text in (plain.get_content(), html.get_content()):
        assert "/consegne/risposta/" in text
        assert "[[" not in text
        assert "neve" in text
    assert "<script" not in html.get_content()


def _newest() -> bytes:
    from django.conf import settings

    return max(Path(settings.EMAIL_FILE_PATH).glob("*"), key=lambda path: path.stat().st_mtime).read_bytes()


def test_stop_expire_and_the_numbers_that_stay(here: Town) -> None:
    for n in range(7):
        told(address=f"+39333000010{n}")
    sent = send()
    assert summing.public(sent.alert) is None, "nobody was told yet"
    mine = Delivery.objects.filter(message__about=sent.alert.about)
    mine.exclude(address="+393330000100").update(state="delivered", accepted_at=timezone.now())
    assert releasing.stop(sent, by=user("ada")) == 1
    Answer.objects.create(message=mine[0].message, delivery=mine[1], person=mine[1].person, kind="help")
    over = timezone.now() + timedelta(days=2)
    assert releasing.expire(over) == 1
    assert releasing.expire(over) == 0
    alert = Alert.objects.select_related("current").get(pk=sent.alert_id)
    assert alert.closed_at is not None
    Message.objects.filter(about=alert.about).delete()
    report = summing.public(alert)
    assert report is not None
    assert (report["told"], report["help"]) == (6, 1)
    assert [row["channel"] for row in report["channels"]] == ["sms"]


def test_the_card_counts_people_costs_and_what_is_broken(here: Town, settings: Any) -> None:
    settings.CHANNEL_PRICES = {"local-sms": "0.05"}
    told(address="+393330000001")
    told("voice", "+390341000001")
    Contact.objects.create(name="Nessuno", street="Via Roma")
    found = checks.card(draft(user("ada")))
    assert (found.people, found.unreached, found.problems) == (2, 1, [])
    sms = next(one for one in found.estimates if one.channel == "sms")
    assert sms.waits == 180
    assert sms.cost is not None
    assert sms.cost == Decimal("0.05") * sms.units
    settings.CHANNELS = {**settings.CHANNELS, "sms": ()}
    assert checks.card(draft(user("ada"))).people == 1, "a channel that is not set up reaches nobody"


def test_a_spend_cap_stops_before_the_first_message(here: Town, settings: Any) -> None:
    settings.CHANNEL_PRICES = {"local-sms": "3"}
    told(address="+393330000001")
    here.settings_of["alerts"] = {"most_euro": 1}
    assert any("euro" in problem for problem in checks.card(draft(user("ada"))).problems)


def test_a_call_is_said_in_words(here: Town) -> None:
    told("voice", "+390341000001")
    spoken = checks.card(draft(user("ada"), texts=snow().texts)).spoken
    assert "Comune di Lecco" in spoken
    assert "allerta arancione per neve" in spoken.lower()
    assert "http" not in spoken


def test_an_alert_in_one_language_that_is_not_italian_goes_out_too(here: Town) -> None:
    told(address="+393330000001")
    sent = send(texts={"en": snow().texts["en"]})
    message = Message.objects.get(about=sent.alert.about)
    assert message.subject == "Orange alert for snow"
    assert checks.card(sent).spoken


def test_the_canary_sings_and_the_centre_hears(here: Town) -> None:
    told(address="+393330000042", kind=Contact.Kind.CANARY)
    told(address="+393330000001")
    assert canaries.send("alerts.canary:test") == 1
    Message.objects.filter(purpose="alerts.canary").update(created_at=timezone.now() - timedelta(minutes=30))
    assert canaries.listen() == 1
    assert Trial.objects.get().state == "failed", "nothing was sent in twenty minutes"
