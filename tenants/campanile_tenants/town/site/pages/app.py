"""The site as an app on the telephone: its manifest, its worker, and the page that is there without a network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.site.face import face_of
from campanile_tenants.town.site.pages.tree import open_to_all


@require_safe
@open_to_all
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The Web App Manifest (W3C). No query."""
    town = current_town()
    icons = [
        {
            "src": static(f"campanile/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    body = {
        "id": "/", "name": town.full_name, "short_name": town.name, "lang": "it", "start_url": "/?da=app",
        "scope": "/", "display": "standalone", "background_color": "#ffffff", "theme_color": "#17324d", "icons": icons,
        "description": face_of(town).tagline or _("Services and news of %(name)s.") % {"name": town.full_name},
        "shortcuts": [{"name": _("Contacts"), "url": reverse("site:contacts")}],
    }  # fmt: skip
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
@open_to_all
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it serves the whole site. It keeps the offline page and queued forms."""
    names = ("campanile/portal.css", "campanile/campanile.js", "campanile/sprites.svg", "campanile/icon.svg")
    context = {"assets": [static(name) for name in names], "worker": static("campanile/worker.js")}
    response = render(request, "site/app.js", context, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response


@require_safe
@open_to_all
def offline(request: HttpRequest) -> HttpResponse:
    """What one reads without a network: emergency numbers, the last alerts, what waits to be sent."""
    return render(request, "site/offline.html")
