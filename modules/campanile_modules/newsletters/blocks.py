"""What an issue is made of: an ordered list of blocks, each a small object with a `type`.

`heading` {text} · `text` {text: light Markdown} · `image` {picture, alt, link} · `button` {label, url} · `divider` {}
· `pages` {kind: news|events, number}: the newest of the site · `module` {source, number}: the newest that another
module shows (`kit.excerpts`): both taken in when the issue is approved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from campanile_modules.newsletters.errors import BadBlock
from campanile_tenants.kit import excerpts

MOST_BLOCKS, MOST_TEXT = 60, 8_000
KINDS = ("heading", "text", "image", "button", "divider", "pages", "module")
_FIELDS: dict[str, tuple[str, ...]] = {
    "heading": ("text",), "text": ("text",), "image": ("picture", "alt", "link"), "button": ("label", "url"),
    "divider": (), "pages": ("kind", "number"), "module": ("source", "number"),
}  # fmt: skip
SOURCES = ("news", "events")


@dataclass(frozen=True)
class Entry:
    """A page of the site as an issue shows it. `when`: in words, for events."""

    title: str
    summary: str
    url: str
    when: str = ""


def read(text: str) -> list[dict[str, Any]]:
    """The blocks of a form or a file, sound in shape. Raises BadBlock, which says which one and why."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        raise BadBlock(number=0, why=_("this is not JSON."), field="blocks") from None
    if not isinstance(found, list) or len(found) > MOST_BLOCKS:
        raise BadBlock(number=0, why=_("write a list of at most 60 blocks."), field="blocks")
    return [_sound(number, block) for number, block in enumerate(found, 1)]


def _sound(number: int, block: Any) -> dict[str, Any]:
    kind = block.get("type") if isinstance(block, dict) else None
    if kind not in KINDS:
        raise BadBlock(number=number, why=_("its type is not known."), field="blocks")
    values = {name: block.get(name, "") for name in _FIELDS[kind]}
    for name, value in values.items():
        if name != "number" and not isinstance(value, str):
            raise BadBlock(number=number, why=_("“%(name)s” must be text.") % {"name": name}, field="blocks")
        if isinstance(value, str) and len(value) > MOST_TEXT:
            raise BadBlock(number=number, why=_("it is longer than 8,000 characters."), field="blocks")
    for name in ("url", "link"):
        if values.get(name) and not is_address(values[name]):
            raise BadBlock(number=number, why=_("write a whole address, https://…"), field="blocks")
    if kind in ("pages", "module"):
        if kind == "pages" and values["kind"] not in SOURCES:
            raise BadBlock(number=number, why=_("choose news or events."), field="blocks")
        if kind == "module" and values["source"] not in dict(excerpts.sources()):
            raise BadBlock(number=number, why=_("what it shows is not offered here: take it away."), field="blocks")
        amount = str(values["number"] or 3)
        if not amount.isdecimal() or len(amount) > 2 or not 1 <= int(amount) <= 10:
            raise BadBlock(number=number, why=_("choose from 1 to 10 of them."), field="blocks")
        values["number"] = int(amount)
    return {"type": kind, **values}


def is_address(text: str) -> bool:
    """Whether a mail may link there: a web page, a mail address, a telephone."""
    parts = urlsplit(text)
    return (parts.scheme in ("http", "https") and bool(parts.netloc)) or (
        parts.scheme in ("mailto", "tel") and bool(parts.path)
    )


def whole(blocks: Sequence[dict[str, Any]], entries: Mapping[str, Sequence[Entry]]) -> Iterator[dict[str, Any]]:
    """The blocks with what they take from the site in them; a block that finds nothing is left out."""
    for block in blocks:
        if block["type"] not in ("pages", "module"):
            yield block
        elif "entries" in block:  # it has left: what was taken from the site stands in it
            yield {**block, "entries": [Entry(**one) for one in block["entries"]]}
        elif found := list(entries.get(source_of(block), ()))[: block["number"]]:
            yield {**block, "entries": found}


def source_of(block: Mapping[str, Any]) -> str:
    """From where a block takes what it shows: `news`, `events`, or another module's code; empty: from itself."""
    return str(block.get("kind") or block.get("source") or "")
