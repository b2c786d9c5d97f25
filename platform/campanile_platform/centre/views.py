"""All towns at a glance; and, on one machine, the messages that would have left."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count, Prefetch, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campanile_infra.channels.email.local import read_outbox
from campanile_platform.centre.access import operator_with
from campanile_platform.onboarding.models import Job
from campanile_tenants.public.registry.models import Activation, Domain, Municipality


@require_safe
@operator_with("centre.view_towns")
def home(request: HttpRequest) -> HttpResponse:
    """Every town with state, address and modules, searched by `?cerca=`. 6 queries, however many towns."""
    words = request.GET.get("cerca", "").strip()
    towns = Municipality.objects.defer("boundary").prefetch_related(
        Prefetch("domains", Domain.objects.filter(is_primary=True), to_attr="primary"),
        Prefetch("activations", Activation.objects.filter(ended_at__isnull=True), to_attr="open_activations"),
    )
    if words:
        towns = towns.filter(Q(name__icontains=words) | Q(istat_code__startswith=words))
    totals = Municipality.objects.aggregate(
        towns=Count("pk"), live=Count("pk", filter=Q(state="live")), people=Sum("population")
    )
    context = {
        "towns": towns,
        "words": words,
        "totals": totals,
        "jobs": Job.objects.exclude(state__in=("done", "skipped")).order_by("-created_at")[:10],
        "may_ask": request.user.has_permission("centre.ask_access"),  # type: ignore[union-attr]
    }
    return render(request, "centre/home.html", context)


@require_safe
@operator_with("centre.view_outbox")
def outbox(request: HttpRequest) -> HttpResponse:
    """What would have left the house. Exists only while no mail server is set."""
    if not settings.LOCAL_OUTBOX:
        raise Http404
    return render(request, "centre/outbox.html", {"outbox": read_outbox()})
