"""Entry and Head. Triggers chain the entries when their transaction commits, and refuse every later change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

FIRST_HASH = "0" * 64
"""What the first entry of a chain names as its predecessor."""


class Entry(models.Model):
    """One thing that somebody did, or one reading of personal data.

    It names people, objects and grants by identifier only: no names, addresses or texts. `network` is the
    client's network (IPv4 /24, IPv6 /48), not its address. `number`, `previous_hash` and `hash` are written by
    the database at commit: number 1, 2, 3 ... without gaps, SHA-256 over the entry and its predecessor's hash.
    """

    class ActorKind(models.TextChoices):
        """Who acted."""

        STAFF = "staff", _("staff")
        OPERATOR = "operator", _("operator of the centre")
        CITIZEN = "citizen", _("citizen")
        MACHINE = "machine", _("machine with a token")
        NOBODY = "nobody", _("not signed in")
        SYSTEM = "system", _("the platform itself")

    class Channel(models.TextChoices):
        """By which way."""

        WEB = "web", _("pages")
        API = "api", _("API")
        COMMAND = "command", _("command line")
        TASK = "task", _("scheduled work")

    number = models.BigIntegerField(_("number"), null=True, unique=True, editable=False)
    happened_at = models.DateTimeField(_("when"), db_default=Now())
    actor_kind = models.CharField(_("who"), max_length=10, choices=ActorKind)
    actor_id = models.CharField(_("identifier"), max_length=40, blank=True)
    grant_id = models.UUIDField(_("grant"), null=True, blank=True)
    action = models.CharField(_("what"), max_length=60)
    object_type = models.CharField(_("kind of object"), max_length=60, blank=True)
    object_id = models.CharField(_("object"), max_length=64, blank=True)
    network = models.CharField(_("from where"), max_length=50, blank=True)
    channel = models.CharField(_("way"), max_length=8, choices=Channel)
    details = models.JSONField(_("details"), default=dict, blank=True)
    previous_hash = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - null until chained
    hash = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - null until chained

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=("action", "-id"), name="audit_by_action"),
            models.Index(fields=("actor_kind", "actor_id", "-id"), name="audit_by_actor"),
            models.Index(fields=("object_type", "object_id", "-id"), name="audit_by_object"),
            models.Index(fields=("-happened_at",), name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.number or '-'} {self.action}"


class Head(models.Model):
    """The last link of the chain: one row, which also lines up those who append. Only the triggers write it."""

    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("end of the audit trail")
        verbose_name_plural = _("ends of the audit trail")

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"
