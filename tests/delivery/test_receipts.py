"""What comes back: receipts early, late, twice or forged; answers of people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campanile_infra.channels.fakes import Order
from campanile_infra.channels.sms.fake import FakeAwsMessaging
from campanile_tenants.town.delivery.models import Answer, Delivery, Lane, Receipt, State, Work
from campanile_tenants.town.delivery.services import Event, drain, receive
from campanile_tenants.town.delivery.tickets import ForgedTicket, read, ticket
from tests.delivery.posting import let_time_pass, many, one
from tests.towns import Town, inside

pytestmark = pytest.mark.django_db
EMERGENCY, BULK = Lane.EMERGENCY, Lane.BULK
Kind = Receipt.Kind


def test_receipts_are_taken_once_in_any_order_and_early_ones_wait(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        delivery = one(lane=EMERGENCY)
        early = Event("aws-sms", "e1", Kind.DELIVERED, reference="aws-00000001")
        assert receive([early]) == 1
        assert Receipt.objects.get().delivery is None
        drain(EMERGENCY)
        delivery.refresh_from_db()
        assert delivery.state == State.DELIVERED, "the early receipt found its delivery"
        assert receive([early, early]) == 0
        name = ticket(delivery.pk)
        assert receive([Event("aws-sms", "e2", Kind.UNDERSTOOD, ticket=name)]) == 1
        assert receive([Event("aws-sms", "e3", Kind.FAILED, ticket=name), Event("aws-sms", "e4", Kind.DELIVERED,
                                                                                 ticket=name)]) == 2  # fmt: skip
        delivery.refresh_from_db()
        assert delivery.state == State.ACKNOWLEDGED
        assert Receipt.objects.count() == 4


def test_a_receipt_settles_what_was_in_doubt(lecco: Town, aws: FakeAwsMessaging) -> None:
    aws.next(Order(cut=True))
    with inside(lecco):
        delivery = one(lane=BULK)
        drain(BULK)
        receive([Event("aws-sms", "e", Kind.DELIVERED, ticket=ticket(delivery.pk))])
        delivery.refresh_from_db()
        assert delivery.state == State.DELIVERED


def test_forged_tickets_and_those_of_other_towns_are_refused(lecco: Town, merate: Town) -> None:
    with inside(lecco):
        delivery = one()
        name = ticket(delivery.pk)
    with inside(merate), pytest.raises(ForgedTicket):
        receive([Event("aws-sms", "e", Kind.DELIVERED, ticket=name)])
    with inside(lecco):
        for forged in (name[:-1] + ("0" if name[-1] != "0" else "1"), name.replace(f".{delivery.pk}.", ".999."), "x"):
            with pytest.raises(ForgedTicket):
                receive([Event("aws-sms", "e", Kind.DELIVERED, ticket=forged)])
        assert not Receipt.objects.exists()
        assert read(f"{name}.3").delivery == delivery.pk


def test_an_answer_cancels_what_the_same_person_would_get_later(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        message = many(1)
        later = Delivery.objects.create(message=message, person=1, channel="sms", address="+390341000000", step=1)
        Work.objects.create(message=message, rank=0, channel="sms", items=[later.pk],
                            due_at=timezone.now() + timedelta(minutes=2))  # fmt: skip
        drain(EMERGENCY)
        first = Delivery.objects.exclude(pk=later.pk).get()
        receive([Event("aws-sms", "e", Kind.HELP, ticket=ticket(first.pk))])
        assert Answer.objects.get().kind == "help"
        let_time_pass()
        drain(EMERGENCY)
        later.refresh_from_db()
        assert later.state == State.CANCELLED
    assert len(aws.taken) == 1
