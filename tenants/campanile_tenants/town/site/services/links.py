"""The nightly look at links: what leads nowhere is shown to the editors."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from campanile_infra.web.fetching import NotFetched, is_there
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.site.content import OF_A_MODULE
from campanile_tenants.town.site.models import BrokenLink, Page
from campanile_tenants.town.site.rendering import links_in

_ELSEWHERE = ("mailto:", "tel:", "#", "geo:", OF_A_MODULE)


def links_of(page: Page) -> set[str]:
    """The addresses that a published page links to."""
    content = page.content
    found = {link for text in content.texts.values() for link in links_in(text)} | {content.online}
    return {link for link in found if link and not link.startswith(_ELSEWHERE)}


def check_links() -> int:
    """Asks every address once, whatever the number of pages that link to it; returns how many lead nowhere."""
    pages = Page.objects.published().defer("search")
    wanted: dict[str, list[Page]] = {}
    for page in pages:
        for link in links_of(page):
            wanted.setdefault(link, []).append(page)
    broken: set[tuple[int, str]] = set()
    for link, users in wanted.items():
        if (reason := why_broken(link)) is None:
            continue
        for page in users:
            BrokenLink.objects.get_or_create(page=page, url=link[:500], defaults={"reason": reason})
            broken.add((page.pk, link[:500]))
    gone = [row.pk for row in BrokenLink.objects.all() if (row.page_id, row.url) not in broken]
    BrokenLink.objects.filter(pk__in=gone).delete()
    return len(broken)


def why_broken(link: str) -> str | None:
    """None when it leads somewhere; `404`, `no_answer`, `unknown_host` ... otherwise."""
    try:
        parts = urlsplit(link)
    except ValueError:  # an address that is none
        return "address"
    host = parts.netloc.partition(":")[0]
    if not host or host == current_town().host:
        return _why_broken_here(parts.path)
    try:
        is_there(link)
    except NotFetched as error:
        return str(error.status or error.reason)
    return None


def _why_broken_here(path: str) -> str | None:
    """A page of ours: the address must be one, and a page of the site must be published."""
    try:
        match = resolve(path, urlconf=settings.ROOT_URLCONF)
    except Resolver404:
        return "404"
    if match.view_name == "site:page":
        found = Page.objects.published().filter(slug=match.kwargs["slug"])
        return None if found.exists() else "404"
    return None
