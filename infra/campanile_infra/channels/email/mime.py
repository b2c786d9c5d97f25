"""A mail as bytes: text and HTML, headers, and a DKIM signature over all of them."""

from __future__ import annotations

from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path

import dkim
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives

from campanile_infra.channels.base import Envelope

_SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"auto-submitted",
           b"list-id", b"list-unsubscribe", b"list-unsubscribe-post")  # fmt: skip


def mail(envelope: Envelope) -> EmailMessage:
    """The message. Its Message-ID is the delivery's ticket, the same at each attempt, so that a mailbox which gets it
    twice shows it once (RFC 5322, 3.6.4). `options["headers"]` adds headers, List-Unsubscribe among them (RFC 8058).
    """
    headers = {
        "Message-ID": f"<{envelope.reference}@{domain_of(envelope.sender)}>",
        "Auto-Submitted": "auto-generated",
        **envelope.options.get("headers", {}),
    }
    message = EmailMultiAlternatives(
        subject=envelope.subject, body=envelope.body, from_email=envelope.sender, to=[envelope.recipient],
        headers=headers,
    )  # fmt: skip
    if envelope.html:
        message.attach_alternative(envelope.html, "text/html")
    return message


def signed(message: EmailMessage, sender: str) -> bytes:
    """The mail's bytes, with a DKIM signature when there is a key (RFC 6376, relaxed/relaxed)."""
    content = message.message().as_bytes(linesep="\r\n")
    if (key := signing_key()) is None:
        return content
    signature = dkim.sign(
        content, settings.DKIM_SELECTOR.encode(), domain_of(sender).encode(), key, include_headers=list(_SIGNED),
        canonicalize=(b"relaxed", b"relaxed"),
    )  # fmt: skip
    return bytes(signature) + content


def return_path(envelope: Envelope) -> str:
    """Where bounces go: an address of its own for each delivery (VERP) when there is a domain that receives them."""
    if settings.BOUNCE_DOMAIN:
        return f"bounce+{envelope.reference}@{settings.BOUNCE_DOMAIN}"
    return parseaddr(envelope.sender)[1]


def domain_of(sender: str) -> str:
    """The domain of a From line."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def signing_key() -> bytes | None:
    """The private key in PEM that signs our mails; None: they are not signed."""
    return _key(settings.DKIM_KEY_FILE)


@lru_cache(maxsize=2)
def _key(path: str) -> bytes | None:
    return Path(path).read_bytes() if path else None
