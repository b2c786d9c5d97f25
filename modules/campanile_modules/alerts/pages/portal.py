"""Pages for everybody: what holds now with today's colours, the archive, one alert with what came of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campanile_modules.alerts import querysets
from campanile_modules.alerts.services import summing
from campanile_modules.alerts.services.content import polygons_of
from campanile_modules.alerts.states import SENT
from campanile_modules.alerts.widgets import colour_days
from campanile_tenants.kit.permissions import open_to_all
from campanile_tenants.kit.web import page_of


@require_safe
@open_to_all
def alert_list(request: HttpRequest) -> HttpResponse:
    """What holds, today's and tomorrow's colours, and everything that was sent before; `?anno=` limits it.

    7 queries.
    """
    year = request.GET.get("anno", "")
    past = querysets.public().filter(closed_at__isnull=False).order_by("-created_at")
    years = [day.year for day in past.dates("created_at", "year", order="DESC")]
    if year.isdigit():
        past = past.filter(created_at__year=int(year))
    context = {"live": list(querysets.in_force()), "page": page_of(request, past, 15), "years": years, "year": year,
               "days": colour_days()}  # fmt: skip
    return render(request, "alerts/list.html", context)


@require_safe
@open_to_all
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One alert: what to do on top, its history, and how many were told how fast. 5 queries."""
    alert = get_object_or_404(querysets.public(), code=code.upper())
    history = list(alert.revisions.filter(state__in=SENT).order_by("-number"))
    language = (request.LANGUAGE_CODE or "it")[:2]
    for revision in history:
        revision.said = revision.words(language)  # type: ignore[attr-defined]
    current = history[0]
    context = {
        "alert": alert, "revision": current, "words": current.words(language), "history": history[1:],
        "report": summing.public(alert), "live": alert.closed_at is None,
        "steps": [line for line in current.words(language).get("instruction", "").split("\n") if line.strip()],
        "polygon_json": polygons_of(current),
    }  # fmt: skip
    return render(request, "alerts/detail.html", context)
