"""Photo, and Draft: a report being written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.models.reports import Report
from campanile_tenants.kit.ids import uuid7


def draft_expiry() -> datetime:
    """A draft lives for a day."""
    return timezone.now() + timedelta(days=1)


class Draft(models.Model):
    """A report being written, so that nothing is lost between the steps. Deleted when sent, or after a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    values = models.JSONField(default=dict)
    expires_at = models.DateTimeField(default=draft_expiry)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return str(self.pk)


class Photo(models.Model):
    """A picture of the problem, drawn again by us: no original and no metadata is ever stored.

    `look`: 64 bits of how it looks (a difference hash), by which the same picture is known again. `redactions`:
    `[[left, top, width, height], ...]` in thousandths of the picture, blurred for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, null=True, blank=True, related_name="photos")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="photos")
    file = models.FileField(upload_to="reporting/%Y/%m/", max_length=120)
    name = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    look = models.BigIntegerField(null=True, blank=True)
    redactions = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="photo_of_a_report_or_a_draft",
                condition=models.Q(report__isnull=False, draft__isnull=True)
                | models.Q(report__isnull=True, draft__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)
