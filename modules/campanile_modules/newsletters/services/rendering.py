"""An issue as a mail (HTML by MJML, and its plain twin) and as a page of the archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from campanile_modules.newsletters import blocks as block_list
from campanile_modules.newsletters.blocks import Entry
from campanile_modules.newsletters.models import Issue, Link, Picture
from campanile_tenants.kit import excerpts, mails, texts
from campanile_tenants.kit.town import current_town
from campanile_tenants.kit.web import absolute

READ_ONLINE, STOP = "[[online]]", "[[stop]]"
"""The page of the archive, filled in when it is approved; the reader's own link, when it leaves."""
SITE_PAGES = {"news": "news", "events": "event"}


@dataclass(frozen=True)
class Drawn:
    """An issue as it would leave: HTML, plain text, the links in the order in which one meets them."""

    html: str
    text: str
    links: Sequence[tuple[str, str]]
    blocks: Sequence[dict[str, Any]]


def draw(issue: Issue, *, through: Callable[[int], str] | None = None) -> Drawn:
    """Draws an issue in the town's look, in the language of its newsletter. `through`: the address of link n on the
    town's own site, by which clicks are counted; without it links are what they are. At most 3 queries, and those of
    modules that it quotes.
    """
    with override(issue.topic.language):
        found = list(block_list.whole(issue.blocks, _entries(issue.blocks)))
        shown = _Shown(found, _pictures(issue), through)
        context = {
            "issue": issue, "town": current_town(), "blocks": shown.blocks, "address": current_town().address,
            "online": READ_ONLINE, "stop": STOP, "colour": mails.colour(),
        }  # fmt: skip
        html = mails.to_html(render_to_string("newsletters/mail.mjml", context))
        text = issue.text.strip() or plain(issue, found)
    return Drawn(html, f"{text}\n\n{_footer()}", shown.links, found)


def plain(issue: Issue, found: Sequence[dict[str, Any]] | None = None) -> str:
    """The plain-text twin as it is made from the blocks."""
    if found is None:
        found = list(block_list.whole(issue.blocks, _entries(issue.blocks)))
    parts: list[str] = []
    for block in found:
        kind = block["type"]
        if kind == "heading":
            parts.append(f"{block['text']}\n{'=' * min(len(block['text']), 60)}")
        elif kind == "text":
            parts.append(texts.to_readable(block["text"]))
        elif kind == "image" and block["alt"]:
            parts.append(f"[{block['alt']}]" + (f" {block['link']}" if block["link"] else ""))
        elif kind == "button":
            parts.append(f"{block['label']}: {block['url']}")
        elif kind == "divider":
            parts.append("-" * 40)
        elif "entries" in block:
            parts += [_entry(entry) for entry in block["entries"]]
    return "\n\n".join(parts)


class _Shown:
    """Blocks with what a template needs: HTML of texts, addresses of pictures, links by way of the town."""

    def __init__(
        self, found: Sequence[dict[str, Any]], pictures: dict[str, Picture], through: Callable[[int], str] | None
    ) -> None:
        self.links: list[tuple[str, str]] = []
        self._through = through
        self.blocks = [self._block(block, pictures) for block in found]

    def _block(self, block: dict[str, Any], pictures: dict[str, Picture]) -> dict[str, Any]:
        kind, shown = block["type"], dict(block)
        if kind == "text":
            html = texts.to_html(block["text"])
            shown["html"] = texts.with_links(html, lambda url: self._link(url, ""))
        elif kind == "button":
            shown["url"] = self._link(block["url"], block["label"]) if block["url"] else ""
        elif kind == "image":
            picture = pictures.get(block["picture"])
            shown["src"] = absolute(picture.path) if picture else ""
            shown["link"] = self._link(block["link"], block["alt"]) if block["link"] else ""
        elif "entries" in block:
            shown["entries"] = [
                Entry(one.title, one.summary, self._link(one.url, one.title), one.when) for one in block["entries"]
            ]
        return shown

    def _link(self, url: str, label: str) -> str:
        if not url.startswith(("http://", "https://")):
            return url
        known = [address for address, _label in self.links]
        if url not in known:
            self.links.append((url, label))
            known.append(url)
        return self._through(known.index(url) + 1) if self._through else url


def _entries(blocks: Sequence[dict[str, Any]]) -> dict[str, list[Entry]]:
    return {source: _newest(source) for source in sorted(filter(None, map(block_list.source_of, blocks)))}


def _newest(source: str) -> list[Entry]:
    if source in SITE_PAGES:
        return [Entry(page.title, page.summary, page.url, page.when) for page in texts.latest(SITE_PAGES[source], 10)]
    return [Entry(hit.title, hit.summary, absolute(hit.url), str(hit.kind)) for hit in excerpts.hits(source, 10)]


def _pictures(issue: Issue) -> dict[str, Picture]:
    wanted = {block["picture"] for block in issue.blocks if block["type"] == "image"}
    return {str(one.pk): one for one in issue.pictures.all()} if wanted else {}


def _entry(entry: Entry) -> str:
    when = f" ({entry.when})" if entry.when else ""
    return f"{entry.title}{when}\n{entry.summary}\n{entry.url}"


def _footer() -> str:
    town = current_town()
    lines = [
        "-- ", str(town.full_name), f"{_('Read it on the site:')} {READ_ONLINE}",
        f"{_('Choose what you get, or end it:')} {STOP}",
    ]  # fmt: skip
    return "\n".join(lines)


def write_links(issue: Issue, links: Sequence[tuple[str, str]]) -> None:
    """Keeps the links of an issue by their number, so that nobody can be led anywhere else."""
    Link.objects.filter(issue=issue).delete()
    Link.objects.bulk_create(
        Link(issue=issue, number=number, url=url[:500], label=label[:200])
        for number, (url, label) in enumerate(links, 1)
    )


def shown(issue: Issue) -> Drawn:
    """An issue of the archive: its blocks as a page draws them, links as they are. At most 1 query."""
    with override(issue.topic.language):
        found = list(block_list.whole(issue.blocks, {}))
        made = _Shown(found, _pictures(issue), None)
    return Drawn("", "", made.links, made.blocks)
