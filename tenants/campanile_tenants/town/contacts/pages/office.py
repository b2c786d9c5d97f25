"""The office's contacts: who is known, writing somebody down, a file with a preview before anything is written."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_infra.sealing import seal, unseal
from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.contacts.forms import ImportForm, WriteDownForm
from campanile_tenants.town.contacts.models import Contact, Endpoint
from campanile_tenants.town.contacts.services import importing, subscribing
from campanile_tenants.town.contacts.services.subscribing import Written
from campanile_tenants.town.delivery.models import Suppression
from campanile_tenants.town.delivery.services import receiving
from campanile_tenants.town.people.admission import declared, may

_STAFF = Policy(Audience.STAFF, permission="contacts.manage")
_COME_BACK = (Suppression.Reason.DEAD_ADDRESS, Suppression.Reason.GONE)
_KEPT = 1_800
"""Seconds for which a file waits between preview and decision."""


@require_safe
@declared(_STAFF)
def contact_list(request: HttpRequest) -> HttpResponse:
    """Who is known, `?cerca=` and `?tipo=`. 6 queries; the reading goes on record."""
    words, kind = request.GET.get("cerca", "").strip(), request.GET.get("tipo", "")
    rows = Contact.objects.prefetch_related("endpoints__preferences").order_by("name", "id")
    if kind in Contact.Kind.values:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(street__icontains=words) | Q(endpoints__address__icontains=words)
        )
    page = Paginator(rows.distinct(), 30).get_page(request.GET.get("pagina"))
    _mark_gone(page.object_list)
    if page.object_list:
        record("contacts.read_personal_data", ("contacts", "list"), number=len(page.object_list))
    context = {"page": page, "words": words, "kind": kind, "kinds": Contact.Kind.choices,
               "may_set_up": may(request, "contacts.set_up")}  # fmt: skip
    return render(request, "contacts/office.html", context)


@require_POST
@declared(_STAFF)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes to an address again that came back as dead; what somebody ended herself is hers to begin again."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    mine = Suppression.objects.filter(channel=endpoint.channel, address=endpoint.address)
    if not mine.exclude(reason__in=_COME_BACK).exists() and receiving.lift(endpoint.channel, endpoint.address):
        record("contacts.lifted", ("endpoint", str(pk)))
        messages.success(request, _("From now on messages leave for this address again."))
    return redirect("contacts:office")


def _mark_gone(contacts: Iterable[Contact]) -> None:
    """Beside each address why nothing is sent to it. 1 query."""
    endpoints = [endpoint for contact in contacts for endpoint in contact.endpoints.all()]
    found = Suppression.objects.filter(topic="", address__in={endpoint.address for endpoint in endpoints})
    gone = {(one.channel, one.address): one for one in found}
    for endpoint in endpoints:
        endpoint.gone = gone.get((endpoint.channel, endpoint.address))  # type: ignore[attr-defined]


@require_POST
@declared(_STAFF)
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody real, somebody who takes part in drills, or the town's canary: with every way that she confirmed."""
    contact = get_object_or_404(Contact, pk=pk)
    kind = request.POST.get("kind", "")
    if kind in Contact.Kind.values and kind != contact.kind:
        with transaction.atomic():
            Contact.objects.filter(pk=pk).update(kind=kind)
            record("contacts.marked", contact, before=contact.kind, kind=kind)
        messages.success(request, _("Marked as: %(kind)s.") % {"kind": Contact.Kind(kind).label})
    return redirect("contacts:office")


@require_http_methods(["GET", "HEAD", "POST"])
@declared(_STAFF)
def write_down(request: HttpRequest) -> HttpResponse:
    """Somebody whom nothing digital reaches; or who takes part in drills, or tries the channels out."""
    form = WriteDownForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        kind = values.pop("kind")
        try:
            contact = subscribing.write_down(Written(**values))
        except CampanileError as error:
            form.add_error("phone" if error.field == "address" else error.field, str(error))
        else:
            if kind != Contact.Kind.CITIZEN:
                Contact.objects.filter(pk=contact.pk).update(kind=kind)
            messages.success(request, _("Written down. Alerts are told by telephone."))
            return redirect("contacts:office")
    return render(request, "contacts/write_down.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@declared(_STAFF)
def preview(request: HttpRequest) -> HttpResponse:
    """What a file would bring, row by row; nothing is written yet."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context = {"form": form, "columns": importing.COLUMNS}
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            found = importing.preview(content, form.cleaned_data["topics"])
        except CampanileError as error:
            form.add_error("file", str(error))
        else:
            key = secrets.token_urlsafe(16)
            cache.set(f"contacts-import:{key}", seal(content.decode("latin-1")), _KEPT)
            request.session["contacts_import"] = [key, form.cleaned_data["topics"]]
            context |= {"found": found, "wrong": sorted(found.wrong.items())[:50], "first": found.good[:5]}
    return render(request, "contacts/import.html", context, status=422 if form.errors else 200)


@require_POST
@declared(_STAFF)
def take_in(request: HttpRequest) -> HttpResponse:
    """Writes down the good rows of the file that was looked at."""
    key, topics = request.session.pop("contacts_import", ["", []])
    sealed = cache.get(f"contacts-import:{key}") if key else None
    if sealed is None:
        messages.error(request, _("The file waited too long. Choose it again."))
        return redirect("contacts:import")
    try:
        found = importing.take_in(unseal(sealed).encode("latin-1"), topics)
    except CampanileError as error:
        messages.error(request, str(error))
        return redirect("contacts:import")
    cache.delete(f"contacts-import:{key}")
    record("contacts.imported", ("contacts", "import"), number=len(found.good), wrong=len(found.wrong))
    messages.success(request, ngettext("%(n)s person was written down.", "%(n)s people were written down.",
                                       len(found.good)) % {"n": len(found.good)})  # fmt: skip
    return redirect("contacts:office")
