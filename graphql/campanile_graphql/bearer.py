"""Machines come in by `Authorization: Bearer` (RFC 6750)."""

from __future__ import annotations

from django.http import HttpRequest

from campanile_graphql.errors import RequestError
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.limits import within_limit
from campanile_tenants.town.people.models import User
from campanile_tenants.town.people.services.tokens import TokenRefused, user_of


def machine_behind(request: HttpRequest) -> User | None:
    """The machine whose token the request bears; None without one. Raises RequestError (401, 429), on record."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        return user_of(text.strip())
    except TokenRefused as error:
        record("token.refused")
        if not within_limit(request, "token_refused"):
            raise RequestError("TOO_MANY_TRIES", "Too many refused tokens. Wait a minute.", status=429,
                               headers={"Retry-After": "60"}) from None  # fmt: skip
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise RequestError(error.code, str(error), status=error.http_status, headers=challenge) from None
