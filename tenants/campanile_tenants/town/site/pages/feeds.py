"""Atom, RSS and iCalendar of news and events; sitemap and robots."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from campanile_infra.addresses import address
from campanile_tenants.public.registry.gate import current_town, enabled_modules
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.models import Page
from campanile_tenants.town.site.pages.tree import open_to_all
from campanile_tenants.town.site.rendering import to_html, to_plain

_CATEGORIES = {"notizie", "comunicati", "avvisi", "eventi"}
_FORMS = {"atom": Atom1Feed, "rss": Rss201rev2Feed}
_TYPES = {"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8"}


def _url(path: str) -> str:
    return address(current_town().host, path)


@require_safe
@open_to_all
@cache_control(public=True, max_age=600)
def feed(request: HttpRequest, category: str, form: str) -> HttpResponse:
    """The latest 30 pages of a category (`novita`: of all three) as Atom (RFC 4287) or RSS 2.0. 1 query."""
    pages = Page.objects.published().filter(translation_of__isnull=True).defer("search")
    if category == tree.NOVELTIES.slug:
        pages, title, link = (
            pages.filter(kind="news"),
            str(tree.NOVELTIES.label),
            reverse("site:section", args=[category]),
        )
    elif category in _CATEGORIES:
        place = tree.place_of(category)
        assert place is not None
        pages, title = pages.filter(category=category), str(place[1].label)
        link = reverse("site:category", args=[place[0].slug, category])
    else:
        raise Http404
    town = current_town()
    made = _FORMS[form](
        title=f"{title} - {town.full_name}", link=_url(link), description=title, language="it",
        feed_url=_url(request.path), feed_guid=_url(request.path),
    )  # fmt: skip
    for page in pages.order_by("-published_at", "-id")[:30]:
        here = _url(page.get_absolute_url())
        made.add_item(
            title=page.title, link=here, unique_id=here, unique_id_is_permalink=True, pubdate=page.published_at,
            updateddate=page.changed_at or page.published_at, description=page.summary,
            content=str(to_html(page.content.texts.get("description", ""))),
        )  # fmt: skip
    response = HttpResponse(content_type=_TYPES[form])
    made.write(response, "utf-8")
    return response


@require_safe
@open_to_all
@cache_control(public=True, max_age=600)
def calendar(request: HttpRequest) -> HttpResponse:
    """All events to come, as iCalendar (RFC 5545), to subscribe to. 1 query."""
    return _calendar(list(Page.objects.published().filter(translation_of__isnull=True).upcoming()[:200]))


@require_safe
@open_to_all
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """One event as iCalendar. 1 query."""
    return _calendar([get_object_or_404(Page.objects.published(), kind="event", slug=slug, language="it")])


def _calendar(pages: list[Page]) -> HttpResponse:
    town = current_town()
    made = Calendar()
    made.add("prodid", "-//Campanile//IT")
    made.add("version", "2.0")
    made.add("x-wr-calname", town.full_name)
    made.add("x-wr-timezone", "Europe/Rome")
    for page in pages:
        entry = Event()
        entry.add("uid", f"{page.pk}@{town.host}")
        entry.add("dtstamp", page.changed_at or timezone.now())
        entry.add("dtstart", page.starts_at)
        if page.ends_at:
            entry.add("dtend", page.ends_at)
        entry.add("summary", page.title)
        entry.add("description", to_plain(page.content.texts.get("description", "")) or page.summary)
        entry.add("url", _url(page.get_absolute_url()))
        if page.content.address:
            entry.add("location", page.content.address)
        made.add_component(entry)
    response = HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="eventi.ics"'
    return response


@require_safe
@open_to_all
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page that may be found (sitemaps.org 0.9). 1 query."""
    fixed = [reverse("site:home"), reverse("site:topics"), reverse("site:faq"), reverse("site:contacts")]
    for section in tree.SECTIONS:
        fixed.append(reverse("site:section", args=[section.slug]))
        fixed += [reverse("site:category", args=[section.slug, category.slug]) for category in section.categories]
    fixed += [reverse(entry.url_name) for module in enabled_modules(current_town()) for entry in module.portal]
    rows: list[tuple[str, Any]] = [(path, None) for path in fixed]
    pages = Page.objects.published().filter(translation_of__isnull=True).exclude(kind="question").for_cards()
    rows += [(page.get_absolute_url(), page.changed_at) for page in pages[:45_000]]
    lines = [
        f"<url><loc>{_url(path)}</loc>{f'<lastmod>{when:%Y-%m-%d}</lastmod>' if when else ''}</url>"
        for path, when in rows
    ]
    body = "\n".join(lines)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}\n</urlset>\n'
    return HttpResponse(text, content_type="application/xml")


@require_safe
@open_to_all
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """What programs that read the web should leave alone (RFC 9309)."""
    closed = ["/ufficio/", "/accesso/", "/graphql/", "/cerca/", "/area-personale/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {_url(reverse('site:sitemap'))}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
