"""Who asked for help: the list to work off, on the phone, now."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_modules.alerts.forms import HelpForm
from campanile_tenants.kit import outreach
from campanile_tenants.kit.permissions import permission_required, require_permission

_MAY = "alerts.give_help"


@require_safe
@permission_required(_MAY)
def helps(request: HttpRequest) -> HttpResponse:
    """Who waits, the first first, and who was helped. 4 queries; the reading goes on record."""
    context = {"waiting": outreach.calls(), "done": outreach.calls(handled=True)[:50]}
    return render(request, "alerts/helps.html", context)


@require_POST
@permission_required(_MAY)
def handle(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Somebody is taken care of; or that was a mistake."""
    user = require_permission(request.user, _MAY)
    if not outreach.is_call(pk):
        raise Http404
    if verb == "fatto":
        form = HelpForm(request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""
        if outreach.handle(pk, by=user, note=note):
            messages.success(request, _("Noted. You can put it back from the list below."))
        else:
            messages.warning(request, _("A colleague took care of it already."))
    elif verb == "riapri":
        outreach.reopen(pk)
    return redirect("alerts:helps")
