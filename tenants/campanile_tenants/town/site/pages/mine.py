"""The personal area: what I reported, asked for and booked; what the town wrote to me; what I agreed to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.models import User

MINE = Policy(Audience.SIGNED_IN)


@require_safe
@declared(MINE)
def mine(request: HttpRequest) -> HttpResponse:
    """What the modules that are on have for the person signed in. Staff go to their office. Queries: the modules'."""
    user = request.user
    assert isinstance(user, User)
    if user.is_staff_of_town:
        return redirect("office:home")
    return render(request, "site/mine.html")
