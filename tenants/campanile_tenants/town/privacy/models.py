"""Consents as evidence, what citizens asked for, and the log of data breaches."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Wording(models.Model):
    """The exact words that somebody agreed to, kept once for each version and language."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(_("purpose"), max_length=60)
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=8)
    text = models.TextField(_("words"))
    first_used_at = models.DateTimeField(_("first used"), default=timezone.now)

    class Meta:
        verbose_name = _("wording of a consent")
        verbose_name_plural = _("wordings of consents")
        ordering = ("-first_used_at",)

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"

    @staticmethod
    def digest_of(purpose: str, version: str, language: str, text: str) -> str:
        """SHA-256 of purpose, version, language and words, one on each line."""
        return hashlib.sha256(f"{purpose}\n{version}\n{language}\n{text}".encode()).hexdigest()


class Consent(models.Model):
    """That somebody agreed to exact words, when and by which way (GDPR art. 7.1).

    Who it was is a keyed fingerprint of her address: it can be proved for an address that is known, and read by
    nobody. So it outlives the erasure of everything else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="consents")
    subject = models.CharField(_("fingerprint of the address"), max_length=64, db_index=True)
    channel = models.CharField(_("way"), max_length=16)
    page = models.CharField(_("page"), max_length=200, blank=True)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("-given_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consent_is_withdrawn_later",
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wording_id} {self.given_at:%Y-%m-%d}"


class Request(models.Model):
    """What somebody asked the privacy desk for and what was done, without a word about who it was."""

    class Kind(models.TextChoices):
        """Which right (GDPR art. 15, 17)."""

        EXPORT = "export", _("export")
        ERASURE = "erasure", _("erasure")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    subject = models.CharField(_("fingerprint of the identifiers"), max_length=64)
    done_at = models.DateTimeField(_("done"), default=timezone.now)
    done_by = models.CharField(_("done by"), max_length=40)
    counts = models.JSONField(_("rows by kind"), default=dict)
    kept = models.JSONField(_("what was kept, and why"), default=list)

    class Meta:
        verbose_name = _("request to the privacy desk")
        verbose_name_plural = _("requests to the privacy desk")
        ordering = ("-done_at",)

    def __str__(self) -> str:
        return f"{self.kind} {self.done_at:%Y-%m-%d}"


class Breach(models.Model):
    """A violation of personal data, in the register that the law asks for (GDPR art. 33.5)."""

    discovered_at = models.DateTimeField(_("discovered"), help_text=_("The 72 hours count from here."))
    happened_at = models.DateTimeField(_("happened"), null=True, blank=True)
    what = models.TextField(_("what happened"), max_length=4000)
    kinds_of_data = models.CharField(_("which data"), max_length=300)
    people_affected = models.PositiveIntegerField(_("people affected, about"), null=True, blank=True)
    consequences = models.TextField(_("likely consequences"), max_length=2000, blank=True)
    measures = models.TextField(_("what was done about it"), max_length=4000, blank=True)
    authority_told_at = models.DateTimeField(_("data protection authority told"), null=True, blank=True)
    authority_not_told_because = models.TextField(_("or why not"), max_length=1000, blank=True)
    people_told_at = models.DateTimeField(_("people told"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("data breach")
        verbose_name_plural = _("data breaches")
        ordering = ("-discovered_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="breach_closed_is_decided",
                condition=models.Q(closed_at__isnull=True)
                | models.Q(authority_told_at__isnull=False)
                | ~models.Q(authority_not_told_because=""),
                violation_error_message=_("Before closing, say when the authority was told, or why not."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.discovered_at:%Y-%m-%d} {self.kinds_of_data}"

    @property
    def hours_left(self) -> float | None:
        """Hours until the authority must know (art. 33.1); None when that is decided."""
        if self.authority_told_at or self.authority_not_told_because:
            return None
        return 72 - (timezone.now() - self.discovered_at).total_seconds() / 3600
