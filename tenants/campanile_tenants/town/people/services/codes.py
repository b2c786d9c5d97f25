"""Signing in with a code by mail or SMS: low assurance, for citizens only."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from campanile_infra.channels.base import channels
from campanile_infra.sealing import fingerprint, seal, unseal
from campanile_infra.telephone import e164, is_mobile
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.delivery import tasks
from campanile_tenants.town.delivery.services import enqueue
from campanile_tenants.town.people.models import Kind, SignInCode, User
from campanile_tenants.town.people.models.codes import MOST_TRIES


class CodeRefused(CampanileError):
    """Wrong, used, too old, or tried too often: the same words for all."""

    code = "CODE_REFUSED"
    http_status = 403
    message = _("This code is not right, or is too old. Look at the latest message, or ask for a new code.")


class NowhereToSend(CampanileError):
    """Neither an e-mail address nor, where SMS are set up, a mobile number."""

    code = "NOWHERE_TO_SEND"
    message = _("This is no e-mail address and no mobile number. Write it like name@example.org or 333 1234567.")


def by_sms() -> bool:
    """Whether codes may go out by SMS here."""
    return "sms" in channels()


def clean(text: str) -> str:
    """An e-mail address in lower case, or a mobile number in E.164. Raises NowhereToSend."""
    text = text.strip()
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError:
            raise NowhereToSend(field="address") from None
        return text.lower()
    number = e164(text) if by_sms() else None
    if number is None or not is_mobile(number):
        raise NowhereToSend(field="address")
    return number


def send(address: str) -> UUID:
    """Sends a code to `address` and returns the number by which the browser remembers it. Raises NowhereToSend.

    Whoever works for the town gets a mail that says where staff sign in, and no code: six digits by mail are no
    way round a second factor. The answer on the page is the same.
    """
    address, text = clean(address), f"{secrets.randbelow(10**6):06d}"
    town = current_town().full_name
    with transaction.atomic():
        SignInCode.objects.filter(made_at__lt=timezone.now() - timedelta(days=1)).delete()
        made = SignInCode.objects.create(sealed_address=seal(address), mark=fingerprint(address), digest="")
        made.digest = _digest(made.pk, text)
        works_here = "@" in address and User.objects.filter(email__iexact=address).exclude(kind=Kind.CITIZEN).exists()
        if works_here:
            made.tries = MOST_TRIES
            body = gettext("Somebody, perhaps you, asked for a citizen's sign-in code. Staff sign in with password "
                           "and second factor.\n\n%(town)s\n") % {"town": town}  # fmt: skip
        elif "@" not in address:  # its last line lets the telephone fill in the code on this site only (WebOTP)
            body = gettext("%(code)s is your sign-in code for %(town)s. It works for ten minutes.") % {
                "code": text, "town": town,
            } + f"\n\n@{current_town().host} #{text}"  # fmt: skip
        else:
            body = gettext("Your code is %(code)s\n\nIt works for ten minutes, on the page where you asked for it. "
                           "If you did not ask, do nothing.\n\n%(town)s\n") % {"code": text, "town": town}  # fmt: skip
        made.save()
        named = gettext("%(code)s is your sign-in code") % {"code": text}
        subject = gettext("Your sign-in code") if works_here else named
        enqueue(key=f"code:{made.pk}", purpose="people.code", recipient=address, subject=subject, body=body,
                channel="email" if "@" in address else "sms", language=get_language() or "it")  # fmt: skip
        tasks.drain_transactional.wake_on_commit()
    return made.pk


def check(number: str, text: str) -> User:
    """The citizen whose address got this code; made at the first time. Raises CodeRefused.

    Each try counts before the code is looked at, so that trying many at once wins nothing.
    """
    try:
        key = UUID(number)
    except ValueError:
        raise CodeRefused from None
    now = timezone.now()
    open_codes = SignInCode.objects.filter(pk=key, used_at__isnull=True, expires_at__gt=now, tries__lt=MOST_TRIES)
    found = open_codes.update(tries=F("tries") + 1)
    code = SignInCode.objects.filter(pk=key).first() if found else None
    if code is None or not secrets.compare_digest(code.digest, _digest(key, text.strip().replace(" ", ""))):
        record("auth.code_refused")
        raise CodeRefused(field="code")
    with transaction.atomic():
        if not SignInCode.objects.filter(pk=key, used_at__isnull=True).update(used_at=now):
            raise CodeRefused(field="code")
        address = unseal(code.sealed_address)
        by_mail = "@" in address
        same = {"email__iexact": address} if by_mail else {"phone": address}
        user = User.objects.filter(**same).first()
        if user is None:
            email, phone = (address, "") if by_mail else ("", address)
            user = User.objects.create_user(email, None, phone=phone, full_name="", kind=Kind.CITIZEN)
            record("people.citizen_known", user, provider="mail" if by_mail else "sms")
    if user.kind != Kind.CITIZEN or not user.is_active:
        raise CodeRefused(field="code")
    return user


def _digest(key: UUID, text: str) -> str:
    return fingerprint(f"{key}/{text}")
