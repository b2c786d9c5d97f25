"""Pages of the office that show: the list, a proposal, an alert with its card, its board."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_modules.alerts import querysets
from campanile_modules.alerts.forms import AloneForm, StartForm, TextForm
from campanile_modules.alerts.models import Alert, Delegation, Proposal, Revision
from campanile_modules.alerts.services import checks, flow, proposals, summing
from campanile_modules.alerts.services.content import polygons_of
from campanile_modules.alerts.services.messages import text_of
from campanile_modules.alerts.states import BEFORE, LIVE, SENT, Hazard, State
from campanile_modules.alerts.wording.catalogue import FALSE_ALARM
from campanile_tenants.kit import outreach
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.people import User
from campanile_tenants.kit.permissions import permission_required, require_permission
from campanile_tenants.kit.web import page_of

_READ, _WRITE, _DRILL = "alerts.view_alerts", "alerts.write_alert", "alerts.run_drill"
RISKS = (
    ("hydraulic", gettext_lazy("rivers")),
    ("hydrogeological", gettext_lazy("landslides")),
    ("storms", gettext_lazy("thunderstorms")),
)


@require_safe
@permission_required(_READ)
def office(request: HttpRequest) -> HttpResponse:
    """What waits, what holds, what was. 8 queries."""
    known = Proposal.objects.filter(state__in=(Proposal.State.OPEN, Proposal.State.DISMISSED))
    rows = list(known.filter(expires_at__gt=timezone.now()))
    context = {
        "proposals": [row for row in rows if row.state == Proposal.State.OPEN],
        "aside": [row for row in rows if row.state == Proposal.State.DISMISSED],
        "in_hand": list(querysets.in_hand()), "live": list(querysets.in_force()),
        "helps": outreach.waiting(), "page": page_of(request, querysets.for_office().order_by("-created_at"), 20),
        "drills": list(_drills_in_force()),
    }  # fmt: skip
    return render(request, "alerts/office.html", context)


@require_safe
@permission_required(_READ)
def proposal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is proposed, by whom, what changed, and the words it would have. 1 query."""
    found = get_object_or_404(Proposal, pk=pk)
    return render(request, "alerts/proposal.html", {
        "proposal": found, "words": found.content["texts"].get("it") or {}, "risks": risk_rows(found),
        "expired": found.expires_at <= timezone.now(),
    })  # fmt: skip


