"""Home, sections, categories, pages, topics: what the menu leads to."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campanile_tenants.contract.access import ANYONE
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.drawing import drawn
from campanile_tenants.town.site.face import face_of
from campanile_tenants.town.site.models import Page
from campanile_tenants.town.site.topics import TOPICS, topic_name

open_to_all = declared(ANYONE)
A_PAGE = 12


def language() -> str:
    """The reader's language, as pages have it."""
    return (get_language() or "it")[:2]


def readable() -> Any:
    """Published pages, each in the reader's language where it exists, without the long texts."""
    return Page.objects.published().readable_in(language()).for_cards()


@require_safe
@open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """The front page: what is new, services, events, topics, and what the modules that are on put there. 3 queries."""
    news = list(readable().filter(kind="news").order_by("-is_featured", "-published_at")[:4])
    services = list(readable().filter(kind="service").order_by("-is_featured", "title")[:6])
    events = list(readable().upcoming()[:4])
    topics = face_of(current_town()).topics or _most_frequent(services)
    context = {
        "lead": news[0] if news else None, "news": news[1:], "services": services, "events": events,
        "topics": [(slug, topic_name(slug)) for slug in topics][:6], "news_section": tree.NOVELTIES,
        "services_section": tree.SERVICES, "live_section": tree.LIVE,
    }  # fmt: skip
    return render(request, "site/home.html", context)


def _most_frequent(pages: list[Page]) -> list[str]:
    return [slug for slug, _n in Counter(slug for page in pages for slug in page.topics).most_common(6)]


@require_safe
@open_to_all
def section(request: HttpRequest, section: str) -> HttpResponse:
    """A first-level page: its categories, and its latest or all its pages. 2 queries."""
    found = tree.section_of(section)
    assert found is not None, "the address knows the sections only"
    kinds = {kind for category in found.categories for kind in category.kinds}
    pages = readable().filter(kind__in=kinds)
    if found is tree.NOVELTIES:
        pages = pages.order_by("-published_at", "-id")
    elif found is tree.LIVE:
        pages = readable().upcoming()
    elif found is tree.MANAGEMENT:
        pages = pages.filter(is_featured=True)
    return render(request, "site/section.html", {"section": found, "page": _page_of(request, pages)})


@require_safe
@open_to_all
def category(request: HttpRequest, section: str, category: str) -> HttpResponse:
    """A second-level page: all its pages. Offices come from the town's list as well. 2 queries, 3 for offices."""
    found = tree.section_of(section)
    here = found.category(category) if found else None
    if found is None or here is None:
        raise Http404
    pages = readable().filter(category=category)
    if "news" in here.kinds:
        pages = pages.order_by("-published_at", "-id")
    elif "event" in here.kinds:
        pages = _events(request, pages)
    offices = []
    if category == "uffici":
        told = Page.objects.published().filter(kind="office", office__isnull=False).values("office")
        offices = list(Office.objects.filter(is_active=True).exclude(pk__in=told))
    context = {
        "section": found, "category": here, "page": _page_of(request, pages, 24), "offices": offices,
        "past": "passati" in request.GET, "has_feed": bool({"news", "event"} & set(here.kinds)),
    }  # fmt: skip
    return render(request, "site/category.html", context)


def _events(request: HttpRequest, pages: Any) -> Any:
    if "passati" in request.GET:
        now = timezone.now()
        return pages.filter(Q(ends_at__lt=now) | Q(ends_at__isnull=True, starts_at__lt=now)).order_by("-starts_at")
    return pages.upcoming()


@require_safe
@open_to_all
def page(request: HttpRequest, section: str, category: str, slug: str) -> HttpResponse:
    """One page of the site. An address that moved leads on. 4 to 6 queries."""
    pages = Page.objects.published().select_related("picture", "office").filter(slug=slug)
    found = pages.filter(category=category, language=language()).first() or pages.filter(category=category).first()
    if found is None:
        if category == "uffici" and (office := Office.objects.filter(code=slug, is_active=True).first()) is not None:
            return render(request, "site/office.html", _office_context(office))
        place = tree.place_of(category)
        moved = pages.filter(kind__in=place[1].kinds).first() if place else None
        if moved is None:
            raise Http404
        return redirect(moved.get_absolute_url(), permanent=True)
    if found.get_absolute_url() != request.path and found.kind != "question":
        return redirect(found.get_absolute_url(), permanent=True)
    return render(request, "site/page.html", drawn(found))


def _office_context(office: Office) -> dict[str, Any]:
    section = tree.MANAGEMENT
    services = list(readable().filter(kind="service", office=office)[:30])
    return {"office": office, "section": section, "category": section.category("uffici"), "services": services}


@require_safe
@open_to_all
def topics(request: HttpRequest) -> HttpResponse:
    """All topics about which there is something, and how much. 1 query."""
    counted: Counter[str] = Counter()
    for found in Page.objects.published().filter(translation_of__isnull=True).values_list("topics", flat=True):
        counted.update(found)
    rows = sorted(((topic_name(slug), slug, number) for slug, number in counted.items() if slug in TOPICS))
    return render(request, "site/topics.html", {"rows": rows})


@require_safe
@open_to_all
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about a topic, by kind. 1 query."""
    if slug not in TOPICS:
        raise Http404
    pages = readable().filter(topics__contains=[slug]).order_by(F("published_at").desc(), "title")
    groups: dict[str, list[Page]] = {}
    for found in pages[:200]:
        groups.setdefault(found.kind, []).append(found)
    order = [code for code in tree.KINDS if code in groups]
    context = {"topic": slug, "name": topic_name(slug), "groups": [(tree.KINDS[code], groups[code]) for code in order]}
    return render(request, "site/topic.html", context)


@require_safe
@open_to_all
def faq(request: HttpRequest) -> HttpResponse:
    """Frequent questions with their answers. 1 query."""
    pages = Page.objects.published().readable_in(language()).filter(kind="question").order_by("title")
    return render(request, "site/faq.html", {"questions": list(pages)})


def _page_of(request: HttpRequest, pages: Any, size: int = A_PAGE) -> Any:
    return Paginator(pages, size).get_page(request.GET.get("pagina"))
