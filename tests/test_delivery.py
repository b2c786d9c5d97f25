"""Nothing leaves that is not a committed row; nothing is lost or sent twice. A real SMTP server listens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import Message as Mail
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from django.db import connection
from django.utils import timezone

from campanile_infra.channels.base import Envelope, TransportError
from campanile_infra.channels.email.local import read_outbox
from campanile_infra.channels.email.transport import EmailTransport
from campanile_infra.embedded.ports import LOOPBACK, free_port
from campanile_tenants.kit.messaging import send_mail
from campanile_tenants.town.delivery import services
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.delivery.tasks import drain_transactional
from tests.towns import Town, inside

pytestmark = pytest.mark.django_db
State = Message.State


class Inbox(MessageHandler):
    """Keeps what arrives; answers what it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []
        self.answer = ""

    def handle_message(self, message: Mail) -> None:
        self.mails.append(message)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def smtp(settings: Any) -> Iterator[Inbox]:
    inbox = Inbox()
    server = Controller(inbox, hostname=LOOPBACK, port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, server.port
    yield inbox
    server.stop()


def put(key: str = "k", **changes: str) -> Message:
    values = {"purpose": "test", "to": "anna@example.org", "subject": "Ciao", "body": "Testo"} | changes
    send_mail(key=key, **values)
    return Message.objects.get(idempotency_key=key)


def test_a_message_is_sent_once_with_a_stable_id_and_from_the_town(lecco: Town, smtp: Inbox) -> None:
    with inside(lecco):
        message = put()
        assert send_mail(key="k", purpose="test", to="b@example.org", subject="Altro", body="x") is False
        assert [drain_transactional(), drain_transactional()] == [1, 0]
        message.refresh_from_db()
    (mail,) = smtp.mails
    assert message.state == State.SENT
    assert mail["Message-ID"] == f"<{message.pk}@lecco.localhost>"
    assert mail["From"] == '"Comune di Lecco" <non-rispondere@lecco.localhost>'
    assert mail["To"] == "anna@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_line_break_in_a_subject_cannot_add_a_header(lecco: Town, smtp: Inbox) -> None:
    with inside(lecco):
        put(subject="Ciao\r\nBcc: everybody@example.org")
        drain_transactional()
    assert smtp.mails[0]["Bcc"] is None
    assert smtp.mails[0]["Subject"] == "Ciao Bcc: everybody@example.org"


@pytest.mark.parametrize(("answer", "state"), [("550 no such user", State.FAILED), ("451 later", State.READY)])
def test_a_refusal_is_permanent_or_tried_again_later(lecco: Town, smtp: Inbox, answer: str, state: str) -> None:
    smtp.answer = answer
    with inside(lecco):
        message = put()
        assert drain_transactional() == 0
        message.refresh_from_db()
        assert (message.state, message.attempts) == (state, 1)
        assert "anna" not in message.last_error
        if state == State.READY:
            assert message.due_at > timezone.now()
            smtp.answer = ""
            Message.objects.update(due_at=timezone.now())
            assert drain_transactional() == 1


def test_a_mail_server_that_is_away_is_no_error_for_the_citizen(lecco: Town, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, free_port()
    with inside(lecco):
        message = put()
        assert drain_transactional() == 0
        message.refresh_from_db()
    assert (message.state, message.last_error) == (State.READY, "ConnectionRefusedError")
    with pytest.raises(TransportError) as caught:
        EmailTransport().notify(Envelope("1", "a@b.it", "c@d.it", "x", "y"))
    assert caught.value.permanent is False


def test_what_a_dead_worker_held_is_taken_up_again_and_doubt_is_sent_once_more(lecco: Town, smtp: Inbox) -> None:
    past = timezone.now() - timedelta(seconds=1)
    with inside(lecco):
        put("claimed")
        put("doubt")
        put("second-doubt")
        Message.objects.filter(idempotency_key="claimed").update(state=State.CLAIMED, lease_until=past)
        Message.objects.filter(idempotency_key="doubt").update(state=State.INTENT, attempts=1, lease_until=past)
        Message.objects.filter(idempotency_key="second-doubt").update(state=State.INTENT, attempts=2, lease_until=past)
        assert services.waiting()
        assert drain_transactional() == 2
        states = dict(Message.objects.values_list("idempotency_key", "state"))
    assert states == {"claimed": State.SENT, "doubt": State.SENT, "second-doubt": State.AMBIGUOUS}


def test_a_stale_worker_cannot_write_its_late_answer(lecco: Town, smtp: Inbox) -> None:
    with inside(lecco):
        put()
        (stale,) = services._claim("transactional")
        Message.objects.update(state=State.READY, lease_until=None)
        assert drain_transactional() == 1
        assert services._send(stale, "a@b.it") == 0
    assert len(smtp.mails) == 1


def test_a_rolled_back_transaction_sends_nothing(lecco: Town, smtp: Inbox) -> None:
    from django.db import transaction

    with inside(lecco):
        try:
            with transaction.atomic():
                put()
                raise RuntimeError
        except RuntimeError:
            pass
        assert drain_transactional() == 0


def test_without_a_mail_server_the_outbox_can_be_read(lecco: Town, settings: Any) -> None:
    settings.EMAIL_BACKEND = "campanile_infra.channels.email.local.LocalOutboxBackend"
    with inside(lecco):
        put(body="Perché no?\n\nhttp://lecco.localhost/")
        drain_transactional()
    message = read_outbox()[0]
    assert (message.recipient, message.subject) == ("anna@example.org", "Ciao")
    assert "Perché no?" in message.body


def test_the_database_holds_the_idempotency_key(lecco: Town) -> None:
    with inside(lecco), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%UNIQUE%(idempotency_key)%' AND schemaname = 'c_097042'"
        )
        assert cursor.fetchone()[0] == 2
