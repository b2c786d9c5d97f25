"""Follow and Feedback: others who have the same problem, and what people say in the end."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.models.reports import Report


class Follow(models.Model):
    """Somebody with the same problem (`me too`). With an address she hears of each public step.

    `mark`: keyed fingerprint of her browser or address, so that one person counts once.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="follows")
    mark = models.CharField(max_length=64)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=8, default="it")
    from_report = models.ForeignKey(
        Report, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        help_text=_("the duplicate whose author this is"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    purge_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("follower of a report")
        verbose_name_plural = _("followers of reports")
        ordering = ("id",)
        constraints: ClassVar = [models.UniqueConstraint(name="follow_once", fields=("report", "mark"))]

    def __str__(self) -> str:
        return str(self.report_id)


class Feedback(models.Model):
    """What the author says after the end. Once a report, and once more when it was taken up again."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="feedback")
    round = models.PositiveSmallIntegerField(default=1)
    solved = models.BooleanField(_("solved"))
    stars = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    comment = models.TextField(_("comment"), max_length=1_000, blank=True)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("opinion on a closed report")
        verbose_name_plural = _("opinions on closed reports")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="feedback_once_a_round", fields=("report", "round")),
            models.CheckConstraint(
                name="feedback_one_to_five_stars", condition=Q(stars__isnull=True) | Q(stars__range=(1, 5))
            ),
        ]

    def __str__(self) -> str:
        return str(self.report_id)
