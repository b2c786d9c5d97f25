"""States of a report and the moves between them: one table, read by services, forms and API."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a report stands. The labels are the words that citizens read."""

    SUBMITTED = "submitted", _("Received")
    IN_CHARGE = "in_charge", _("In charge")
    RESOLVED = "resolved", _("Solved")
    CLOSED_NO_ACTION = "closed_no_action", _("Closed without action")


class Reason(models.TextChoices):
    """Why a report was closed without action."""

    NOT_OURS = "not_ours", _("It is not the municipality's task")
    NOT_FOUND = "not_found", _("We looked and found nothing")
    DUPLICATE = "duplicate", _("It was already reported")
    NO_MEANS = "no_means", _("It cannot be done now")


ALLOWED_MOVES: dict[State, frozenset[State]] = {
    State.SUBMITTED: frozenset({State.IN_CHARGE, State.RESOLVED, State.CLOSED_NO_ACTION}),
    State.IN_CHARGE: frozenset({State.RESOLVED, State.CLOSED_NO_ACTION}),
    State.RESOLVED: frozenset({State.IN_CHARGE}),
    State.CLOSED_NO_ACTION: frozenset({State.IN_CHARGE}),
}
OPEN = (State.SUBMITTED, State.IN_CHARGE)
CLOSED = (State.RESOLVED, State.CLOSED_NO_ACTION)
