"""How bounces get in: other mail servers (SMTP, LMTP), a mailbox over IMAP, SES by way of SNS; and what they change."""

from __future__ import annotations

import imaplib
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import OperationalError, ProgrammingError, connection
from django.utils import timezone

from campanile_infra.channels.bounces.reading import Told
from campanile_infra.channels.bounces.smtp import Endpoint as MailServer
from campanile_infra.channels.bounces.smtp import Returns
from campanile_infra.channels.bounces.words import Kind
from campanile_infra.database.scope import in_schema
from campanile_infra.embedded.ports import LOOPBACK, free_port
from campanile_tenants.public.providers.mailboxes import _name, poll
from campanile_tenants.public.providers.models import Mailbox
from campanile_tenants.town.contacts.models import Contact, Endpoint
from campanile_tenants.town.delivery.models import Attempt, Delivery, Lane, Receipt, SoftBounce, State, Suppression
from campanile_tenants.town.delivery.services import bouncing
from campanile_tenants.town.delivery.services.receiving import lift
from campanile_tenants.town.delivery.tickets import ticket
from tests.bounces.test_reading import TICKET, report
from tests.delivery.amazon import amazon, notification
from tests.delivery.posting import one
from tests.towns import Town, client, inside, person

__all__ = ["amazon"]
SCHEMA = "c_097042"
DOMAIN = "bounces.example.net"


def sent(key: str = "k", to: str = "anna@example.org") -> Delivery:
    """A newsletter's mail that a provider took. In the current town."""
    delivery = one(key, channel="email", to=to, lane=Lane.BULK)
    Delivery.objects.filter(pk=delivery.pk).update(state=State.ACCEPTED, accepted_at=timezone.now(), attempts=1)
    Attempt.objects.create(delivery=delivery, n=1, provider="smtp", outcome="accepted")
    return Delivery.objects.get(pk=delivery.pk)


def about(name: str, mail: bytes) -> bytes:
    return mail.replace(TICKET.encode(), name.encode())


@pytest.mark.django_db
def test_a_dead_address_is_written_to_no_more_until_an_officer_lifts_it(lecco: Town, merate: Town) -> None:
    with inside(lecco):
        delivery = sent()
        name = ticket(delivery.pk)
        mail = about(name, report("failed", "5.1.1", "550 5.1.1 user unknown"))
    with inside(merate):
        assert bouncing.take(mail, name) == Kind.HARD, "it goes to its own town from anywhere"
        assert bouncing.take(mail) == Kind.HARD, "found by the mail that it returns"
        assert not Suppression.objects.exists()
    with inside(lecco):
        delivery.refresh_from_db()
        assert (delivery.state, delivery.reason[:5]) == (State.FAILED_PERMANENT, "5.1.1")
        (gone,) = Suppression.objects.all()
        assert (gone.reason, gone.address) == ("dead_address", "anna@example.org")
        assert "user unknown" in gone.detail
        assert Receipt.objects.count() == 1, "the same mail again changes nothing"
        assert lift("email", "anna@example.org") == 1


@pytest.mark.django_db
def test_soft_ones_are_counted_in_a_row_and_over_time(lecco: Town) -> None:
    full = Told(Kind.SOFT, "5.2.2", "mailbox full")

    def comes_back(n: int, days_ago: int) -> None:
        delivery = sent(f"k{n}")
        bouncing.record(delivery, full, event=f"e{n}", provider="bounce", name=ticket(delivery.pk))
        when = timezone.now() - timedelta(days=days_ago)
        SoftBounce.objects.filter(number=1).update(since=when)

    with inside(lecco):
        for n in range(4):
            comes_back(n, days_ago=1)
        assert SoftBounce.objects.get().number == 4
        assert not Suppression.objects.exists(), "four within a day: a server that is ill"
        SoftBounce.objects.update(last_at=timezone.now() - timedelta(hours=1))
        sent("got through")
        comes_back(5, days_ago=20)
        assert SoftBounce.objects.get().number == 1, "one got through: counted anew"
        for n in range(6, 9):
            comes_back(n, days_ago=20)
        assert Suppression.objects.get().detail.startswith("4 x 5.2.2")
        assert Delivery.objects.filter(state=State.FAILED_PERMANENT).count() == 8, "can be sent again to"


