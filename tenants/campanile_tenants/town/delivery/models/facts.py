"""What is left of deliveries when their addresses are gone: numbers a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Fact(models.Model):
    """How many deliveries of a purpose ended how, on one day and channel. Seconds from message to acceptance."""

    day = models.DateField(_("day"))
    purpose = models.CharField(_("purpose"), max_length=60)
    lane = models.CharField(_("lane"), max_length=16)
    channel = models.CharField(_("channel"), max_length=12)
    state = models.CharField(_("state"), max_length=16)
    number = models.PositiveIntegerField(_("number"), default=0)
    units = models.PositiveIntegerField(_("units"), default=0)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=5, default=0)
    seconds = models.DurationField(_("time in all"), null=True, blank=True)

    class Meta:
        verbose_name = _("fact of a day")
        verbose_name_plural = _("facts of days")
        ordering = ("-day",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="fact_once", fields=("day", "purpose", "lane", "channel", "state"))
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.channel} {self.state}"
