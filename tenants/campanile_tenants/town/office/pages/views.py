"""Saved views: filters of a list under a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campanile_tenants.contract.access import STAFF
from campanile_tenants.town.office.models import SavedView
from campanile_tenants.town.people.admission import declared

MOST = 20


@require_POST
@declared(STAFF)
def save_view(request: HttpRequest) -> HttpResponse:
    """POST `page` (URL name), `query`, `name`: keeps the list as it is on the screen, under the name."""
    page, query, name = (request.POST.get(key, "").strip() for key in ("page", "query", "name"))
    try:
        back = reverse(page)
    except NoReverseMatch:
        return redirect("office:home")
    mine = SavedView.objects.filter(user=request.user, page=page)  # type: ignore[misc]
    if not name or len(query) > 500:
        messages.error(request, _("Give the view a name."))
    elif mine.exclude(name=name).count() >= MOST:
        messages.error(request, _("You have twenty views here. Take one away first."))
    else:
        SavedView.objects.update_or_create(user=request.user, page=page, name=name[:40], defaults={"query": query})
        messages.success(request, _("The view is kept."))
    return redirect(f"{back}?{query}")


@require_POST
@declared(STAFF)
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets one of one's own views."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user)
    page = view.page
    view.delete()
    return redirect(page)
