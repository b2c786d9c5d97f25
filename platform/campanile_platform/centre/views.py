"""All towns at a glance; and, on one machine, the messages that would have left."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campanile_infra.channels.email.local import read_outbox
from campanile_platform.centre import accounts, activity, lines, province
from campanile_platform.centre.access import operator_with
from campanile_platform.onboarding.models import Job
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.models import Activation, Domain, Municipality


@require_safe
@operator_with("centre.view_towns")
def home(request: HttpRequest) -> HttpResponse:
    """Every town on the map and in a table, in the shade of `?misura=`, searched by `?cerca=`.

    13 queries, however many towns; one more for the outlines the first time in a process.
    """
    words = request.GET.get("cerca", "").strip()
    by_measure = request.GET.get("ordine") == "misura"
    known = province.measures()
    measure = known.get(request.GET.get("misura", ""), next(iter(known.values())))
    towns = list(
        Municipality.objects.defer("boundary").prefetch_related(
            Prefetch("domains", Domain.objects.filter(is_primary=True), to_attr="primary"),
            Prefetch("activations", Activation.objects.filter(ended_at__isnull=True), to_attr="open_activations"),
        )
    )
    values = province.values(measure, towns)
    seen = activity.last_sign_ins()
    owed = accounts.arrears()
    silent = lines.silent_channels()
    ends = province.breaks(values.values())
    picture = province.picture(town.schema_name for town in towns)
    rows: list[dict[str, Any]] = [
        {
            "town": town, "value": values.get(town.schema_name, 0), "found": _fits(town, words),
            "shade": province.class_of(values.get(town.schema_name, 0), ends),
            "seen": seen.get(town.schema_name), "owed": owed.get(town.pk),
            "silent": silent.get(town.schema_name, ()),
            "path": picture.paths.get(town.schema_name, "") if picture else "",
        }
        for town in towns
    ]  # fmt: skip
    found = [row for row in rows if row["found"]]
    if by_measure:
        found.sort(key=lambda row: -values.get(row["town"].schema_name, 0))
    context = {
        "rows": rows,
        "found": found,
        "words": words,
        "measures": known.values(),
        "measure": measure,
        "by_measure": by_measure,
        "picture": picture,
        "legend": [(n, end, ends[n] - 1 if n < len(ends) else None) for n, end in enumerate(ends, 1)],
        "total": None if measure.percent else sum(values.values()),
        "ratios": registry.ratios().values(),
        "late_towns": len(owed),
        "may_count": request.user.has_permission("centre.keep_accounts"),  # type: ignore[union-attr]
        "totals": {
            "towns": len(towns), "live": sum(town.state == "live" for town in towns),
            "people": sum(town.population for town in towns),
        },
        "activity": activity.latest(),
        "jobs": Job.objects.exclude(state__in=("done", "skipped")).order_by("-created_at")[:10],
        "may_ask": request.user.has_permission("centre.ask_access"),  # type: ignore[union-attr]
    }  # fmt: skip
    return render(request, "centre/home.html", context)


def _fits(town: Municipality, words: str) -> bool:
    return words.casefold() in town.name.casefold() or town.istat_code.startswith(words)


@require_safe
@operator_with("centre.view_outbox")
def outbox(request: HttpRequest) -> HttpResponse:
    """What would have left the house, `?cerca=` in it. Exists only while no mail server is set."""
    if not settings.LOCAL_OUTBOX:
        raise Http404
    words = request.GET.get("cerca", "").strip()
    return render(request, "centre/outbox.html", {"outbox": read_outbox(words), "words": words})
