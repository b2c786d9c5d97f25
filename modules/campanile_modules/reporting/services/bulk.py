"""One verb for several reports, each in its own step, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from campanile_modules.reporting.models import Report
from campanile_modules.reporting.services import moves
from campanile_modules.reporting.states import ALLOWED_MOVES, State
from campanile_tenants.kit.module import CampanileError, InvalidInput
from campanile_tenants.kit.people import Office, User
from campanile_tenants.kit.permissions import Reach

MOST = 200


@dataclass(frozen=True)
class Result:
    """What was done, what was not and why, and how to take it back: code, state and assignee before."""

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    undo: list[list[Any]] = field(default_factory=list)


def do(verb: str, codes: Sequence[str], *, by: User, values: Mapping[str, Any], reach: Reach) -> Result:
    """`prendi`, `assegna` (with `ufficio`), `chiudi` (with `esito`, `motivo`, `testo`). Raises InvalidInput."""
    if not codes:
        raise InvalidInput(reason=_("Tick at least one report."), field="scelte")
    result = Result()
    reports = Report.objects.within(reach).filter(code__in=codes).select_related("category")
    for report in reports.order_by("created_at"):
        before = [report.code, report.state, report.assignee_id, report.office_id]
        try:
            _one(verb, report, by, values)
        except CampanileError as error:
            result.refused.append((report.code, str(error)))
        else:
            result.done.append(report.code)
            result.undo.append(before)
    return result


def undo(before: Sequence[Sequence[Any]], *, by: User) -> int:
    """Takes the last round back as far as the table of moves allows; returns how many. Citizens are not written to
    again.
    """
    done = 0
    for code, state, assignee, office in before:
        report = Report.objects.filter(code=code).first()
        if report is None:
            continue
        changes = {"assignee_id": assignee, "office_id": office}
        for to in dict.fromkeys((State(state), State.IN_CHARGE)):  # what was closed goes back to somebody's desk
            if to in ALLOWED_MOVES[State(report.state)]:
                moves.change_state(report, to, by=by, changes=changes, silent=True, text=_("Undone."))
                done += 1
                break
    return done


def _one(verb: str, report: Report, by: User, values: Mapping[str, Any]) -> None:
    if verb == "prendi":
        moves.take_charge(report, by=by)
    elif verb == "assegna":
        office = Office.objects.filter(pk=values.get("ufficio") or 0, is_active=True).first()
        moves.assign(report, by=by, office_id=office.pk if office else None)
    elif verb == "chiudi":
        state = State.CLOSED_NO_ACTION if values.get("esito") == "closed_no_action" else State.RESOLVED
        moves.close(
            report, by=by, state=state, text=str(values.get("testo", "")), reason=str(values.get("motivo", ""))
        )
    else:
        raise InvalidInput(reason=_("Choose what to do."), field="fai")
