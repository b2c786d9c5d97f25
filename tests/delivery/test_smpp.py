"""SMPP against an SMS centre on a socket: parts, refusals, doubt, a session that is opened again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from smpplib import consts

from campanile_infra.channels.base import Envelope, TransportError
from campanile_infra.channels.sms.fake_smpp import PASSWORD, FakeSmsCentre, Treat
from campanile_infra.channels.sms.smpp import SmppTransport
from campanile_infra.embedded.ports import free_port

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
