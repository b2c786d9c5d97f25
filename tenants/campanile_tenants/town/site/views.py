"""Home, services, privacy, legal notes, and the town's boundary for maps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campanile_tenants.contract.access import ANYONE
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.admission import declared

open_to_all = declared(ANYONE)


@require_safe
@open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """The town's front page, composed of what the modules that are on put there."""
    return render(request, "site/home.html")


@require_safe
@open_to_all
def services(request: HttpRequest) -> HttpResponse:
    """All services of the modules that are on. No query."""
    return render(request, "site/services.html")


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
@cache_control(public=True, max_age=86400)
def boundary(request: HttpRequest) -> HttpResponse:
    """The town's boundary as a GeoJSON feature (RFC 7946, WGS 84). 1 query."""
    geometry = Municipality.objects.values_list("boundary", flat=True).get(pk=current_town().pk)
    feature = {"type": "Feature", "properties": {"name": current_town().name}, "geometry": geometry}
    return JsonResponse(feature, content_type="application/geo+json")
