"""Channels without a provider: what would have left is written to the local outbox, a file a message."""

from __future__ import annotations

from email.message import EmailMessage
from typing import ClassVar

from campanile_infra.channels.base import Accepted, Envelope, Transport
from campanile_infra.channels.email.local import write


class LocalTransport(Transport):
    """Stands in for SMS, voice and the rest on a machine without accounts, in the demo above all.

    Option `channel`: written as a header so that the outbox can say how the message would have left.
    """

    parallel: ClassVar[int] = 1

    def notify(self, envelope: Envelope) -> Accepted:
        """Always takes it."""
        message = EmailMessage()
        message["From"] = envelope.sender or str(self.options["channel"])
        message["To"] = envelope.recipient
        message["Subject"] = envelope.subject
        message["X-Campanile-Channel"] = str(self.options["channel"])
        message.set_content(envelope.body)
        write(message.as_bytes())
        return Accepted()
