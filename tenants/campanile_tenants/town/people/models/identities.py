"""Identity: who a citizen is by law, as an identity provider vouched for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Identity(models.Model):
    """A citizen's tax code, sealed with the town's key, and who vouched for it.

    `mark` is a keyed fingerprint, by which she is known again. The code itself is shown to nobody in full without a
    reason that goes on record: see `services.citizens.reveal`.
    """

    user = models.OneToOneField("people.User", on_delete=models.CASCADE, related_name="identity")
    sealed_tax_code = models.TextField(_("tax code, sealed"))
    mark = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("tax code ends in"), max_length=4)
    provider = models.CharField(_("vouched for by"), max_length=60)
    assurance = models.PositiveSmallIntegerField(_("assurance"))
    verified_at = models.DateTimeField(_("last vouched for"), default=timezone.now)

    class Meta:
        verbose_name = _("digital identity")
        verbose_name_plural = _("digital identities")
        constraints: ClassVar = [
            models.CheckConstraint(name="identity_assurance_is_known", condition=models.Q(assurance__range=(1, 3))),
        ]

    def __str__(self) -> str:
        return f"…{self.hint}"
