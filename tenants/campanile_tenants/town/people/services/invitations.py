"""Inviting a colleague and accepting the invitation."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.people.models import Invitation, User

VALID_FOR = timedelta(days=7)


class InvitationUnusable(CampanileError):
    """Unknown, used or expired: the same words for all three."""

    code = "INVITATION_UNUSABLE"
    http_status = 410
    message = _("This invitation can no longer be used. Ask whoever invited you to send a new one.")


class AlreadyHere(CampanileError):
    """The address has an account in this town."""

    code = "PERSON_EXISTS"
    http_status = 409
    message = _("%(email)s already has an account here.")


def invite(email: str, role: str, *, full_name: str = "", by: str) -> tuple[Invitation, str]:
    """Makes an invitation to the current town (or the centre); returns it and the token for its link.

    An open invitation for the same address and role is replaced: only the last link works.
    Raises AlreadyHere.
    """
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email, is_active=True).exists():
        raise AlreadyHere(email=email, field="email")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.filter(email__iexact=email, accepted_at__isnull=True).delete()
        invitation = Invitation.objects.create(
            email=email,
            full_name=full_name,
            role=role,
            token_digest=_digest(token),
            invited_by=by,
            expires_at=timezone.now() + VALID_FOR,
        )
    return invitation, token


def find_invitation(token: str) -> Invitation:
    """The open invitation behind a link. Raises InvitationUnusable."""
    invitation = Invitation.objects.filter(
        token_digest=_digest(token), accepted_at__isnull=True, expires_at__gt=timezone.now()
    ).first()
    if invitation is None:
        raise InvitationUnusable
    return invitation


def accept(token: str, *, full_name: str, password: str) -> User:
    """Makes the account of the invited person. Raises InvitationUnusable, also at the second use."""
    with transaction.atomic():
        invitation = find_invitation(token)
        used = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True)
        if not used.update(accepted_at=timezone.now()):
            raise InvitationUnusable
        return User.objects.create_user(invitation.email, password, full_name=full_name, role=invitation.role)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
