"""SMS over AWS End User Messaging (`pinpoint-sms-voice-v2`, SendTextMessage)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from campanile_infra.channels import aws
from campanile_infra.channels.base import Accepted, Envelope, Transport, TransportError
from campanile_infra.channels.sms.parts import LONGEST, count, plainer


class AwsSmsTransport(Transport):
    """Options: `origination` (a number, sender or pool), `region`, `endpoint_url`, `access_key`, `secret_key`,
    `price` (euro a part).

    The service has no idempotency token: a request that timed out may have been taken. The ticket travels in
    `Context` and comes back in every event, which is how an attempt in doubt is settled.
    """

    group = 40

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._client = aws.client("pinpoint-sms-voice-v2", **options)

    def units(self, body: str) -> int:
        """Parts: the provider's rate counts them."""
        return count(plainer(body)).parts

    def notify(self, envelope: Envelope) -> Accepted:
        """Raises TransportError; a text over the limit is refused here."""
        text = plainer(envelope.body)
        if len(text) > LONGEST:
            raise TransportError(f"text of {len(text)} characters, at most {LONGEST}", permanent=True)
        answer = aws.call(
            self._client.send_text_message,
            DestinationPhoneNumber=envelope.recipient,
            OriginationIdentity=envelope.sender or self.options["origination"],
            MessageBody=text,
            MessageType="TRANSACTIONAL",
            Context={"ticket": envelope.reference, "key": envelope.key},
        )
        parts = count(text).parts
        price = self.options.get("price")
        return Accepted(str(answer["MessageId"]), parts, Decimal(str(price)) * parts if price else None)

    def probe(self) -> None:
        """A dry run to a number that AWS keeps for trying out: looks at credentials, sender and spend cap."""
        aws.call(
            self._client.send_text_message, DestinationPhoneNumber="+14254147755",
            OriginationIdentity=self.options["origination"], MessageBody="Campanile", DryRun=True,
        )  # fmt: skip