@contextmanager
def endpoint(*, lmtp: bool = False, take: Any = bouncing.take) -> Iterator[int]:
    server = MailServer(Returns(DOMAIN, bouncing.is_ours, take), LOOPBACK, free_port(), lmtp=lmtp)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def test_other_mail_servers_bring_it_back(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        with in_schema(SCHEMA):
            delivery = sent("real")
            name = ticket(delivery.pk)
        mail = about(name, report("failed", "5.1.1", "550 5.1.1 user unknown"))
        try:
            with endpoint() as port, smtplib.SMTP(LOOPBACK, port, timeout=20) as other:
                for wrong in (f"bounce+{name[:-1]}x@{DOMAIN}", f"sindaco@{DOMAIN}", f"bounce+{name}@elsewhere.org"):
                    with pytest.raises(smtplib.SMTPRecipientsRefused):
                        other.sendmail("", [wrong], mail)
                for _again in range(2):
                    other.sendmail("", [f"bounce+{name}@{DOMAIN}"], mail)
                assert next(iter(other.sendmail("", [f"bounce+{name}@{DOMAIN}"] * 2, mail).values()))[0] == 452
                other.ehlo()
                with pytest.raises(smtplib.SMTPException):
                    other.sendmail("", [f"bounce+{name}@{DOMAIN}"], b"x" * 3_100_000)
            with in_schema(SCHEMA):
                assert Delivery.objects.get(pk=delivery.pk).state == State.FAILED_PERMANENT
                assert Receipt.objects.filter(delivery=delivery).count() == 1
                assert Suppression.objects.filter(address="anna@example.org").count() == 1
            with endpoint(lmtp=True) as port, smtplib.LMTP(LOOPBACK, port) as other:
                assert other.sendmail("", [f"bounce+{name}@{DOMAIN}"], mail) == {}
        finally:
            with in_schema(SCHEMA):
                Suppression.objects.all().delete()
                delivery.message.delete()
            connection.close()


def test_a_database_that_is_away_loses_nothing() -> None:
    def away(content: bytes, name: str) -> None:
        raise OperationalError("gone")

    server = MailServer(Returns(DOMAIN, bool, away), LOOPBACK, free_port())
    server.start()
    try:
        with smtplib.SMTP(LOOPBACK, server.port) as other, pytest.raises(smtplib.SMTPDataError) as caught:
            other.sendmail("", [f"bounce+{TICKET}@{DOMAIN}"], report("failed", "5.1.1"))
    finally:
        server.stop()
    assert caught.value.smtp_code == 451


@contextmanager
def imap_server() -> Iterator[int]:
    """A real IMAP server with one mailbox in its memory."""
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from pymap.main import main; main()",
        "--host",
        LOOPBACK,
        "--port",
        str(port),
        "--no-tls",
        "dict",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                imaplib.IMAP4(LOOPBACK, port).shutdown()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def post(port: int, *mails: bytes) -> None:
    with imaplib.IMAP4(LOOPBACK, port) as box:
        box.login("demouser", "demopass")
        for mail in mails:
            assert box.append("INBOX", None, None, mail.replace(b"\n", b"\r\n"))[0] == "OK"  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_mailbox_is_read_on_from_where_it_stood(lecco: Town) -> None:
    with inside(lecco):
        names = [ticket(sent(f"m{n}", to=f"r{n}@example.org").pk) for n in range(3)]
    mails = [about(name, report("failed", "5.1.1", "user unknown")) for name in names]
    taken: list[bytes] = []

    def take(content: bytes) -> None:
        taken.append(content)
        bouncing.take(content)

    with imap_server() as port:
        url = f"imap://demouser:demopass@{LOOPBACK}:{port}/INBOX"
        post(port, mails[0], b"Subject: Buongiorno\n\nCi sono?\n")
        assert [poll(url, take), poll(url, take)] == [2, 0]
        post(port, mails[1])
        assert poll(url, take) == 1
        assert poll(url.replace("demopass", "wrong"), take) == 0
    assert poll(url, take) == 0, "away: nothing is lost, the office sees why"
    with imap_server() as port:  # another server: numbers begin anew, what was read changes nothing twice
        moved = f"imap://demouser:demopass@{LOOPBACK}:{port}/INBOX"
        Mailbox.objects.filter(last_uid__gt=0).update(name=_name(moved))
        post(port, mails[0], mails[1], mails[2])
        assert poll(moved, take) == 3
    assert len(taken) == 6
    with inside(lecco):
        assert Receipt.objects.filter(kind="dead").count() == 3
        assert Suppression.objects.count() == 3
    problems = set(Mailbox.objects.values_list("problem", flat=True))
    assert {"the server does not let us in", "ConnectionRefusedError", ""} >= problems
    assert len(problems) >= 2
    assert not Mailbox.objects.filter(name__contains="demopass").exists()


# -- SES, by way of SNS ------------------------------------------------------------------------------


def bounce(name: str, *addresses: str, kind: str = "Permanent", sub: str = "General", **more: str) -> dict[str, Any]:
    people = [{"emailAddress": one, "action": "failed"} | more for one in addresses]
    return {"eventType": "Bounce", "mail": {"messageId": "s-1", "tags": {"ticket": [name.replace(".", "-")]}},
            "bounce": {"bounceType": kind, "bounceSubType": sub, "bouncedRecipients": people,
                       "timestamp": "2026-11-30T08:00:00.000Z"}}  # fmt: skip


@pytest.mark.django_db
def test_ses_tells_every_recipient_once_in_its_own_town(lecco: Town, merate: Town, amazon: rsa.RSAPrivateKey) -> None:
    with inside(lecco):
        name, other = ticket(sent().pk), sent("o", to="ugo@example.org")
    numbers = iter(range(100))

    def tell(event: dict[str, Any], to: Any = None, **more: str) -> int:
        content = notification(amazon, event, **({"MessageId": f"m-{next(numbers)}"} | more))
        return int(client(to).post("/consegne/aws/", content, content_type="text/plain").status_code)

    both = bounce(name, "Anna@example.org", "ugo@example.org", "stranger@example.com", status="5.1.1")
    assert tell(both, merate) == 403, "another town's ticket"
    assert tell(both, TopicArn="arn:aws:sns:eu-south-1:1:x") == 403
    assert [tell(both, MessageId="m"), tell(both, MessageId="m", version="1")] == [200, 200]
    with inside(lecco):
        assert set(Suppression.objects.values_list("address", flat=True)) == {"anna@example.org", "ugo@example.org"}
        assert Receipt.objects.count() == 1, "replayed: once"
        lift("email", "anna@example.org")
    full = bounce(name, "anna@example.org", kind="Transient", sub="MailboxFull", status="5.2.2")
    assert tell({**full, "notificationType": "Bounce", "eventType": None}) == 200
    refused = bounce(name, "anna@example.org", status="5.7.1", diagnosticCode="554 5.7.1 blocked as spam")
    assert tell(refused) == 200
    with inside(lecco):
        assert not Suppression.objects.filter(address="anna@example.org").exists()
        assert SoftBounce.objects.get().number == 2
    complaint = {"eventType": "Complaint", "mail": {"tags": {"ticket": [name.replace(".", "-")]}},
                 "complaint": {"complainedRecipients": [{"emailAddress": "anna@example.org"}],
                               "complaintFeedbackType": "abuse"}}  # fmt: skip
    assert tell(complaint) == 200
    came = {"eventType": "Delivery", "mail": {"tags": {"ticket": [ticket_of(lecco, other).replace(".", "-")]}},
            "delivery": {"timestamp": "2026-11-30T08:00:00.000Z"}}  # fmt: skip
    assert tell(came) == 200
    with inside(lecco):
        assert Suppression.objects.get(address="anna@example.org").reason == "complaint"
        other.refresh_from_db()
        assert other.state == State.DELIVERED


def ticket_of(town: Town, delivery: Delivery) -> str:
    with inside(town):
        return ticket(delivery.pk)


@pytest.mark.django_db
def test_a_mailbox_waits_for_the_database_and_not_for_a_town_that_is_gone() -> None:
    def fails(error: Exception) -> Any:
        def take(content: bytes) -> None:
            raise error

        return take

    with imap_server() as port:
        url = f"imap://demouser:demopass@{LOOPBACK}:{port}/INBOX"
        post(port, b"Subject: Uno\n\nx\n")
        with pytest.raises(OperationalError):
            poll(url, fails(OperationalError("away")))
        assert poll(url, fails(ProgrammingError("no such schema"))) == 1, "read again, then passed over"
        assert poll(url, fails(OperationalError("away"))) == 0


@pytest.mark.django_db
def test_the_office_sees_why_nothing_reaches_a_contact_and_tries_again(lecco: Town) -> None:
    with inside(lecco):
        contact = Contact.objects.create(name="Anna Bianchi")
        endpoint = Endpoint.objects.create(
            contact=contact, channel="email", address="anna@example.org", verified_at=timezone.now()
        )
        Suppression.objects.create(
            channel="email", address="anna@example.org", reason="dead_address", detail="5.1.1 user unknown"
        )
        person("sportello", "desk")
    office = client(lecco, "sportello")
    assert "5.1.1 user unknown" in office.get("/ufficio/contatti/").content.decode()
    path = f"/ufficio/contatti/recapiti/{endpoint.pk}/riprova/"
    assert office.post(path).url == "/ufficio/contatti/"
    with inside(lecco):
        assert not Suppression.objects.exists()
        Suppression.objects.create(channel="email", address="anna@example.org", reason="opt_out")
    page = office.get("/ufficio/contatti/").content.decode()
    assert "riprova" not in page, "what she ended is hers to begin again"
    office.post(path)
    with inside(lecco):
        assert Suppression.objects.exists()
