"""How often something may be asked for, by network or by key: the actions stand in ACCOUNT_RATE_LIMITS."""

from __future__ import annotations

from django.http import HttpRequest

from campanile_tenants.contract.errors import TooOften
from campanile_tenants.town.people.limits import limited, too_many, within_limit

__all__ = ["TooOften", "limited", "require_within_limit", "too_many", "within_limit"]


def require_within_limit(request: HttpRequest, action: str, key: str | None = None) -> None:
    """Counts one use of `action`, as the API does it. Raises TooOften.

    A count stays when the mutation is refused and its transaction, a count of tries in it too, is rolled back; and in
    the sandbox, which keeps nothing.
    """
    if not within_limit(request, action, key):
        raise TooOften
