"""The local outbox: a mail backend that writes each message to a file instead of sending it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from uuid6 import uuid7


class LocalOutboxBackend(BaseEmailBackend):
    """Writes to settings.OUTBOX_FOLDER, one `.eml` a message."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            write(message.message().as_bytes())
        return len(email_messages)


def write(content: bytes) -> None:
    """Puts a message into the outbox, whole or not at all."""
    folder = Path(settings.OUTBOX_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns():020d}-{uuid7().hex}"
    temporary = folder / f".{name}.new"
    temporary.write_bytes(content)
    temporary.rename(folder / f"{name}.eml")


_SEARCHED = 2_000


@dataclass(frozen=True)
class OutboxMessage:
    """A message that would have left. `written_at` is in UTC."""

    name: str
    written_at: datetime
    sender: str
    recipient: str
    subject: str
    body: str
    channel: str = "email"


def read_outbox(words: str = "", limit: int = 100) -> list[OutboxMessage]:
    """The latest messages, the newest first; with `words` those of the latest two thousand that have them
    somewhere.
    """
    folder = Path(settings.OUTBOX_FOLDER)
    files = sorted(folder.glob("*.eml"), reverse=True) if folder.exists() else []
    if not words:
        return [_parse(file) for file in files[:limit]]
    found = (message for message in map(_parse, files[:_SEARCHED]) if words.casefold() in _whole(message))
    return list(islice(found, limit))


def _whole(message: OutboxMessage) -> str:
    return f"{message.sender} {message.recipient} {message.subject} {message.body}".casefold()


def _parse(file: Path) -> OutboxMessage:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    text = message.get_body(("plain", "html"))
    return OutboxMessage(
        name=file.stem,
        written_at=datetime.fromtimestamp(int(file.stem.split("-")[0]) / 1e9, UTC),
        sender=str(message["From"]),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        body=str(text.get_content()) if text is not None else "",
        channel=str(message.get("X-Campanile-Channel", "email")),
    )
