"""Light Markdown to HTML: paragraphs, lists, headings, links, bold and italics. No HTML comes through."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "h3", "h4", "br", "blockquote"}
_ATTRIBUTES = {"a": {"href"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "typographer": False})
    return parser.enable(["heading", "list", "emphasis", "link", "autolink", "newline", "escape", "blockquote"])


@lru_cache(maxsize=2048)
def to_html(text: str) -> SafeString:
    """The text as it is shown. Headings begin at the third level: the page has the first two."""
    tokens = _parser().parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2", "h3") else "h4"
    drawn = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(drawn, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None, url_schemes=_SCHEMES)
    return mark_safe(clean)  # noqa: S308 - cleaned


@lru_cache(maxsize=2048)
def to_plain(text: str) -> str:
    """The words alone, for search, feeds and metadata."""
    return " ".join(nh3.clean(to_html(text), tags=set()).split()) if text else ""


def links_in(text: str) -> list[str]:
    """The addresses that a text links to."""
    children = (child for token in _parser().parse(text) for child in token.children or ())
    return [str(child.attrGet("href")) for child in children if child.type == "link_open" and child.attrGet("href")]
