"""Hook and Call: an address of another system, and each thing it is told, in order, until it has answered."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Hook(models.Model):
    """Where to tell what. `sealed`: the key with which calls are signed.

    `failing_since`: the first failure in a row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=300)
    events = ArrayField(models.CharField(max_length=60), verbose_name=_("events"))
    sealed = models.TextField()
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("switched off"), null=True, blank=True)
    stopped_because = models.CharField(_("why"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """One event for one hook: committed with what happened, signed and sent afterwards.

    `subject` is the key of what it is about: calls of one subject leave in their order. `payload` holds codes and
    keys,
    never personal data. `key` is the webhook-id, the same at each attempt.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waits")
        TAKEN = "taken", _("taken")
        GIVEN_UP = "given_up", _("given up")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True, default=uuid7)
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="calls")
    event = models.CharField(_("event"), max_length=60)
    subject = models.CharField(_("about"), max_length=80, blank=True)
    payload = models.JSONField(default=dict)
    happened_at = models.DateTimeField(_("happened"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("call of a webhook")
        verbose_name_plural = _("calls of webhooks")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=("due_at", "id"), name="call_due", condition=models.Q(state="waiting")),
            models.Index(fields=("hook", "subject", "id"), name="call_order", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"
