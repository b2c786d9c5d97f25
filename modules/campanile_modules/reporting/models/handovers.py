"""Handover: a report that goes to the municipality whose place it is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.models.reports import Report


class Handover(models.Model):
    """Committed here first; a task carries it over. `link`: where it goes on."""

    class State(models.TextChoices):
        """Where it is."""

        WAITING = "waiting", _("on its way")
        DONE = "done", _("handed over")
        REFUSED = "refused", _("not taken")

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="handover")
    istat_code = models.CharField(_("ISTAT code"), max_length=6)
    name = models.CharField(_("municipality"), max_length=120)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    link = models.URLField(_("goes on at"), max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("hand-over of a report")
        verbose_name_plural = _("hand-overs of reports")
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(fields=("id",), name="handover_waiting", condition=models.Q(state="waiting")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="handover_done_has_a_link", condition=~models.Q(state="done") | ~models.Q(link="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} → {self.istat_code}"
