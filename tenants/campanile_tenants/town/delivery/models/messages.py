"""Message -> Delivery -> Attempt, and Work: what is still to be done, in narrow rows that are deleted when it is.

A message is committed before anything leaves. Its recipients are frozen as deliveries, a row for each endpoint.
What is to be done about them stands in lots of at most 500 in `Work`; a worker leases a lot (with a fence: a number
that grows with each lease), commits an attempt for each delivery before it speaks, and writes what it was answered.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Lane(models.TextChoices):
    """Who goes first: each lane has workers of its own, and a part of each provider's rate is kept for the first."""

    EMERGENCY = "emergency", _("emergency")
    TRANSACTIONAL = "transactional", _("answers to somebody")
    BULK = "bulk", _("to many, in no hurry")

    @property
    def rank(self) -> int:
        """0 goes first."""
        return list(Lane).index(self)


class State(models.TextChoices):
    """Where a delivery stands.

    A lot that is leased is `claimed`, an attempt without an answer is the `intent`: both are read from their rows and
    never written here, so that a worker that dies leaves nothing wrong behind.
    """

    READY = "ready", _("ready")
    RETRY_WAIT = "retry_wait", _("to be tried again")
    ACCEPTED = "accepted", _("taken by the provider")
    DELIVERED = "delivered", _("delivered")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    AMBIGUOUS = "ambiguous", _("unknown whether sent")
    FAILED_PERMANENT = "failed_permanent", _("refused for good")
    SUPPRESSED = "suppressed", _("not sent: opted out, or the address is dead")
    EXPIRED = "expired", _("too late to be sent")
    CANCELLED = "cancelled", _("cancelled")
    DEAD = "dead", _("given up after many tries")


CHANNEL_WORDS = {
    "push": _("notifications of the browser"), "telegram": _("Telegram"), "io": _("app IO"), "email": _("e-mail"),
    "sms": _("SMS"), "voice": _("telephone call"),
}  # fmt: skip
"""Channels as people call them."""
OPEN = (State.READY, State.RETRY_WAIT)
"""States from which something is still to be done."""
REACHED = (State.ACCEPTED, State.DELIVERED, State.ACKNOWLEDGED)


class Message(models.Model):
    """What is said, once; changing it makes a new revision, another row. Texts are kept as they were sent.

    `contents` holds words for a channel and language where they differ: `{"sms": {"it": {"body": "..."}}}`; what is
    not there is taken from `subject` and `body`. `recipient` is the address of a message to one; empty for many.
    `about` names what it belongs to (`alerts.Alert:<key>`),
    for lists and statistics. `exercise`: a drill; the database
    refuses deliveries of it to anybody but those who take part in drills.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    idempotency_key = models.CharField(max_length=160)
    revision = models.PositiveSmallIntegerField(default=1)
    purpose = models.CharField(_("purpose"), max_length=60)
    about = models.CharField(max_length=120, blank=True)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    lane = models.CharField(_("lane"), max_length=16, choices=Lane, default=Lane.TRANSACTIONAL)
    sender = models.CharField(_("sender"), max_length=200, blank=True)
    recipient = models.CharField(_("to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    contents = models.JSONField(default=dict, blank=True)
    exercise = models.BooleanField(_("drill"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    frozen_upto = models.BigIntegerField(default=0)
    frozen_at = models.DateTimeField(_("recipients frozen"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at",)
        indexes: ClassVar = [
            models.Index(fields=("recipient",), name="message_recipient", condition=~models.Q(recipient="")),
            models.Index(fields=("about",), name="message_about", condition=~models.Q(about="")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="message_once_a_revision", fields=("idempotency_key", "revision")),
            models.CheckConstraint(name="message_subject_is_one_line", condition=~models.Q(subject__regex=r"[\r\n]")),
            models.CheckConstraint(name="message_lane_is_known", condition=models.Q(lane__in=Lane.values)),
            models.CheckConstraint(
                name="message_expires_later",
                condition=models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=models.F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.purpose


class Delivery(models.Model):
    """One message to one endpoint. `person` groups the endpoints of one contact, `step` is the turn of an escalation.

    `answer` is what the recipient pressed or said: `understood`, `help`.
    """

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    person = models.BigIntegerField(null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=12)
    address = models.CharField(_("to"), max_length=512)
    language = models.CharField(_("language"), max_length=2, default="it")
    step = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.READY)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    in_doubt = models.BooleanField(_("perhaps sent twice"), default=False)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    due_at = models.DateTimeField(_("not before"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("taken"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="delivery_once_an_endpoint", fields=("message", "channel", "address")),
            models.CheckConstraint(name="delivery_state_is_known", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="delivery_reached_has_a_date",
                condition=~models.Q(state="accepted") | models.Q(accepted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.get_state_display()}"

    @property
    def channel_words(self) -> str:
        """The channel as people call it."""
        return str(CHANNEL_WORDS.get(self.channel, self.channel))


class Outcome(models.TextChoices):
    """What came of an attempt. Empty: the intent, nobody has answered yet."""

    INTENT = "", _("being sent")
    ACCEPTED = "accepted", _("taken")
    REFUSED = "refused", _("refused for good")
    LATER = "later", _("refused for now")
    AMBIGUOUS = "ambiguous", _("no answer")


class Attempt(models.Model):
    """One request to one provider; the row is committed before the request leaves. `cost` in euro."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries", db_index=False)
    n = models.PositiveSmallIntegerField()
    provider = models.CharField(_("provider"), max_length=20)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.INTENT, blank=True)
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    detail = models.CharField(max_length=120, blank=True)
    units = models.PositiveSmallIntegerField(_("units"), default=1)
    cost = models.DecimalField(_("cost"), max_digits=8, decimal_places=5, null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(fields=("reference",), name="attempt_reference", condition=~models.Q(reference="")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="attempt_once", fields=("delivery", "n")),
            models.CheckConstraint(name="attempt_outcome_is_known", condition=models.Q(outcome__in=Outcome.values)),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.n}"


class Work(models.Model):
    """A lot: deliveries of one message over one channel that are due together. `rank` is its lane's, 0 goes first.

    `pace`: the domain of all its addresses, when mails to that domain leave no faster than it likes them. `position`:
    how many of `items` have an attempt already. `fence` grows with each lease.
    """

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="work", db_index=False)
    rank = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12)
    provider = models.CharField(max_length=20, blank=True)
    pace = models.CharField(max_length=253, blank=True, default="", db_default="")
    items = ArrayField(models.BigIntegerField())
    position = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("work")
        ordering = ("rank", "due_at", "id")
        indexes: ClassVar = [
            models.Index(fields=("rank", "due_at", "id"), name="work_due"),
            models.Index(fields=("message",), name="work_of_message"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.position}/{len(self.items)}"
