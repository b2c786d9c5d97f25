"""E-mail over Amazon SES (API v2), as raw MIME so that our own DKIM signature and headers stay as they are."""

from __future__ import annotations

from typing import Any

from campanile_infra.channels import aws
from campanile_infra.channels.base import Accepted, Envelope, Transport
from campanile_infra.channels.email.mime import mail, return_path, signed


class SesTransport(Transport):
    """Options: `region`, `endpoint_url`, `access_key`, `secret_key`, `configuration_set`."""

    group = 50

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._client = aws.client("sesv2", **options)

    def notify(self, envelope: Envelope) -> Accepted:
        """Raises TransportError. The ticket travels as a tag, and comes back in every event of SES."""
        values: dict[str, Any] = {
            "FromEmailAddress": envelope.sender,
            "Destination": {"ToAddresses": [envelope.recipient]},
            "FeedbackForwardingEmailAddress": return_path(envelope),
            "Content": {"Raw": {"Data": signed(mail(envelope), envelope.sender)}},
            "EmailTags": [{"Name": "ticket", "Value": envelope.reference.replace(".", "-")}],
        }
        if name := self.options.get("configuration_set"):
            values["ConfigurationSetName"] = name
        return Accepted(reference=str(aws.call(self._client.send_email, **values)["MessageId"]))

    def probe(self) -> None:
        """Asks for the account: tells wrong credentials and a paused account."""
        aws.call(self._client.get_account)
