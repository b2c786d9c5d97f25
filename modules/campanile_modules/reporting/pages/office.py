"""Pages for officers: the inbox as list, board, map and calendar, a report with its verbs, several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_modules.reporting import services
from campanile_modules.reporting.errors import NotTheSame, WhomMissing
from campanile_modules.reporting.forms import (
    AnswerForm,
    AssignForm,
    CloseForm,
    ForwardForm,
    MergeForm,
    NoteForm,
    PlanForm,
    SplitForm,
)
from campanile_modules.reporting.models import Category, Report, ResponseTemplate
from campanile_modules.reporting.pages.portal import feature_collection
from campanile_modules.reporting.querysets import ReportQuerySet
from campanile_modules.reporting.services import borders, bulk, duplicates, handing_over, moves, templates
from campanile_modules.reporting.states import OPEN, State
from campanile_tenants.kit import audit, people
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.people import Office, User
from campanile_tenants.kit.permissions import may, permission_required, require_permission
from campanile_tenants.kit.town import Neighbour
from campanile_tenants.kit.web import page_of

READ, ANSWER, CLOSE = "reporting.view_report", "reporting.answer_report", "reporting.close_report"
VERBS = {
    "prendi": ANSWER, "rispondi": ANSWER, "nota": ANSWER, "riapri": ANSWER, "assegna": ANSWER, "pianifica": ANSWER,
    "chiedi": ANSWER, "inoltra": ANSWER, "unisci": ANSWER, "separa": ANSWER, "trattieni": ANSWER, "ammetti": ANSWER,
    "consegna": ANSWER, "chiudi": CLOSE,
}  # fmt: skip
_TO_PEOPLE = ("assegna", "nota")
COLUMNS = (
    State.SUBMITTED,
    State.ASSIGNED,
    State.IN_CHARGE,
    State.PLANNED,
    State.WAITING_CITIZEN,
    State.REOPEN_REQUESTED,
)
_ORDERS: dict[str, tuple[Any, ...]] = {
    "scadenza": (F("due_at").asc(nulls_last=True), "id"), "vecchie": ("created_at", "id"),
}  # fmt: skip
MOST_CARDS, MOST_POINTS, WEEKS = 12, 2_000, 4


@require_safe
@permission_required(READ)
def inbox(request: HttpRequest) -> HttpResponse:
    """The list; on a wide screen beside an invitation to choose. `?vista=bacheca`: columns by state. 4 queries."""
    if request.GET.get("vista") == "bacheca":
        return render(request, "reporting/board.html", _board(request))
    if request.GET.get("vista") == "mappa":
        return render(request, "reporting/office_map.html", _filters(request))
    return render(request, "reporting/inbox.html", _list(request))


@require_safe
@permission_required(READ)
def points(request: HttpRequest) -> JsonResponse:
    """The same filters as GeoJSON, for the map of the office. 1 query."""
    reports = _filtered(request).filter(latitude__isnull=False)[:MOST_POINTS]
    return JsonResponse(feature_collection(reports), content_type="application/geo+json")


@require_safe
@permission_required(READ)
def planned(request: HttpRequest) -> HttpResponse:
    """What is planned for the next four weeks, from `?da=`. 1 query."""
    first = parse_date(request.GET.get("da", "")) or timezone.localdate()
    first -= timedelta(days=first.weekday())
    last = first + timedelta(weeks=WEEKS, days=-1)
    rows = list(_mine(request).planned_between(first, last).select_related("category", "office"))
    days = [first + timedelta(days=n) for n in range(7 * WEEKS)]
    weeks = [
        [{"day": day, "reports": [row for row in rows if row.planned_for == day]} for day in days[n : n + 7]]
        for n in range(0, len(days), 7)
    ]
    context = {
        "weeks": weeks, "before": first - timedelta(weeks=WEEKS), "after": last + timedelta(days=1),
        "today": timezone.localdate(), "empty": not rows,
    }  # fmt: skip
    return render(request, "reporting/planned.html", context)


@require_safe
@permission_required(READ)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One report as a conversation, the list beside it on a wide screen. 15 queries; the reading goes on record."""
    return render(request, "reporting/inbox.html", _list(request) | _one(request, code))


@require_safe
@permission_required(READ)
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """A job sheet to print, with a QR code that opens the report. 3 queries; without who reported it."""
    report = get_object_or_404(_mine(request).select_related("category", "office", "assignee"), code=code)
    return render(request, "reporting/sheet.html", {"report": report, "qr": templates.qr_of(report)})


