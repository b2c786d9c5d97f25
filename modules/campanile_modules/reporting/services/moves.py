"""From state to state: one table says which moves there are, one function makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from campanile_modules.reporting.apps import ReportingSettings
from campanile_modules.reporting.errors import DayMissing, IllegalMove, ReasonMissing, TextMissing, WhomMissing
from campanile_modules.reporting.models import Follow, Report, Reporter, ReportEvent
from campanile_modules.reporting.services import promises, telling
from campanile_modules.reporting.services.telling import Words
from campanile_modules.reporting.states import (
    ALLOWED_MOVES,
    CLOSED,
    HIDDEN,
    NEEDS_REASON,
    NEEDS_TEXT,
    State,
)
from campanile_tenants.kit import audit, events
from campanile_tenants.kit.people import User
from campanile_tenants.kit.settings import settings_of

_Kind = ReportEvent.Kind


def take_charge(report: Report, *, by: User, publish: bool = True) -> Report:
    """An officer makes it hers; its text and photos become public unless she says otherwise. Raises IllegalMove."""
    return change_state(report, State.IN_CHARGE, by=by, changes={"assignee": by, "is_published": publish})


def assign(
    report: Report, *, by: User, office_id: int | None = None, person: User | None = None, text: str = ""
) -> Report:
    """Gives it to an office, a person, or both. Raises WhomMissing, IllegalMove."""
    if office_id is None and person is None:
        raise WhomMissing(field="office")
    changes: dict[str, Any] = {"assignee": person}
    if office_id is not None:
        changes["office_id"] = office_id
    return change_state(report, State.ASSIGNED, by=by, text=text, changes=changes)


def plan(report: Report, *, by: User, day: date, text: str = "", worksite: str = "") -> Report:
    """Says on which day the work is done. Raises DayMissing (a day that is over), IllegalMove."""
    if day < timezone.localdate():
        raise DayMissing(field="planned_for")
    return change_state(report, State.PLANNED, by=by, text=text,
                        changes={"planned_for": day, "worksite": worksite, "is_published": True})  # fmt: skip


def ask_citizen(report: Report, *, by: User, text: str) -> Report:
    """Asks the author something; the clock stands until she answers. Raises TextMissing, IllegalMove."""
    return change_state(report, State.WAITING_CITIZEN, by=by, text=text)


def forward(report: Report, *, by: User, whom: str, text: str) -> Report:
    """Sends it on to whose task it is (a utility, the Province, another town). Raises WhomMissing, TextMissing."""
    if not whom.strip():
        raise WhomMissing(field="forwarded_to")
    return change_state(report, State.FORWARDED, by=by, text=text, changes={"forwarded_to": whom.strip()[:120]})


def close(report: Report, *, by: User, state: State, text: str, reason: str = "") -> Report:
    """Closes as RESOLVED or CLOSED_NO_ACTION, always with words for the citizen.

    Raises TextMissing, ReasonMissing (without action needs one), IllegalMove.
    """
    return change_state(report, state, by=by, text=text, reason=reason)


def reject(report: Report, *, by: User, text: str, reason: str) -> Report:
    """Does not take it: it is no report, or it offends. Only its author sees it. Raises as `close` does."""
    return change_state(report, State.REJECTED, by=by, text=text, reason=reason)


def hold(report: Report, *, by: User) -> Report:
    """Takes it from the public list until somebody has looked at it. Raises IllegalMove."""
    return change_state(report, State.HELD, by=by, silent=True)


def let_through(report: Report, *, by: User | None) -> Report:
    """What was held, rejected or waited for its author is received now. Raises IllegalMove.

    Whose report was held was told of its receipt already.
    """
    return change_state(report, State.SUBMITTED, by=by, silent=report.state == State.HELD)


def reopen(report: Report, *, by: User) -> Report:
    """Takes a closed report up again. Raises IllegalMove."""
    if report.state == State.DUPLICATE:
        from campanile_modules.reporting.services.duplicates import unmerge

        return unmerge(report, by=by)
    if report.state not in (*CLOSED, State.REOPEN_REQUESTED):
        raise IllegalMove(from_state=State(report.state).label, to_state=State.IN_CHARGE.label)
    return change_state(report, State.IN_CHARGE, by=by, changes={"assignee": by}, words=telling.REOPENED)


def withdraw(report: Report) -> Report:
    """Its author takes it back. Raises IllegalMove."""
    return change_state(report, State.WITHDRAWN, by=None, silent=True, changes={"is_published": False})


def answer(report: Report, *, by: User, text: str) -> ReportEvent:
    """Writes to the citizen without changing the state. Raises TextMissing."""
    words = _some(text)
    with transaction.atomic():
        audit.record("reporting.answered", report)
        event = append(report, _Kind.ANSWER, by=by, public_text=words)
        telling.tell(report, event, telling.ANSWERED, followers=False)
        events.publish("reporting.written", report_id=str(report.pk))
    return event


def note(report: Report, *, by: User, text: str, mentions: Sequence[User] = ()) -> ReportEvent:
    """Writes a note that only colleagues read; who is mentioned gets a mail at once, and finds it in the
    inbox. Raises TextMissing.
    """
    words = _some(text)
    with transaction.atomic():
        audit.record("reporting.noted", report)
        event = append(report, _Kind.NOTE, by=by, internal_text=words)
        if mentions:
            event.mentions.set(mentions)
            telling.tell_mentioned(report, event, mentions)
        events.publish("reporting.written", report_id=str(report.pk))
    return event


def say(report: Report, text: str) -> ReportEvent:
    """The author writes something more; where the office asked her, the clock runs again. Raises TextMissing."""
    words = _some(text)
    with transaction.atomic():
        event = append(report, _Kind.CITIZEN, by=None, public_text="", internal_text=words)
        if report.state == State.WAITING_CITIZEN:
            change_state(report, State.IN_CHARGE, by=None, silent=True)
        else:
            events.publish("reporting.written", report_id=str(report.pk))
    return event


def change_state(
    report: Report, to: State, *, by: User | None, text: str = "", reason: str = "",
    changes: Mapping[str, Any] | None = None, words: Words | None = None, silent: bool = False,
) -> Report:  # fmt: skip
    """Makes one move: row, clock, event, audit, messages, all or nothing. `by` None: the author or the house itself.

    Raises IllegalMove, TextMissing, ReasonMissing.
    """
    text = text.strip()
    if by is not None and to in NEEDS_TEXT and not text:
        raise TextMissing(field="text")
    if to in NEEDS_REASON and not reason:
        raise ReasonMissing(field="reason")
    with transaction.atomic():
        locked = Report.objects.select_for_update(of=("self",)).select_related("category", "office").get(pk=report.pk)
        before, now = State(locked.state), timezone.now()
        if to not in ALLOWED_MOVES[before]:
            raise IllegalMove(from_state=before.label, to_state=to.label)
        locked.state, locked.changed_at = to, now
        locked.closed_at = now if to in CLOSED else None
        locked.reason = reason if to in NEEDS_REASON else ""
        for name, value in (changes or {}).items():
            setattr(locked, name, value)
        promises.step(locked, before, to, now)
        locked.save()
        _keep_until(locked)
        audit.record("reporting.moved", locked, from_state=before.value, to_state=to.value)
        event = append(locked, _Kind.MOVED, by=by, public_text=text, from_state=before, to_state=to)
        told = words or telling.MOVED.get(to)
        if told is not None and not silent:
            telling.tell(locked, event, told, followers=to not in HIDDEN)
        events.publish("reporting.moved", report_id=str(locked.pk), state=str(to.value))
    return locked


def append(report: Report, kind: str, *, by: User | None, **values: str) -> ReportEvent:
    """One more line of the report's story."""
    name = by.full_name if by is not None else ""
    return ReportEvent.objects.create(report=report, kind=kind, author=by, author_name=name, **values)


def verbs_of(report: Report) -> dict[str, bool]:
    """Which moves the table allows from here, for pages: by the state's value."""
    return {state.value: True for state in ALLOWED_MOVES[State(report.state)]}


def _keep_until(report: Report) -> None:
    """From the end on the days count after which who reported is forgotten."""
    days = settings_of("reporting", ReportingSettings).keep_author_days
    purge_on = (report.closed_at + timedelta(days=days)).date() if report.closed_at else None
    Reporter.objects.filter(report=report).update(purge_on=purge_on)
    Follow.objects.filter(report=report).update(purge_on=purge_on)


def _some(text: str) -> str:
    if not text.strip():
        raise TextMissing(field="text")
    return text.strip()
