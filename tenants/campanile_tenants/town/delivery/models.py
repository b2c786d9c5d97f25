"""Message: a committed row before anything leaves. A later issue grows audience, attempts and receipts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Message(models.Model):
    """One message to one address.

    READY -> CLAIMED (leased by a worker) -> INTENT (about to speak to the provider) -> SENT.
    A worker that dies while CLAIMED gives the message back; one that dies in INTENT leaves it AMBIGUOUS.
    """

    class State(models.TextChoices):
        """Where a message stands."""

        READY = "ready", _("ready")
        CLAIMED = "claimed", _("claimed")
        INTENT = "intent", _("being sent")
        SENT = "sent", _("sent")
        AMBIGUOUS = "ambiguous", _("unknown whether sent")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    idempotency_key = models.CharField(max_length=160, unique=True)
    lane = models.CharField(max_length=16, default="transactional")
    channel = models.CharField(max_length=16, default="email")
    purpose = models.CharField(_("purpose"), max_length=60)
    recipient = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at",)
        indexes: ClassVar = [
            models.Index(
                fields=("due_at",),
                name="message_work",
                condition=models.Q(state__in=("ready", "claimed", "intent")),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="message_sent_has_a_date", condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(name="message_subject_is_one_line", condition=~models.Q(subject__regex=r"[\r\n]")),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.get_state_display()})"
