"""E-mail over SMTP (EMAIL_URL), or into the local outbox when there is no server."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.mail import get_connection

from campanile_infra.channels.base import Accepted, Answer, Envelope, Transport, TransportError, answer_of
from campanile_infra.channels.email.mime import mail, return_path, signed


class EmailTransport(Transport):
    """A group goes over one connection, one SMTP transaction a message."""

    group = 20

    def notify(self, envelope: Envelope) -> Accepted:
        """Raises TransportError: permanent for 5xx answers, in doubt when the text was sent and no answer came."""
        answer = self.notify_many([envelope])[0]
        if isinstance(answer, TransportError):
            raise answer
        return answer

    def notify_many(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """One connection for all; when it breaks, the next message opens another one."""
        backend = get_connection()
        try:
            return [answer_of(partial(_hand_over, backend, envelope)) for envelope in envelopes]
        finally:
            backend.close()

    def probe(self) -> None:
        """Signs in to the server and leaves."""
        backend = get_connection()
        try:
            backend.open()
        except (smtplib.SMTPException, OSError) as error:
            raise _refusal(error) from error
        finally:
            backend.close()


def _hand_over(backend: Any, envelope: Envelope) -> Accepted:
    message = mail(envelope)
    if not hasattr(backend, "host"):  # the local outbox, a test's list: whatever takes Django's messages
        backend.send_messages([message])
        return Accepted()
    try:
        backend.open()
    except (smtplib.SMTPException, OSError) as error:
        raise _refusal(error) from error
    content = signed(message, envelope.sender)
    smtp: smtplib.SMTP = backend.connection
    text_is_out = False
    try:
        smtp.ehlo_or_helo_if_needed()
        _expect(smtp.mail(return_path(envelope)), 250)
        _expect(smtp.rcpt(envelope.recipient), 250, 251)
        text_is_out = True
        code, words = smtp.data(content)
        if code != 250:
            raise smtplib.SMTPDataError(code, words)
        return Accepted()
    except smtplib.SMTPResponseException as error:
        _start_again(backend)
        raise _refusal(error) from error
    except (smtplib.SMTPException, OSError) as error:
        _forget(backend)
        raise TransportError(type(error).__name__, permanent=False, in_doubt=text_is_out) from error


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise smtplib.SMTPResponseException(*answer)


def _refusal(error: Exception) -> TransportError:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return TransportError(f"SMTP {error.smtp_code}: the server does not let us in", permanent=False, ours=True)
    if isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        gone = code == 550 and b"5.1.1" in (error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
        return TransportError(f"SMTP {code}", permanent=code >= 500, dead_address=gone)
    return TransportError(type(error).__name__, permanent=False)


def _start_again(backend: Any) -> None:
    """A refused message leaves the connection usable for the next one."""
    try:
        backend.connection.rset()
    except (smtplib.SMTPException, OSError):
        _forget(backend)


def _forget(backend: Any) -> None:
    backend.connection.close()
    backend.connection = None
