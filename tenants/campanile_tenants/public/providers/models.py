"""Provider: one line to a provider, its token bucket, its breaker and its health. No personal data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Provider(models.Model):
    """One line; made from the settings when it is first used.

    `tokens` at `refilled_at`, in the units that the provider counts; `blocked_until` is what the provider asked for
    (429), `tripped_until` our own breaker, after `failures` in a row.
    """

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    channel = models.CharField(_("channel"), max_length=12)
    rate = models.FloatField(_("units a second"), null=True, blank=True)
    burst = models.FloatField(default=0)
    reserve = models.FloatField(_("part for emergencies"), default=0.4)
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(default=timezone.now)
    blocked_until = models.DateTimeField(_("keeps us away until"), null=True, blank=True)
    tripped_until = models.DateTimeField(_("left alone until"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    last_ok_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    probed_at = models.DateTimeField(_("tried"), null=True, blank=True)
    probe_error = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        db_table = '"public"."providers_provider"'
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        ordering: ClassVar = ["channel", "name"]

    def __str__(self) -> str:
        return self.name


class HeardReceipt(models.Model):
    """What a provider said over a session that all towns share, until it is given to the town whose message it was."""

    provider = models.CharField(_("provider"), max_length=20)
    reference = models.CharField(_("number of the provider"), max_length=160)
    delivered = models.BooleanField(_("delivered"))
    detail = models.CharField(_("detail"), max_length=120, blank=True)
    heard_at = models.DateTimeField(_("heard"), default=timezone.now)

    class Meta:
        db_table = '"public"."providers_heardreceipt"'
        verbose_name = _("receipt without a town yet")
        verbose_name_plural = _("receipts without a town yet")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.reference


class Mailbox(models.Model):
    """How far a mailbox of bounces has been read: the UIDs of a numbering (RFC 3501, 2.3.1.1). No mail is kept."""

    name = models.CharField(max_length=64, primary_key=True)
    validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        db_table = '"public"."providers_mailbox"'
        verbose_name = _("mailbox of bounces")
        verbose_name_plural = _("mailboxes of bounces")

    def __str__(self) -> str:
        return self.name


class Pulse(models.Model):
    """When something that must run on its own last ran: the scheduler, the sweeper."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = '"public"."providers_pulse"'
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")

    def __str__(self) -> str:
        return self.name
