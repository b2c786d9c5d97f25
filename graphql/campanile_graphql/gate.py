"""One gate in front of every root field: right host, module on, person allowed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from campanile_tenants.contract.api import Audience, Host, Policy
from campanile_tenants.contract.errors import NotAllowed, NotAuthenticated, WrongHost
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.public.registry.gate import current_town_or_none, require_enabled

Resolver = Callable[..., Any]


def guarded(policy: Policy, module: ModuleConfig | None, resolver: Resolver) -> Resolver:
    """`resolver` behind the gate. Raises WrongHost, ModuleNotEnabled, NotAuthenticated, NotAllowed."""

    @wraps(resolver)
    def at_the_gate(root: Any, info: Any, **arguments: Any) -> Any:
        town = current_town_or_none()
        if (policy.host is Host.TOWN and town is None) or (policy.host is Host.CENTRE and town is not None):
            raise WrongHost
        if module is not None:
            require_enabled(module.code, town)
        check_person(policy, info.context.user)
        return resolver(root, info, **arguments)

    return at_the_gate


def check_person(policy: Policy, user: Any) -> None:
    """Raises NotAuthenticated or NotAllowed unless the policy lets this person in."""
    if policy.audience is Audience.ANYONE and not policy.permission:
        return
    if not user.is_authenticated:
        raise NotAuthenticated
    if policy.audience is Audience.OPERATOR and not user.is_operator:
        raise NotAllowed
    if policy.audience is Audience.STAFF and not user.is_staff_of_town:
        raise NotAllowed
    if policy.permission and not user.has_permission(policy.permission):
        raise NotAllowed
