"""Notice, Campaign, Invitation, Trial, Coverage: what the centre knows of the towns' alerts, and the towns of the
centre's.

`schema_name` says whose a row is; a town's role sees and writes its own rows only (row-level security).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Notice(models.Model):
    """A warning as a town published it, for the centre's feed and map. `document` is the signed CAP message.

    `colour` 0 to 3 as in `bulletins.Colour`; `ended_at`: cancelled, or over before its time.
    """

    schema_name = models.CharField(max_length=63)
    identifier = models.CharField(max_length=120, unique=True)
    matter = models.UUIDField()
    campaign = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=10)
    msg_type = models.CharField(max_length=10)
    hazard = models.CharField(max_length=20)
    colour = models.PositiveSmallIntegerField()
    headline = models.CharField(max_length=200)
    url = models.URLField(max_length=300)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    document = models.TextField()

    class Meta:
        db_table = '"public"."notices_notice"'
        verbose_name = _("published warning")
        verbose_name_plural = _("published warnings")
        ordering = ("-sent_at",)
        indexes: ClassVar = [
            models.Index(fields=("schema_name", "matter"), name="notice_of_matter"),
            models.Index(fields=("-sent_at",), name="notice_newest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="notice_colour_is_known", condition=models.Q(colour__lte=3)),
            models.CheckConstraint(name="notice_is_no_drill", condition=models.Q(status="Actual")),
        ]

    def __str__(self) -> str:
        return self.identifier


class Campaign(models.Model):
    """What the centre proposes to many towns at once. `content`: the words and codes of an alert, as JSON."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(_("title"), max_length=200)
    hazard = models.CharField(_("hazard"), max_length=20)
    colour = models.PositiveSmallIntegerField(_("colour"))
    content = models.JSONField(default=dict)
    made_by = models.CharField(_("made by"), max_length=150)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        db_table = '"public"."notices_campaign"'
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("-made_at",)
        constraints: ClassVar = [
            models.CheckConstraint(name="campaign_colour_is_known", condition=models.Q(colour__lte=3)),
            models.CheckConstraint(
                name="campaign_expires_later", condition=models.Q(expires_at__gt=models.F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Invitation(models.Model):
    """A campaign in one town, and what became of it there."""

    class State(models.TextChoices):
        """What the town did."""

        WAITING = "waiting", _("waits for the town")
        SENT = "sent", _("sent by the town")
        DELEGATED = "delegated", _("sent because the town had agreed before")
        REFUSED = "refused", _("not sent: the town decided so")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invitations")
    schema_name = models.CharField(max_length=63)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        db_table = '"public"."notices_invitation"'
        verbose_name = _("campaign in a town")
        verbose_name_plural = _("campaigns in towns")
        ordering = ("schema_name",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="invitation_once_a_town", fields=("campaign", "schema_name"))
        ]

    def __str__(self) -> str:
        return f"{self.schema_name} {self.state}"


class Trial(models.Model):
    """The last trial message of a town over a channel, to its canary: sent when, and how it ended."""

    schema_name = models.CharField(max_length=63)
    channel = models.CharField(_("channel"), max_length=12)
    sent_at = models.DateTimeField(_("sent"))
    state = models.CharField(_("state"), max_length=16)
    detail = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = '"public"."notices_trial"'
        verbose_name = _("trial of a channel")
        verbose_name_plural = _("trials of channels")
        ordering = ("schema_name", "channel")
        constraints: ClassVar = [
            models.UniqueConstraint(name="trial_once_a_channel", fields=("schema_name", "channel"))
        ]

    def __str__(self) -> str:
        return f"{self.schema_name} {self.channel}"


class Coverage(models.Model):
    """How many households a town knows, and how many of them no verified channel reaches."""

    schema_name = models.CharField(max_length=63, unique=True)
    households = models.PositiveIntegerField(_("households known"), default=0)
    unreached = models.PositiveIntegerField(_("not reached"), default=0)
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)

    class Meta:
        db_table = '"public"."notices_coverage"'
        verbose_name = _("coverage of a town")
        verbose_name_plural = _("coverage of towns")
        ordering = ("-unreached", "schema_name")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="coverage_is_a_part", condition=models.Q(unreached__lte=models.F("households"))
            )
        ]

    def __str__(self) -> str:
        return self.schema_name

    @property
    def reached(self) -> int:
        """Households that some channel reaches."""
        return self.households - self.unreached
