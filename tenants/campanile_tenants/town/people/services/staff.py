"""Roles in people's hands: giving, taking, leaving; and the bundles themselves."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from campanile_infra.database.names import is_town
from campanile_infra.database.scope import current
from campanile_tenants.contract.access import Host
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.contract.registry import registry
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Assignment, Kind, Office, Role, User
from campanile_tenants.town.people.models.roles import ADMINISTRATOR, held_by


class LastAdministrator(CampanileError):
    """Without her nobody could give a role any more."""

    code = "LAST_ADMINISTRATOR"
    http_status = 409
    message = _("This is the last person who can manage access. Give that role to somebody else first.")


class NotYourself(CampanileError):
    """Nobody changes her own access."""

    code = "NOT_YOURSELF"
    http_status = 409
    message = _("You cannot change your own access. Ask a colleague who manages access.")


class RoleInUse(CampanileError):
    """The role is in somebody's hands."""

    code = "ROLE_IN_USE"
    http_status = 409
    message = _("Somebody holds this role. Take it from them first.")


class RoleExists(CampanileError):
    """Another role has this name."""

    code = "ROLE_EXISTS"
    http_status = 409
    message = _("There is already a role with this name.")


def key_role() -> str:
    """The role that manages access here: without a holder, nobody gets in any more."""
    return ADMINISTRATOR if is_town(current().schema) else "operations"


def colleagues() -> QuerySet[User]:
    """The staff of the town, or the operators at the centre, with their roles. 2 queries."""
    kind = Kind.STAFF if is_town(current().schema) else Kind.OPERATOR
    return User.objects.filter(kind=kind).prefetch_related("assignments__role", "assignments__office")


def assign(
    user: User, role: Role, *, by: User, office: Office | None = None, categories: list[str] | None = None,
    until: datetime | None = None,
) -> Assignment:  # fmt: skip
    """Gives a role, everywhere or for an office and categories; the same again only changes the limits.

    Raises NotYourself.
    """
    _not_yourself(user, by)
    with transaction.atomic():
        assignment, _made = Assignment.objects.update_or_create(
            user=user, role=role, office=office,
            defaults={"categories": categories or [], "valid_until": until, "given_by": str(by.pk)},
        )  # fmt: skip
        office_id = office.pk if office else None
        record("people.role_given", user, role=role.code, office=office_id, categories=categories or [])
    return assignment


def take(assignment: Assignment, *, by: User) -> None:
    """Takes a role back. Raises NotYourself, LastAdministrator."""
    _not_yourself(assignment.user, by)
    with transaction.atomic():
        record("people.role_taken", assignment.user, role=assignment.role.code, office=assignment.office_id)
        assignment.delete()
        _somebody_stays()


def deactivate(user: User, *, by: User) -> None:
    """Ends a colleague's access at once: roles, sessions, second factors. What she did keeps her name.

    Raises NotYourself, LastAdministrator.
    """
    _not_yourself(user, by)
    with transaction.atomic():
        record("people.deactivated", user)
        user.is_active = False
        user.set_unusable_password()
        user.save()
        user.assignments.all().delete()
        Authenticator.objects.filter(user=user).delete()
        _somebody_stays()
    end_sessions(user)


def reset_second_factor(user: User, *, by: User) -> None:
    """Takes a colleague's second factors off, after one has made sure by voice or in person that it is she.

    She is signed out and must enrol a new one at the next sign-in. Raises NotYourself.
    """
    _not_yourself(user, by)
    with transaction.atomic():
        record("people.second_factor_reset", user)
        Authenticator.objects.filter(user=user).delete()
    end_sessions(user)


def end_sessions(user: User) -> int:
    """Signs somebody out everywhere; returns how many sessions there were."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


def holders(permission: str) -> list[User]:
    """Who holds a permission in the current place now: to write to them. 2 queries."""
    now = timezone.now()
    roles = [role.pk for role in Role.objects.all() if permission in role.permissions]
    held = Assignment.objects.filter(role__in=roles, valid_from__lte=now).exclude(valid_until__lte=now)
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("full_name"))


def save_role(role: Role | None, *, name: str, permissions: set[str]) -> Role:
    """Makes a role of the town's own, or changes what a role holds. Raises RoleExists.

    Of a standard role only the difference to what the modules declare is kept. `people.manage_staff` and the like
    may be in any role; the administrator's is never smaller.
    """
    allowed = set(registry.permissions(Host.TOWN if is_town(current().schema) else Host.CENTRE))
    wanted = permissions & allowed
    with transaction.atomic():
        if role is None:
            code = slugify(name)[:40] or "role"
            if Role.objects.filter(Q(code=code) | Q(name__iexact=name)).exists():
                raise RoleExists(field="name")
            role = Role.objects.create(code=code, name=name, added=sorted(wanted))
        elif role.is_standard:
            declared = held_by(role.code)
            role.added = sorted(wanted - declared)
            role.removed = [] if role.code == ADMINISTRATOR else sorted(declared - wanted)
            role.save()
        else:
            role.name, role.added = name, sorted(wanted)
            role.save()
        record("people.role_changed", role, added=role.added, removed=role.removed)
        _somebody_stays()
    return role


def delete_role(role: Role) -> None:
    """Deletes a role of the town's own. Raises RoleInUse, also for a standard one."""
    if role.is_standard or role.assignments.exists():
        raise RoleInUse
    record("people.role_deleted", role)
    role.delete()


def _not_yourself(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise NotYourself


def _somebody_stays() -> None:
    holders = Assignment.objects.filter(role__code=key_role(), user__is_active=True, office__isnull=True)
    if not holders.exclude(valid_until__lte=timezone.now()).filter(categories=[]).exists():
        raise LastAdministrator
