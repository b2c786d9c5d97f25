"""A second factor proved again, now: for what one person does alone and cannot take back."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.limits import within_limit
from campanile_tenants.town.people.models import User

FRESH = 300
"""Seconds for which a passkey shown to us counts."""
_BY_CODE = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


class SecondFactorRefused(CampanileError):
    """The code is wrong, was used already, or none was given."""

    code = "SECOND_FACTOR_REFUSED"
    http_status = 403
    message = _("Write the six digits that your code app shows now, or show your passkey again.")


def prove(request: HttpRequest, user: User, code: str, *, limit: str) -> None:
    """Raises SecondFactorRefused unless a code of hers fits, or her passkey was shown within `FRESH` seconds."""
    code = code.replace(" ", "")
    if not code and _shown_lately(request):
        return
    if code and within_limit(request, limit):
        for factor in Authenticator.objects.filter(user=user, type__in=_BY_CODE):
            if factor.wrap().validate_code(code):
                return
    record("auth.second_factor_refused", user)
    raise SecondFactorRefused(field="code")


def _shown_lately(request: HttpRequest) -> bool:
    shown = request.session.get("account_authentication_methods", [])
    return any(
        one.get("method") == "mfa" and one.get("type") == "webauthn" and time.time() - one.get("at", 0) < FRESH
        for one in shown
    )
