"""One gate in front of every root field: right host, module on, person allowed, time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.access import Policy
from campanile_tenants.contract.errors import CampanileError, NotAllowed
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.public.registry.gate import current_town_or_none, require_enabled
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.admission import assurance_of, check_host, decide

Resolver = Callable[..., Any]
DEADLINE = "campanile_api_deadline"


class TimeIsUp(CampanileError):
    """The whole request took too long; fields that were not begun are left out."""

    code = "TIMEOUT"
    http_status = 503
    message = _("This took too long and was stopped. Ask for less at a time.")


def admit(policy: Policy, module: ModuleConfig | None, context: Any) -> None:
    """Lets in or raises WrongHost, ModuleNotEnabled, NotAuthenticated, NotAllowed, ..., TimeIsUp."""
    check_host(policy)
    if module is not None:
        require_enabled(module.code, current_town_or_none())
    decide(policy, context.user, assurance_of(context))
    if time.monotonic() > getattr(context, DEADLINE, float("inf")):
        raise TimeIsUp


def guarded(policy: Policy, module: ModuleConfig | None, resolver: Resolver) -> Resolver:
    """`resolver` behind the gate; who is turned away goes on record."""

    @wraps(resolver)
    def at_the_gate(root: Any, info: Any, **arguments: Any) -> Any:
        try:
            admit(policy, module, info.context)
        except NotAllowed:
            record("auth.denied", ("field", info.field_name))
            raise
        return resolver(root, info, **arguments)

    return at_the_gate
