"""One gate in front of every root field: right host, module on, person allowed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from campanile_tenants.contract.access import Policy
from campanile_tenants.contract.errors import NotAllowed
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.public.registry.gate import current_town_or_none, require_enabled
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.admission import assurance_of, check_host, decide

Resolver = Callable[..., Any]


def guarded(policy: Policy, module: ModuleConfig | None, resolver: Resolver) -> Resolver:
    """`resolver` behind the gate. Raises WrongHost, ModuleNotEnabled, NotAuthenticated, NotAllowed."""

    @wraps(resolver)
    def at_the_gate(root: Any, info: Any, **arguments: Any) -> Any:
        town = current_town_or_none()
        check_host(policy)
        if module is not None:
            require_enabled(module.code, town)
        try:
            decide(policy, info.context.user, assurance_of(info.context))
        except NotAllowed:
            record("auth.denied", ("field", info.field_name))
            raise
        return resolver(root, info, **arguments)

    return at_the_gate
