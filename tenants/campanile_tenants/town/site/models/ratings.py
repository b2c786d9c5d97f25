"""Rating: how clear a page was, by the question of the national model."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Rating(models.Model):
    """One answer of somebody we do not know: no address, no session, no person.

    `answer` is the number (1 to 5) of one of the five fixed answers; up to three stars they are the negative ones.
    """

    path = models.CharField(_("page"), max_length=250)
    stars = models.PositiveSmallIntegerField(_("stars"))
    answer = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    text = models.CharField(_("in their words"), max_length=200, blank=True)
    language = models.CharField(max_length=2, default="it")
    made_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ("-made_at",)
        constraints: ClassVar = [
            models.CheckConstraint(name="rating_one_to_five", condition=models.Q(stars__range=(1, 5))),
            models.CheckConstraint(
                name="rating_answer_is_known",
                condition=models.Q(answer__isnull=True) | models.Q(answer__range=(1, 5)),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("path", "-made_at"), name="rating_of_page")]

    def __str__(self) -> str:
        return f"{self.path}: {self.stars}"
