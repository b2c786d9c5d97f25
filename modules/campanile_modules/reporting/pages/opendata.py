"""Open data: statistics with charts, the list as CSV and GeoJSON, and what the columns mean. Nobody is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from campanile_modules.reporting.models import Report
from campanile_modules.reporting.services.counting import Statistics
from campanile_modules.reporting.services.counting import statistics as count
from campanile_modules.reporting.states import WORD_OF, State
from campanile_tenants.kit.charts import columns
from campanile_tenants.kit.permissions import open_to_all
from campanile_tenants.kit.town import current_town
from campanile_tenants.kit.web import absolute, conditional

COLUMNS = {
    "codice": gettext_lazy("Public code of the report."),
    "categoria": gettext_lazy("Catalogue code of the kind of problem."),
    "stato": gettext_lazy("One of received, in_charge, resolved, closed."),
    "ricevuta": gettext_lazy("Day of arrival (ISO 8601, Europe/Rome)."),
    "chiusa": gettext_lazy("Day of the end; empty while it is open."),
    "promessa": gettext_lazy("Day promised for the end; empty where none was."),
    "nei_tempi": gettext_lazy("true or false once it ended."),
    "canale": gettext_lazy("How it came in."),
    "latitudine": gettext_lazy("WGS 84, degrees, four decimals (some 10 m)."),
    "longitudine": gettext_lazy("WGS 84, degrees, four decimals."),
}  # fmt: skip
_CHUNK = 2_000


@require_safe
@open_to_all
def statistics(request: HttpRequest) -> HttpResponse:
    """Of the last twelve months, or of `?anno=`. 5 queries."""
    today = timezone.localdate()
    year = request.GET.get("anno", "")
    first, last = (date(int(year), 1, 1), date(int(year), 12, 31)) if _is_year(year) else (_year_ago(today), today)
    found = count(first, last)
    years = range(today.year, max(today.year - 6, 2019), -1)
    context = {"it": found, "chart": _chart(found), "years": years, "year": year, "questions": _questions(found)}
    return render(request, "reporting/statistics.html", context)


@require_safe
@open_to_all
def about(request: HttpRequest) -> HttpResponse:
    """Which data there are and what may be done with them."""
    return render(request, "reporting/open_data.html", {"columns": COLUMNS})


@require_safe
@open_to_all
def as_csv(request: HttpRequest) -> HttpResponse:
    """All public reports, with an ETag. 1 query."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows())
    response = conditional(request, text.getvalue().encode(), "text/csv; charset=utf-8", seconds=300)
    response["Content-Disposition"] = f'attachment; filename="segnalazioni-{current_town().istat_code}.csv"'
    return response


@require_safe
@open_to_all
def as_geojson(request: HttpRequest) -> JsonResponse:
    """All public reports with a point (RFC 7946). 1 query."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row[9], row[8]]},
            "properties": dict(zip(list(COLUMNS)[:8], row[:8], strict=True)),
        }
        for row in _rows()
        if row[8] is not None
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")


@require_safe
@open_to_all
def schema(request: HttpRequest) -> JsonResponse:
    """What the columns of the CSV mean (Table Schema, frictionlessdata)."""
    kinds = {"ricevuta": "date", "chiusa": "date", "promessa": "date", "nei_tempi": "boolean",
             "latitudine": "number", "longitudine": "number"}  # fmt: skip
    fields = [
        {"name": name, "type": kinds.get(name, "string"), "description": str(text)} for name, text in COLUMNS.items()
    ]
    return JsonResponse({"fields": fields, "primaryKey": "codice", "missingValues": [""],
                         "homepage": absolute("/segnalazioni/dati/")})  # fmt: skip


def _rows() -> Iterator[tuple[Any, ...]]:
    reports = Report.objects.all().public().order_by("-created_at", "-id").values_list(
        "code", "category__code", "state", "created_at", "closed_at", "close_due_at", "promise", "channel", "latitude",
        "longitude",
    )  # fmt: skip
    for code, kind, state, created, closed, due, promise, channel, latitude, longitude in reports.iterator(_CHUNK):
        in_time = "" if closed is None or due is None else str(promise == Report.Promise.KEPT).lower()
        yield (
            code, kind, WORD_OF[State(state)].value, _day(created), _day(closed), _day(due), in_time, channel,
            None if latitude is None else round(float(latitude), 4),
            None if longitude is None else round(float(longitude), 4),
        )  # fmt: skip


def _day(moment: Any) -> str:
    return "" if moment is None else timezone.localtime(moment).date().isoformat()


def _is_year(text: str) -> bool:
    return text.isdigit() and 2000 <= int(text) <= 2100


def _year_ago(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=330)).replace(day=1)


def _chart(found: Statistics) -> Any:
    rows = [(date_format(month, "M y"), number) for month, number in found.months]
    title = _("%(n)d reports came in") % {"n": found.received}
    return columns(title, _("Reports"), rows[-12:]) if rows else None


def _questions(found: Statistics) -> list[tuple[str, str]]:
    """What people want to know, and the answer."""
    none = _("not known yet")

    def days(value: float | None) -> str:
        return none if value is None else _("%(n)s days") % {"n": f"{value:.1f}".replace(".", ",")}

    def share(value: float | None) -> str:
        return none if value is None else f"{value:.1f}%".replace(".", ",")

    return [
        (_("Half of the reports are closed within"), days(found.median)),
        (_("Nine in ten are closed within"), days(found.ninth)),
        (_("Closed by the day that we promised"), share(found.in_time)),
        (_("Really solved, say their authors"), share(found.solved)),
        (_("Satisfaction, from 1 to 5"), none if found.stars is None else f"{found.stars:.1f}".replace(".", ",")),
        (_("Open for more than ninety days"), str(found.old)),
    ]
