"""Nothing leaves that is not a committed row; nothing is lost or sent twice. A real SMTP server listens."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import dkim
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection
from django.utils import timezone

from campanile_infra.channels.base import Envelope, TransportError
from campanile_infra.channels.email.local import read_outbox
from campanile_infra.channels.email.transport import EmailTransport
from campanile_infra.embedded.ports import LOOPBACK, free_port
from campanile_tenants.kit.messaging import send_mail
from campanile_tenants.town.delivery.models import Delivery, State, Work
from campanile_tenants.town.delivery.tasks import drain_transactional
from campanile_tenants.town.delivery.tickets import ticket
from tests.delivery.posting import let_time_pass
from tests.towns import Town, inside

pytestmark = pytest.mark.django_db


class Inbox(MessageHandler):
    """Keeps what arrives; answers what it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []
        self.contents: list[bytes] = []
        self.answer = ""
        self.refused: set[str] = set()
        self.silent = False

    def handle_message(self, message: Mail) -> None:
        self.mails.append(message)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.contents.append(envelope.original_content)
        answer: str = await super().handle_DATA(server, session, envelope)
        if self.silent:
            await asyncio.sleep(2)
        return answer

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.answer or address in self.refused:
            return self.answer or "550 5.1.1 no such user"
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


def put(key: str = "k", **changes: str) -> Delivery:
    values = {"purpose": "test", "to": "anna@example.org", "subject": "Ciao", "body": "Testo"} | changes
    send_mail(key=key, **values)
    return Delivery.objects.get(message__idempotency_key=key)


def test_a_message_is_sent_once_with_a_stable_id_and_from_the_town(lecco: Town, smtp: Inbox) -> None:
    with inside(lecco):
        delivery = put()
        assert send_mail(key="k", purpose="test", to="b@example.org", subject="Altro", body="x") is False
        assert [drain_transactional(), drain_transactional()] == [1, 0]
        delivery.refresh_from_db()
        name = ticket(delivery.pk)
    (mail,) = smtp.mails
    assert (delivery.state, delivery.attempts) == (State.ACCEPTED, 1)
    assert mail["Message-ID"] == f"<{name}@lecco.localhost>"
    assert mail["From"] == '"Comune di Lecco" <non-rispondere@lecco.localhost>'
    assert mail["To"] == "anna@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_line_break_in_a_subject_cannot_add_a_header(lecco: Town, smtp: Inbox) -> None:
    with inside(lecco):
        put(subject="Ciao\r\nBcc: everybody@example.org")
        drain_transactional()
    assert smtp.mails[0]["Bcc"] is None
    assert smtp.mails[0]["Subject"] == "Ciao Bcc: everybody@example.org"


@pytest.mark.parametrize(
    ("answer", "state"), [("550 no such user", State.FAILED_PERMANENT), ("451 later", State.RETRY_WAIT)]
)
def test_a_refusal_is_permanent_or_tried_again_later(lecco: Town, smtp: Inbox, answer: str, state: str) -> None:
    smtp.answer = answer
    with inside(lecco):
        delivery = put()
        assert drain_transactional() == 0
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == (state, 1)
        assert "anna" not in delivery.reason
        if state == State.RETRY_WAIT:
            assert Work.objects.get().due_at > timezone.now()
            smtp.answer = ""
            let_time_pass()
            assert drain_transactional() == 1


def test_a_mail_server_that_is_away_is_no_error_for_the_citizen(lecco: Town, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, free_port()
    with inside(lecco):
        delivery = put()
        assert drain_transactional() == 0
        delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (State.RETRY_WAIT, "ConnectionRefusedError")
    with pytest.raises(TransportError) as caught:
        EmailTransport().notify(Envelope("1", "a@b.it", "c@d.it", "x", "y"))
    assert (caught.value.permanent, caught.value.in_doubt) == (False, False)


def test_one_bad_address_in_a_group_leaves_the_others_alone(lecco: Town, smtp: Inbox) -> None:
    smtp.refused = {"dead@example.org"}
    with inside(lecco):
        for n, to in enumerate(("a@example.org", "dead@example.org", "b@example.org")):
            put(str(n), to=to)
        assert drain_transactional() == 2
        found = dict(Delivery.objects.values_list("address", "state"))
    assert found["dead@example.org"] == State.FAILED_PERMANENT
    assert [mail["To"] for mail in smtp.mails] == ["a@example.org", "b@example.org"]


def test_a_server_that_is_silent_after_the_text_leaves_the_mail_in_doubt(
    lecco: Town, smtp: Inbox, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 1
    smtp.silent = True
    with inside(lecco):
        delivery = put()
        assert drain_transactional() == 0
        delivery.refresh_from_db()
        assert (delivery.state, delivery.in_doubt) == (State.RETRY_WAIT, True)
        smtp.silent = False
        let_time_pass()
        assert drain_transactional() == 1
    first, second = smtp.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_dkim_signs_the_headers_that_matter(lecco: Town, smtp: Inbox, settings: Any, tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "dkim.pem"
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                       serialization.NoEncryption()))  # fmt: skip
    settings.DKIM_KEY_FILE, settings.BOUNCE_DOMAIN = str(file), "bounces.example.org"
    public = base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER,
                              serialization.PublicFormat.SubjectPublicKeyInfo))  # fmt: skip
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + public

    with inside(lecco):
        name = ticket(put().pk)
        drain_transactional()
    content = smtp.contents[0]
    assert dkim.verify(content, dnsfunc=dns)
    assert asked == [b"campanile._domainkey.lecco.localhost."]
    assert not dkim.verify(content.replace(b"Auto-Submitted: auto-generated", b"Auto-Submitted: no"), dnsfunc=dns)
    assert smtp.mails[0]["X-MailFrom"] == f"bounce+{name}@bounces.example.org"


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
            "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%UNIQUE%(idempotency_key, revision)%' AND schemaname = 'c_097042'"
        )
        assert cursor.fetchone()[0] == 1
