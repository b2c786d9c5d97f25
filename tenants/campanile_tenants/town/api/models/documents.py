"""DeprecatedUse, RegisteredDocument."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeprecatedUse(models.Model):
    """How often a deprecated field was asked for on a day, and by which system: whether it can go, whom to tell.

    `caller` is a machine's user, or null for people.
    """

    day = models.DateField()
    field = models.CharField(max_length=120)
    caller = models.ForeignKey("people.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    advice = models.CharField(max_length=300, default="")
    requests = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("use of a deprecated field")
        verbose_name_plural = _("uses of deprecated fields")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("day", "field", "caller"), name="deprecated_use_once_a_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.day:%Y-%m-%d}: {self.requests}"


class RegisteredDocument(models.Model):
    """A query that an outside app registered with its token: known by its digest, as long as the token lives."""

    digest = models.CharField(max_length=71)
    text = models.TextField()
    machine = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")
    registered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("registered query")
        verbose_name_plural = _("registered queries")
        constraints: ClassVar = [models.UniqueConstraint(fields=("digest", "machine"), name="document_once_a_machine")]

    def __str__(self) -> str:
        return str(self.digest)
