"""What a person may do here: computed once, from her roles, her grant, or her token's scopes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from campanile_infra.database.names import is_town
from campanile_infra.database.scope import current
from campanile_tenants.contract.registry import registry
from campanile_tenants.town.people.models.grants import Grant
from campanile_tenants.town.people.models.roles import Assignment, Role
from campanile_tenants.town.people.models.users import Kind

if TYPE_CHECKING:
    from campanile_tenants.town.people.models.users import User


@dataclass(frozen=True)
class Limit:
    """One assignment's limits: an office (None: any) and categories `<module>:<code>` (empty: any)."""

    office: int | None = None
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reach:
    """How far a permission goes: a row is within reach when one of the limits admits it; no limits, nothing."""

    limits: tuple[Limit, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return any(limit.office is None and not limit.categories for limit in self.limits)

    def __bool__(self) -> bool:
        return bool(self.limits)

    def admits(self, office: int | None, category: str = "") -> bool:
        """Whether a row of this office and category (`<module>:<code>`) is within reach. No query."""
        return any(
            (limit.office is None or limit.office == office) and (not limit.categories or category in limit.categories)
            for limit in self.limits
        )

    def q(self, *, office: str = "office", category: str = "", module: str = "") -> Q:
        """A filter for rows with a foreign key `office` and, at the path `category`, the code of a category."""
        if self.is_everything:
            return Q()
        allowed = Q(pk__in=[])
        for limit in self.limits:
            one = Q(**{office: limit.office}) if limit.office is not None else Q()
            if limit.categories:
                if not category:
                    continue
                codes = [text.partition(":")[2] for text in limit.categories if text.startswith(f"{module}:")]
                one &= Q(**{f"{category}__in": codes})
            allowed |= one
        return allowed


@dataclass(frozen=True)
class Access:
    """Permissions with their reach; the grant that an operator works under; the names of the roles."""

    reaches: dict[str, Reach] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    grant: Grant | None = None

    def __contains__(self, code: str) -> bool:
        return code in self.reaches

    def reach(self, code: str) -> Reach:
        """How far a permission goes; nowhere when it is not held."""
        return self.reaches.get(code, Reach())

    @property
    def needs_second_factor(self) -> bool:
        """Whether something held here asks for a second factor."""
        declared = registry.permissions()
        return any(declared[code].second_factor for code in self.reaches if code in declared)

    @property
    def grant_id(self) -> UUID | None:
        """Identifier of the grant, if any."""
        return self.grant.pk if self.grant else None


EVERYTHING = Reach((Limit(),))


def access_of(user: User) -> Access:
    """Computes it. 1 query for staff, operators and machines; 0 for citizens and for whoever may not sign in."""
    if not user.is_active or user.kind == Kind.CITIZEN:
        return Access()
    if user.kind == Kind.MACHINE:
        return _of_machine(user)
    if user.kind == Kind.OPERATOR and is_town(current().schema):
        return _under_grant(user)
    return _of_roles(user)


def _of_roles(user: User) -> Access:
    now = timezone.now()
    assignments = Assignment.objects.filter(user=user, valid_from__lte=now).select_related("role")
    limits: dict[str, list[Limit]] = defaultdict(list)
    names: list[str] = []
    for assignment in assignments.exclude(valid_until__lte=now):
        limit = Limit(assignment.office_id, frozenset(assignment.categories))
        names.append(assignment.role.code)
        for code in assignment.role.permissions:
            limits[code].append(limit)
    return Access({code: Reach(tuple(held)) for code, held in limits.items()}, roles=tuple(names))


def _under_grant(user: User) -> Access:
    """An operator in a town: what the granted role holds, less what only the town's own people do."""
    grant = Grant.objects.filter(operator=user, state=Grant.State.APPROVED, expires_at__gt=timezone.now()).first()
    if grant is None:
        return Access()
    role = Role.objects.filter(code=grant.role).first()
    held = role.permissions if role else frozenset[str]()
    return Access(_everywhere(held), roles=(grant.role,), grant=grant)


def _of_machine(user: User) -> Access:
    token: Any = getattr(user, "token", None)
    return Access(_everywhere(token.permissions)) if token and token.is_live() else Access()


def _everywhere(codes: Any) -> dict[str, Reach]:
    declared = registry.permissions()
    return {code: EVERYTHING for code in codes if code in declared and not declared[code].own_hands}
