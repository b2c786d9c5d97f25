"""SharedService, SharedEntry: what all towns of the centre start from, and are offered again when it changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class _Offered(models.Model):
    """What the centre writes and towns are offered. `version` grows with each change that towns should be offered; a
    town keeps what it has until it takes it. `is_adapted`: the centre wrote it, so that a new release of Campanile
    leaves it as it is.
    """

    version = models.PositiveIntegerField(_("version"), default=1)
    is_adapted = models.BooleanField(_("changed by the centre"), default=False)
    data = models.JSONField()
    what_changed = models.CharField(_("what changed"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    retired_at = models.DateTimeField(_("no longer offered since"), null=True, blank=True)

    class Meta:
        abstract = True


class SharedService(_Offered):
    """One service of the catalogue. `data` is the content of a page (see `town.site.content`), without the office.

    `shipped_version` is the version of Campanile's own text on which the centre's stands (0: the centre's own).
    """

    code = models.SlugField(_("code"), max_length=80, unique=True)
    shipped_version = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = '"public"."library_sharedservice"'
        verbose_name = _("service of the shared catalogue")
        verbose_name_plural = _("services of the shared catalogue")
        ordering = ("code",)

    def __str__(self) -> str:
        return str(self.data.get("title", self.code))


class SharedEntry(_Offered):
    """One entry of a list that a module shares among all towns (see `SharedKind`). `data` is the module's own."""

    kind = models.CharField(_("list"), max_length=60)
    code = models.SlugField(_("code"), max_length=40)

    class Meta:
        db_table = '"public"."library_sharedentry"'
        verbose_name = _("entry of a shared list")
        verbose_name_plural = _("entries of shared lists")
        ordering = ("kind", "code")
        constraints: ClassVar = [models.UniqueConstraint(fields=("kind", "code"), name="sharedentry_once")]

    def __str__(self) -> str:
        return str(self.data.get("name", self.code))
