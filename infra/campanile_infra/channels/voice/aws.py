"""Calls over AWS (`pinpoint-sms-voice-v2`, SendVoiceMessage): speaks SSML, hears no keys."""

from __future__ import annotations

from typing import Any

from campanile_infra.channels import aws
from campanile_infra.channels.base import Accepted, Envelope, Transport, TransportError
from campanile_infra.channels.voice.speech import ssml

LONGEST = 6_000
_VOICES = {"it": "BIANCA", "en": "AMY", "de": "VICKI"}


class AwsVoiceTransport(Transport):
    """Options: `origination`, `region`, `endpoint_url`, `access_key`, `secret_key`."""

    group = 10

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._client = aws.client("pinpoint-sms-voice-v2", **options)

    def notify(self, envelope: Envelope) -> Accepted:
        """Raises TransportError; a speech over the limit is refused here."""
        speech = ssml(envelope.body, envelope.language, keys=False)
        if len(speech) > LONGEST:
            raise TransportError(f"speech of {len(speech)} characters, at most {LONGEST}", permanent=True)
        answer = aws.call(
            self._client.send_voice_message,
            DestinationPhoneNumber=envelope.recipient,
            OriginationIdentity=self.options["origination"],
            MessageBody=speech,
            MessageBodyTextType="SSML",
            VoiceId=_VOICES.get(envelope.language, "BIANCA"),
            Context={"ticket": envelope.reference, "key": envelope.key},
        )
        return Accepted(str(answer["MessageId"]))

    def probe(self) -> None:
        """A dry run: looks at credentials, number and spend cap; nobody is called."""
        aws.call(
            self._client.send_voice_message, DestinationPhoneNumber="+14254147755",
            OriginationIdentity=self.options["origination"], MessageBody="Campanile", DryRun=True,
        )  # fmt: skip
