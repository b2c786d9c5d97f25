"""Proposal, Delegation, SigningKey: what is ready before anybody is in a hurry."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_modules.alerts.models.alert import Alert
from campanile_modules.alerts.states import Colour, Hazard
from campanile_tenants.kit.ids import uuid7


class Proposal(models.Model):
    """An alert that somebody else's word suggests, ready in the right words. The same word again updates it.

    `key`: `bulletin:<day>`, `campaign:<id>`, `cap:<sender>,<identifier>`. `content`: as `services.content.Content`
    keeps it. `before`: what the issue before said, risk by risk, where it differs; `changed_at`: when it last did.
    `alert`: what it was made into, also while a later word waits for a decision.
    """

    class State(models.TextChoices):
        """What the town did with it."""

        OPEN = "open", _("waits for a decision")
        TAKEN = "taken", _("made into an alert")
        DISMISSED = "dismissed", _("not needed")
        OVER = "over", _("over")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=300, unique=True)
    origin = models.CharField(_("origin"), max_length=8, choices=Alert.Origin)
    hazard = models.CharField(_("hazard"), max_length=20, choices=Hazard)
    colour = models.PositiveSmallIntegerField(_("colour"), choices=Colour)
    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(_("source"), max_length=200, blank=True)
    content = models.JSONField(default=dict)
    risks = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    said_at = models.DateTimeField(_("published"))
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    expires_at = models.DateTimeField(_("holds until"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    alert = models.ForeignKey(Alert, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposals")
    campaign = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-colour", "expires_at")
        indexes: ClassVar = [
            models.Index(fields=("expires_at",), name="proposal_open", condition=Q(state="open")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="proposal_colour_is_known", condition=Q(colour__lte=3)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def colour_word(self) -> str:
        """For class names: `red`."""
        return Colour(self.colour).word


class Delegation(models.Model):
    """What the mayor agreed to beforehand, up to a colour: evidence, so it is withdrawn and never changed.

    `alone`: one person who may write alerts may also send them. `centre`: what the centre proposes goes by itself.
    `hazards`: empty is all of them.
    """

    class Kind(models.TextChoices):
        """What was agreed."""

        ALONE = "alone", _("one person may send")
        CENTRE = "centre", _("the centre's campaigns are sent at once")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    colour = models.PositiveSmallIntegerField(_("up to the colour"), choices=Colour)
    hazards = ArrayField(models.CharField(max_length=20, choices=Hazard), default=list, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(_("agreed"), default=timezone.now)
    until = models.DateTimeField(_("until"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-given_at",)
        constraints: ClassVar = [
            models.CheckConstraint(name="delegation_ends", condition=Q(until__gt=F("given_at"))),
            models.CheckConstraint(name="delegation_never_red", condition=Q(colour__lte=2)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_colour_display()}"

    def covers(self, hazard: str, colour: int) -> bool:
        """Whether it holds for an alert of this hazard and colour."""
        return colour <= self.colour and (not self.hazards or hazard in self.hazards)


class SigningKey(models.Model):
    """The key with which the town signs its CAP messages: sealed for this town; the newest one signs."""

    id = models.BigAutoField(primary_key=True)
    sealed = models.TextField()
    certificate = models.TextField()
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ("-since",)

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"
