"""What comes back: receipts of providers, answers of people, and addresses that are not written to any more."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_tenants.town.delivery.models.messages import Delivery, Message


class Receipt(models.Model):
    """What a provider told us, kept as it came: once an event, also when it is early, late or told twice.

    `delivery` is empty until the attempt it speaks of is known.
    """

    class Kind(models.TextChoices):
        """What happened, in our words."""

        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("not delivered, and never will be")
        DEAD = "dead", _("came back: the address does not exist")
        SOFT = "soft", _("came back this time")
        DELAYED = "delayed", _("not delivered yet")
        NO_ANSWER = "no_answer", _("nobody answered the call")
        UNDERSTOOD = "understood", _("understood")
        HELP = "help", _("needs help")
        OPT_OUT = "opt_out", _("wants no more messages")
        COMPLAINT = "complaint", _("complained")

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(_("provider"), max_length=20)
    event = models.CharField(max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    reference = models.CharField(max_length=160, blank=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, blank=True, related_name="receipts")
    happened_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(
                fields=("provider", "reference"), name="receipt_unmatched", condition=models.Q(delivery__isnull=True)
            ),
        ]
        constraints: ClassVar = [models.UniqueConstraint(name="receipt_once", fields=("provider", "event"))]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"


class Answer(models.Model):
    """What somebody answered to a message: that she understood, or that she needs help: a list to work off."""

    class Kind(models.TextChoices):
        """What she said."""

        UNDERSTOOD = "understood", _("understood")
        HELP = "help", _("needs help")

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="answers")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="answers")
    person = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(_("answer"), max_length=12, choices=Kind)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    handled_at = models.DateTimeField(_("taken care of"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("what was done"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ("given_at",)
        indexes: ClassVar = [
            models.Index(fields=("message", "person"), name="answer_of_person"),
            models.Index(
                fields=("given_at",), name="answer_open_help", condition=models.Q(kind="help", handled_at__isnull=True)
            ),
        ]
        constraints: ClassVar = [models.UniqueConstraint(name="answer_once", fields=("delivery", "kind"))]

    def __str__(self) -> str:
        return self.get_kind_display()


class SoftBounce(models.Model):
    """How many mails in a row came back from an address that may live, since the last one that got through."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(_("channel"), max_length=12)
    address = models.CharField(_("address"), max_length=512)
    number = models.PositiveSmallIntegerField(_("in a row"), default=1)
    since = models.DateTimeField(_("since"), default=timezone.now)
    last_at = models.DateTimeField(_("the last one"), default=timezone.now)

    class Meta:
        verbose_name = _("mails that came back")
        verbose_name_plural = _("mails that came back")
        constraints: ClassVar = [models.UniqueConstraint(name="soft_bounce_once", fields=("channel", "address"))]

    def __str__(self) -> str:
        return f"{self.channel} {self.number}"


class Suppression(models.Model):
    """An address that is not written to any more over a channel: she said so, or it is dead.

    `topic`: what she does not want; empty is everything. Lifted by an officer (the row goes) or by confirming anew.
    """

    class Reason(models.TextChoices):
        """Why."""

        OPT_OUT = "opt_out", _("asked for no more messages")
        DEAD_ADDRESS = "dead_address", _("the address does not exist")
        COMPLAINT = "complaint", _("complained")
        GONE = "gone", _("the device or account is gone")

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(_("channel"), max_length=12)
    address = models.CharField(_("address"), max_length=512)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    detail = models.CharField(_("detail"), max_length=120, blank=True)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("address not written to")
        verbose_name_plural = _("addresses not written to")
        ordering = ("-since",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="suppression_once", fields=("channel", "address", "topic"))
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"
