"""Upload."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Upload(models.Model):
    """A file that was announced, and perhaps sent; gone as soon as a mutation took it, or after an hour.

    Its bytes are at `path` in the town's file store. `owner` is who announced it; null for strangers, whose only
    key is its identifier.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    owner = models.ForeignKey("people.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        indexes: ClassVar = [models.Index(fields=("expires_at",), name="upload_by_end")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def path(self) -> str:
        """Its name in the town's file store."""
        return f"uploads/{self.pk}"
