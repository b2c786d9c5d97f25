"""The verbs on the way to sending: draft, change, submit, take back, approve; by two people, or alone with a reason.

Nothing here sends: see `releasing`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from campanile_modules.alerts.errors import (
    AlreadyOver,
    Changed,
    IllegalMove,
    NoDelegation,
    NotEditable,
    NotReady,
    OwnAlert,
    ReasonMissing,
    WrongTown,
)
from campanile_modules.alerts.models import Alert, Delegation, MsgType, Revision
from campanile_modules.alerts.services import checks
from campanile_modules.alerts.services.content import Content, digest
from campanile_modules.alerts.states import BEFORE, LIVE, MOVES, State
from campanile_tenants.kit import audit, events
from campanile_tenants.kit.people import User
from campanile_tenants.kit.town import current_town


def begin(
    content: Content, *, by: User | None, kind: str = Alert.Kind.ACTUAL, origin: str = Alert.Origin.OWN,
    campaign: UUID | None = None,
) -> Revision:  # fmt: skip
    """Makes an alert with its first draft. `by` is None for what a program wrote."""
    with transaction.atomic():
        alert = Alert.objects.create(kind=kind, hazard=content.hazard, origin=origin, campaign=campaign)
        revision = Revision.objects.create(alert=alert, written_by=by, **content.columns())
        audit.record("alerts.drafted", revision, origin=origin, drill=alert.is_drill)
        _tell(revision)
    return revision


def update(alert: Alert, *, by: User) -> Revision:
    """A draft that will take the place of what is in force; the one in hand when there is one. Raises AlreadyOver."""
    with transaction.atomic():
        Alert.objects.select_for_update(no_key=True).get(pk=alert.pk)
        if (in_hand := alert.revisions.filter(state__in=BEFORE).first()) is not None:
            return in_hand
        now = alert.revisions.filter(state__in=LIVE).first()
        if now is None or now.msg_type == MsgType.CANCEL:
            raise AlreadyOver
        number = alert.revisions.aggregate(n=Max("number"))["n"] + 1
        made = Revision.objects.create(
            alert=alert, number=number, msg_type=MsgType.UPDATE, written_by=by, **Content.of(now).columns()
        )
        audit.record("alerts.drafted", made, update=number)
        _tell(made)
    return made


def change(revision: Revision, content: Content, *, by: User) -> Revision:
    """Writes a draft anew. Raises NotEditable."""
    with transaction.atomic():
        locked = _lock(revision)
        if locked.state != State.DRAFT:
            raise NotEditable
        for name, value in content.columns().items():
            setattr(locked, name, value)
        locked.written_by, locked.written_at = by, timezone.now()
        locked.save()
        if locked.msg_type == MsgType.ALERT and locked.alert.hazard != content.hazard:
            Alert.objects.filter(pk=locked.alert_id).update(hazard=content.hazard)
            locked.alert.hazard = content.hazard
        audit.record("alerts.changed", locked)
        _tell(locked)
    return locked


def submit(revision: Revision, *, by: User) -> Revision:
    """Hands it over for approval; from here on its content stands. Raises IllegalMove, NotReady."""
    _ready(revision)
    with transaction.atomic():
        locked = _move(revision, State.SUBMITTED)
        locked.submitted_by, locked.submitted_at, locked.content_hash = by, timezone.now(), digest(locked)
        locked.save()
        audit.record("alerts.submitted", locked)
        _tell(locked)
    return locked


def take_back(revision: Revision) -> Revision:
    """Back to the draft, so that it can be changed; an approval is gone. Raises IllegalMove."""
    with transaction.atomic():
        locked = _move(revision, State.DRAFT)
        locked.submitted_by = locked.submitted_at = locked.approved_by = locked.approved_at = None
        locked.content_hash = locked.approved_hash = locked.approval = locked.reason = ""
        locked.save()
        audit.record("alerts.taken_back", locked)
        _tell(locked)
    return locked


def discard(revision: Revision) -> Revision:
    """It is never sent. Raises IllegalMove."""
    with transaction.atomic():
        locked = _move(revision, State.DISCARDED)
        locked.ended_at = timezone.now()
        locked.save()
        if locked.msg_type == MsgType.ALERT:
            Alert.objects.filter(pk=locked.alert_id).update(closed_at=timezone.now())
        audit.record("alerts.discarded", locked)
        _tell(locked)
    return locked


def approve(revision: Revision, *, by: User, seen: str) -> Revision:
    """A second person approves what she saw: `seen` is the hash of it.

    Raises OwnAlert, Changed, IllegalMove, NotReady.
    """
    _ready(revision)
    with transaction.atomic():
        locked = _lock(revision)
        if locked.state != State.SUBMITTED:
            raise IllegalMove(from_state=State(locked.state).label, to_state=State.APPROVED.label)
        if by.pk in (locked.written_by_id, locked.submitted_by_id):
            raise OwnAlert
        if seen != locked.content_hash or digest(locked) != locked.content_hash:
            raise Changed
        _approve(locked, by, Revision.Approval.TWO_PEOPLE)
    return locked


def approve_by_delegation(revision: Revision, *, by: User | None) -> Revision:
    """Approves what the mayor agreed to beforehand. `by` is None where nobody is asked.

    Raises NoDelegation, NotReady.
    """
    _ready(revision)
    with transaction.atomic():
        locked = _lock(revision)
        kind = Delegation.Kind.ALONE if by is not None else Delegation.Kind.CENTRE
        if delegation_for(kind, locked.alert.hazard, locked.colour) is None:
            raise NoDelegation
        locked.content_hash = digest(locked)
        locked.submitted_by = locked.submitted_by or by
        locked.submitted_at = locked.submitted_at or timezone.now()
        _approve(locked, by, Revision.Approval.DELEGATION)
    return locked


def break_glass(revision: Revision, *, by: User, town_name: str, reason: str) -> Revision:
    """One person alone, who has just shown her second factor.

    Raises WrongTown, ReasonMissing, NotReady, IllegalMove.
    """
    check_alone(town_name, reason)
    _ready(revision)
    with transaction.atomic():
        locked = _lock(revision)
        locked.content_hash = digest(locked)
        locked.reason = " ".join(reason.split())[:300]
        locked.submitted_by = locked.submitted_by or by
        locked.submitted_at = locked.submitted_at or timezone.now()
        _approve(locked, by, Revision.Approval.BREAK_GLASS)
    return locked


def check_alone(town_name: str, reason: str) -> None:
    """Looks at what was typed before the code is, which counts once. Raises WrongTown, ReasonMissing."""
    town = current_town()
    if " ".join(town_name.split()).casefold() != town.name.casefold():
        raise WrongTown(town=town.name, field="town_name")
    if len(reason.strip()) < 5:
        raise ReasonMissing(field="reason")


def delegation_for(kind: str, hazard: str, colour: int, now: datetime | None = None) -> Delegation | None:
    """The delegation that covers an alert, if the mayor gave one. 1 query."""
    now = now or timezone.now()
    given = Delegation.objects.filter(kind=kind, withdrawn_at__isnull=True, until__gt=now, given_at__lte=now)
    return next((one for one in given if one.covers(hazard, colour)), None)


def _approve(locked: Revision, by: User | None, how: str) -> None:
    state = State(locked.state)
    if State.APPROVED not in MOVES[state]:
        raise IllegalMove(from_state=state.label, to_state=State.APPROVED.label)
    locked.state, locked.approval = State.APPROVED, how
    locked.approved_by, locked.approved_at, locked.approved_hash = by, timezone.now(), locked.content_hash
    locked.save()
    audit.record("alerts.approved", locked, how=how)
    _tell(locked)


def _ready(revision: Revision) -> None:
    problems = checks.card(revision).problems
    if problems:
        raise NotReady(what=" ".join(problems))


def _lock(revision: Revision) -> Revision:
    rows: Any = Revision.objects.select_for_update(of=("self",)).select_related("alert")
    found: Revision = rows.get(pk=revision.pk)
    return found


def _move(revision: Revision, to: State) -> Revision:
    locked = _lock(revision)
    state = State(locked.state)
    if to not in MOVES[state]:
        raise IllegalMove(from_state=state.label, to_state=to.label)
    locked.state = to
    return locked


def _tell(revision: Revision) -> None:
    events.publish("alerts.moved", alert_id=str(revision.alert_id))
