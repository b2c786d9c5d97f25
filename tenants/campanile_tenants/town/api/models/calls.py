"""IdempotentCall."""

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
