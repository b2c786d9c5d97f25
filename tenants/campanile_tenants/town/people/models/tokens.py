"""ApiToken: how another system comes in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """A machine's way into the API of one town: only a digest is kept, with scopes, an expiry and its last use.

    Each has a user of kind MACHINE, so that rows and the audit trail can name it. What one with `sandbox` writes is
    answered and taken back.
    """

    user = models.OneToOneField("people.User", on_delete=models.PROTECT, related_name="token")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("ends in"), max_length=4)
    sandbox = models.BooleanField(_("only for trying out"), default=False)
    permissions = ArrayField(models.CharField(max_length=60), verbose_name=_("allowed to"))
    created_by = models.CharField(_("made by"), max_length=200)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="token_expires_later", condition=models.Q(expires_at__gt=models.F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def is_live(self, at: datetime | None = None) -> bool:
        """Whether it opens the API."""
        return self.revoked_at is None and self.expires_at > (at or timezone.now())
