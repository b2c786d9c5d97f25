"""Letting somebody of the centre in: asking, deciding, ending; and breaking the glass.

The grant lives in the town's own schema: the town's database says whether an operator may work there. All functions
run inside the town.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError, NotAllowed
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Assignment, Grant, Kind, SupportHours, User
from campanile_tenants.town.people.models.roles import ADMINISTRATOR
from campanile_tenants.town.people.services.staff import end_sessions

_State = Grant.State
OPEN = (_State.ASKED, _State.AWAITING_SECOND, _State.APPROVED)


class AlreadyAsked(CampanileError):
    """One open grant for each operator in each town."""

    code = "GRANT_OPEN"
    http_status = 409
    message = _("You already have a request or a grant in this town.")


class GrantNotOpen(CampanileError):
    """It was decided or ended already."""

    code = "GRANT_NOT_OPEN"
    http_status = 409
    message = _("This request was decided already, or has ended.")


class SecondOperatorNeeded(CampanileError):
    """Nobody breaks the glass alone."""

    code = "SECOND_OPERATOR_NEEDED"
    http_status = 403
    message = _("Another operator has to confirm this emergency access.")


def ask(
    centre_user: str, *, email: str, full_name: str, role: str, reason: str, hours: int, emergency: bool = False
) -> Grant:
    """An operator asks to work in the current town as `role` for some hours.

    Within the support hours that the town agreed to for that role it is approved at once; an emergency waits
    for a second operator. Raises AlreadyAsked.
    """
    with transaction.atomic():
        operator = _operator(email, full_name)
        expire()
        if Grant.objects.filter(operator=operator, state__in=OPEN).exists():
            raise AlreadyAsked
        grant = Grant(operator=operator, centre_user=centre_user, role=role, reason=reason, hours=hours)
        if emergency:
            grant.kind, grant.state = Grant.Kind.BREAK_GLASS, _State.AWAITING_SECOND
        grant.save()
        record("grant.asked", grant, operator=centre_user, role=role, emergency=emergency, hours=hours)
        if not emergency and _within_support_hours(role):
            grant.kind = Grant.Kind.SUPPORT_HOURS
            _approve(grant, by="support hours")
    return grant


def approve(grant: Grant, *, by: User) -> Grant:
    """The town lets her in. Raises GrantNotOpen; NotAllowed for somebody of the centre."""
    with transaction.atomic():
        grant = _locked(grant, _State.ASKED)
        if by.is_operator:
            raise NotAllowed
        _approve(grant, by=str(by.pk))
    return grant


def refuse(grant: Grant, *, by: User) -> Grant:
    """The town says no. Raises GrantNotOpen."""
    with transaction.atomic():
        grant = _locked(grant, _State.ASKED)
        grant.state, grant.decided_at, grant.decided_by = _State.REFUSED, timezone.now(), str(by.pk)
        grant.save()
        record("grant.refused", grant)
    return grant


def confirm_emergency(grant: Grant, *, centre_user: str) -> Grant:
    """A second operator breaks the glass with the first; the caller tells the town. Raises SecondOperatorNeeded."""
    with transaction.atomic():
        grant = _locked(grant, _State.AWAITING_SECOND)
        if grant.centre_user == centre_user:
            raise SecondOperatorNeeded
        _approve(grant, by=f"centre:{centre_user}")
    return grant


def end(grant: Grant, *, by: str) -> Grant:
    """Ends it now: the operator's next click finds the door shut. Ending twice changes nothing."""
    with transaction.atomic():
        grant = Grant.objects.select_for_update().get(pk=grant.pk)
        if grant.state in OPEN:
            grant.state, grant.ended_at, grant.ended_by = _State.ENDED, timezone.now(), by
            grant.save()
            record("grant.ended", grant)
    end_sessions(grant.operator)
    return grant


def expire() -> int:
    """Ends what is past its time; returns how many."""
    over = Grant.objects.filter(state=_State.APPROVED, expires_at__lte=timezone.now())
    return len([end(grant, by="time") for grant in over])


def live() -> QuerySet[Grant]:
    """Grants under which somebody of the centre may be at work now."""
    return Grant.objects.filter(state=_State.APPROVED, expires_at__gt=timezone.now()).select_related("operator")


def administrators() -> QuerySet[User]:
    """Who is told about emergencies and asked for leave."""
    holders = Assignment.objects.filter(role__code=ADMINISTRATOR, user__is_active=True)
    return User.objects.filter(kind=Kind.STAFF, pk__in=holders.values("user"))


def _approve(grant: Grant, *, by: str) -> None:
    now = timezone.now()
    grant.state, grant.decided_at, grant.decided_by = _State.APPROVED, now, by
    grant.expires_at = now + timedelta(hours=grant.hours)
    grant.save()
    record("grant.approved", grant, kind=grant.kind)


def _locked(grant: Grant, state: str) -> Grant:
    locked = Grant.objects.select_for_update().get(pk=grant.pk)
    if locked.state != state:
        raise GrantNotOpen
    return locked


def _operator(email: str, full_name: str) -> User:
    """The operator's row in this town: never with a password, never somebody who works for the town."""
    known = User.objects.filter(email__iexact=email).first()
    if known is None:
        return User.objects.create_user(email, None, full_name=full_name, kind=Kind.OPERATOR)
    if known.kind != Kind.OPERATOR:
        raise NotAllowed
    return known


def _within_support_hours(role: str) -> bool:
    now = timezone.localtime()
    agreed = SupportHours.objects.filter(weekday=now.isoweekday(), opens__lte=now.time(), closes__gt=now.time())
    return agreed.filter(role=role).exists()
