"""Inviting a colleague and accepting the invitation."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_infra.addresses import address
from campanile_infra.database.names import is_town
from campanile_infra.database.scope import current
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Assignment, Invitation, Kind, Office, Role, User

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


class UnknownRole(CampanileError):
    """No role bears this code here."""

    code = "UNKNOWN_ROLE"
    http_status = 404
    message = _("There is no role “%(role)s” here.")


def invite(
    email: str, role: str, *, full_name: str = "", by: str, office: Office | None = None,
    categories: list[str] | None = None,
) -> tuple[Invitation, str]:  # fmt: skip
    """Makes an invitation to the current town (or the centre); returns it and the token for its link.

    An open invitation for the same address is replaced: only the last link works. Whoever signed in as a citizen
    with this address may be invited: accepting makes her account one of staff.
    Raises AlreadyHere, UnknownRole.
    """
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email, is_active=True).exclude(kind=Kind.CITIZEN).exists():
        raise AlreadyHere(email=email, field="email")
    if not Role.objects.filter(code=role).exists():
        raise UnknownRole(role=role, field="role")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.filter(email__iexact=email, accepted_at__isnull=True).delete()
        invitation = Invitation.objects.create(
            email=email, full_name=full_name, role=role, office=office, categories=categories or [],
            token_digest=_digest(token), invited_by=by, expires_at=timezone.now() + VALID_FOR,
        )  # fmt: skip
        record("people.invited", invitation, role=role, office=office.pk if office else None)
    return invitation, token


def link(token: str, host: str) -> str:
    """The address in an invitation's mail; `host` is the town's, or the centre's."""
    urlconf = settings.ROOT_URLCONF if is_town(current().schema) else settings.PUBLIC_SCHEMA_URLCONF
    path = reverse("accept_invitation", args=[token], urlconf=urlconf)
    return address(host, path)


def find_invitation(token: str) -> Invitation:
    """The open invitation behind a link. Raises InvitationUnusable."""
    invitation = Invitation.objects.filter(
        token_digest=_digest(token), accepted_at__isnull=True, expires_at__gt=timezone.now()
    ).first()
    if invitation is None:
        raise InvitationUnusable
    return invitation


def accept(token: str, *, full_name: str, password: str) -> User:
    """Makes the account of the invited person with her role. Raises InvitationUnusable, also at the second use.

    Somebody who worked here before gets her old account back, with the new role only.
    """
    with transaction.atomic():
        invitation = find_invitation(token)
        used = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True)
        if not used.update(accepted_at=timezone.now()):
            raise InvitationUnusable
        kind = Kind.STAFF if is_town(current().schema) else Kind.OPERATOR
        user = User.objects.filter(email__iexact=invitation.email).first()
        if user is None:
            user = User.objects.create_user(invitation.email, password, full_name=full_name, kind=kind)
        else:
            user.full_name, user.kind, user.is_active = full_name, kind, True
            user.set_password(password)
            user.save()
            user.assignments.all().delete()
        Assignment.objects.create(
            user=user, role=Role.objects.get(code=invitation.role), office=invitation.office,
            categories=invitation.categories, given_by=invitation.invited_by,
        )  # fmt: skip
        record("people.invitation_accepted", user, invitation=invitation.pk)
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
