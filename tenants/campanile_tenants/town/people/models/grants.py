"""Grant and SupportHours: how somebody of the centre comes into a town, and when without being asked again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from campanile_tenants.town.people.models.offices import Weekday

LONGEST_HOURS = 12


class Grant(models.Model):
    """Leave for one operator to work in this town: asked with a reason, approved, seen, ended by one click.

    ASKED -> APPROVED -> ENDED, or REFUSED; by support hours it is APPROVED at once; a break-glass grant waits for
    a second operator (AWAITING_SECOND) instead of for the town, which is told at once.
    """

    class State(models.TextChoices):
        """Where it stands. An APPROVED one past its expiry is over too."""

        ASKED = "asked", _("asked")
        AWAITING_SECOND = "awaiting_second", _("waits for a second operator")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        ENDED = "ended", _("ended")

    class Kind(models.TextChoices):
        """How it comes about."""

        ASKED = "asked", _("asked for")
        SUPPORT_HOURS = "support_hours", _("within support hours")
        BREAK_GLASS = "break_glass", _("emergency")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="grants")
    centre_user = models.CharField(_("operator's identifier at the centre"), max_length=40)
    role = models.SlugField(_("works as"), max_length=40, default="reader")
    reason = models.CharField(_("reason"), max_length=300)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.ASKED)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.ASKED)
    hours = models.PositiveSmallIntegerField(_("hours"), default=2)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ("-asked_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("operator",),
                condition=Q(state__in=("asked", "awaiting_second", "approved")),
                name="grant_one_open_each",
            ),
            models.CheckConstraint(name="grant_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="grant_hours", condition=Q(hours__range=(1, LONGEST_HOURS))),
            models.CheckConstraint(
                name="grant_approved_is_whole",
                condition=~Q(state="approved")
                | Q(decided_at__isnull=False, expires_at__isnull=False, expires_at__gt=models.F("decided_at")),
            ),
            models.CheckConstraint(
                name="grant_ended_has_a_date", condition=~Q(state="ended") | Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.state}"

    @property
    def is_live(self) -> bool:
        """Whether the operator may work in the town now."""
        return self.state == self.State.APPROVED and self.expires_at is not None and self.expires_at > timezone.now()


class SupportHours(models.Model):
    """A stretch of a weekday (Europe/Rome) in which the town lets the centre in without asking each time."""

    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("to"))
    role = models.SlugField(_("works as"), max_length=40, default="reader")
    agreed_by = models.CharField(_("agreed by"), max_length=200)
    agreed_at = models.DateTimeField(_("agreed"), default=timezone.now)

    class Meta:
        verbose_name = _("support hours")
        verbose_name_plural = _("support hours")
        ordering = ("weekday", "opens")
        constraints: ClassVar = [
            models.CheckConstraint(name="support_ends_later", condition=Q(closes__gt=models.F("opens"))),
            models.CheckConstraint(name="support_weekday_is_known", condition=Q(weekday__range=(1, 7))),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"
