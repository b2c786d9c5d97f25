"""Reading news and services of a town's former site: RSS, Atom or JSON Feed become drafts, each once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
import nh3
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from lxml import html

from campanile_infra.web.fetching import Fetched, NotFetched, fetch
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Content
from campanile_tenants.town.site.errors import FeedUnreadable
from campanile_tenants.town.site.models import Feed, Page
from campanile_tenants.town.site.services.publishing import new_page
from campanile_tenants.town.site.words import why_not_fetched

MOST_ENTRIES = 300


@dataclass(frozen=True)
class Entry:
    """One entry of a feed: its own address names it."""

    url: str
    title: str
    summary: str
    text: str


def read(feed: Feed, *, by: Any = None) -> None:
    """Makes a draft of every entry that is new. What could not be read stands in the feed's report, by name.

    The report is kept, so it is in Italian, whoever reads the feed.
    """
    with override("it"):
        _read(feed, by)


def _read(feed: Feed, by: Any) -> None:
    try:
        entries, refused = entries_of(fetch(feed.url))
        feed.error = ""
    except NotFetched as error:
        entries, refused = [], []
        feed.error = why_not_fetched(str(error.status or error.reason))
    except FeedUnreadable as error:
        entries, refused = [], []
        feed.error = str(error)
    addresses = [entry.url for entry in entries]
    known = set(Page.objects.filter(source_url__in=addresses).values_list("source_url", flat=True))
    kind = tree.KINDS[_kind_of(feed.category)]
    feed.taken = feed.known = 0
    for entry in entries:
        if entry.url in known:
            feed.known += 1
            continue
        content = Content(
            title=entry.title[:160], summary=entry.summary[:255], category=feed.category,
            texts={kind.sections[0].key if kind is not tree.SERVICE else "description": entry.text},
        )  # fmt: skip
        with transaction.atomic():
            name = _("Read from %(host)s") % {"host": urlsplit(entry.url).netloc}
            new_page(kind.code, content, by=by, name=name, source_url=entry.url)
        known.add(entry.url)
        feed.taken += 1
    feed.report, feed.read_at = refused[:50], timezone.now()
    feed.save()
    record("site.feed_read", feed, taken=feed.taken, refused=len(refused))


def entries_of(answer: Fetched) -> tuple[list[Entry], list[str]]:
    """The entries, and what was left out with its reason. Raises FeedUnreadable when it is no feed at all."""
    if answer.media_type.endswith("json") or answer.content.lstrip()[:1] == b"{":
        return _from_json(answer)
    headers = {"content-location": answer.url, "content-type": answer.media_type}
    parsed = feedparser.parse(answer.content, response_headers=headers)
    if not parsed.get("version") and not parsed.entries:
        raise FeedUnreadable(url=answer.url, reason=_("it is no RSS, Atom or JSON Feed"))
    rows = [
        (one.get("link"), one.get("title"), one.get("summary", ""), (one.get("content") or [{}])[0].get("value", ""))
        for one in parsed.entries
    ]
    found, refused = _checked(answer.url, rows)
    if parsed.bozo and not isinstance(parsed.bozo_exception, feedparser.CharacterEncodingOverride):
        refused.append(_("the list is damaged from here on: what stands after it was not read"))
    return found, refused


def _from_json(answer: Fetched) -> tuple[list[Entry], list[str]]:
    try:
        data = json.loads(answer.content)
        items = data["items"]
        rows = [(one.get("url"), one.get("title"), one.get("summary", ""), _said(one)) for one in items]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FeedUnreadable(url=answer.url, reason=_("it is no JSON Feed")) from error
    return _checked(answer.url, rows)


def _said(item: dict[str, Any]) -> str:
    return str(item.get("content_html") or item.get("content_text", ""))


def _checked(base: str, rows: list[tuple[Any, Any, Any, Any]]) -> tuple[list[Entry], list[str]]:
    found: list[Entry] = []
    refused: list[str] = []
    for number, (url, title, summary, text) in enumerate(rows, start=1):
        name = str(title or url or "")[:80] or _("entry %(number)s") % {"number": number}
        address = _address(base, str(url or ""))
        if not title:
            refused.append(_("%(name)s: it has no title") % {"name": name})
        elif not url or not address:
            refused.append(_("%(name)s: it has no address") % {"name": name})
        elif len(found) >= MOST_ENTRIES:
            refused.append(_("%(name)s: only the first %(most)s are read") % {"name": name, "most": MOST_ENTRIES})
        else:
            words = to_text(str(text or summary))
            name = plain(str(title))
            found.append(Entry(address, name, plain(str(summary or words))[:255], words or name))
    return found, refused


def _address(base: str, written: str) -> str:
    """The whole address of an entry; empty when it is none, or longer than we keep."""
    try:
        address = urljoin(base, written)
        return address if urlsplit(address).scheme in ("http", "https") and len(address) <= 500 else ""
    except ValueError:
        return ""


def to_text(markup: str) -> str:
    """HTML of another site as light Markdown: paragraphs, lists and links; everything else is left out."""
    clean = nh3.clean(
        markup.replace("\x00", ""), tags={"p", "br", "ul", "ol", "li", "a", "strong", "b", "em", "i", "h2", "h3", "h4"}
    )
    if not clean.strip():
        return ""
    root = html.fragment_fromstring(clean, create_parent="div")
    return "\n\n".join(part for part in (" ".join(block.split(" ")).strip() for block in _blocks(root)) if part)


_BLOCKS = {"p", "ul", "ol", "h2", "h3", "h4"}


def _blocks(root: Any) -> list[str]:
    """The paragraphs of an element; what stands between its blocks makes a paragraph of its own."""
    blocks, run = [], root.text or ""
    for child in root:
        if child.tag in _BLOCKS:
            blocks += [run, _block(child)]
            run = child.tail or ""
        else:
            run += _span(child) + (child.tail or "")
    return [*blocks, run]


def _block(node: Any) -> str:
    if node.tag in ("ul", "ol"):
        marks = (f"{n}." if node.tag == "ol" else "-" for n in range(1, len(node) + 1))
        return "\n".join(f"{mark} {_inline(item).strip()}" for mark, item in zip(marks, node, strict=True))
    return f"### {_inline(node).strip()}" if node.tag != "p" else _inline(node)


def _inline(node: Any) -> str:
    return (node.text or "") + "".join(_span(child) + (child.tail or "") for child in node)


def _span(node: Any) -> str:
    inner = _inline(node)
    if node.tag == "a" and (href := node.get("href", "")).startswith(("http", "/", "mailto:", "tel:")):
        return f"[{inner.strip() or href}]({href})"
    if node.tag in ("strong", "b") and inner.strip():
        return f"**{inner.strip()}**"
    return "\n" if node.tag == "br" else inner


def plain(markup: str) -> str:
    """The words of a piece of HTML."""
    return " ".join(unescape(nh3.clean(markup, tags=set())).replace("\x00", "").split())


def _kind_of(category: str) -> str:
    place = tree.place_of(category)
    return place[1].kinds[0] if place else tree.QUESTION.code
