"""SMPP against an SMS centre on a socket: parts, refusals, doubt, a session that is opened again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from smpplib import consts

from campanile_infra.channels.base import Envelope, Heard, TransportError
from campanile_infra.channels.sms.fake_smpp import PASSWORD, FakeSmsCentre, Treat
from campanile_infra.channels.sms.smpp import SmppTransport
from campanile_infra.embedded.ports import free_port
from campanile_tenants.public.providers.models import HeardReceipt
from campanile_tenants.public.providers.receipts import hear, share_out
from campanile_tenants.town.delivery import services
from campanile_tenants.town.delivery.models import Attempt, Delivery, State
from campanile_tenants.town.delivery.services import enqueue
from tests.towns import centre as centre_of_all
from tests.towns import inside

Pair = tuple[FakeSmsCentre, SmppTransport]


@pytest.fixture
def centre() -> Iterator[Pair]:
    with FakeSmsCentre() as fake:
        yield fake, line(fake)


def line(fake: FakeSmsCentre, password: str = PASSWORD) -> SmppTransport:
    return SmppTransport(
        host="127.0.0.1", port=fake.port, system_id="comune", password=password, sender="COMUNE", seconds=1
    )


def sms(body: str = "Neve da stasera.") -> Envelope:
    return Envelope("c_097042.1.aa", "", "+393331234567", "", body)


def refused(transport: SmppTransport, envelope: Envelope) -> TransportError:
    with pytest.raises(TransportError) as caught:
        transport.notify(envelope)
    return caught.value


def test_an_sms_leaves_over_one_session(centre: Pair) -> None:
    fake, transport = centre
    assert (transport.notify(sms()).reference, transport.notify(sms()).reference) == ("00000001", "00000002")
    assert fake.binds == 1
    pdu = fake.taken[0]
    assert (pdu.destination_addr, pdu.source_addr, pdu.short_message) == (
        b"393331234567", b"COMUNE", b"Neve da stasera.",
    )  # fmt: skip
    transport.probe()


def test_a_long_text_leaves_in_parts_and_counts_as_such(centre: Pair) -> None:
    fake, transport = centre
    accepted = transport.notify(sms("a" * 200))
    assert (accepted.units, accepted.reference, len(fake.taken)) == (2, "00000001", 2)
    assert transport.units("a" * 200) == 2


@pytest.mark.parametrize(
    ("status", "permanent", "waits"),
    [
        (consts.SMPP_ESME_RTHROTTLED, False, True), (consts.SMPP_ESME_RINVDSTADR, True, False),
        (consts.SMPP_ESME_RSYSERR, False, False),
    ],
)  # fmt: skip
def test_refusals(centre: Pair, status: int, permanent: bool, waits: bool) -> None:
    fake, transport = centre
    fake.orders.append(Treat(status))
    error = refused(transport, sms())
    assert (error.permanent, error.retry_after is not None, error.in_doubt) == (permanent, waits, False)
    assert transport.notify(sms()).reference == "00000001", "the session goes on"


@pytest.mark.parametrize("order", [Treat(silent=True), Treat(cut=True)])
def test_a_centre_that_took_it_and_is_silent_leaves_doubt_and_a_new_session(centre: Pair, order: Treat) -> None:
    fake, transport = centre
    fake.orders.append(order)
    assert refused(transport, sms()).in_doubt
    assert len(fake.taken) == 1
    assert transport.notify(sms()).reference == "00000002"
    assert fake.binds == 2


def test_a_wrong_password_is_our_fault_and_a_centre_that_is_away_is_nobodys(centre: Pair) -> None:
    fake, _ = centre
    assert refused(line(fake, "wrong"), sms()).ours
    away = SmppTransport(host="127.0.0.1", port=free_port(), system_id="comune", password=PASSWORD, seconds=1)
    error = refused(away, sms())
    assert (error.ours, error.in_doubt, error.permanent) == (False, False, False)


def test_a_receipt_is_taken_down_before_it_is_answered(centre: Pair) -> None:
    fake, transport = centre
    heard: list[tuple[Heard, int]] = []
    transport.hear = lambda one: heard.append((one, fake.answered))
    accepted = transport.notify(sms())
    fake.say(accepted.reference)
    fake.say("0000beef", "UNDELIV", "069")
    fake.say("0000cafe", "ENROUTE")
    assert transport.listen() == 3
    assert heard[0] == (Heard(accepted.reference, True), 0)
    assert [one for one, _answered in heard[1:]] == [Heard("0000beef", False, "UNDELIV 069")]
    transport.probe()
    assert fake.answered == 3, "what is on its way is answered and means nothing yet"


def test_a_receipt_that_cannot_be_written_down_is_not_answered(centre: Pair) -> None:
    fake, transport = centre

    def refuse(_heard: Heard) -> None:
        raise OSError("the database is away")

    transport.hear = refuse
    fake.say(transport.notify(sms()).reference)
    with pytest.raises(TransportError):
        transport.listen()
    assert fake.answered == 0, "the centre says it again on the next session"


def test_a_receipt_finds_the_town_whose_message_it_was(lecco: Any, merate: Any) -> None:
    with inside(merate):
        enqueue(key="a", purpose="x", recipient="+393331234567", subject="", body="Neve.", channel="sms")
        delivery = Delivery.objects.get()
        Delivery.objects.update(state=State.ACCEPTED, accepted_at=timezone.now())
        Attempt.objects.create(
            delivery=delivery, n=1, provider="smpp", reference="0a", outcome="accepted"
        )  # fmt: skip
        hear("smpp", Heard("0a", True))
        hear("smpp", Heard("of nobody", True))
    with centre_of_all():
        assert share_out(services.claim) == 1
        assert [row.reference for row in HeardReceipt.objects.all()] == ["of nobody"]
        HeardReceipt.objects.update(heard_at=timezone.now() - timedelta(days=4))
        assert share_out(services.claim) == 0
        assert not HeardReceipt.objects.exists()
    with inside(merate):
        assert Delivery.objects.get().state == State.DELIVERED
