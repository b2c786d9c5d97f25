"""Pages that every site must have: privacy, legal notes, accessibility, booking and help, contacts, site map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.drawing import service_with
from campanile_tenants.town.site.face import face_of
from campanile_tenants.town.site.pages.tree import open_to_all


@require_safe
@open_to_all
def privacy(request: HttpRequest) -> HttpResponse:
    """Who holds which data, and why."""
    return render(request, "site/privacy.html")


@require_safe
@open_to_all
def legal_notes(request: HttpRequest) -> HttpResponse:
    """Licence of the contents, in the words of the national model."""
    return render(request, "site/legal_notes.html")


@require_safe
@open_to_all
def conditions(request: HttpRequest) -> HttpResponse:
    """The conditions that hold for every service that has none of its own."""
    return render(request, "site/conditions.html")


@require_safe
@open_to_all
def accessibility(request: HttpRequest) -> HttpResponse:
    """Leads to AgID's statement; until the town filed one it says so, and how to report a barrier."""
    if url := face_of(current_town()).accessibility_url:
        return redirect(url)
    return render(request, "site/accessibility.html")


@require_safe
@open_to_all
def booking(request: HttpRequest) -> HttpResponse:
    """How to make an appointment, by telephone or in person, where no module does it online. 2 queries."""
    if url := service_with("appointment-booking"):
        return redirect(url)
    return render(request, "site/booking.html", {"offices": _offices()})


@require_safe
@open_to_all
def contacts(request: HttpRequest) -> HttpResponse:
    """Every way to reach the town and its offices. 2 queries."""
    return render(request, "site/contacts.html", {"offices": _offices()})


def _offices() -> list[Office]:
    return list(Office.objects.filter(is_active=True).prefetch_related("hours"))


@require_safe
@open_to_all
def site_map(request: HttpRequest) -> HttpResponse:
    """The whole site as a list. No query."""
    return render(request, "site/map.html", {"sections": tree.SECTIONS})


@require_safe
@open_to_all
@cache_control(public=True, max_age=86400)
def boundary(request: HttpRequest) -> HttpResponse:
    """The town's boundary as a GeoJSON feature (RFC 7946, WGS 84). 1 query."""
    geometry = Municipality.objects.values_list("boundary", flat=True).get(pk=current_town().pk)
    feature = {"type": "Feature", "properties": {"name": current_town().name}, "geometry": geometry}
    return JsonResponse(feature, content_type="application/geo+json")
