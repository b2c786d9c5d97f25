"""Who may do what, asked the same way by pages and API: `town.people.admission` decides for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from campanile_tenants.contract.access import ANYONE, SIGNED_IN, STAFF, Assurance, Audience, Policy
from campanile_tenants.contract.errors import NotAllowed, NotAuthenticated
from campanile_tenants.town.people.access import Limit, Reach
from campanile_tenants.town.people.admission import View, assurance_of, declared, may
from campanile_tenants.town.people.models import User

__all__ = [
    "ANYONE",
    "SIGNED_IN",
    "STAFF",
    "Assurance",
    "Audience",
    "Limit",
    "Policy",
    "Reach",
    "assurance_of",
    "declared",
    "may",
    "open_to_all",
    "permission_required",
    "require_permission",
]

open_to_all = declared(ANYONE)
"""A page for everybody."""


def permission_required(code: str) -> Callable[[View], View]:
    """A page of the back office for holders of a declared permission."""
    return declared(Policy(Audience.STAFF, permission=code))


def require_permission(user: Any, code: str) -> User:
    """The user, when she holds the permission. Raises NotAuthenticated or NotAllowed."""
    if not isinstance(user, User):
        raise NotAuthenticated
    if not user.has_permission(code):
        raise NotAllowed
    return user
