"""How django-allauth behaves here."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from campanile_infra import sealing
from campanile_infra.database.names import is_town
from campanile_infra.database.scope import current
from campanile_tenants.public.registry.gate import current_town_or_none
from campanile_tenants.town.delivery import tasks
from campanile_tenants.town.delivery.services import enqueue
from campanile_tenants.town.people.models import User

DEVICE_COOKIE = "campanile_device"
_DEVICE_SALT = "campanile.device"
_DEVICE_DAYS = 365


def landing_page(request: HttpRequest) -> str:
    """Where one goes after signing in: the console, the back office, or the town's home."""
    if getattr(request, "town", None) is None:
        return reverse("centre:home")
    user = request.user
    return reverse("office:home") if isinstance(user, User) and user.is_staff_of_town else reverse("site:home")


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up: staff are invited. Wrong passwords are counted so that nobody can lock others out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return landing_page(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_user_display(self, user: Any) -> str:
        return str(user)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts tries for an account in two heaps: from devices that have signed in to it before, and from others.

        Strangers who guess fill the heap of strangers only, so the person herself still gets in from her own
        device (OWASP: slow down online guessing with device cookies). A heap is full after five wrong tries in
        five minutes; an address after ten in a minute, whatever it tries.
        """
        login = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
        heap = device_of(request, login) or "strangers"
        self._login_failed_rl_usage = ratelimit.consume(
            request, app="allauth.account", action="login_failed", key=sealing.fingerprint(f"{login}/{heap}")
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        from campanile_tenants.town.audit.services import record

        login = str(credentials.get("email") or "").strip().lower()
        record("auth.failed", ("login", sealing.fingerprint(login)[:32]))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In a town a mail is a row of the outbox first; the centre has no outbox and sends at once."""
        message = self.render_mail(template_prefix, email, context)
        if not is_town(current().schema):
            message.send()
            return
        enqueue(
            key=f"account:{secrets.token_hex(16)}", purpose=template_prefix.replace("/", ".")[:60], recipient=email,
            subject=str(message.subject), body=str(message.body),
        )  # fmt: skip
        tasks.drain_transactional.wake_on_commit()


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed; whoever must have one cannot take off the last."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        town = current_town_or_none()
        return town.full_name if town else settings.CENTRE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": self.get_totp_issuer()}

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        from campanile_tenants.town.people.admission import needs_second_factor

        user = authenticator.user
        if not needs_second_factor(user):
            return True
        others = user.authenticator_set.exclude(pk=authenticator.pk).exclude(type="recovery_codes")
        return authenticator.type == "recovery_codes" or others.exists()


def device_of(request: HttpRequest, login: str) -> str:
    """The number of this device when it has signed in to `login` before, else empty."""
    try:
        told = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=_DEVICE_SALT, max_age=_DEVICE_DAYS * 86400)
    except signing.BadSignature:
        return ""
    accounts = told.get(current().schema, []) if isinstance(told, dict) else []
    return str(told["device"]) if sealing.fingerprint(login)[:16] in accounts else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Makes this device known to the account: a signed cookie without a name or an address in it."""
    try:
        told = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=_DEVICE_SALT, max_age=_DEVICE_DAYS * 86400)
    except signing.BadSignature:
        told = {"device": secrets.token_hex(8)}
    accounts = [*told.get(current().schema, []), sealing.fingerprint(user.email.lower())[:16]]
    told[current().schema] = list(dict.fromkeys(accounts))[-5:]
    response.set_cookie(
        DEVICE_COOKIE, signing.dumps(told, salt=_DEVICE_SALT), max_age=_DEVICE_DAYS * 86400, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax", path="/accesso/",
    )  # fmt: skip
