"""The centre's access to the town: who asks, who is in, who was; and ending it with one click."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.office.forms import SupportHoursForm
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.models import Grant, SupportHours, User
from campanile_tenants.town.people.services import grants as services

POLICY = Policy(Audience.STAFF, permission="people.manage_grants")


@require_safe
@declared(POLICY)
def grants(request: HttpRequest, form: SupportHoursForm | None = None) -> HttpResponse:
    """Requests first, then who is at work now, support hours, history. 4 queries."""
    services.expire()
    rows = list(Grant.objects.select_related("operator")[:100])
    context = {
        "asked": [grant for grant in rows if grant.state == Grant.State.ASKED],
        "live": [grant for grant in rows if grant.is_live],
        "past": [grant for grant in rows if grant.state in (Grant.State.ENDED, Grant.State.REFUSED)],
        "hours": SupportHours.objects.all(),
        "form": form or SupportHoursForm(),
    }
    return render(request, "office/grants.html", context, status=422 if form else 200)


@require_POST
@declared(POLICY)
def decide(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """`approva`, `rifiuta`, `termina`."""
    grant = get_object_or_404(Grant, pk=pk)
    me = request.user
    assert isinstance(me, User)
    try:
        if verb == "approva":
            services.approve(grant, by=me)
            messages.success(request, _("%(who)s may come in now.") % {"who": grant.operator})
        elif verb == "rifiuta":
            services.refuse(grant, by=me)
            messages.success(request, _("Refused."))
        elif verb == "termina":
            services.end(grant, by=str(me.pk))
            messages.success(request, _("Ended: %(who)s is out.") % {"who": grant.operator})
        else:
            raise Http404
    except CampanileError as error:
        messages.error(request, str(error))
    return redirect("office:grants")


@require_POST
@declared(POLICY)
def add_support_hours(request: HttpRequest) -> HttpResponseBase:
    """Agrees to a stretch in which the centre comes in without asking, to read."""
    form = SupportHoursForm(request.POST)
    if not form.is_valid():
        request.method = "GET"
        return grants(request, form)
    hours = form.save(commit=False)
    hours.agreed_by = str(request.user.pk)
    hours.save()
    record("grant.support_hours_agreed", hours, weekday=hours.weekday)
    messages.success(request, _("Agreed."))
    return redirect("office:grants")


@require_POST
@declared(POLICY)
def remove_support_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes that back."""
    hours = get_object_or_404(SupportHours, pk=pk)
    record("grant.support_hours_removed", hours)
    hours.delete()
    return redirect("office:grants")
