"""Reports in every state, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from campanile_modules.reporting import services
from campanile_modules.reporting.models import Category, Report
from campanile_modules.reporting.services import duplicates, moves
from campanile_modules.reporting.states import Reason, State

LECCO = {"latitude": "45.855900", "longitude": "9.397700"}
_S = State
WAY: dict[State, tuple[State, ...]] = {
    _S.PENDING_EMAIL: (), _S.SUBMITTED: (), _S.HELD: (_S.HELD,), _S.ASSIGNED: (_S.ASSIGNED,),
    _S.IN_CHARGE: (_S.IN_CHARGE,), _S.PLANNED: (_S.PLANNED,), _S.WAITING_CITIZEN: (_S.WAITING_CITIZEN,),
    _S.FORWARDED: (_S.FORWARDED,), _S.RESOLVED: (_S.RESOLVED,), _S.CLOSED_NO_ACTION: (_S.CLOSED_NO_ACTION,),
    _S.DUPLICATE: (_S.DUPLICATE,), _S.REJECTED: (_S.REJECTED,), _S.WITHDRAWN: (_S.WITHDRAWN,),
    _S.REOPEN_REQUESTED: (_S.RESOLVED, _S.REOPEN_REQUESTED),
}  # fmt: skip
"""How a report gets into a state from the first one."""


def category(code: str = "roads", **changes: Any) -> Category:
    """A category of the town, as a test wants it."""
    Category.objects.filter(code=code).update(**changes)
    return Category.objects.select_related("calendar", "office").get(code=code)


def report(**values: Any) -> Report:
    """A report that just came in."""
    given = {"category": category(), "title": "Buca davanti al molo", "address": "Lungolago 12"} | values
    return services.submit(**given)


def move(one: Report, to: State, by: Any, **more: Any) -> Report:
    """Makes one move with whatever it needs."""
    changes: dict[str, Any] = {}
    if to == State.PLANNED:
        changes["planned_for"] = timezone.localdate() + timedelta(days=3)
    if to == State.FORWARDED:
        changes["forwarded_to"] = "Provincia"
    if to == State.DUPLICATE and one.duplicate_of_id is None:
        changes["duplicate_of"] = report(title="La stessa")
    reason = Reason.NOT_OURS if to in (State.CLOSED_NO_ACTION, State.REJECTED) else ""
    return moves.change_state(
        one, to, by=by, text="Parole per chi ha scritto.", reason=reason, changes=changes, **more
    )


def in_state(state: State, by: Any, **values: Any) -> Report:
    """A report that stands there."""
    if state == State.PENDING_EMAIL:
        category(confirm_email=True)
        made = report(email="anna@example.org", **values)
        category(confirm_email=False)
        return made
    one = report(**values)
    for to in WAY[state]:
        one = move(one, to, by)
    return one


def merged(one: Report, into: Report, by: Any) -> Report:
    """One that joined another."""
    return duplicates.merge(one, into, by=by)
