"""From the centre's host into a town's session: once, within a minute, and only the browser that set out.

1. the town puts a secret into its session and sends the browser to the centre with the secret's digest;
2. the centre finds out who it is, and writes a hand-over bound to that digest into the town's schema;
3. the browser brings the hand-over's token back; the town compares the binding with its session's secret.

A token that leaks is worth nothing in another browser, and a login forced upon somebody has no secret to match.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.access import Assurance
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Grant, HandOver, User

_SESSION_KEY = "handover_secret"
BINDING = re.compile(r"[0-9a-f]{64}")


class HandOverRefused(CampanileError):
    """Unknown, used, expired, of another town or another browser: the same words for all."""

    code = "HANDOVER_REFUSED"
    http_status = 403
    message = _("This sign-in could not be completed. Start again from the municipality's site.")


def set_out(session: Any) -> str:
    """Step 1, in the town: makes the secret and returns its digest, the binding."""
    secret = secrets.token_urlsafe(32)
    session[_SESSION_KEY] = secret
    return _sha256(secret)


def issue(
    user: User, binding: str, *, provider: str, assurance: Assurance = Assurance.NONE, grant: Grant | None = None,
    provider_session: str = "",
) -> str:  # fmt: skip
    """Step 2, inside the town: writes the hand-over; returns its token. Raises HandOverRefused for a bad binding.

    `provider_session` is a fingerprint by which the provider can end the session later.
    """
    if not BINDING.fullmatch(binding):
        raise HandOverRefused
    token = secrets.token_urlsafe(32)
    HandOver.objects.create(
        digest=_sha256(token), binding=binding, user=user, grant=grant, assurance=int(assurance), provider=provider,
        provider_session=provider_session,
    )  # fmt: skip
    return token


def redeem(session: Any, token: str) -> HandOver:
    """Step 3, in the town. Whatever happens, the token and the secret are spent. Raises HandOverRefused."""
    secret = session.pop(_SESSION_KEY, "")
    now = timezone.now()
    with transaction.atomic():
        found = HandOver.objects.filter(digest=_sha256(token), used_at__isnull=True)
        handover = found.select_related("user", "grant").select_for_update(of=("self",)).first()
        if handover is not None:
            found.update(used_at=now)
    fits = handover is not None and hmac.compare_digest(handover.binding, _sha256(secret)) and bool(secret)
    if handover is None or not fits or handover.expires_at <= now or not handover.user.is_active:
        record("handover.refused")
        raise HandOverRefused
    return handover


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
