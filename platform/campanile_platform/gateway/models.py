"""Attempt: a sign-in on its way to an identity provider and back. Holds nothing about the person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def in_ten_minutes() -> datetime:
    """How long somebody may take at the identity provider."""
    return timezone.now() + timedelta(minutes=10)


class Attempt(models.Model):
    """One request sent to an identity provider: for which town, bound to which browser, answered at most once.

    `nonce` and `verifier` (PKCE) are of OpenID Connect only.
    """

    request_id = models.CharField(max_length=80, unique=True)
    municipality = models.ForeignKey("registry.Municipality", on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(_("identity provider"), max_length=200)
    binding = models.CharField(max_length=64)
    nonce = models.CharField(max_length=80, blank=True)
    verifier = models.CharField(max_length=80, blank=True)
    assurance = models.PositiveSmallIntegerField(_("assurance asked for"))
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_ten_minutes)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in on its way")
        verbose_name_plural = _("sign-ins on their way")
        indexes: ClassVar = [models.Index(fields=("expires_at",), name="attempt_by_expiry")]

    def __str__(self) -> str:
        return f"{self.provider} {self.issued_at:%Y-%m-%d %H:%M}"
