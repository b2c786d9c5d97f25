"""States of a report and the moves between them: one table, read by services, forms, API and tests."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a report stands. The labels are the words of the office; citizens read `Word`."""

    PENDING_EMAIL = "pending_email", _("Waits for the author's confirmation")
    SUBMITTED = "submitted", _("Received")
    HELD = "held", _("Held back for a look")
    ASSIGNED = "assigned", _("Assigned")
    IN_CHARGE = "in_charge", _("In charge")
    PLANNED = "planned", _("Planned")
    WAITING_CITIZEN = "waiting_citizen", _("Waits for the citizen")
    FORWARDED = "forwarded", _("Forwarded")
    RESOLVED = "resolved", _("Solved")
    CLOSED_NO_ACTION = "closed_no_action", _("Closed without action")
    DUPLICATE = "duplicate", _("Duplicate")
    REJECTED = "rejected", _("Rejected")
    REOPEN_REQUESTED = "reopen_requested", _("Not solved, says the author")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Word(models.TextChoices):
    """The four words that citizens read."""

    RECEIVED = "received", _("Received")
    IN_CHARGE = "in_charge", _("In charge")
    RESOLVED = "resolved", _("Solved")
    CLOSED = "closed", _("Closed without action")


class Reason(models.TextChoices):
    """Why a report was closed without action, or rejected."""

    NOT_OURS = "not_ours", _("It is not the municipality's task")
    NOT_FOUND = "not_found", _("We looked and found nothing")
    DUPLICATE = "duplicate", _("It was already reported")
    NO_MEANS = "no_means", _("It cannot be done now")
    NO_ANSWER = "no_answer", _("We asked and got no answer")
    NOT_A_REPORT = "not_a_report", _("It is not a report of a problem")
    OFFENSIVE = "offensive", _("It offends somebody or names people")


_S = State
_TO_WORK = (_S.ASSIGNED, _S.IN_CHARGE, _S.PLANNED, _S.WAITING_CITIZEN, _S.FORWARDED)
_TO_END = (_S.RESOLVED, _S.CLOSED_NO_ACTION, _S.DUPLICATE)
ALLOWED_MOVES: dict[State, frozenset[State]] = {
    _S.PENDING_EMAIL: frozenset({_S.SUBMITTED, _S.HELD, _S.REJECTED, _S.WITHDRAWN}),
    _S.HELD: frozenset({_S.SUBMITTED, _S.REJECTED, _S.WITHDRAWN}),
    _S.SUBMITTED: frozenset({*_TO_WORK, *_TO_END, _S.HELD, _S.REJECTED, _S.WITHDRAWN}),
    _S.ASSIGNED: frozenset({_S.SUBMITTED, *_TO_WORK, *_TO_END, _S.REJECTED, _S.WITHDRAWN}),
    _S.IN_CHARGE: frozenset({_S.SUBMITTED, *_TO_WORK, *_TO_END, _S.REJECTED, _S.WITHDRAWN} - {_S.IN_CHARGE}),
    _S.PLANNED: frozenset({*_TO_WORK, *_TO_END, _S.WITHDRAWN}),
    _S.WAITING_CITIZEN: frozenset({*_TO_WORK, *_TO_END, _S.WITHDRAWN} - {_S.WAITING_CITIZEN}),
    _S.FORWARDED: frozenset({_S.IN_CHARGE, _S.ASSIGNED, *_TO_END, _S.WITHDRAWN}),
    _S.RESOLVED: frozenset({_S.REOPEN_REQUESTED, _S.IN_CHARGE}),
    _S.CLOSED_NO_ACTION: frozenset({_S.REOPEN_REQUESTED, _S.IN_CHARGE}),
    _S.REOPEN_REQUESTED: frozenset({*_TO_WORK, _S.RESOLVED, _S.CLOSED_NO_ACTION}),
    _S.DUPLICATE: frozenset({_S.SUBMITTED, _S.ASSIGNED, _S.IN_CHARGE, _S.PLANNED, _S.WAITING_CITIZEN}),
    _S.REJECTED: frozenset({_S.SUBMITTED}),
    _S.WITHDRAWN: frozenset(),
}
"""From which state to which. `assigned` and `planned` lead to themselves: another office, another date. Back to
`submitted` goes what somebody took or got by mistake."""
CLOSED = (_S.RESOLVED, _S.CLOSED_NO_ACTION, _S.DUPLICATE, _S.REJECTED, _S.WITHDRAWN)
OPEN = tuple(state for state in State if state not in CLOSED)
WAITING = (_S.SUBMITTED, _S.REOPEN_REQUESTED)
"""Nobody has looked at it yet, or at what the author says of it."""
HIDDEN = (_S.PENDING_EMAIL, _S.HELD, _S.REJECTED, _S.WITHDRAWN)
"""Seen by author and office only."""
TO_ANSWER = (_S.PENDING_EMAIL, _S.HELD, _S.SUBMITTED)
"""The town has not said anything yet."""
PAUSED = (_S.PENDING_EMAIL, _S.WAITING_CITIZEN)
"""The clock stands: somebody else has to do something first."""
NEEDS_TEXT = (_S.RESOLVED, _S.CLOSED_NO_ACTION, _S.REJECTED, _S.WAITING_CITIZEN, _S.FORWARDED)
"""Moves that owe the citizen a text; for a duplicate our message says it all."""
ANSWERS = (_S.RESOLVED, _S.CLOSED_NO_ACTION)
"""Ends by which the town keeps or breaks its promise; what is withdrawn, rejected or a duplicate is no answer."""
NEEDS_REASON = (_S.CLOSED_NO_ACTION, _S.REJECTED)
_WORDS = {
    Word.RECEIVED: (_S.PENDING_EMAIL, _S.SUBMITTED, _S.HELD),
    Word.IN_CHARGE: (_S.ASSIGNED, _S.IN_CHARGE, _S.PLANNED, _S.WAITING_CITIZEN, _S.FORWARDED, _S.REOPEN_REQUESTED),
    Word.RESOLVED: (_S.RESOLVED,),
    Word.CLOSED: (_S.CLOSED_NO_ACTION, _S.DUPLICATE, _S.REJECTED, _S.WITHDRAWN),
}
STATES_OF = {word: tuple(states) for word, states in _WORDS.items()}
WORD_OF = {state: word for word, states in _WORDS.items() for state in states}
