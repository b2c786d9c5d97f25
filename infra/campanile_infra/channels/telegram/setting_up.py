"""Setting a bot up: who it is, and where Telegram brings what people write to it (Bot API: getMe, setWebhook)."""

from __future__ import annotations

import re

from campanile_infra.channels.base import TransportError
from campanile_infra.channels.web import Reply, post

TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{5,60}")
CHANNEL = re.compile(r"@[A-Za-z][A-Za-z0-9_]{4,31}")


def introduce(url: str, token: str, *, hook: str, secret: str) -> str:
    """Asks who the bot is and has its updates brought to `hook`, with `secret` in a header; returns its user name.

    Raises TransportError with Telegram's own words.
    """
    me = _answer(post(f"{url}/bot{token}/getMe", {}, {}))
    _answer(
        post(
            f"{url}/bot{token}/setWebhook",
            {"url": hook, "secret_token": secret, "allowed_updates": ["message", "callback_query"]}, {},
        )
    )  # fmt: skip
    return str(me.data["result"]["username"])


def _answer(reply: Reply) -> Reply:
    if reply.status != 200 or not reply.data.get("ok"):
        words = str(reply.data.get("description", reply.status))[:100]
        raise TransportError(f"Telegram: {words}", permanent=True, ours=True)
    return reply