@require_POST
@permission_required(_WRITE)
def act_on_proposal(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Makes it a draft, or says that it is not needed here."""
    user = require_permission(request.user, _WRITE)
    found = get_object_or_404(Proposal, pk=pk)
    try:
        if verb == "prepara":
            return redirect("alerts:one", code=proposals.take(found, by=user).alert.code)
        if verb == "lascia":
            proposals.dismiss(found)
            messages.success(request, _("Put aside. You find it below, should you need it after all."))
        elif verb == "rimetti":
            proposals.put_back(found)
        else:
            raise Http404
    except CampanileError as error:
        messages.error(request, str(error))
    return redirect("alerts:office")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(_WRITE)
def new(request: HttpRequest) -> HttpResponse:
    """First which hazard, then its blanks; the ready text comes filled in. `?prova=1`: a drill."""
    drill = bool(request.GET.get("prova"))
    user = require_permission(request.user, _WRITE)
    if drill:
        require_permission(user, _DRILL)
    hazard = request.GET.get("pericolo", "")
    if hazard not in Hazard.values:
        return render(request, "alerts/choose.html", {"hazards": Hazard.choices, "drill": drill})
    form = StartForm(hazard, request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = Alert.Kind.DRILL if drill else Alert.Kind.ACTUAL
        revision = flow.begin(form.content(), by=user, kind=kind)
        writing = hazard == Hazard.OTHER
        return redirect("alerts:edit" if writing else "alerts:one", code=revision.alert.code)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "hazard": Hazard(hazard), "drill": drill}
    return render(request, "alerts/new.html", context, status=status)


@require_safe
@permission_required(_READ)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """An alert: its card before sending, its board afterwards. 18 queries at most."""
    user = require_permission(request.user, _READ)
    alert = get_object_or_404(querysets.for_office(), code=code)
    return render(request, "alerts/one.html", page_of_one(alert, user))


def page_of_one(alert: Alert, user: User) -> dict[str, Any]:
    """What the page of an alert shows. Which verbs it offers follows from state and permissions."""
    revision: Revision = alert.newest[0]  # type: ignore[attr-defined]
    revision.alert = alert
    sends = may_send(user, alert)
    context: dict[str, Any] = {
        "alert": alert, "revision": revision, "drill": alert.is_drill, "words": revision.words(),
        "history": alert.newest, "can": {  # type: ignore[attr-defined]
            "write": user.has_permission(_WRITE) and (not alert.is_drill or user.has_permission(_DRILL)),
            "send": sends,
            "alone": user.has_permission("alerts.break_glass") and not alert.is_drill,
            "own": user.pk in (revision.written_by_id, revision.submitted_by_id),
        },
    }  # fmt: skip
    if revision.state in BEFORE:
        card = checks.card(revision)
        delegated = flow.delegation_for(Delegation.Kind.ALONE, alert.hazard, revision.colour)
        context |= {
            "card": card, "polygon_json": polygons_of(revision), "alone_form": AloneForm(),
            "delegated": delegated,
            "previews": [(outreach.CHANNEL_WORDS[name], text_of(card.contents, name)) for name in ("sms", "telegram")],
            "spoken": card.spoken,
            "false_alarm": FALSE_ALARM["it"].headline.format(headline=revision.headline()),
        }  # fmt: skip
    if alert.current_id is not None:
        context |= board_of(alert)
    return context


@require_safe
@permission_required(_READ)
def board(request: HttpRequest, code: str) -> HttpResponse:
    """The board alone, asked for every other second while something is being sent. 6 queries."""
    alert = get_object_or_404(Alert.objects.select_related("current"), code=code)
    if alert.current_id is None:
        return HttpResponse(status=204)
    return render(request, "alerts/_board.html", {"alert": alert, **board_of(alert)})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(_WRITE)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The text and everything else of a draft. What was typed comes back when it is refused."""
    alert = get_object_or_404(Alert, code=code)
    user = require_permission(request.user, _WRITE)
    if alert.is_drill:
        require_permission(user, _DRILL)
    revision = get_object_or_404(alert.revisions.filter(state=State.DRAFT).select_related("alert"))
    form = TextForm(request.POST) if request.method == "POST" else TextForm.of(revision)
    if request.method == "POST" and form.is_valid():
        flow.change(revision, form.content(alert.hazard), by=user)
        return redirect("alerts:one", code=code)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "alert": alert, "revision": revision, "drill": alert.is_drill}
    return render(request, "alerts/edit.html", context, status=status)


def board_of(alert: Alert) -> dict[str, Any]:
    """How the sending goes; what was kept of it when the addresses are gone."""
    rows = outreach.board(alert.about)
    current = alert.current
    assert current is not None
    waiting = [row.eta for row in rows]
    live = current.state in LIVE and alert.closed_at is None
    return {
        "rows": rows, "answers": outreach.answers(alert.about) if rows else {}, "current": current, "live": live,
        "sending": any(row.waiting for row in rows) or current.state == State.RELEASING,
        "eta": max((one for one in waiting if one is not None), default=None) if None not in waiting else None,
        "kept": alert.summary if not rows else {}, "helps": outreach.waiting(alert.about),
        "sent": current.state in SENT,
        "numbers": summing.numbers(alert) if rows and not live else {},
    }  # fmt: skip


def may_send(user: User, alert: Alert) -> bool:
    """Whether she may approve and send alerts of this kind."""
    return user.has_permission("alerts.approve_alert") and (not alert.is_drill or user.has_permission(_DRILL))


def risk_rows(found: Proposal) -> list[dict[str, Any]]:
    """Each risk with its colour and, where it changed, the one before."""
    return [
        {"label": label, "colour": found.risks.get(risk, 0), "before": found.before.get(risk)}
        for risk, label in RISKS
        if found.risks
    ]


def _drills_in_force() -> Any:
    rows = Alert.objects.filter(kind=Alert.Kind.DRILL, closed_at__isnull=True, current__state__in=LIVE)
    return rows.select_related("current")
