"""What people do with an alert: submit, approve and send, send alone, correct, update, stop."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from campanile_modules.alerts import querysets
from campanile_modules.alerts.forms import AloneForm
from campanile_modules.alerts.models import Alert, Revision
from campanile_modules.alerts.pages.office import page_of_one
from campanile_modules.alerts.services import flow, releasing, telling
from campanile_modules.alerts.states import LIVE
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.people import User, prove
from campanile_tenants.kit.permissions import permission_required, require_permission

_WRITE, _SEND = "alerts.write_alert", "alerts.approve_alert"
Verb = Callable[[HttpRequest, Alert, Revision, User], str]


@require_POST
@permission_required(_WRITE)
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Does what whoever writes alerts may do; what is refused comes back with the words that say what to do."""
    return _do(request, code, verb, VERBS, _WRITE)


@require_POST
@permission_required(_SEND)
def decide(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Does what only whoever approves alerts may do: approve, send, send alone."""
    return _do(request, code, verb, DECISIONS, _SEND)


def _do(request: HttpRequest, code: str, verb: str, verbs: dict[str, Verb], permission: str) -> HttpResponse:
    alert = get_object_or_404(querysets.for_office(), code=code)
    revision: Revision = alert.newest[0]  # type: ignore[attr-defined]
    revision.alert = alert
    if verb not in verbs:
        raise Http404
    user = require_permission(request.user, permission)
    if alert.is_drill:
        require_permission(user, "alerts.run_drill")
    try:
        if words := verbs[verb](request, alert, revision, user):
            messages.success(request, words)
    except CampanileError as error:
        return _again(request, alert.code, verb, user, error)
    return redirect("alerts:edit" if verb in ("riprendi", "aggiorna") else "alerts:one", code=code)


def _submit(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    submitted = flow.submit(revision, by=user)
    told = telling.the_approvers(submitted, user)
    return ngettext("It waits for a second person. %(n)s colleague was written to: call too.",
                    "It waits for a second person. %(n)s colleagues were written to: call one too.", told) % {
        "n": told}  # fmt: skip


def _take_back(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    flow.take_back(revision)
    return ""


def _discard(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    flow.discard(revision)
    return _("Thrown away. Nobody was told.")


def _approve(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    approved = flow.approve(revision, by=user, seen=request.POST.get("seen", ""))
    releasing.release(approved, by=user)
    return _sent(alert)


def _by_delegation(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    releasing.release(flow.approve_by_delegation(revision, by=user), by=user)
    return _sent(alert)


def _alone(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    require_permission(user, "alerts.break_glass")
    typed = {name: request.POST.get(name, "") for name in ("town_name", "reason")}
    flow.check_alone(**typed)
    prove(request, user, request.POST.get("code", ""), limit="break_glass")
    glass = flow.break_glass(revision, by=user, **typed)
    releasing.release(glass, by=user)
    return _sent(alert)


def _send(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    releasing.release(revision, by=user)
    return _sent(alert)


def _update(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    flow.update(alert, by=user)
    return ""


def _false_alarm(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    releasing.correct(alert, by=user, false_alarm=True)
    return _("The correction is on its way to everybody who was told.")


def _all_clear(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    releasing.correct(alert, by=user, false_alarm=False)
    return _("The all-clear is on its way to everybody who was told.")


def _stop(request: HttpRequest, alert: Alert, revision: Revision, user: User) -> str:
    stopped = sum(
        releasing.stop(one, by=user) for one in alert.revisions.filter(state__in=LIVE).select_related("alert")
    )
    return ngettext("Stopped: %(n)s message does not leave any more.",
                    "Stopped: %(n)s messages do not leave any more.",
                    stopped) % {"n": stopped}  # fmt: skip


def _sent(alert: Alert) -> str:
    return _("The drill has begun.") if alert.is_drill else _("It is being sent.")


def _again(request: HttpRequest, code: str, verb: str, user: User, error: CampanileError) -> HttpResponse:
    """The page once more, with what was wrong; what was typed for sending alone is kept."""
    alert = get_object_or_404(querysets.for_office(), code=code)
    context = page_of_one(alert, user) | {"refused": str(error)}
    if verb == "da-solo":
        form = AloneForm(request.POST)
        form.is_valid()
        error.add_to(form)
        context |= {"alone_form": form, "form": form, "alone_open": True, "refused": ""}
    return render(request, "alerts/one.html", context, status=error.http_status)


VERBS: dict[str, Verb] = {
    "chiedi": _submit, "riprendi": _take_back, "scarta": _discard, "delega": _by_delegation, "aggiorna": _update,
    "falso-allarme": _false_alarm, "cessato": _all_clear, "ferma": _stop,
}  # fmt: skip
DECISIONS: dict[str, Verb] = {"approva": _approve, "da-solo": _alone, "invia": _send}
