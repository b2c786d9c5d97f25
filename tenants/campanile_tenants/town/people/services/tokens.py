"""API tokens: made once, shown once, checked by digest."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_infra.database.scope import current
from campanile_tenants.contract.access import Host
from campanile_tenants.contract.errors import CampanileError, InvalidInput
from campanile_tenants.contract.registry import registry
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import ApiToken, Kind, User

_SHAPE = re.compile(r"camp_(c_[0-9]{6}|public)_[A-Za-z0-9_-]{43}")
LONGEST = timedelta(days=366)
_USED_EVERY = timedelta(minutes=5)


class TokenRefused(CampanileError):
    """Unknown, expired, revoked, or of another town: the same words for all."""

    code = "TOKEN_REFUSED"
    http_status = 401
    message = _("This token does not open anything here. Ask the municipality for a new one.")


def scopes() -> dict[str, str]:
    """What a token may be allowed to do here: permissions of the town that need no second factor."""
    return {
        code: str(permission.label)
        for code, permission in registry.permissions(Host.TOWN).items()
        if not permission.own_hands and not permission.second_factor
    }


def make(
    name: str, permissions: list[str], *, expires_at: datetime, by: User, sandbox: bool = False
) -> tuple[ApiToken, str]:
    """Makes a token for another system; returns it and its text, which is never seen again.

    One with `sandbox` may be without permissions: strangers may write too. The text is `camp_<schema>_<secret>`:
    256 random bits, and leaked ones can be searched for. Raises InvalidInput.
    """
    unknown = set(permissions) - set(scopes())
    if unknown or not (permissions or sandbox):
        raise InvalidInput(reason=_("Choose at least one thing that a token may do."), field="permissions")
    if not timezone.now() < expires_at <= timezone.now() + LONGEST:
        raise InvalidInput(reason=_("A token lives for a year at most."), field="expires_at")
    text = f"camp_{current().schema}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        user = User.objects.create_user("", None, full_name=name, kind=Kind.MACHINE)
        token = ApiToken.objects.create(
            user=user, name=name, digest=_digest(text), hint=text[-4:], permissions=sorted(permissions),
            created_by=str(by.pk), expires_at=expires_at, sandbox=sandbox,
        )  # fmt: skip
        record("token.made", token, permissions=token.permissions, sandbox=sandbox)
    return token, text


def revoke(token: ApiToken) -> None:
    """Shuts it for good. Twice changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record("token.revoked", token)


def user_of(text: str) -> User:
    """The machine behind a token of the current place. 1 query, and one every five minutes. Raises TokenRefused."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or shape[1] != current().schema:
        raise TokenRefused
    token = ApiToken.objects.select_related("user").filter(digest=_digest(text)).first()
    now = timezone.now()
    if token is None or not token.is_live(now) or not token.user.is_active:
        raise TokenRefused
    if token.last_used_at is None or now - token.last_used_at > _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    token.user.token = token
    return token.user


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
