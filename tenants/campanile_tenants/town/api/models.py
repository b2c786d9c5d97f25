"""IdempotentCall, DeprecatedUse."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class IdempotentCall(models.Model):
    """A mutation that was done under an idempotency key. Digests only; `outcome` names what was made."""

    key = models.CharField(max_length=64, primary_key=True)
    request = models.CharField(max_length=64)
    outcome = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("call under a key")
        verbose_name_plural = _("calls under a key")
        indexes: ClassVar = [models.Index(fields=("made_at",), name="idempotent_by_age")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.made_at:%Y-%m-%d %H:%M}"


class DeprecatedUse(models.Model):
    """How often a deprecated field was asked for on a day: whether it can go."""

    day = models.DateField()
    field = models.CharField(max_length=120)
    requests = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("use of a deprecated field")
        verbose_name_plural = _("uses of deprecated fields")
        constraints: ClassVar = [models.UniqueConstraint(fields=("day", "field"), name="deprecated_use_once_a_day")]

    def __str__(self) -> str:
        return f"{self.field} {self.day:%Y-%m-%d}: {self.requests}"
