"""The privacy desk: one person's data out or gone, what is kept for how long, the registers the law asks for."""

from __future__ import annotations

import json
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.contract.module import Erase
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.gate import current_town, is_enabled
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.models import User
from campanile_tenants.town.privacy import services
from campanile_tenants.town.privacy.models import Breach, Request
from campanile_tenants.town.privacy.subject import Subject, find

POLICY = Policy(Audience.STAFF, permission="privacy.manage")


class SubjectForm(forms.Form):
    """Who it is about. Goes by POST only: a person's address never stands in a URL."""

    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    tax_code = forms.CharField(label=_("Tax code"), max_length=16, required=False)
    name = forms.CharField(
        label=_("Name and surname"), max_length=150, required=False,
        help_text=_("Only together with an address or a number: other people may have the same name."),
    )  # fmt: skip
    checked = forms.BooleanField(
        label=_("I have made sure who is asking"), help_text=_("In person, by certified mail or with a document."),
        error_messages={"required": _("First make sure that nobody asks for somebody else's data.")},
    )  # fmt: skip

    def clean(self) -> dict[str, str]:
        """An address or a number is needed."""
        values = super().clean() or self.cleaned_data
        if not self.errors and not self.subject().is_enough:
            self.add_error("email", gettext("Give an address or a telephone number."))
        return values

    def subject(self) -> Subject:
        """The person as she was given."""
        given = self.cleaned_data
        return Subject(
            email=given.get("email", ""),
            phone=given.get("phone", ""),
            name=given.get("name", ""),
            tax_code=given.get("tax_code", ""),
        )


class BreachForm(forms.ModelForm):
    """One violation of personal data."""

    class Meta:
        model = Breach
        fields = (
            "what",
            "kinds_of_data",
            "people_affected",
            "discovered_at",
            "happened_at",
            "consequences",
            "measures",
            "authority_told_at",
            "authority_not_told_because",
            "people_told_at",
            "closed_at",
        )
        widgets = {
            name: forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            for name in ("discovered_at", "happened_at", "authority_told_at", "people_told_at", "closed_at")
        } | {name: forms.Textarea(attrs={"rows": 3})
             for name in ("what", "consequences", "measures", "authority_not_told_because")}  # fmt: skip


@never_cache
@declared(POLICY)
def desk(request: HttpRequest) -> HttpResponse:
    """Asks who it is about, then shows what is held, by kind, before anything is done."""
    form = SubjectForm(request.POST or None)
    context = {"form": form, "requests": Request.objects.all()[:20], "found": None}
    if request.method == "POST" and form.is_valid():
        subject = form.subject()
        record("privacy.looked_up", ("subject", subject.mark))
        context["found"] = [
            {"label": found.label, "module": found.module, "count": found.rows.count(), "held": found.held,
             "how_long": services.how_long(found)}
            for found in find(subject)
        ]  # fmt: skip
        context["consents"] = len(services.consents_of(subject.email, subject.phone))
    return render(request, "privacy/desk.html", context, status=422 if form.errors else 200)


@require_POST
@never_cache
@declared(POLICY)
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Everything the town holds about her, as JSON or as a page to print."""
    given = SubjectForm(request.POST)
    if not given.is_valid():
        return redirect("office:privacy")
    data = services.export(given.subject(), by=_me(request))
    data["municipality"] = current_town().full_name
    name = f"dati-personali-{date.today():%Y%m%d}"
    if form == "json":
        response = HttpResponse(json.dumps(data, ensure_ascii=False, indent=1), content_type="application/json")
    else:
        response = render(request, "privacy/export.html", {"data": data})
    response["Content-Disposition"] = f'{"attachment" if form == "json" else "inline"}; filename="{name}.{form}"'
    return response


@require_POST
@declared(POLICY)
def erase(request: HttpRequest) -> HttpResponse:
    """Erases her, when the box is ticked, and says what was kept and why."""
    given = SubjectForm(request.POST)
    if not given.is_valid() or "sure" not in request.POST:
        messages.error(request, gettext("Nothing was erased: tick the box that says you are sure."))
        return redirect("office:privacy")
    outcome = services.erase(given.subject(), by=_me(request))
    names = {model: services.model_label(model) for model in outcome.erased}
    rows = [(names[model], count) for model, count in outcome.erased.items()]
    return render(request, "privacy/erased.html", {"outcome": outcome, "rows": rows})


@require_safe
@declared(POLICY)
def register(request: HttpRequest) -> HttpResponse:
    """The register of processing (GDPR art. 30), from what the modules that are on declare. No query."""
    rows = [
        {"module": module, "held": held, "what": services.model_label(held.model), "is_kept": held.erase is Erase.KEEP}
        for module, held in registry.personal_data()
        if module is None or is_enabled(module.code)
    ]
    return render(request, "privacy/register.html", {"rows": rows})


@require_safe
@declared(POLICY)
def retention(request: HttpRequest) -> HttpResponse:
    """What the coming night will erase: a dry run. 1 query a rule."""
    return render(request, "privacy/retention.html", {"rules": services.retain(dry_run=True)})


@require_safe
@declared(POLICY)
def breaches(request: HttpRequest) -> HttpResponse:
    """The log of breaches. 1 query."""
    return render(request, "privacy/breaches.html", {"breaches": Breach.objects.all()})


@declared(POLICY)
def breach(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Makes or changes an entry of the log."""
    known = get_object_or_404(Breach, pk=pk) if pk else None
    form = BreachForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        record("privacy.breach_saved", saved)
        messages.success(request, gettext("Saved."))
        return redirect("office:breaches")
    return render(request, "privacy/breach.html", {"form": form, "breach": known}, status=422 if form.errors else 200)


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
