"""Zones and streets in the office; addresses while somebody writes."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_tenants.contract.access import ANYONE, Audience, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.places.models import HouseNumber, Street, Zone
from campanile_tenants.town.places.services import addresses as register
from campanile_tenants.town.places.services import zones

_MAY = Policy(Audience.STAFF, permission="places.manage")
_ANY = ["GET", "HEAD", "POST"]
MOST_BYTES = 30_000_000
_SYSTEM_WORDS = {
    4326: _("degrees (WGS 84)"), 3003: "Gauss-Boaga ovest (3003)", 3004: "Gauss-Boaga est (3004)",
    6706: _("degrees (RDN2008)"), 7791: "RDN2008 / UTM 32N (7791)", 7792: "RDN2008 / UTM 33N (7792)",
}  # fmt: skip


class ZoneForm(forms.Form):
    """A name and an area drawn on the map; a keyboard writes corners instead."""

    name = forms.CharField(label=_("Name of the zone"), max_length=80)
    ring = forms.CharField(
        label=_("Corners"), required=False, widget=forms.Textarea(attrs={"rows": 3, "inputmode": "decimal"}),
        help_text=_("Tap them on the map, or write them: [[9.39, 45.85], [9.40, 45.85], [9.40, 45.86]]."),
    )  # fmt: skip

    def geometry(self) -> dict[str, Any]:
        """As GeoJSON; what it cannot be is said by `zones.keep`."""
        try:
            ring = [[float(x), float(y)] for x, y in json.loads(self.cleaned_data["ring"] or "[]")]
        except (ValueError, TypeError):
            ring = []
        if ring and ring[0] != ring[-1]:
            ring.append(ring[0])
        return {"type": "Polygon", "coordinates": [ring]}


class ZonesFileForm(forms.Form):
    """Areas from the town's map office."""

    file = forms.FileField(label=_("GeoJSON file"), help_text=_("Each area with a property “name”."))


class StreetsFileForm(forms.Form):
    """The register of streets and house numbers."""

    file = forms.FileField(label=_("CSV file"), help_text=_("From ANNCSU, or as your map office publishes it."))
    system = forms.TypedChoiceField(label=_("Coordinates"), coerce=int, choices=list(_SYSTEM_WORDS.items()))


@require_safe
@declared(ANYONE)
def addresses(request: HttpRequest) -> HttpResponse:
    """Addresses for `?q=`, as JSON: `[{text, latitude, longitude}]`. Nothing that was asked is written down."""
    found = register.search(request.GET.get("q", ""))
    return JsonResponse([vars(place) for place in found], safe=False)


@require_http_methods(_ANY)
@declared(_MAY)
def office(request: HttpRequest) -> HttpResponse:
    """The zones, and how many streets are known. 3 queries."""
    form = ZoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            zones.keep(form.cleaned_data["name"], form.geometry())
        except CampanileError as error:
            _complain(form, error)
        else:
            messages.success(request, gettext("Kept."))
            return redirect("places:office")
    return _page(request, form=form)


@require_http_methods(_ANY)
@declared(_MAY)
def zone(request: HttpRequest, pk: int) -> HttpResponse:
    """One zone: its name, its area on the map, another area."""
    found = get_object_or_404(Zone, pk=pk)
    form = ZoneForm(request.POST or None, initial={"name": found.name, "ring": json.dumps(zones.rings(found)[0])})
    if request.method == "POST" and form.is_valid():
        unchanged = "ring" not in form.changed_data
        try:
            zones.keep(form.cleaned_data["name"], found.geometry if unchanged else form.geometry(), zone=found)
        except CampanileError as error:
            _complain(form, error)
        else:
            messages.success(request, gettext("Kept."))
            return redirect("places:office")
    context = {"zone": found, "form": form, "geometry": json.dumps(found.geometry)}
    return render(request, "places/zone.html", context, status=422 if form.errors else 200)


@require_POST
@declared(_MAY)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a zone away."""
    try:
        zones.remove(get_object_or_404(Zone, pk=pk))
        messages.success(request, gettext("Taken away."))
    except CampanileError as error:
        messages.error(request, str(error))
    return redirect("places:office")


@require_POST
@declared(_MAY)
def take_in_zones(request: HttpRequest) -> HttpResponse:
    """Areas from a GeoJSON file, all or none."""
    form = ZonesFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            found = zones.take_in(_text(form.cleaned_data["file"]))
        except CampanileError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, gettext("%(n)d zones kept.") % {"n": len(found)})
            return redirect("places:office")
    return _page(request, zones_form=form)


@require_POST
@declared(_MAY)
def take_in_streets(request: HttpRequest) -> HttpResponse:
    """The register of streets, all or nothing; what is known is brought up to date."""
    form = StreetsFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            rows = register.read(_text(form.cleaned_data["file"]), system=form.cleaned_data["system"])
            streets, numbers = register.take_in(rows)
        except CampanileError as error:
            form.add_error("file", str(error))
        else:
            words = gettext("%(streets)d streets and %(numbers)d house numbers kept.")
            messages.success(request, words % {"streets": streets, "numbers": numbers})
            return redirect("places:office")
    return _page(request, streets_form=form)


def _page(request: HttpRequest, **forms_of_page: forms.Form) -> HttpResponse:
    known = {"form": ZoneForm(), "zones_form": ZonesFileForm(), "streets_form": StreetsFileForm()} | forms_of_page
    rows = list(Zone.objects.all())
    drawn = {"type": "GeometryCollection", "geometries": [zone.geometry for zone in rows]}
    context = known | {
        "zones": rows, "geometry": json.dumps(drawn) if rows else "", "streets": Street.objects.count(),
        "numbers": HouseNumber.objects.count(),
    }  # fmt: skip
    wrong = any(form.errors for form in known.values())
    return render(request, "places/office.html", context, status=422 if wrong else 200)


def _text(file: UploadedFile) -> str:
    """A text file of the office, in UTF-8 or as older programs write it."""
    data = file.read(MOST_BYTES)
    try:
        return str(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return str(data.decode("cp1252", errors="replace"))


def _complain(form: ZoneForm, error: CampanileError) -> None:
    form.add_error("name" if error.field == "name" else "ring", str(error))
