"""What is settled before anybody is in a hurry: delegations, other systems' messages, coverage, the poster."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_modules.alerts.errors import BadCap
from campanile_modules.alerts.forms import CapForm, DelegationForm
from campanile_modules.alerts.models import Delegation
from campanile_modules.alerts.services import posters, proposals
from campanile_tenants.kit import audit, outreach
from campanile_tenants.kit.fetching import NotFetched, fetch_if_changed
from campanile_tenants.kit.permissions import may, permission_required, require_permission

_READ, _GIVE, _IMPORT = "alerts.view_alerts", "alerts.delegate", "alerts.import_cap"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(_READ)
def delegations(request: HttpRequest) -> HttpResponse:
    """What was agreed to beforehand; the mayor agrees to more. 2 queries."""
    form = DelegationForm(request.POST or None)
    if request.method == "POST":
        user = require_permission(request.user, _GIVE)
        if form.is_valid():
            given = Delegation.objects.create(given_by=user, **form.cleaned_data)
            audit.record("alerts.delegated", given, kind=given.kind, colour=given.colour)
            messages.success(request, _("Agreed. You can withdraw it at any time."))
            return redirect("alerts:delegations")
    now = timezone.now()
    rows = list(Delegation.objects.select_related("given_by"))
    for row in rows:
        row.holds = row.withdrawn_at is None and row.until > now  # type: ignore[attr-defined]
    context = {"form": form, "rows": rows, "may": may(request, _GIVE)}
    return render(request, "alerts/delegations.html", context, status=422 if form.errors else 200)


@require_POST
@permission_required(_GIVE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on it does not hold any more."""
    get_object_or_404(Delegation, pk=pk)
    if Delegation.objects.filter(pk=pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now()):
        audit.record("alerts.delegation_withdrawn", ("alerts.delegation", str(pk)))
        messages.success(request, _("Withdrawn."))
    return redirect("alerts:delegations")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(_IMPORT)
def take_cap(request: HttpRequest) -> HttpResponse:
    """Another authority's CAP message becomes a proposal."""
    form = CapForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = form.cleaned_data.get("file")
            content = upload.read() if upload else _fetched(form.cleaned_data["url"])
            return redirect("alerts:proposal", pk=proposals.from_cap(content).pk)
        except BadCap as error:
            form.add_error("file" if request.FILES else "url", str(error))
    return render(request, "alerts/cap.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@permission_required(_READ)
def coverage(request: HttpRequest) -> HttpResponse:
    """Streets, and how many households of each nothing reaches. 1 query."""
    rows = outreach.streets()
    known, unreached = sum(row.households for row in rows), sum(row.unreached for row in rows)
    part = round(100 * (known - unreached) / known) if known else 0
    return render(
        request, "alerts/coverage.html", {"rows": rows, "known": known, "unreached": unreached, "part": part}
    )


@require_safe
@permission_required(_READ)
def poster(request: HttpRequest) -> HttpResponse:
    """The poster for the noticeboard, with the QR code of the page where people subscribe (PDF, A4)."""
    response = HttpResponse(posters.poster(), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="avvisi.pdf"'
    return response


def _fetched(url: str) -> bytes:
    try:
        found = fetch_if_changed(url, etag="")
    except NotFetched as error:
        raise BadCap(why=_("the address does not answer (%(why)s).") % {"why": error.reason}) from error
    if found is None:
        raise BadCap(why=_("the address gave nothing."))
    return found.content
