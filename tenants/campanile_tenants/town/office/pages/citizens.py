"""Looking up one citizen who signed in: found by what she tells, shown with the least, the tax code for a reason."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.admission import declared, may
from campanile_tenants.town.people.models import Identity, Kind, User
from campanile_tenants.town.people.services import citizens as services

LOOK_UP = Policy(Audience.STAFF, permission="people.look_up_citizen")
REVEAL = Policy(Audience.STAFF, permission="people.reveal_tax_code")


class LookUpForm(forms.Form):
    """What she tells at the desk. Goes by POST: nothing of it stands in an address."""

    who = forms.CharField(
        label=_("Tax code or e-mail"), max_length=254,
        help_text=_("Whole: citizens are not listed, and names not searched."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why somebody needs the whole tax code."""

    reason = forms.CharField(
        label=_("Why do you need the whole tax code?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("That it was shown, and that a reason was given, goes into the audit trail."),
    )  # fmt: skip


@never_cache
@declared(LOOK_UP)
def look_up(request: HttpRequest) -> HttpResponse:
    """Finds one citizen by tax code or address. The look-up goes on record, also when nobody is found. 3 queries."""
    form = LookUpForm(request.POST or None)
    may_reveal = may(request, REVEAL.permission)
    context: dict[str, object] = {"form": form, "may_reveal": may_reveal}
    if request.method == "POST" and form.is_valid():
        found = services.find(form.cleaned_data["who"])
        record("people.citizen_looked_up", found)
        context |= {"asked": True, "person": found} | _about(found)
    return render(request, "office/citizens.html", context, status=422 if form.errors else 200)


@require_POST
@never_cache
@declared(REVEAL)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the whole tax code, once, for a reason."""
    person = get_object_or_404(User, pk=pk, kind=Kind.CITIZEN)
    identity = get_object_or_404(Identity, user=person)
    reason = ReasonForm(request.POST)
    context: dict[str, object] = {"form": LookUpForm(), "asked": True, "person": person, "may_reveal": True}
    context |= _about(person)
    if reason.is_valid():
        assert isinstance(request.user, User)
        try:
            context["tax_code"] = services.reveal(identity, by=request.user, reason=reason.cleaned_data["reason"])
        except CampanileError as error:
            reason.add_error(error.field, str(error))
    context["reason_form"] = reason
    return render(request, "office/citizens.html", context, status=422 if reason.errors else 200)


def _about(person: User | None) -> dict[str, object]:
    identity = Identity.objects.filter(user=person).first() if person else None
    masked = services.masked(identity) if identity else ""
    return {"identity": identity, "masked": masked, "reason_form": ReasonForm()}
