"""Kinds of problems, rules with a dry run, working hours, ready answers: what a town decides of its reports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_modules.reporting.forms import TemplateForm
from campanile_modules.reporting.forms_setup import CategoryForm, HoursForm, NewCategoryForm, RuleForm
from campanile_modules.reporting.models import Category, ResponseTemplate, RoutingRule, WorkCalendar
from campanile_modules.reporting.services import routing, sharing
from campanile_tenants.kit import audit, people
from campanile_tenants.kit.people import User
from campanile_tenants.kit.permissions import permission_required

MAY = "reporting.set_up"
_ANY = ["GET", "HEAD", "POST"]


@require_safe
@permission_required(MAY)
def overview(request: HttpRequest) -> HttpResponse:
    """What is set up, on one page. 9 queries."""
    context = {
        "categories": Category.objects.select_related("office", "parent"),
        "rules": RoutingRule.objects.select_related("category", "zone", "office", "person"),
        "calendars": WorkCalendar.objects.all(), "templates": ResponseTemplate.objects.select_related("category"),
        "offers": len(sharing.offers()),
    }  # fmt: skip
    return render(request, "reporting/setup.html", context)


@require_safe
@permission_required(MAY)
def offered(request: HttpRequest) -> HttpResponse:
    """What the centre's shared list of kinds offers, each with what it would change. 3 queries."""
    return render(request, "reporting/offers.html", {"offers": sharing.offers()})


@require_POST
@permission_required(MAY)
def decide(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """`prendi` takes an offer of the shared list, `lascia` leaves it."""
    if verb not in ("prendi", "lascia"):
        raise Http404
    if not (sharing.take if verb == "prendi" else sharing.leave)(code):
        messages.error(request, _("This offer is over: the centre changed it, or a colleague answered."))
    elif verb == "prendi":
        messages.success(request, _("Taken. Your own words stayed."))
    else:
        messages.success(request, _("Left as it was. The next change will be offered again."))
    return redirect("reporting:offers")


@require_http_methods(_ANY)
@permission_required(MAY)
def category(request: HttpRequest, code: str = "") -> HttpResponse:
    """One kind of problem, or a new one."""
    found = get_object_or_404(Category, code=code) if code else None
    form = CategoryForm(request.POST or None, instance=found) if found else NewCategoryForm(request.POST or None)
    return _edit(request, form, _("Kind of problem"), str(found or _("New kind of problem")))


@require_http_methods(_ANY)
@permission_required(MAY)
def rule(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """One rule, or a new one."""
    found = get_object_or_404(RoutingRule, pk=pk) if pk else None
    form = RuleForm(request.POST or None, instance=found, colleagues=_colleagues())
    return _edit(request, form, _("Rule"), str(found or _("New rule")), again="reporting:try_rules")


@require_http_methods(_ANY)
@permission_required(MAY)
def hours(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """One table of hours, or a new one."""
    found = get_object_or_404(WorkCalendar, pk=pk) if pk else None
    form = HoursForm(request.POST or None, instance=found)
    return _edit(request, form, _("Working hours"), str(found or _("New working hours")))


@require_http_methods(_ANY)
@permission_required(MAY)
def template(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """One ready answer, or a new one."""
    found = get_object_or_404(ResponseTemplate, pk=pk) if pk else None
    form = TemplateForm(request.POST or None, instance=found)
    return _edit(request, form, _("Ready answer"), str(found or _("New ready answer")))


@require_safe
@permission_required(MAY)
def try_rules(request: HttpRequest) -> HttpResponse:
    """What the rules as they stand would have done with the last three months. 4 queries; changes nothing."""
    return render(request, "reporting/rules_trial.html", {"trial": routing.try_out()})


@require_POST
@permission_required(MAY)
def remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Takes away a rule, hours or a ready answer."""
    model: Any = {"regole": RoutingRule, "orari": WorkCalendar, "risposte": ResponseTemplate}.get(kind)
    found = get_object_or_404(model or RoutingRule.objects.none(), pk=pk)
    audit.record("reporting.set_up", found, removed=True)
    found.delete()
    messages.success(request, _("Taken away."))
    return redirect("reporting:setup")


def _edit(request: HttpRequest, form: Any, kind: str, title: str, again: str = "reporting:setup") -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        audit.record("reporting.set_up", form.save())
        messages.success(request, _("Kept."))
        return redirect(again)
    context = {"form": form, "kind": kind, "title": title}
    return render(request, "reporting/setup_form.html", context, status=422 if form.errors else 200)


def _colleagues() -> Any:
    return User.objects.filter(pk__in=[person.pk for person in people.holders("reporting.view_report")])
