"""Offices of the town hall: contacts, hours, who heads them."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campanile_infra.naming import free
from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.office.forms import OfficeForm
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.models import Office

POLICY = Policy(Audience.STAFF, permission="people.manage_offices")


@require_safe
@declared(POLICY)
def offices(request: HttpRequest) -> HttpResponse:
    """All offices with their hours. 2 queries."""
    rows = Office.objects.select_related("parent", "head").prefetch_related("hours").order_by("-is_active", "name")
    return render(request, "office/offices.html", {"offices": rows})


@declared(POLICY)
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Makes or changes an office."""
    office = get_object_or_404(Office, code=code) if code else Office()
    form = OfficeForm(request.POST or None, instance=office)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved: Office = form.save(commit=False)
            saved.code = saved.code or _free_code(saved.name)
            saved.save()
            form.save_hours(saved)
            record("office.office_saved", saved)
        messages.success(request, _("Saved."))
        return redirect("office:offices")
    return render(request, "office/office.html", {"form": form, "office": office}, status=422 if form.errors else 200)


def _free_code(name: str) -> str:
    base = slugify(name)[:36] or "ufficio"
    taken = set(Office.objects.filter(code__startswith=base).values_list("code", flat=True))
    return free(base, taken)
