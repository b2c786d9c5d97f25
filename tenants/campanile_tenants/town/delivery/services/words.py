"""Which words of a message go over which channel, in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campanile_tenants.town.delivery.models import Message

_PLAIN = ("subject", "body", "html")


@dataclass(frozen=True)
class Words:
    """What one recipient gets. `options`: what only this channel knows."""

    subject: str
    body: str
    html: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def words(message: Message, channel: str, language: str) -> Words:
    """The words for a channel and language; Italian where there are none in `language`, and the message's own at last.

    `contents` is `{channel: {language: {"subject", "body", "html", ...}}}`; the channel `*` holds for all.
    """
    found: dict[str, Any] = {}
    for place in ("*", channel):
        of_channel = message.contents.get(place, {})
        found |= of_channel.get(language) or of_channel.get("it") or {}
    options = {name: value for name, value in found.items() if name not in _PLAIN}
    return Words(
        subject=found.get("subject", message.subject), body=found.get("body", message.body),
        html=found.get("html", ""), options=options,
    )  # fmt: skip
