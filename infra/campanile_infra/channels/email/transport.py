"""E-mail over Django's mail backend: SMTP when EMAIL_URL is set, the local outbox otherwise."""

from __future__ import annotations

import smtplib

from django.core.mail import EmailMessage, get_connection

from campanile_infra.channels.base import Envelope, TransportError


class EmailTransport:
    """One message, one SMTP transaction. The Message-ID is the row's id, the same at each attempt."""

    def notify(self, envelope: Envelope) -> None:
        """Raises TransportError: permanent for 5xx answers and refused addresses, transient for the rest."""
        domain = envelope.sender.rsplit("@", 1)[-1].rstrip(">") or "localhost"
        message = EmailMessage(
            subject=envelope.subject,
            body=envelope.body,
            from_email=envelope.sender,
            to=[envelope.recipient],
            headers={"Message-ID": f"<{envelope.reference}@{domain}>", "Auto-Submitted": "auto-generated"},
            connection=get_connection(),
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise TransportError(f"recipient refused ({codes})", permanent=all(c >= 500 for c in codes)) from error
        except smtplib.SMTPResponseException as error:
            raise TransportError(f"SMTP {error.smtp_code}", permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TransportError(type(error).__name__, permanent=False) from error
