"""Light Markdown, and the site's own pages, for modules."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from campanile_infra.dates import in_words
from campanile_tenants.kit.web import absolute
from campanile_tenants.town.site.models import Page
from campanile_tenants.town.site.rendering import links_in, to_html, to_plain

_HREF = re.compile(r'href="([^"]*)"')
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STARS = re.compile(r"(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1")


@dataclass(frozen=True)
class Shown:
    """A published page of the site in short. `when`: in words, for events; `published_at`: aware, UTC."""

    title: str
    summary: str
    url: str
    when: str
    published_at: datetime | None = None


def latest(kind: str, number: int) -> list[Shown]:
    """The newest published pages of a kind (`news`, `event`: those to come), in Italian. 1 query."""
    pages = Page.objects.all().published().readable_in("it").for_cards()
    pages = pages.upcoming() if kind == "event" else pages.filter(kind=kind).order_by("-published_at")
    return [
        Shown(
            page.title, page.summary, absolute(page.get_absolute_url()),
            in_words(localtime(page.starts_at), "l j F, H:i") if page.starts_at else "", page.published_at,
        )
        for page in pages[:number]
    ]  # fmt: skip


def with_links(html: SafeString, change: Callable[[str], str]) -> SafeString:
    """The HTML of `to_html` with every link changed: `change` takes an address and gives another one."""

    def one(found: re.Match[str]) -> str:
        return f'href="{escape(change(found[1].replace("&amp;", "&")))}"'

    return mark_safe(_HREF.sub(one, html))  # noqa: S308 - cleaned HTML whose addresses are escaped


def to_readable(text: str) -> str:
    """Light Markdown as a plain mail has it: links written out, no stars.

    >>> to_readable("Vieni **domani** al [museo](https://example.org/m)")
    'Vieni domani al museo (https://example.org/m)'
    """
    return _STARS.sub(r"\2", _LINK.sub(r"\1 (\2)", text)).strip()


__all__ = ["Shown", "latest", "links_in", "to_html", "to_plain", "to_readable", "with_links"]
