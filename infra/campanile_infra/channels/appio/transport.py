"""App IO: looks whether the person takes messages of this service, then sends (PagoPA, io-functions-services)."""

from __future__ import annotations

from campanile_infra.channels.base import Accepted, Envelope, Transport, TransportError
from campanile_infra.channels.web import Reply, post, refusal

SUBJECT = (10, 120)
MARKDOWN = (80, 10_000)
"""Least and most characters that the API takes."""
TTL = (3_600, 604_800)
"""Least and most seconds for which IO goes on trying."""
_FILLER = "\n\n---\n\nMessaggio del servizio di avviso del Comune."


class AppIoTransport(Transport):
    """Options: `url`, `key`. A town's own service comes in the envelope's account (`key`)."""

    group = 20

    def notify(self, envelope: Envelope) -> Accepted:
        """Raises TransportError; who is not on IO, or took this service away, is not written to again."""
        headers = {"Ocp-Apim-Subscription-Key": self._key(envelope)}
        profile = post(f"{self.options['url']}/profiles", {"fiscal_code": envelope.recipient}, headers)
        if profile.status == 404:
            raise TransportError("IO 404: no such profile", permanent=True, dead_address=True)
        if profile.status != 200:
            raise self._refusal_before_sending(profile)
        if not profile.data.get("sender_allowed"):
            raise TransportError("IO: the person does not take this service", permanent=True, dead_address=True)
        body = {
            "time_to_live": min(max(int(envelope.options.get("ttl", 86_400)), TTL[0]), TTL[1]),
            "fiscal_code": envelope.recipient,
            "content": {"subject": _subject(envelope.subject), "markdown": _markdown(envelope.body)},
        }
        answer = post(f"{self.options['url']}/messages", body, headers)
        if answer.status != 201:
            raise refusal(answer, "IO")
        return Accepted(reference=str(answer.data["id"]))

    def _key(self, envelope: Envelope) -> str:
        key = envelope.account.get("key") or self.options.get("key")
        if not key:
            raise TransportError("the town has no service on IO yet", permanent=False, ours=True)
        return str(key)

    @staticmethod
    def _refusal_before_sending(reply: Reply) -> TransportError:
        """Nothing was sent yet, so nothing is in doubt."""
        error = refusal(reply, "IO")
        error.in_doubt = False
        return error


def _subject(text: str) -> str:
    text = text if len(text) >= SUBJECT[0] else f"Avviso: {text}".ljust(SUBJECT[0], ".")
    return text if len(text) <= SUBJECT[1] else text[: SUBJECT[1] - 1] + "…"


def _markdown(text: str) -> str:
    if len(text) > MARKDOWN[1]:
        raise TransportError(f"text of {len(text)} characters, at most {MARKDOWN[1]}", permanent=True)
    return text if len(text) >= MARKDOWN[0] else text + _FILLER.ljust(MARKDOWN[0] - len(text))
