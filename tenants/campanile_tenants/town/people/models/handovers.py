"""HandOver: the step from the centre's login gateway into a town's session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


def in_a_minute() -> datetime:
    """A hand-over lives for a minute."""
    return timezone.now() + timedelta(minutes=1)


class HandOver(models.Model):
    """Says once, to the browser that asked for it, who somebody is. Only a digest of its token is kept.

    `binding` is the SHA-256 of a secret that lies in the town's session of the browser that set out.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    binding = models.CharField(max_length=64)
    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")
    grant = models.ForeignKey("people.Grant", on_delete=models.CASCADE, null=True, blank=True)
    assurance = models.PositiveSmallIntegerField(_("assurance"), default=0)
    provider = models.CharField(_("by"), max_length=60)
    provider_session = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_a_minute)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints: ClassVar = [
            models.CheckConstraint(name="handover_assurance_is_known", condition=models.Q(assurance__range=(0, 3))),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.made_at:%Y-%m-%d %H:%M}"
