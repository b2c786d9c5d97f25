"""Calls over a telephony gateway that speaks SIP to the network and HTTP to us (jambonz' REST API and verbs).

We ask for a call; when somebody answers, the gateway asks us what to say, says it, waits for a key, and tells us. SIP,
RTP, speech and tones are the gateway's business. What it asks and tells is answered by `/consegne/voce/` of the town.
"""

from __future__ import annotations

from typing import Any

from campanile_infra.channels.base import Accepted, Envelope, Transport, TransportError
from campanile_infra.channels.voice.speech import VOICES, ssml
from campanile_infra.channels.web import get, post, refusal

RING_SECONDS = 40


class GatewayTransport(Transport):
    """Options: `url`, `account`, `token`, `caller` (the number that is shown).

    The envelope's `options["hook"]` is the full address where the gateway asks and tells.
    """

    group = 10

    def notify(self, envelope: Envelope) -> Accepted:
        """Asks for the call. Raises TransportError. Whether somebody answered comes later, as a receipt."""
        hook = envelope.options.get("hook")
        if not hook:
            raise TransportError("no address for the gateway's questions", permanent=False, ours=True)
        body = {
            "from": envelope.sender or self.options["caller"],
            "to": {"type": "phone", "number": envelope.recipient},
            "call_hook": {"url": f"{hook}{envelope.reference}/", "method": "POST"},
            "call_status_hook": {"url": f"{hook}{envelope.reference}/stato/", "method": "POST"},
            "timeout": RING_SECONDS,
            "tag": {"ticket": envelope.reference, "key": envelope.key},
        }
        reply = post(f"{self.options['url']}/v1/Accounts/{self.options['account']}/Calls", body, self._headers())
        if reply.status != 201:
            raise refusal(reply, "gateway")
        return Accepted(reference=str(reply.data["sid"]))

    def probe(self) -> None:
        """Asks for the account."""
        reply = get(f"{self.options['url']}/v1/Accounts/{self.options['account']}", self._headers())
        if reply.status != 200:
            raise refusal(reply, "gateway")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.options['token']}"}


def script(body: str, language: str, key_hook: str) -> list[dict[str, Any]]:
    """What the gateway does when somebody answers: says it, waits for a key, says it once more."""
    voice = {"vendor": "default", "language": VOICES.get(language, VOICES["it"])}
    speech = {"text": ssml(body, language, keys=True), "synthesizer": voice}
    ask = {
        "verb": "gather", "input": ["digits"], "numDigits": 1, "timeout": 8, "actionHook": key_hook, "say": speech,
    }  # fmt: skip
    return [ask, {"verb": "hangup"}]


def thanks(words: str, language: str) -> list[dict[str, Any]]:
    """What is said after a key was pressed."""
    voice = {"vendor": "default", "language": VOICES.get(language, VOICES["it"])}
    return [{"verb": "say", "text": words, "synthesizer": voice}, {"verb": "hangup"}]
