"""Pieces of a map from whoever the centre chose, through our own server: no reader's browser asks a stranger.

Only pieces that show the town or what lies beside it, so that this is nobody's way to a map of the world.
"""

from __future__ import annotations

import math

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campanile_infra.web.fetching import NotFetched, fetch
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.site.pages.tree import open_to_all

LEAST_ZOOM, MOST_ZOOM = 9, 19
MARGIN = 0.15
"""Degrees around the town's boundary that may be shown too: some fifteen kilometres."""
KEEP_SECONDS = 7 * 24 * 3600
_MOST_BYTES = 400_000
_KINDS = ("image/png", "image/jpeg", "image/webp")


@require_safe
@open_to_all
def tile(request: HttpRequest, zoom: int, x: int, y: int) -> HttpResponse:
    """One piece of the map (slippy map numbers, Web Mercator). 1 query where the town's extent is not known yet."""
    if not settings.MAP_TILES_URL or not _is_near(zoom, x, y):
        raise Http404
    key = f"tile:{zoom}:{x}:{y}"
    found: tuple[str, bytes] | None = cache.get(key)
    if found is None:
        found = _ask(zoom, x, y)
        cache.set(key, found, KEEP_SECONDS)
    response = HttpResponse(found[1], content_type=found[0])
    response["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _ask(zoom: int, x: int, y: int) -> tuple[str, bytes]:
    try:
        answer = fetch(settings.MAP_TILES_URL.format(z=zoom, x=x, y=y), most_bytes=_MOST_BYTES)
    except NotFetched as error:
        raise Http404 from error
    if answer.media_type not in _KINDS:
        raise Http404
    return answer.media_type, answer.content


def _is_near(zoom: int, x: int, y: int) -> bool:
    extent = _extent()
    if extent is None or not LEAST_ZOOM <= zoom <= MOST_ZOOM:
        return False
    if not (0 <= x < 2**zoom and 0 <= y < 2**zoom):  # beyond the world
        return False
    west, south, east, north = extent
    left, top = _corner(zoom, x, y)
    right, bottom = _corner(zoom, x + 1, y + 1)
    return left <= east and right >= west and bottom <= north and top >= south


def _corner(zoom: int, x: int, y: int) -> tuple[float, float]:
    """The north-western corner of a piece, in degrees."""
    n = 2**zoom
    return x / n * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / n))))


def _extent() -> tuple[float, float, float, float] | None:
    """West, south, east, north of the town with its margin; None when nobody drew its boundary."""
    town = current_town()
    known: tuple[float, float, float, float] | None = cache.get("extent")
    if known is None:
        boundary = Municipality.objects.values_list("boundary", flat=True).get(pk=town.pk)
        if not boundary:
            return None
        polygons = [boundary["coordinates"]] if boundary["type"] == "Polygon" else boundary["coordinates"]
        points = [point for polygon in polygons for point in polygon[0]]
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        known = (min(xs) - MARGIN, min(ys) - MARGIN, max(xs) + MARGIN, max(ys) + MARGIN)
        cache.set("extent", known, 3600)
    return known
