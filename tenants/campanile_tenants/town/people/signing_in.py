"""What django-allauth tells: written to the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from campanile_tenants.town.audit.services import record


@receiver(user_logged_in)
def _signed_in(request: Any, user: Any, **kwargs: Any) -> None:
    methods = [entry.get("method") for entry in request.session.get("account_authentication_methods", [])]
    request.campanile_signed_in = user
    request.session.set_expiry(settings.ACCOUNT_SESSION_COOKIE_AGE)
    if hasattr(request, "user"):
        UserSession.objects.create_from_request(request)  # allauth does so for its own pages only
    record("auth.signed_in", user, methods=methods)


@receiver(user_logged_out)
def _signed_out(user: Any, **kwargs: Any) -> None:
    if user is not None:
        record("auth.signed_out", user)


@receiver(account.password_changed)
@receiver(account.password_set)
@receiver(account.password_reset)
def _password(user: Any, signal: Any, **kwargs: Any) -> None:
    record("auth.password_changed", user, by_mail=signal is account.password_reset)


@receiver(mfa.authenticator_added)
@receiver(mfa.authenticator_removed)
@receiver(mfa.authenticator_reset)
def _second_factor(user: Any, authenticator: Any, signal: Any, **kwargs: Any) -> None:
    names = {mfa.authenticator_added: "added", mfa.authenticator_removed: "removed", mfa.authenticator_reset: "reset"}
    record(f"auth.second_factor_{names[signal]}", user, type=str(authenticator.type))
