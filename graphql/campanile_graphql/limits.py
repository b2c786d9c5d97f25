"""How much somebody may ask for: points for one query, and points a minute, counted in Valkey."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache, caches
from redis.exceptions import RedisError

from campanile_graphql.errors import RequestError
from campanile_tenants.town.people.models import Kind, User

_log = logging.getLogger(__name__)
_WINDOW = 60


@dataclass(frozen=True)
class Budget:
    """Points for one query and for a minute."""

    name: str
    query: int
    minute: int


BUDGETS = {
    "": Budget("anonymous", 500, 3_000),
    Kind.CITIZEN: Budget("citizen", 1_000, 6_000),
    Kind.STAFF: Budget("staff", 5_000, 30_000),
    Kind.MACHINE: Budget("machine", 5_000, 30_000),
    Kind.OPERATOR: Budget("operator", 10_000, 60_000),
}
TRUSTED_QUERY = 2_000
"""A document of our own pages, or of a registered app, may cost this much also for strangers."""


@dataclass(frozen=True)
class Account:
    """What is left of a minute."""

    budget: Budget
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """RateLimit fields for HTTP (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"points";q={self.budget.minute};w={_WINDOW}',
            "RateLimit": f'"points";r={self.remaining};t={self.reset}',
        }


@lru_cache(maxsize=1)
def _client() -> Any:
    """The Valkey client below Django's cache; making one takes longer than asking it."""
    backend: Any = caches["default"]
    return backend._cache.get_client()


def budget_of(user: Any) -> Budget:
    """By what somebody is; strangers have the least."""
    budget = BUDGETS[user.kind] if isinstance(user, User) else BUDGETS[""]
    factor = settings.GRAPHQL_POINTS_FACTOR
    return budget if factor == 1 else replace(budget, minute=int(budget.minute * factor))


def check_price(budget: Budget, price: int, *, trusted: bool) -> None:
    """Raises RequestError when one query costs more than its budget."""
    most = max(budget.query, TRUSTED_QUERY) if trusted else budget.query
    if price > most:
        raise RequestError(
            "TOO_EXPENSIVE", f"This query costs {price} points; at most {most} are allowed. Ask for less at a time.",
            cost={"requested": price, "limit": most},
        )  # fmt: skip


def spend(request: Any, budget: Budget, price: int) -> Account:
    """Takes points from this minute's. Raises RequestError (429) when they are used up.

    One message to Valkey. Without Valkey nobody is turned away: reading a town's page matters more.
    """
    now = time.time()
    minute, reset = int(now) // _WINDOW, _WINDOW - int(now) % _WINDOW
    user = request.user
    who = f"u{user.pk}" if isinstance(user, User) else f"i{get_adapter(request).get_client_ip(request)}"
    key = cache.make_key(f"api:points:{who}:{minute}")
    try:
        with _client().pipeline(transaction=False) as messages:
            messages.incrby(key, price)
            messages.expire(key, _WINDOW)
            used = int(messages.execute()[0])
    except RedisError as error:
        _log.warning("Points are not counted: %s", type(error).__name__)
        used = price
    account = Account(budget, max(0, budget.minute - used), reset)
    if used > budget.minute:
        raise RequestError(
            "RATE_LIMITED", f"Your {budget.minute} points of this minute are used up. Wait {reset} seconds.",
            status=429,
            cost={"requested": price, "limit": budget.minute, "remaining": 0},
            headers={"Retry-After": str(reset), **account.headers},
        )  # fmt: skip
    return account
