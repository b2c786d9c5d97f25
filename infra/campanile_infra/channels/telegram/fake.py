"""A fake of Telegram's Bot API."""

from __future__ import annotations

import re

from campanile_infra.channels.fakes import FakeProvider, Order, Reply, Request

_PATH = re.compile(r"/bot([0-9]+:[A-Za-z0-9_-]{5,})/(sendMessage|getMe|answerCallbackQuery|setWebhook)")
TOKEN = "123456:campanile-of-the-test"  # noqa: S105 - of the fake


class FakeTelegram(FakeProvider):
    """Knows one bot. `taken` holds the messages; `closed` the chats that blocked it."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: set[str] = set()

    def take(self, request: Request) -> Reply:
        """Checks token, fields and lengths as the Bot API documents them."""
        found = _PATH.fullmatch(request.path)
        if found is None or found[1] != TOKEN:
            return refused(401, "Unauthorized")
        if found[2] == "getMe":
            return Reply(200, {"ok": True, "result": {"id": 123456, "is_bot": True, "username": "campanile_bot"}})
        if found[2] != "sendMessage":
            return Reply(200, {"ok": True, "result": True})
        data = request.data
        if not data.get("chat_id") or not 0 < len(data.get("text", "")) <= 4_096:
            return refused(400, "Bad Request: message text is empty, or too long")
        if str(data["chat_id"]) in self.closed:
            return refused(403, "Forbidden: bot was blocked by the user")
        self.taken.append(data)
        return Reply(200, {"ok": True, "result": {"message_id": len(self.taken), "text": data["text"]}})


def refused(status: int, words: str, retry_after: int | None = None) -> Reply:
    """An error as Telegram words it."""
    more = {"parameters": {"retry_after": retry_after}} if retry_after is not None else {}
    return Reply(status, {"ok": False, "error_code": status, "description": words, **more})


def too_many(seconds: int) -> Order:
    """429, with as many seconds to stay away."""
    return Order(refused(429, f"Too Many Requests: retry after {seconds}", seconds))
