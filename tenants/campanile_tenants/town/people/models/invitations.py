"""Invitation: a way in for a new colleague."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Invitation(models.Model):
    """A way in for a new colleague: a link by mail, good once and until `expires_at`.

    Only a digest of the link's token is kept.
    """

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name and surname"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=40, help_text=_("code of a role"))
    office = models.ForeignKey(
        "people.Office", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("only for this office")
    )
    categories = models.JSONField(_("only for these categories"), default=list, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(_("invited by"), max_length=200)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="invitation_expires_later", condition=models.Q(expires_at__gt=models.F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"