@require_POST
@permission_required(ANSWER)
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Does one of the verbs. What was written comes back with the error when it is refused."""
    if verb not in VERBS:
        raise Http404
    user = require_permission(request.user, VERBS[verb])
    report = get_object_or_404(Report.objects.within(user.reach(VERBS[verb])).select_related("category"), code=code)
    form = _form(verb, request.POST, _colleagues() if verb in _TO_PEOPLE else None)
    if form is not None and not form.is_valid():
        return _again(request, code, verb, form)
    try:
        said = _DO[verb](report, user, {} if form is None else form.cleaned_data, request)
    except CampanileError as error:
        form = form or forms.Form(request.POST)
        form.is_valid()
        error.add_to(form)
        return _again(request, code, verb, form)
    messages.success(request, said)
    return redirect("reporting:office_detail", code=code)


@require_POST
@permission_required(ANSWER)
def several(request: HttpRequest) -> HttpResponse:
    """One verb for several reports; what could not be done is named, the rest is done and can be undone."""
    verb = request.POST.get("fai", "")
    permission = CLOSE if verb == "chiudi" else ANSWER
    user = require_permission(request.user, permission)
    codes = request.POST.getlist("scelte")[: bulk.MOST]
    query = request.POST.get("torna", "")
    back = redirect(f"{reverse('reporting:inbox')}{'?' if query else ''}{query}")
    if verb == "annulla":
        done = bulk.undo(request.session.pop("reporting_undo", []), by=user)
        messages.success(request, _("Undone: %(n)d.") % {"n": done})
        return back
    try:
        result = bulk.do(verb, codes, by=user, values=request.POST, reach=user.reach(permission))
    except CampanileError as error:
        messages.error(request, str(error))
        return back
    request.session["reporting_undo"] = result.undo
    if result.done:
        messages.success(request, _("Done for %(n)d reports.") % {"n": len(result.done)})
    for code, why in result.refused:
        messages.error(request, f"{code}: {why}")
    return back


_Do = Callable[[Report, User, dict[str, Any], HttpRequest], str]


def _take(report: Report, user: User, _values: dict[str, Any], request: HttpRequest) -> str:
    services.take_charge(report, by=user, publish="publish" in request.POST)
    return _("In charge of you. The citizen was told.")


def _reopen(report: Report, user: User, _values: dict[str, Any], _request: HttpRequest) -> str:
    services.reopen(report, by=user)
    return _("Open again. The citizen was told.")


def _answer(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    services.answer(report, by=user, text=values["text"])
    return _("Sent to the citizen.")


def _note(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    services.note(report, by=user, text=values["text"], mentions=list(values["mention"]))
    return _("Noted for your colleagues.")


def _close(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    services.close(report, by=user, state=State(values["state"]), text=values["text"], reason=values["reason"])
    return _("Closed. The citizen was told.")


def _assign(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    office = values["office"]
    services.assign(
        report, by=user, office_id=office.pk if office else None, person=values["person"], text=values["text"]
    )
    return _("Assigned. The citizen was told.")


def _plan(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    services.plan(report, by=user, day=values["planned_for"], text=values["text"], worksite=values["worksite"])
    return _("Planned. The citizen was told.")


def _ask(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    services.ask_citizen(report, by=user, text=values["text"])
    return _("Asked. The clock stands until the citizen answers.")


def _forward(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    services.forward(report, by=user, whom=values["forwarded_to"], text=values["text"])
    return _("Forwarded. The citizen was told.")


def _merge(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    reports = Report.objects.within(user.reach(ANSWER)).select_related("duplicate_of", "category")
    other = reports.filter(code=values["into"].strip().upper()).first()
    if other is None:
        raise NotTheSame(field="into")
    duplicates.merge(report, other, by=user, text=values["text"])
    return _("Joined. Who follows this one follows the other now; “Open again” undoes it.")


def _split(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    made = duplicates.split(report, by=user, **values)
    return _("Split: the second one is %(code)s.") % {"code": made.code}


def _hold(report: Report, user: User, _values: dict[str, Any], _request: HttpRequest) -> str:
    services.hold(report, by=user)
    return _("Held back: only its author and the office see it.")


def _let_through(report: Report, user: User, _values: dict[str, Any], _request: HttpRequest) -> str:
    services.let_through(report, by=user)
    return _("Received.")


def _hand_over(report: Report, user: User, values: dict[str, Any], _request: HttpRequest) -> str:
    to = _neighbour(report)
    if to is None:
        raise WhomMissing(field="text")
    handing_over.offer(report, to, by=user, text=values["text"])
    return _("It goes to %(name)s with its code and its story. The citizen was told.") % {"name": to.full_name}


def _neighbour(report: Report) -> Neighbour | None:
    """The town of the platform in which the point lies, when it is another one."""
    if report.latitude is None or report.longitude is None:
        return None
    return borders.whose(report.latitude, report.longitude).other


_DO: dict[str, _Do] = {
    "prendi": _take, "rispondi": _answer, "nota": _note, "riapri": _reopen, "assegna": _assign, "pianifica": _plan,
    "chiedi": _ask, "inoltra": _forward, "unisci": _merge, "separa": _split, "trattieni": _hold,
    "ammetti": _let_through, "consegna": _hand_over, "chiudi": _close,
}  # fmt: skip


def _form(verb: str, values: Any, colleagues: Any) -> forms.Form | None:
    if verb in ("prendi", "riapri", "trattieni", "ammetti"):
        return None
    ids = f"id_{verb}_%s"  # several forms stand on one page
    if verb == "assegna":
        return AssignForm(values, auto_id=ids, colleagues=colleagues)
    if verb == "nota":
        return NoteForm(values, auto_id=ids, colleagues=colleagues)
    kinds: dict[str, type[forms.Form]] = {
        "rispondi": AnswerForm, "chiedi": AnswerForm, "pianifica": PlanForm, "inoltra": ForwardForm,
        "consegna": AnswerForm, "unisci": MergeForm, "separa": SplitForm, "chiudi": CloseForm,
    }  # fmt: skip
    return kinds[verb](values, auto_id=ids)


def _forms() -> dict[str, forms.Form | None]:
    """The empty forms of all verbs; the page shows those that are possible."""
    colleagues = _colleagues()
    return {verb: _form(verb, None, colleagues) for verb in VERBS}


def _offices() -> Any:
    return Office.objects.filter(is_active=True)


def _colleagues() -> Any:
    return User.objects.filter(pk__in=[person.pk for person in people.holders(READ)])


def _again(request: HttpRequest, code: str, verb: str, form: forms.Form) -> HttpResponse:
    context = _list(request) | _one(request, code)
    context["forms"][verb] = form
    context |= {"open_verb": verb, "form": form}
    return render(request, "reporting/inbox.html", context, status=422)


def _filters(request: HttpRequest) -> dict[str, Any]:
    chips = [
        ("open", _("To do")), ("late", _("Late")), ("mie", _("Mine")), ("submitted", _("New")), ("all", _("All")),
    ]  # fmt: skip
    kept = request.GET.copy()
    kept.pop("pagina", None)
    return {
        "chips": chips, "states": State.choices, "state": request.GET.get("stato", "open"),
        "words": request.GET.get("cerca", ""), "query": request.GET.urlencode(),
        "view": request.GET.get("vista", "lista"),
        "category": request.GET.get("tipo", ""), "office": request.GET.get("ufficio", ""),
        "may_set_up": may(request, "reporting.set_up"),
        "may_write": may(request, "reporting.write_for_others"),
        "categories": list(Category.objects.all()), "offices": list(_offices()), "kept": kept.urlencode(),
    }  # fmt: skip


def _filtered(request: HttpRequest) -> ReportQuerySet:
    state = request.GET.get("stato", "open")
    reports = _mine(request).for_lists()
    if state == "mie":
        reports = reports.open().filter(Q(assignee=request.user.pk) | Q(events__mentions=request.user.pk)).distinct()
    else:
        reports = reports.in_state(state)
    if category := request.GET.get("tipo"):
        reports = reports.filter(category__code=category)
    if (office := request.GET.get("ufficio", "")).isdigit():
        reports = reports.filter(office=int(office))
    return reports.search(request.GET.get("cerca", ""))


def _list(request: HttpRequest) -> dict[str, Any]:
    order = _ORDERS.get(request.GET.get("ordine", ""))
    reports = _filtered(request)
    reports = reports.order_by(*order) if order else reports
    return _filters(request) | {
        "page": page_of(request, reports, 25), "undo": bool(request.session.get("reporting_undo")),
        "order": request.GET.get("ordine", ""),
    }  # fmt: skip


def _board(request: HttpRequest) -> dict[str, Any]:
    """Columns by state, each with its first cards: those that are due first."""
    reports = _filtered(request).filter(state__in=OPEN)
    counts = reports.counts()
    columns = [
        {"state": state, "n": counts[state.value],
         "reports": list(reports.filter(state=state).order_by(F("due_at").asc(nulls_last=True), "id")[:MOST_CARDS])}
        for state in COLUMNS
    ]  # fmt: skip
    return _filters(request) | {"columns": columns}


def _mine(request: HttpRequest) -> ReportQuerySet:
    """The reports within this person's reach: all, or those of her offices and categories."""
    return Report.objects.within(require_permission(request.user, READ).reach(READ))


def _one(request: HttpRequest, code: str) -> dict[str, Any]:
    reports = _mine(request).select_related("category", "assignee", "reporter", "office", "duplicate_of")
    report = get_object_or_404(reports.prefetch_related("photos", "events__mentions", "feedback"), code=code)
    if hasattr(report, "reporter"):
        audit.record_read(report)
    ready = ResponseTemplate.objects.filter(Q(category=None) | Q(category=report.category_id))
    near = duplicates.nearby(report.category, latitude=report.latitude, longitude=report.longitude,
                             address=report.address, title=report.title, but=report.pk)  # fmt: skip
    return {
        "report": report, "forms": _forms(), "can": moves.verbs_of(report), "near": near,
        "ready": [(one.name, templates.fill(one.text, report)) for one in ready],
        "neighbour": _neighbour(report) if report.is_open else None,
        "others": report.follows.count(), "answers": templates.answers_of(report),
    }  # fmt: skip
