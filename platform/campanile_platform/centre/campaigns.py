"""Warnings of all towns for the centre: what holds now, one proposal to many towns, one CAP feed of them all.

The towns decide: a campaign is a proposal to each of them, unless its mayor agreed beforehand.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_infra.addresses import address
from campanile_modules.alerts.states import Colour, Hazard
from campanile_modules.alerts.wording.catalogue import READY
from campanile_platform.centre.access import operator_with
from campanile_tenants.contract.access import Audience, Host, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.kit.web import conditional
from campanile_tenants.public.notices.models import Campaign, Coverage, Invitation, Notice
from campanile_tenants.public.notices.services import campaigns
from campanile_tenants.public.notices.services.publishing import in_force
from campanile_tenants.public.registry.activation import towns_with
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.admission import declared

_MAY = "centre.propose_campaigns"
LATEST = 100


class CampaignForm(forms.Form):
    """What is proposed, and to which towns. The blanks are those of the hazard's ready text."""

    colour = forms.TypedChoiceField(label=_("Colour"), choices=Colour.choices, coerce=int, initial=Colour.YELLOW)
    expires_at = forms.DateTimeField(
        label=_("Holds until"), input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    towns = forms.MultipleChoiceField(label=_("To which towns"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, hazard: Hazard, towns: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["towns"].choices = towns  # type: ignore[attr-defined]
        for blank in READY[hazard].blanks:
            self.fields[f"blank_{blank.name}"] = forms.CharField(
                label=str(blank.label), required=blank.required, max_length=160,
                widget=forms.TextInput(attrs={"placeholder": blank.example}),
            )  # fmt: skip
        self.order_fields(
            ["colour", "expires_at", *(f"blank_{blank.name}" for blank in READY[hazard].blanks), "towns"]
        )

    def content(self, hazard: Hazard) -> dict[str, Any]:
        """What each town fills its own name into."""
        values = self.cleaned_data
        blanks = {name.removeprefix("blank_"): text for name, text in values.items() if name.startswith("blank_")}
        return {"hazard": str(hazard), "colour": values["colour"], "blanks": blanks,
                "onset": timezone.now().isoformat(), "expires_at": values["expires_at"].isoformat()}  # fmt: skip


@require_safe
@operator_with("centre.view_towns")
def overview(request: HttpRequest) -> HttpResponse:
    """What holds in which town, the campaigns, and whom the towns do not reach. 5 queries."""
    names = dict(Municipality.objects.values_list("schema_name", "name"))
    live = [(names.get(notice.schema_name, notice.schema_name), notice) for notice in in_force()[:LATEST]]
    rows = list(Campaign.objects.all()[:50])
    states = Invitation.objects.filter(campaign__in=rows).values_list("campaign_id", "state")
    counted: dict[UUID, Counter[str]] = {}
    for key, state in states:
        counted.setdefault(key, Counter())[state] += 1
    context = {
        "live": live, "rows": [(row, counted.get(row.pk, Counter())) for row in rows],
        "hazards": [one for one in Hazard.choices if one[0] != Hazard.OTHER],
        "may": request.user.has_permission(_MAY),  # type: ignore[union-attr]
        "coverage": [(names.get(row.schema_name, row.schema_name), row)
                     for row in Coverage.objects.filter(households__gt=0)[:LATEST]],
    }  # fmt: skip
    return render(request, "centre/campaigns.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@operator_with(_MAY)
def propose(request: HttpRequest, hazard: str) -> HttpResponse:
    """One warning, proposed to many towns at once."""
    if hazard not in Hazard.values or hazard == Hazard.OTHER:
        raise Http404
    kind = Hazard(hazard)
    towns = towns_with("alerts")
    form = CampaignForm(kind, towns, request.POST or None, initial={"towns": [name for name, _label in towns]})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = campaigns.propose(
                title=str(kind.label).capitalize(), hazard=hazard, colour=values["colour"], content=form.content(kind),
                expires_at=values["expires_at"], by=str(request.user), towns=values["towns"],
            )  # fmt: skip
        except CampanileError as error:
            error.add_to(form)
        else:
            record("centre.campaign_proposed", made, towns=len(values["towns"]))
            campaigns.tell_all(made)
            messages.success(request, gettext("Proposed. Each town decides; you see here what it does."))
            return redirect("centre:campaign", pk=made.pk)
    context = {"form": form, "hazard": kind}
    return render(request, "centre/campaign_new.html", context, status=422 if form.errors else 200)


@require_safe
@operator_with("centre.view_towns")
def campaign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What each town did with it. 3 queries."""
    found = get_object_or_404(Campaign, pk=pk)
    names = dict(Municipality.objects.values_list("schema_name", "name"))
    rows = [(names.get(row.schema_name, row.schema_name), row) for row in found.invitations.all()]
    context = {"campaign": found, "rows": sorted(rows, key=lambda row: row[0]), "colour": Colour(found.colour),
               "open": found.closed_at is None and found.expires_at > timezone.now(),
               "may": request.user.has_permission(_MAY)}  # type: ignore[union-attr]  # fmt: skip
    return render(request, "centre/campaign.html", context)


@require_POST
@operator_with(_MAY)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nothing more is asked of the towns."""
    found = get_object_or_404(Campaign, pk=pk)
    campaigns.close(found)
    record("centre.campaign_closed", found)
    return redirect("centre:campaign", pk=pk)


@require_safe
@declared(Policy(Audience.ANYONE, host=Host.CENTRE))
def atom(request: HttpRequest) -> HttpResponse:
    """The latest warnings of all towns as Atom (RFC 4287), each with its signed CAP message. 1 query."""
    latest = list(Notice.objects.order_by("-sent_at")[:LATEST])
    changed = max((one.ended_at or one.sent_at for one in latest), default=datetime(2026, 1, 1, tzinfo=UTC))
    place = address(request.get_host().partition(":")[0], request.path)
    rows = [(one, one.identifier.rpartition(".")[2]) for one in latest]
    body = render(request, "centre/feed.xml", {"rows": rows, "changed": changed, "address": place}).content
    return conditional(request, body, "application/atom+xml; charset=utf-8")
