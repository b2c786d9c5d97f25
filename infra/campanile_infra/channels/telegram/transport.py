"""Telegram's Bot API, sendMessage: to a person who started the bot, or to the town's public channel (`@name`)."""

from __future__ import annotations

from campanile_infra.channels.base import Accepted, Envelope, Transport, TransportError
from campanile_infra.channels.web import Reply, post, refusal

LONGEST = 4_096
"""Characters of a message (Bot API)."""


class TelegramTransport(Transport):
    """Options: `url`, `token` (the centre's bot). A town's own bot comes in the envelope's account (`token`).

    429 with `retry_after` keeps everybody away for as long, be it hours.
    """

    group = 25
    parallel = 5

    def notify(self, envelope: Envelope) -> Accepted:
        """Raises TransportError; 403 (she blocked the bot) retires the chat."""
        text = f"{envelope.subject}\n\n{envelope.body}" if envelope.subject else envelope.body
        if len(text) > LONGEST:
            raise TransportError(f"text of {len(text)} characters, at most {LONGEST}", permanent=True)
        values = {"chat_id": envelope.recipient, "text": text, "link_preview_options": {"is_disabled": True}}
        if envelope.options.get("buttons"):
            rows = [[{"text": words, "callback_data": f"{code}:{envelope.reference}"[:64]}]
                    for code, words in envelope.options["buttons"]]  # fmt: skip
            values["reply_markup"] = {"inline_keyboard": rows}
        reply = post(self._address(envelope, "sendMessage"), values, {})
        if reply.status != 200 or not reply.data.get("ok"):
            raise _refusal(reply)
        return Accepted(reference=f"{envelope.recipient}/{reply.data['result']['message_id']}")

    def probe(self) -> None:
        """Asks who the bot is."""
        if not self.options.get("token"):
            return
        reply = post(f"{self.options['url']}/bot{self.options['token']}/getMe", {}, {})
        if reply.status != 200:
            raise _refusal(reply)

    def _address(self, envelope: Envelope, method: str) -> str:
        token = envelope.account.get("token") or self.options.get("token")
        if not token:
            raise TransportError("the town has no bot yet", permanent=False, ours=True)
        return f"{self.options['url']}/bot{token}/{method}"


def _refusal(reply: Reply) -> TransportError:
    words = str(reply.data.get("description", ""))
    if reply.status == 429:
        seconds = float(reply.data.get("parameters", {}).get("retry_after", 1))
        return TransportError("Telegram 429", permanent=False, retry_after=seconds)
    if reply.status == 403 or "chat not found" in words or "user is deactivated" in words:
        return TransportError(f"Telegram {reply.status}: the chat is closed to us", permanent=True, dead_address=True)
    if reply.status in (401, 404):
        return TransportError(f"Telegram {reply.status}: the bot's token is refused", permanent=False, ours=True)
    return refusal(reply, "Telegram")
