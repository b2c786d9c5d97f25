"""What a town needs to use a channel in its own name: a bot, a key, a sender."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """The town's own account on a channel. `sealed` is a JSON object, sealed for this town alone."""

    channel = models.CharField(_("channel"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    sealed = models.TextField()
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    checked_at = models.DateTimeField(_("tried"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("account on a channel")
        verbose_name_plural = _("accounts on channels")
        ordering: ClassVar = ["channel"]

    def __str__(self) -> str:
        return f"{self.channel} {self.name}"
