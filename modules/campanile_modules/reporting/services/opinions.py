"""After the end: is it solved? “No” takes the report up again, once."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from campanile_modules.reporting.errors import AlreadySaid
from campanile_modules.reporting.models import Feedback, Report, ReportEvent
from campanile_modules.reporting.services.moves import change_state
from campanile_modules.reporting.states import State

ENDED = (State.RESOLVED, State.CLOSED_NO_ACTION)


def give(report: Report, *, solved: bool, stars: int | None = None, comment: str = "") -> Report:
    """The author's opinion on a closed report. Not solved: it is asked for again, if it was not before.

    Raises AlreadySaid.
    """
    with transaction.atomic():
        locked = Report.objects.select_for_update(of=("self",)).select_related("category").get(pk=report.pk)
        if locked.state not in ENDED:
            raise AlreadySaid(field="solved")
        try:
            with transaction.atomic():
                Feedback.objects.create(report=locked, round=locked.round, solved=solved, stars=stars,
                                        comment=comment.strip())  # fmt: skip
        except IntegrityError as error:
            raise AlreadySaid(field="solved") from error
        ReportEvent.objects.create(
            report=locked, kind=ReportEvent.Kind.OPINION, public_text="", internal_text=comment.strip(),
            happened_at=timezone.now(),
        )  # fmt: skip
        if not solved and locked.round == 1:
            return change_state(locked, State.REOPEN_REQUESTED, by=None, changes={"round": 2})
    return locked


def may_be_given(report: Report) -> bool:
    """Whether the author has not said yet what she thinks of this end. 1 query."""
    return report.state in ENDED and not Feedback.objects.filter(report=report, round=report.round).exists()
