"""Pages for officers: the inbox with its detail, and the verbs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_modules.reporting import services
from campanile_modules.reporting.forms import AnswerForm, CloseForm
from campanile_modules.reporting.models import Report
from campanile_modules.reporting.querysets import ReportQuerySet
from campanile_modules.reporting.states import State
from campanile_tenants.kit import audit
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.permissions import permission_required, require_permission
from campanile_tenants.kit.web import page_of

_VERBS = {
    "prendi": "reporting.answer_report",
    "rispondi": "reporting.answer_report",
    "nota": "reporting.answer_report",
    "riapri": "reporting.answer_report",
    "chiudi": "reporting.close_report",
}


@require_safe
@permission_required("reporting.view_report")
def inbox(request: HttpRequest) -> HttpResponse:
    """The list; on a wide screen beside an invitation to choose. 3 queries."""
    return render(request, "reporting/inbox.html", _list(request))


@require_safe
@permission_required("reporting.view_report")
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One report as a conversation, the list beside it on a wide screen. 9 queries; the reading goes on record."""
    return render(request, "reporting/inbox.html", _list(request) | _one(request, code))


@require_POST
@permission_required("reporting.answer_report")
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Does one of the verbs. What was written comes back with the error when it is refused."""
    if verb not in _VERBS:
        raise Http404
    user = require_permission(request.user, _VERBS[verb])
    report = get_object_or_404(Report.objects.within(user.reach(_VERBS[verb])), code=code)
    form: forms.Form = CloseForm(request.POST) if verb == "chiudi" else AnswerForm(request.POST)
    try:
        if verb == "prendi":
            services.take_charge(report, by=user, publish="publish" in request.POST)
            messages.success(request, _("In charge of you. The citizen was told."))
        elif verb == "riapri":
            services.reopen(report, by=user)
            messages.success(request, _("Open again. The citizen was told."))
        elif not form.is_valid():
            return _again(request, code, verb, form)
        elif verb == "rispondi":
            services.answer(report, by=user, text=form.cleaned_data["text"])
            messages.success(request, _("Sent to the citizen."))
        elif verb == "nota":
            services.note(report, by=user, text=form.cleaned_data["text"])
            messages.success(request, _("Noted for your colleagues."))
        else:
            values = form.cleaned_data
            services.close(report, by=user, state=State(values["state"]), text=values["text"], reason=values["reason"])
            messages.success(request, _("Closed. The citizen was told."))
    except CampanileError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _again(request, code, verb, form)
    return redirect("reporting:office_detail", code=code)


def _again(request: HttpRequest, code: str, verb: str, form: forms.Form) -> HttpResponse:
    context = _list(request) | _one(request, code)
    context["forms"][verb] = form
    context |= {"open_verb": verb, "form": form}
    return render(request, "reporting/inbox.html", context, status=422)


def _list(request: HttpRequest) -> dict[str, Any]:
    state = request.GET.get("stato", "open")
    words = request.GET.get("cerca", "")
    reports = _mine(request).for_lists().in_state(state).search(words)
    chips = [("open", _("To do")), *State.choices, ("all", _("All"))]
    query = request.GET.urlencode()
    return {"page": page_of(request, reports, 25), "chips": chips, "state": state, "words": words, "query": query}


def _mine(request: HttpRequest) -> ReportQuerySet:
    """The reports within this person's reach: all, or those of her offices and categories."""
    return Report.objects.within(
        require_permission(request.user, "reporting.view_report").reach("reporting.view_report")
    )


def _one(request: HttpRequest, code: str) -> dict[str, Any]:
    reports = _mine(request).select_related("category", "assignee", "reporter", "office")
    report = get_object_or_404(reports.prefetch_related("photos", "events"), code=code)
    if hasattr(report, "reporter"):
        audit.record_read(report)
    return {"report": report, "forms": {"rispondi": AnswerForm(), "nota": AnswerForm(), "chiudi": CloseForm()}}
