"""SignInCode: six digits by mail or SMS, for services that ask for little certainty."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

MOST_TRIES = 5


def in_ten_minutes() -> datetime:
    """A code lives for ten minutes."""
    return timezone.now() + timedelta(minutes=10)


class SignInCode(models.Model):
    """A code sent to an address. The address is sealed and the code only a digest; both go within a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sealed_address = models.TextField(_("address, sealed"))
    mark = models.CharField(max_length=64, blank=True, help_text=_("keyed fingerprint of the address"))
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_ten_minutes)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in code")
        verbose_name_plural = _("sign-in codes")
        constraints: ClassVar = [
            models.CheckConstraint(name="code_few_tries", condition=models.Q(tries__lte=MOST_TRIES)),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
